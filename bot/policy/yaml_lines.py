"""YAML as data together with the line on which each value stands.

Exists because a person who is told "wrong type" without a line reads the whole file. It must refuse what
YAML reads in a way that nobody expects: a key given twice, a list of itself, a text that unfolds without end.
"""

from collections.abc import Hashable
from typing import Any

import yaml

_MOST_VALUES = 100_000


class YamlError(ValueError):
    """The text is no YAML that can be read. `line` counts from 1, where it is known."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class _Loader(yaml.SafeLoader):
    """The safe loader, with dates left as text: a date that turns into an object helps nobody here."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own attribute, replaced and never changed
        first: [(tag, shape) for tag, shape in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


class Lines:
    """Where each value of a YAML text stands."""

    def __init__(self, root: yaml.Node) -> None:
        self._root = root

    def find(self, location: tuple[Hashable, ...]) -> tuple[int, str]:
        """Give the line (from 1) and the field path nearest to a pydantic location.

        Parts of the location that stand for no value (a union's tag, the lane of a flat list) are skipped.
        """
        node, line, path = self._root, self._root.start_mark.line + 1, ""
        for part in location:
            found = _child(node, part)
            if found is None:
                continue
            node, line = found
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
        return line, path


def read_yaml(text: str) -> tuple[Any, Lines, list[tuple[int, str]]]:
    """Read one YAML document: its data, its lines, and the keys given twice as (line, sentence).

    Raises YamlError.
    """
    try:
        return _read(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or "it is broken"
        message = f"This is no valid YAML: {problem}. Check the indentation, quotes and brackets here."
        raise YamlError(message, mark.line + 1 if mark else None) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise YamlError(
            "There is a control character here that YAML does not allow. Remove it.", line
        ) from error
    except (ValueError, TypeError, yaml.YAMLError) as error:
        if isinstance(error, YamlError):
            raise
        raise YamlError(f"A value in this YAML cannot be read: {error}.") from error
    except RecursionError as error:
        raise YamlError("This YAML is nested too deeply. Write it with fewer levels.") from error


def _read(text: str) -> tuple[Any, Lines, list[tuple[int, str]]]:
    loader = _Loader(text)
    try:
        root = loader.get_single_node()
        if root is None:
            raise YamlError("The file is empty. Write at least `workflows:` with one workflow.", 1)
        _size(root, {})
        twice = list(_given_twice(root, set()))
        return loader.construct_document(root), Lines(root), twice
    finally:
        loader.dispose()


def _child(node: yaml.Node, part: Hashable) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(part):
                return value, key.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item, item.start_mark.line + 1
    return None


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _size(node: yaml.Node, known: dict[int, int]) -> int:
    """Count what an alias would unfold to, so that a small text cannot fill the memory."""
    if id(node) in known:
        if known[id(node)] == 0:
            raise YamlError("This value contains itself. Write it out instead of the alias.", _line(node))
        return known[id(node)]
    known[id(node)] = 0
    total = 1 + sum(_size(child, known) for child in _children(node))
    if total > _MOST_VALUES:
        raise YamlError(f"This file unfolds to more than {_MOST_VALUES:,} values. Write fewer.", _line(node))
    known[id(node)] = total
    return total


def _given_twice(node: yaml.Node, seen: set[int]) -> list[tuple[int, str]]:
    if id(node) in seen:
        return []
    seen.add(id(node))
    found = []
    keys: dict[str, int] = {}
    for key in [pair[0] for pair in node.value] if isinstance(node, yaml.MappingNode) else []:
        if isinstance(key, yaml.ScalarNode) and key.value in keys and key.value != "<<":
            sentence = f"{key.value!r} already stands on line {keys[key.value]}. Keep one of the two."
            found.append((_line(key), sentence))
        keys.setdefault(str(key.value), _line(key))
    return found + [problem for child in _children(node) for problem in _given_twice(child, seen)]


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
