"""What a browser's form says, as the values that `SlackPerson.fill` takes, and back again.

A field is named by its block and its action (see `blocks.field_name`); what a field may hold is decided by
the blocks of the view, never by the form. A field that the view does not have must never get through.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.sandbox.page.blocks import field_name
from bot.sandbox.page.reader import Reader

Json = dict[str, Any]
Filled = str | list[str] | None
_MANY = {
    "checkboxes",
    "file_input",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_channels_select",
    "multi_conversations_select",
}
_INITIAL = {
    "value": "initial_value",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
}


def inputs(blocks: Sequence[Json]) -> Iterator[tuple[str, Json]]:
    """Yield the id and the element of every input block."""
    for block in blocks:
        if block.get("type") == "input":
            yield str(block.get("block_id", "")), block["element"]


def filled(blocks: Sequence[Json], form: Mapping[str, Sequence[str]], reader: Reader) -> dict[str, Filled]:
    """Return block_id -> what was entered, for every input block that stood in the browser's form.

    An input that the app added while the person was typing is not in `shown` and keeps its own value.
    """
    shown = form.get("shown", ())
    return {
        block_id: entered(
            element, form.get(field_name(block_id, str(element.get("action_id", ""))), ()), reader
        )
        for block_id, element in inputs(blocks)
        if block_id in shown
    }


def entered(element: Json, values: Sequence[str], reader: Reader) -> Filled:
    """Return one element's value: a list where many may be chosen, None where nothing was entered."""
    kept = [value.replace("\r\n", "\n") for value in values if value]
    if element.get("type") in _MANY:
        return kept
    if not kept:
        return None
    return _seconds(kept[0], reader) if element.get("type") == "datetimepicker" else kept[0]


def _seconds(local: str, reader: Reader) -> str | None:
    """Return a browser's local date and time as the epoch seconds that Slack sends."""
    try:
        return str(int(datetime.fromisoformat(local).replace(tzinfo=reader.zone).timestamp()))
    except ValueError:
        return None


def prefilled(blocks: Sequence[Json], typed: Mapping[str, Mapping[str, Json]]) -> list[Json]:
    """Return the blocks with what the person has entered so far in the place of the initial values."""
    return [_block(block, typed.get(str(block.get("block_id", "")), {})) for block in blocks]


def _block(block: Json, typed: Mapping[str, Json]) -> Json:
    if not typed:
        return block
    if block.get("type") == "actions":
        return block | {"elements": [_element(element, typed) for element in block["elements"]]}
    part = {"input": "element", "section": "accessory"}.get(str(block.get("type")), "")
    return block | {part: _element(block[part], typed)} if part in block else block


def _element(element: Json, typed: Mapping[str, Json]) -> Json:
    state = typed.get(str(element.get("action_id", "")))
    if state is None:
        return element
    if "files" in state:
        return element | {"typed_files": state["files"]}
    bare = {key: value for key, value in element.items() if key not in _INITIAL.values()}
    return bare | {
        _INITIAL[key]: value for key, value in state.items() if key in _INITIAL and value is not None
    }
