"""The parts that forms are made of, and how what was filled in is read back.

A field's block_id is its name, with a variant after a colon where a choice replaces its content. A reader
takes values exactly as Slack sends them and must never fail on a missing or strange one.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.cards.blocks import Block, option, plain
from bot.cards.surface import Action, Callback, Field
from bot.cards.text import clip, sendable, units
from bot.changes.facts import Choice

INPUT: Final = 3_000
"""Characters in one input: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element"""
MOST_OPTIONS: Final = 100
_LONGEST_ID: Final = 200
_E = TypeVar("_E", bound=StrEnum)

Values = Mapping[str, Mapping[str, Mapping[str, Any]]]


def view(title: str, blocks: Sequence[Block], callback: Callback | None = None, submit: str = "") -> Block:
    """Return a modal. One with inputs needs ``submit``; title and labels hold 24 characters."""
    made: Block = {"type": "modal", "title": plain(title, 24), "blocks": list(blocks[:100])}
    made["close"] = plain("Cancel" if submit else "Close", 24)
    if callback:
        made["callback_id"] = callback.value
    return made | {"submit": plain(submit, 24)} if submit else made


def with_ids(made: Block, **ids: int | str | None) -> Block:
    """Return the view with ids in its private_metadata; whatever else is needed is read from the database.

    What is too long for an id names nothing of ours and is left out: private_metadata holds 3,000 characters.
    """
    given = {name: value for name, value in ids.items() if value is not None}
    whole = {name: sendable(value) if isinstance(value, str) else value for name, value in given.items()}
    kept = {name: value for name, value in whole.items() if len(str(value)) <= _LONGEST_ID}
    return made | {"private_metadata": json.dumps(kept)}


def ids_in(private_metadata: str) -> dict[str, int | str]:
    """Return the ids of a view, empty where they cannot be read."""
    try:
        found = json.loads(private_metadata or "{}")
    except ValueError:
        return {}
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def number_in(private_metadata: str, name: str) -> int | None:
    """Return one id of a view as a number, None where there is none."""
    value = ids_in(private_metadata).get(name)
    return value if isinstance(value, int) else None


def field_id(field: Field, variant: str = "") -> str:
    """Return the block_id of a field."""
    return clip(sendable(f"{field.value}:{variant}"), 255) if variant else field.value


def ask_for(
    field: Field,
    label: str,
    element: Block,
    *,
    hint: str = "",
    optional: bool = False,
    variant: str = "",
    dispatch: Action | None = None,
) -> Block:
    """Return an input with its label. ``dispatch`` names the action that redraws the form on a choice."""
    made: Block = {
        "type": "input",
        "block_id": field_id(field, variant),
        "label": plain(label, 150),
        "element": {"action_id": (dispatch or field).value, **element},
        "optional": optional,
    }
    if hint:
        made["hint"] = plain(hint, 500)
    return made | {"dispatch_action": True} if dispatch else made


def typing(value: str = "", *, lines: bool = True, most: int = INPUT, placeholder: str = "") -> Block:
    """Return a text input, prefilled where there is something that fits."""
    made: Block = {"type": "plain_text_input", "multiline": lines, "max_length": most}
    if value and units(sendable(value)) <= most:
        made["initial_value"] = sendable(value)
    return made | {"placeholder": plain(placeholder, 150)} if placeholder else made


def counting(value: str = "", *, least: int = 0) -> Block:
    """Return an input for a whole number."""
    made: Block = {"type": "number_input", "is_decimal_allowed": False, "min_value": str(least)}
    return made | {"initial_value": value} if value.isdecimal() else made


def one_of(options: Sequence[Block], chosen: str = "", *, radio: bool = False) -> Block:
    """Return a list (or radio buttons) from which one option is chosen."""
    shown = _distinct(options)[: 10 if radio else MOST_OPTIONS]
    made: Block = {"type": "radio_buttons" if radio else "static_select", "options": shown}
    initial = next((it for it in shown if it["value"] == chosen), None)
    return made | {"initial_option": initial} if initial else made


def some_of(options: Sequence[Block], chosen: Iterable[str] = (), *, boxes: bool = False) -> Block:
    """Return a list (or boxes) from which several options are chosen; the chosen ones come first."""
    wanted = set(chosen)
    distinct = _distinct(options)
    if boxes:
        shown = distinct[:10]
    else:
        shown = sorted(distinct, key=lambda it: it["value"] not in wanted)[:MOST_OPTIONS]
    made: Block = {"type": "checkboxes" if boxes else "multi_static_select", "options": shown}
    initial = [it for it in shown if it["value"] in wanted]
    return made | {"initial_options": initial} if initial else made


def choices(given: Sequence[Choice]) -> list[Block]:
    """Return options for choices."""
    return [option(choice.value, choice.label, choice.description) for choice in given if choice.value]


def _distinct(options: Sequence[Block]) -> list[Block]:
    return list({it["value"]: it for it in reversed(options)}.values())[::-1]


class Given:
    """What somebody filled in: ``view.state.values`` by the field's name."""

    def __init__(self, values: Values) -> None:
        self._by_name = {name.partition(":")[0]: inner for name, inner in (values or {}).items()}
        self._variants = {name.partition(":")[0]: name.partition(":")[2] for name in values or {}}

    def _element(self, field: str) -> Mapping[str, Any]:
        inner = self._by_name.get(field) or {}
        return next((it for it in inner.values() if isinstance(it, Mapping)), {})

    def variant(self, field: str) -> str:
        """Return which variant of a field was shown, empty where there is none."""
        return self._variants.get(field, "")

    def shown(self) -> tuple[str, ...]:
        """Return the names of the fields that the form showed."""
        return tuple(self._by_name)

    def text(self, field: str) -> str:
        """Return what was typed, empty where nothing was."""
        return str(self._element(field).get("value") or "")

    def chosen(self, field: str) -> str:
        """Return the value of the chosen option, empty where none was."""
        return str((self._element(field).get("selected_option") or {}).get("value") or "")

    def several(self, field: str) -> tuple[str, ...]:
        """Return the values of all chosen options."""
        found = self._element(field).get("selected_options") or ()
        return tuple(str(it["value"]) for it in found if it.get("value"))

    def files(self, field: str) -> tuple[str, ...]:
        """Return the ids of uploaded files; nothing else of a file is believed."""
        return tuple(str(it["id"]) for it in self._element(field).get("files") or () if it.get("id"))

    def number(self, field: str) -> int | None:
        """Return a whole number, None where none was given."""
        text = self.text(field).strip()
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - fits a row


def known(kind: type[_E], values: Iterable[object]) -> tuple[_E, ...]:
    """Return the values that are words of ours, each once, in the order of our list."""
    given = {str(value) for value in values}
    return tuple(it for it in kind if it.value in given)


class Typed:
    """What somebody typed before, by field, as the database keeps it (JSON)."""

    def __init__(self, typed: Mapping[str, object]) -> None:
        self._typed = typed

    def text(self, field: str, otherwise: str = "") -> str:
        """Return one text."""
        value = self._typed.get(str(field))
        return str(value) if value is not None else otherwise

    def several(self, field: str, otherwise: Iterable[str] = ()) -> tuple[str, ...]:
        """Return several values."""
        value = self._typed.get(str(field))
        return tuple(str(it) for it in value) if isinstance(value, list | tuple) else tuple(otherwise)


def errors_for(
    fields: Mapping[str, str] | Iterable[tuple[str, str]], blocks: Sequence[Mapping[str, Any]] = ()
) -> dict[str, str]:
    """Return Slack's ``errors`` for fields by name. Slack refuses an error for a block that is not there.

    ``blocks`` are those of the view that was submitted: they name the variants, and a fault in a field that
    the form does not show is told under its first input.
    """
    shown = [str(block.get("block_id")) for block in blocks if block.get("type") == "input"]
    found: dict[str, str] = {}
    for name, message in dict(fields).items():
        exact = [it for it in shown if it == name] or [it for it in shown if it.partition(":")[0] == name]
        place = exact[0] if exact else shown[0] if shown else name
        found[place] = f"{found[place]} {message}" if place in found else message
    return found
