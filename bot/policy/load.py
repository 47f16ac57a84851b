"""A policy file's text becomes a Policy, or a list of what is wrong with it.

Exists so that every fault names file, line and field and says what to do, and all of them at once. It never
opens a file, and never reads a broken value as its default.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml
from pydantic import ValidationError

from bot.policy.model import RELEASE_POLICY, Policy, PolicyTarget, Workflow
from bot.policy.sections import Durations, Gates, Lanes, Rules, Signals
from bot.policy.targets import KINDS
from bot.policy.yaml_lines import Lines, YamlError, read_yaml

_SECTIONS = ("rules", "signals", "gates", "lanes", "durations", "freezes")
# Twenty times the default policy; past it YAML takes longer to read than a person waits.
_LONGEST = 300_000
Location = tuple[str | int, ...]
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
# What a real release needs and a classification does not, and why.
_NEEDED = {
    "channel": "its cards would be posted nowhere",
    "owner": "nobody would answer for it",
    "target": "nothing could be released",
}


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands and what to do about it."""

    name: str
    line: int | None
    field: str
    message: str

    def __str__(self) -> str:
        place = f"{self.name}:{self.line}" if self.line else self.name
        return f"{place}: {self.field}: {self.message}" if self.field else f"{place}: {self.message}"


class PolicyError(ValueError):
    """The text is no valid policy. `problems` lists everything that is wrong with it."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def parse_policy(text: str, *, name: str, attributes_only: bool = False) -> Policy:
    """Read a policy file's text; `name` is the file's name in the problems.

    With `attributes_only`, workflows may lack what only a real release needs. Raises PolicyError.
    """
    if len(text) > _LONGEST:
        message = f"A policy has at most {_LONGEST:,} characters, and this has {len(text):,}. Write fewer."
        raise PolicyError([Problem(name, None, "", message)])
    try:
        data, lines, twice = read_yaml(text)
    except YamlError as error:
        raise PolicyError([Problem(name, error.line, "", str(error))]) from error
    problems = [Problem(name, line, "", sentence) for line, sentence in twice]
    if not isinstance(data, dict):
        raise PolicyError([*problems, Problem(name, 1, "", _NO_MAPPING)])
    try:
        policy = Policy.model_validate(_with_defaults(data))
    except ValidationError as error:
        raise PolicyError(_in_order([*problems, *problems_of(error, lines, name)])) from error
    for location, sentence in _dangling(policy, attributes_only=attributes_only):
        line, field = lines.find(location)
        problems.append(Problem(name, line, field, sentence))
    if problems:
        raise PolicyError(_in_order(problems))
    return policy


_UNKNOWN_TARGET = f"A target needs a `kind` that this app knows: {', '.join(KINDS[:-1])} or {KINDS[-1]}."
_NO_MAPPING = "A policy is a mapping of keys to values. Begin it with `workflows:`."


@cache
def default_text() -> str:
    """Give the commented default policy, as it is written at the very first start."""
    return resources.files("bot.policy").joinpath("default.yml").read_text(encoding="utf-8")


@cache
def default_policy() -> Policy:
    """Give the default policy, which governs no workflow yet."""
    return parse_policy(default_text(), name="default.yml")


@cache
def _default_data() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(default_text())
    return loaded


def _with_defaults(data: dict[Any, Any]) -> dict[Any, Any]:
    merged = dict(data)
    for section in _SECTIONS:
        default = deepcopy(_default_data()[section])
        merged[section] = _merged(default, data[section]) if section in data else default
    return merged


def _merged(default: Any, given: Any) -> Any:  # noqa: ANN401 - any YAML value; pydantic checks it afterwards
    if not (isinstance(default, dict) and isinstance(given, dict)):
        return given
    return {**default, **{key: _merged(default.get(key), value) for key, value in given.items()}}


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(dict.fromkeys(problems), key=lambda problem: (problem.line or 0, problem.field))


def problems_of(
    error: ValidationError, lines: Lines | None, name: str, *, of: str = "a policy"
) -> Iterator[Problem]:
    """Say in plain words what pydantic found, each with its line where `lines` are known."""
    for fault in error.errors(include_url=False):
        location = tuple(part for part in fault["loc"] if part != "[key]")
        line, field = lines.find(location) if lines else (None, ".".join(map(str, location)))
        if fault["type"] == "extra_forbidden":
            message = f"{fault['loc'][-1]!r} is no key of {of} here. Correct its spelling or remove it."
        else:
            message = _sentence(fault["type"], fault["msg"], fault["input"], fault.get("ctx", {}))
        if fault["type"] == "missing":
            message = f"{fault['loc'][-1]!r} is missing here. Add it."
        yield Problem(name, line, field, message)


def _sentence(kind: str, text: str, value: object, context: dict[str, Any]) -> str:
    """Say in plain words what pydantic found."""
    if kind == "value_error":
        return str(context["error"])
    if value is None:
        return "There is no value here. Give one, or remove the key."
    if kind == "enum":
        return f"{value!r} is not known here. Use one of: {context['expected']}."
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return _UNKNOWN_TARGET
    if kind == "string_type":
        return f'{value!r} must be text. Put quotes around it: "{value}".'
    if kind in ("tuple_type", "list_type"):
        return f"{value!r} must be a list. Write it in square brackets: [{value}]."
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return f"{value!r} must be a mapping of keys to values."
    if kind == "bool_type":
        return f"{value!r} must be true or false."
    return f"{value!r} cannot stand here: {text[0].lower()}{text[1:]}."


def _dangling(policy: Policy, *, attributes_only: bool) -> Iterator[tuple[Location, str]]:
    """Find what is well formed and yet names nothing, or names it twice."""
    lower: dict[str, str] = {}
    for name, workflow in policy.workflows.items():
        if name == RELEASE_POLICY:
            text = f"{RELEASE_POLICY!r} is built in and cannot be defined. Give yours another name."
            yield ("workflows", name), text
            continue
        if lower.setdefault(name.lower(), name) != name:
            text = f"{name!r} and {lower[name.lower()]!r} differ only in capitals. Rename one."
            yield ("workflows", name), text
        yield from _workflow_problems(name, workflow, attributes_only=attributes_only)
    yield from _shared_targets(policy.workflows)
    for index, freeze in enumerate(policy.freezes):
        for known in freeze.workflows:
            if known not in policy.all_workflows:
                yield (
                    ("freezes", index, "workflows"),
                    f"There is no workflow {known!r}. Name one of this file.",
                )


def _workflow_problems(
    name: str, workflow: Workflow, *, attributes_only: bool
) -> Iterator[tuple[Location, str]]:
    place = ("workflows", name)
    if not _NAME.fullmatch(name):
        yield place, f"{name!r} is no name of a workflow. Use letters, digits, '-', '_' and '.'."
    if isinstance(workflow.target, PolicyTarget):
        yield (*place, "target", "kind"), _UNKNOWN_TARGET
    for key, why in _NEEDED.items():
        if not attributes_only and getattr(workflow, key) is None:
            yield place, f"{key!r} is missing for {name!r}, so {why}. Add it."


def _shared_targets(workflows: dict[str, Workflow]) -> Iterator[tuple[Location, str]]:
    holders: dict[tuple[str, ...], str] = {}
    for name, workflow in workflows.items():
        for held in workflow.target.held() if workflow.target else ():
            first = holders.setdefault(held, name)
            if first != name:
                text = (
                    f"{name!r} and {first!r} share {held.prompt} on {held.pointer} of {held.place}. Two "
                    "workflows cannot move one pointer. Give one of them another path or pointer."
                )
                yield ("workflows", name, "target"), text
                break


def policy_json_schema() -> dict[str, Any]:
    """Describe the policy file as a JSON Schema, for editors that complete and check while one types."""
    schema = Policy.model_json_schema(by_alias=True)
    definitions = schema["$defs"]
    del definitions["PolicyTarget"]
    target = definitions["Workflow"]["properties"]["target"]
    for choice in target["anyOf"]:
        if "oneOf" in choice:
            choice["oneOf"] = [one for one in choice["oneOf"] if not one["$ref"].endswith("/PolicyTarget")]
            choice["discriminator"]["mapping"].pop("policy")
    # Whole sections are merged with the default, so that none of their keys must be given.
    for merged_section in (Rules, Signals, Gates, Lanes, Durations):
        definitions[merged_section.__name__].pop("required", None)
    for merged in ("LaneRules", "Threshold", "WordList", "Turns", "Criterion", "HistoryCriterion", "Rule"):
        definitions[merged].pop("required", None)
    for section in _SECTIONS:
        schema["properties"][section]["default"] = _default_data()[section]
    schema["required"] = ["workflows"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Prompt Change policy",
        **{key: value for key, value in schema.items() if key != "title"},
    }
