"""What a browser sends of a form becomes what a person entered, and what was entered is drawn again."""

from typing import Any

import pytest

from bot.sandbox.inputs import entered as state_of
from bot.sandbox.page.blocks import field_name
from bot.sandbox.page.forms import filled, prefilled
from bot.sandbox.page.reader import Reader

OPTIONS = [{"text": {"type": "plain_text", "text": word}, "value": word} for word in ("low", "high")]
Json = dict[str, Any]

STATES = [
    ({"type": "plain_text_input"}, ["a\r\nb"], {"value": "a\nb"}),
    ({"type": "plain_text_input"}, [""], {"value": None}),
    ({"type": "number_input", "is_decimal_allowed": False}, ["20"], {"value": "20"}),
    ({"type": "url_text_input"}, ["https://a"], {"value": "https://a"}),
    ({"type": "email_text_input"}, ["a@b.c"], {"value": "a@b.c"}),
    ({"type": "static_select", "options": OPTIONS}, ["high"], {"selected_option": OPTIONS[1]}),
    ({"type": "static_select", "options": OPTIONS}, [""], {"selected_option": None}),
    ({"type": "radio_buttons", "options": OPTIONS}, ["low"], {"selected_option": OPTIONS[0]}),
    ({"type": "radio_buttons", "options": OPTIONS}, [], {"selected_option": None}),
    ({"type": "checkboxes", "options": OPTIONS}, ["low", "high"], {"selected_options": OPTIONS}),
    ({"type": "checkboxes", "options": OPTIONS}, [], {"selected_options": []}),
    ({"type": "multi_static_select", "options": OPTIONS}, ["high"], {"selected_options": OPTIONS[1:]}),
    ({"type": "users_select"}, ["U0SAM"], {"selected_user": "U0SAM"}),
    ({"type": "multi_users_select"}, ["U0SAM", "U0BEN"], {"selected_users": ["U0SAM", "U0BEN"]}),
    ({"type": "channels_select"}, ["C0A"], {"selected_channel": "C0A"}),
    ({"type": "multi_channels_select"}, ["C0A"], {"selected_channels": ["C0A"]}),
    ({"type": "conversations_select"}, ["C0A"], {"selected_conversation": "C0A"}),
    ({"type": "datepicker"}, ["2025-03-03"], {"selected_date": "2025-03-03"}),
    ({"type": "timepicker"}, ["09:30"], {"selected_time": "09:30"}),
    ({"type": "datetimepicker"}, ["2025-03-03T13:00"], {"selected_date_time": 1741003200}),
    ({"type": "datetimepicker"}, ["whenever"], {"selected_date_time": None}),
    ({"type": "file_input"}, ["F1", "F2"], {"files": [{"id": "F1"}, {"id": "F2"}]}),
]


def _block(element: Json, block_id: str = "b") -> Json:
    return {"type": "input", "block_id": block_id, "element": {"action_id": "a", **element}}


@pytest.mark.parametrize(("element", "sent", "state"), STATES)
def test_forms_make_the_state_that_slack_sends(
    reader: Reader, element: Json, sent: list[str], state: Json
) -> None:
    """Each control's fields become that input's state as it stands in view.state.values."""
    block = _block(element)
    values = filled([block], {"shown": ["b"], field_name("b", "a"): sent}, reader)
    assert {"type": element["type"], **state} == state_of(block["element"], values["b"])


def test_only_inputs_that_were_on_the_screen_are_entered(reader: Reader) -> None:
    """An input that the app added meanwhile keeps its value, and a field of no input gets nowhere."""
    blocks = [_block({"type": "plain_text_input"}, "old"), _block({"type": "plain_text_input"}, "new")]
    form = {"shown": ["old", "forged"], "old/a": ["typed"], "forged/a": ["x"]}
    assert filled(blocks, form, reader) == {"old": "typed"}


@pytest.mark.parametrize(
    ("element", "state", "initial"),
    [
        ({"type": "plain_text_input", "initial_value": "was"}, {"value": "is"}, {"initial_value": "is"}),
        ({"type": "plain_text_input", "initial_value": "was"}, {"value": None}, {}),
        ({"type": "users_select"}, {"selected_user": "U1"}, {"initial_user": "U1"}),
        (
            {"type": "checkboxes", "options": OPTIONS},
            {"selected_options": OPTIONS},
            {"initial_options": OPTIONS},
        ),
        ({"type": "datepicker"}, {"selected_date": "2025-01-01"}, {"initial_date": "2025-01-01"}),
        ({"type": "file_input"}, {"files": [{"id": "F1"}]}, {"typed_files": [{"id": "F1"}]}),
    ],
)
def test_what_was_entered_is_drawn_again(element: Json, state: Json, initial: Json) -> None:
    """The state that the workspace holds stands in the place of the initial values, even an empty one."""
    (block,) = prefilled([_block(element)], {"b": {"a": {"type": element["type"], **state}}})
    drawn = {key: value for key, value in block["element"].items() if key.startswith(("initial_", "typed_"))}
    assert initial == drawn


def test_selects_outside_inputs_are_drawn_as_set() -> None:
    """Accessories and actions show what was chosen; an input of another id does not take it over."""
    select = {"type": "static_select", "action_id": "a", "options": OPTIONS}
    typed = {"b": {"a": {"type": "static_select", "selected_option": OPTIONS[1]}}}
    section, actions, other = prefilled(
        [
            {"type": "section", "block_id": "b", "accessory": select},
            {"type": "actions", "block_id": "b", "elements": [select]},
            _block(select, "c"),
        ],
        typed,
    )
    assert OPTIONS[1] == section["accessory"]["initial_option"]
    assert OPTIONS[1] == actions["elements"][0]["initial_option"]
    assert "initial_option" not in other["element"]
