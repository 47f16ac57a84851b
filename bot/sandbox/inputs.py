"""What a Slack client keeps of the inputs of a form: their state, and the rules it applies before sending.

The state of an input is Slack's: `{"type": "plain_text_input", "value": ...}` and the like. It must never
let a value reach the app that a Slack client would have stopped, or the app's own checks go untested.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bot.sandbox.block_elements import LONGEST_INPUT, options_of
from bot.sandbox.records import JsonObject

Filled = str | Sequence[str] | None
"""What one types: text, a number, a date ("2025-02-28"), a time ("09:30"), an option by its value or its
visible text, a user id; several of them for multiple choices and files; None or "" empties an input."""

_PLAIN = ("plain_text_input", "number_input", "url_text_input", "email_text_input")
_FIELD = {
    "users_select": "selected_user",
    "channels_select": "selected_channel",
    "conversations_select": "selected_conversation",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "multi_users_select": "selected_users",
    "multi_channels_select": "selected_channels",
    "multi_conversations_select": "selected_conversations",
}
_INITIAL = {
    "users_select": "initial_user",
    "channels_select": "initial_channel",
    "conversations_select": "initial_conversation",
    "datepicker": "initial_date",
    "timepicker": "initial_time",
    "datetimepicker": "initial_date_time",
    "multi_users_select": "initial_users",
    "multi_channels_select": "initial_channels",
    "multi_conversations_select": "initial_conversations",
}
_ONE_OPTION = ("static_select", "radio_buttons", "overflow")
_OPTIONS = ("checkboxes", "multi_static_select")
_STATELESS = ("button", "image", "overflow", "plain_text", "mrkdwn")


class NoSuchInputError(LookupError):
    """The person named an input, an option or a control that is not on the screen."""


@dataclass(frozen=True, slots=True)
class Field:
    """One input as it stands on the screen."""

    block_id: str
    action_id: str
    element: JsonObject
    label: str = ""
    optional: bool = True
    is_input: bool = False


def fields_of(blocks: Sequence[JsonObject]) -> list[Field]:
    """Every control with a state: inputs, and selects and boxes in actions and sections."""
    found = []
    for block in blocks:
        if block["type"] == "input":
            label = str(block["label"]["text"])
            optional = bool(block.get("optional", False))
            held = block["element"]
            found.append(Field(block["block_id"], held["action_id"], held, label, optional, is_input=True))
        else:
            controls = [*block.get("elements", [])] if block["type"] == "actions" else []
            controls += [block["accessory"]] if "accessory" in block else []
            found += [
                Field(block["block_id"], each["action_id"], each)
                for each in controls
                if each["type"] not in _STATELESS
            ]
    return found


def initial_state(blocks: Sequence[JsonObject]) -> JsonObject:
    """The state of a fresh form: block_id -> action_id -> what stands in the input at first."""
    state: JsonObject = {}
    for field in fields_of(blocks):
        state.setdefault(field.block_id, {})[field.action_id] = _initial(field.element)
    return state


def _initial(element: JsonObject) -> JsonObject:
    kind = element["type"]
    if kind in _PLAIN:
        return {"type": kind, "value": element.get("initial_value") or None}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": element.get("initial_value")}
    if kind == "file_input":
        return {"type": kind, "files": []}
    if kind in _OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options", []))}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    empty: object = [] if kind.startswith("multi_") else None
    return {"type": kind, _FIELD[kind]: element.get(_INITIAL[kind], empty)}


def entered(
    element: JsonObject, value: Filled, file_of: Callable[[str], JsonObject] | None = None
) -> JsonObject:
    """The state of an input after somebody entered this. Raises NoSuchInputError for an unknown option."""
    kind = element["type"]
    many = [each for each in ([value] if isinstance(value, str) else value or []) if each != ""]
    one = many[0] if many else None
    if kind in _PLAIN:
        return {"type": kind, "value": value if isinstance(value, str) and value else None}
    if kind == "rich_text_input":
        return {"type": kind, "rich_text_value": _as_rich_text(one)}
    if kind == "file_input":
        return {"type": kind, "files": [file_of(each) if file_of else {"id": each} for each in many]}
    if kind in _OPTIONS:
        return {"type": kind, "selected_options": [option_of(element, each) for each in many]}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if one is None else option_of(element, one)}
    if kind == "datetimepicker":
        return {"type": kind, _FIELD[kind]: None if one is None else int(one)}
    return {"type": kind, _FIELD[kind]: many if kind.startswith("multi_") else one}


def option_of(element: JsonObject, wanted: str) -> JsonObject:
    """The option with this value, or else with this visible text. Raises NoSuchInputError."""
    options = [each for each in options_of(element) if isinstance(each, dict)]
    for each in options:
        if each.get("value") == wanted:
            return each
    for each in options:
        if each["text"]["text"] == wanted:
            return each
    raise NoSuchInputError(f"no option {wanted!r} among {[each.get('value') for each in options]}")


def _as_rich_text(text: str | None) -> JsonObject | None:
    if text is None:
        return None
    piece = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [piece]}]}


def is_empty(state: Mapping[str, object]) -> bool:
    """Whether nothing is entered."""
    return not any(value for name, value in state.items() if name != "type")


def client_errors(blocks: Sequence[JsonObject], state: JsonObject) -> dict[str, str]:
    """What a Slack client says under the inputs of a form instead of sending it: block_id -> sentence."""
    errors = {}
    for field in fields_of(blocks):
        held = state.get(field.block_id, {}).get(field.action_id, {})
        said = _complaint(field, held) if field.is_input else ""
        if said:
            errors[field.block_id] = said
    return errors


def _complaint(field: Field, held: JsonObject) -> str:
    if is_empty(held):
        return "" if field.optional else "Please complete this required field."
    element, kind = field.element, field.element["type"]
    if kind == "plain_text_input":
        return _length_complaint(element, str(held["value"]))
    if kind == "number_input":
        return _number_complaint(element, str(held["value"]))
    if kind == "url_text_input" and not re.fullmatch(r"https?://\S+\.?\S*", str(held["value"])):
        return "Enter a valid URL."
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", str(held["value"])):
        return "Enter a valid email address."
    chosen = next((value for name, value in held.items() if name != "type"), None)
    most = element.get("max_selected_items", element.get("max_files", 10 if kind == "file_input" else None))
    if isinstance(chosen, list) and most is not None and len(chosen) > most:
        return f"Please choose no more than {most}."
    return ""


def _length_complaint(element: JsonObject, value: str) -> str:
    least, most = element.get("min_length", 0), element.get("max_length", LONGEST_INPUT)
    if len(value) < least:
        return f"Please enter at least {least} characters."
    if len(value) > most:
        return f"Please enter no more than {most} characters."
    return ""


def _number_complaint(element: JsonObject, value: str) -> str:
    form = r"-?\d+(\.\d+)?" if element["is_decimal_allowed"] else r"-?\d+"
    if not re.fullmatch(form, value):
        return "Please enter a number." if element["is_decimal_allowed"] else "Please enter a whole number."
    if "min_value" in element and float(value) < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and float(value) > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
