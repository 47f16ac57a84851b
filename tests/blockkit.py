"""What Slack would refuse: the published Block Kit schema, and the totals that it does not know.

Tests of every kind check what the app sends with it. It must never be kinder than Slack.
"""

import functools
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

Json = dict[str, Any]
SCHEMA = Path(__file__).resolve().parents[1] / ".." / "shared" / "slack" / "blockkit.schema.json"

MESSAGE_TOTAL = 13_200
VIEW_TOTAL = 250_000
UPDATE_TEXT = 4_000


@functools.cache
def _schema() -> Json:
    if not SCHEMA.parent.parent.exists() and not os.environ.get("CI"):
        pytest.skip("the folder with Slack's schema is not beside the repository")
    loaded: Json = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return loaded


@functools.cache
def _validator(definition: str) -> Draft7Validator:
    definitions = _schema()["definitions"]
    return Draft7Validator({"$ref": f"#/definitions/{definition}", "definitions": definitions})


@functools.cache
def _block_definitions() -> Mapping[str, str]:
    """Return the definition of each block type, so that an error names the fault and not the union."""
    found = {}
    for name, definition in _schema()["definitions"].items():
        kind = definition.get("properties", {}).get("type", {}).get("const")
        if name.endswith("Block") and kind:
            found[kind] = name
    return found


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _check(definition: str, value: object) -> None:
    faults = _faults(definition, json.dumps(value, sort_keys=True))
    assert not faults, f"{definition}: {faults[:3]}"


@functools.lru_cache(maxsize=4_096)
def _faults(definition: str, value: str) -> list[str]:
    """Keep what was found: stories show the same blocks again and again."""
    return [
        f"{'/'.join(map(str, it.path))}: {it.message[:300]}"
        for it in _validator(definition).iter_errors(json.loads(value))
    ]


def assert_valid_message(blocks: Sequence[Json], text: str) -> None:
    """Fail unless Slack would take this message, in a post and in an update."""
    _check("BK_Message", {"text": text, "blocks": []})
    assert text.strip(), "a message needs a text for notifications"
    assert _units(text) <= UPDATE_TEXT
    assert 1 <= len(blocks) <= 50
    size = len(json.dumps(list(blocks), ensure_ascii=False, separators=(",", ":")))
    assert size <= MESSAGE_TOTAL, f"msg_blocks_too_long: {size}"
    _check_blocks(blocks)
    _sendable([text, list(blocks)])


def assert_valid_view(view: Json) -> None:
    """Fail unless Slack would take this modal or Home view."""
    blocks = view["blocks"]
    modal = view["type"] == "modal"
    _check("ModalView" if modal else "HomeView", {**view, "blocks": []})
    assert 1 <= len(blocks) <= 100
    assert len(json.dumps(view)) <= VIEW_TOTAL, "view_too_large"
    if modal and any(block["type"] == "input" for block in blocks):
        assert view.get("submit"), "a view with inputs needs submit"
        assert view.get("callback_id")
    _check_blocks(blocks)
    _sendable(view)


def _sendable(value: object) -> None:
    encoded = json.dumps(value, ensure_ascii=False).encode("utf-8")
    assert b"\\u0000" not in encoded


def _check_blocks(blocks: Sequence[Json]) -> None:
    for block in blocks:
        _check(_block_definitions()[block["type"]], block)
        _check_block(block)
    named = Counter(block["block_id"] for block in blocks if "block_id" in block)
    assert not [name for name, times in named.items() if times > 1], "block_ids must be unique"


def _check_block(block: Json) -> None:
    for text in texts_in(block):
        assert 1 <= _units(text["text"]) <= 3_000
    if block["type"] == "header":
        assert _units(block["text"]["text"]) <= 150
    controls = list(controls_in(block))
    ids = Counter(control["action_id"] for control in controls)
    assert all(times == 1 for times in ids.values()), "action_ids must be unique in a block"
    for control in controls:
        _check_control(control)


def _check_control(control: Json) -> None:
    kind = control["type"]
    options = control.get("options", [])
    if "options" in control:
        most = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, 100)
        assert 1 <= len(options) <= most
        values = [option["value"] for option in options]
        assert len(set(values)) == len(values), "option values must be unique"
        assert all(
            1 <= len(value) <= 150 and _units(option["text"]["text"]) <= 75
            for value, option in zip(values, options, strict=True)
        )
    initial = [*control.get("initial_options", []), *[it for it in [control.get("initial_option")] if it]]
    assert all(option in options for option in initial), "an initial option must be one of the options"
    if kind == "button":
        assert _units(control["text"]["text"]) <= 75
        assert len(control.get("value", "")) <= 2_000
    if "initial_value" in control:
        assert 1 <= _units(control["initial_value"]) <= control.get("max_length", 3_000)
    if "confirm" in control:
        asked = control["confirm"]
        limits = {"title": 100, "text": 300, "confirm": 30, "deny": 30}
        assert all(1 <= _units(asked[name]["text"]) <= most for name, most in limits.items())


def controls_in(block: Json) -> Iterator[Json]:
    """Yield what can be clicked or filled in, in one block."""
    held = block.get("elements", []) if block["type"] == "actions" else []
    for control in [*held, block.get("accessory"), block.get("element")]:
        if control:
            yield control


def texts_in(value: object) -> Iterator[Json]:
    """Yield every text object and every run of rich text, however deep."""
    if isinstance(value, Mapping):
        if isinstance(value.get("text"), str) and "type" in value:
            yield dict(value)
        for inner in value.values():
            yield from texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from texts_in(inner)


def action_ids(blocks: Sequence[Json]) -> list[str]:
    """Return the action_ids of everything that can be clicked, in order."""
    return [control["action_id"] for block in blocks for control in controls_in(block)]


def words_of(blocks: Sequence[Json]) -> str:
    """Return all words that blocks show, for asserting what a person can read."""
    return " ".join(text["text"] for text in texts_in(list(blocks)))
