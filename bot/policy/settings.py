"""What goes along with a prompt's text (model, sampling, tools, retrieval): which of it changes, by name.

A model is another answer and a tool another hand, whatever the text says. So a setting that changes is a
signal of its own, by its name, and its words are read like those of a text.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.policy.sections import Signals
from bot.policy.signals import Signal, find_signals
from storage.vocabulary import Impact, Kind

_NAMED: Final[tuple[tuple[tuple[str, ...], Kind], ...]] = (
    (("tool", "function", "mcp"), Kind.TOOL_PERMISSIONS),
    (("retriev", "rerank", "knowledge", "index", "collection"), Kind.RETRIEVAL_WEIGHTING),
    (("model", "provider", "deployment", "engine"), Kind.MODEL_ROUTING),
)
"""What a part of a setting's name begins with, and what it then says, the gravest first."""
_ANY_OF_THEM: Final = "invocation_parameters"
"""Phoenix's name for all that a model is called with. It says nothing of what the agent invokes."""


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """One setting, by the way to it (``llm_config.model``), as JSON for people. None: it is not there."""

    name: str
    before: str | None
    after: str | None


def changed_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[ChangedSetting, ...]:
    """Every setting that differs, in the order of their names."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = {name for name in {*old, *new} if old.get(name) != new.get(name)}
    for name in {*before, *after}:
        # Two ways to write the same names, such as another order of the same tools: told as a whole.
        one, other = (_written(side[name]) if name in side else None for side in (before, after))
        if one != other and not any(each == name or each.startswith(f"{name}.") for each in found):
            found.add(name)
            old, new = {**old, name: one or ""}, {**new, name: other or ""}
    return tuple(ChangedSetting(name, old.get(name) or None, new.get(name) or None) for name in sorted(found))


def setting_signals(
    signals: Signals, tools: tuple[str, ...], changed: Sequence[ChangedSetting]
) -> tuple[Signal, ...]:
    """What settings that change name: by what they are called, and by the words in them."""
    found: dict[Impact | Kind, dict[str, None]] = defaultdict(dict)
    for each in changed:
        found[_named(each.name)].setdefault(each.name)
    read = find_signals(signals, tools, _lines(changed, "before"), _lines(changed, "after"))
    return merged(tuple(Signal(name, tuple(words)) for name, words in found.items()), read)


def merged(*several: Sequence[Signal]) -> tuple[Signal, ...]:
    """One signal for each impact and kind, with the words of all, in their order."""
    words: dict[Impact | Kind, dict[str, None]] = defaultdict(dict)
    for signal in (each for some in several for each in some):
        words[signal.names] |= dict.fromkeys(signal.words)
    return tuple(Signal(name, tuple(words[name])) for name in [*Impact, *Kind] if name in words)


def _named(name: str) -> Impact | Kind:
    parts = [part for step in name.lower().split(".") for part in step.split("_")]
    for beginnings, kind in _NAMED:
        if any(part.startswith(beginnings) for part in parts):
            return kind
    return Impact.ANSWER_BEHAVIOR


def _lines(changed: Sequence[ChangedSetting], side: str) -> str:
    """What is set, a line each, under the last step of the way to it; the others only say where it is."""
    told = ((each.name.rpartition(".")[2], getattr(each, side)) for each in changed)
    named = (("" if name == _ANY_OF_THEM else f"{name}: ", value) for name, value in told)
    return "\n".join(f"{name}{value}" for name, value in named if value is not None)


def _flat(settings: Mapping[str, Any], under: str = "") -> Iterator[tuple[str, str]]:
    """Each value with the way to it. Objects in a list go by their names: one that is added is one more."""
    for name, value in settings.items():
        way = f"{under}{name}"
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{way}.")
        elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
            yield from _flat(_by_name(value), f"{way}.")
        else:
            yield way, _written(value)


def _written(value: Any) -> str:  # noqa: ANN401 - whatever JSON it is
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _by_name(objects: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    names = [_name_of(each) for each in objects]
    if None in names or len(set(names)) < len(names):
        return {str(place): each for place, each in enumerate(objects, 1)}
    return {str(name): each for name, each in zip(names, objects, strict=True)}


def _name_of(value: Mapping[str, Any]) -> str | None:
    """An object's own name, or that of the function in it, as tools have them."""
    inner = value.get("function")
    found = value.get("name") or (inner.get("name") if isinstance(inner, Mapping) else None)
    return found if isinstance(found, str) else None
