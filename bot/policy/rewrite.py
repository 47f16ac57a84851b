"""Replacing one workflow's part of a policy text, so that the rest keeps its words and its comments.

It must never touch a line outside that part.
"""

import textwrap

import yaml

INDENT = "  "


class NoSuchSectionError(ValueError):
    """The text is not a policy with a ``workflows`` mapping, so there is no part to replace."""


def section_of(text: str, workflow: str) -> str:
    """One workflow's part of a policy text, without its name and its indent; empty where there is none."""
    lines = text.splitlines(keepends=True)
    span = _span(text, workflow)
    return textwrap.dedent("".join(lines[slice(*span)])) if span else ""


def replace_section(text: str, workflow: str, section: str) -> str:
    """The policy text with this part replaced, or added where the workflow is new."""
    lines = text.splitlines(keepends=True)
    span = _span(text, workflow)
    body = textwrap.indent(textwrap.dedent(section).strip("\n") + "\n", INDENT * 2)
    if span is None:
        end = _end_of_workflows(text)
        return "".join([*lines[:end], f"{INDENT}{workflow}:\n", body, *lines[end:]])
    return "".join([*lines[: span[0]], body, *lines[span[1] :]])


def _workflows(text: str) -> yaml.MappingNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    for key, value in pairs:
        if key.value == "workflows" and isinstance(value, yaml.MappingNode) and not value.flow_style:
            return value
    raise NoSuchSectionError("the policy has no block of workflows to edit")


def _span(text: str, workflow: str) -> tuple[int, int] | None:
    """First line and the line after the last one of a workflow's body, trailing blank lines left out."""
    for key, value in _workflows(text).value:
        if key.value == workflow:
            return key.start_mark.line + 1, _last_line(text, value)
    return None


def _end_of_workflows(text: str) -> int:
    return _last_line(text, _workflows(text))


def _last_line(text: str, node: yaml.Node) -> int:
    """The line after a block's last leaf: blank lines and comments behind it stay outside."""
    while isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    lines = text.splitlines()
    end = min(node.end_mark.line + (1 if node.end_mark.column else 0), len(lines))
    while end > node.start_mark.line + 1 and not lines[end - 1].strip():
        end -= 1
    return end
