"""What Slack's sizes and tables allow, each limit with the payload one step beyond it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from sandbox_blocks import button, modal, section, text_input

from bot.sandbox.limits import MESSAGE_TOTAL, check_message, check_view, with_ids
from bot.sandbox.refusals import SlackRefusesError

SCHEMA = Path(__file__).resolve().parents[3] / ".." / "shared" / "slack" / "blockkit.schema.json"


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _row(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def _select(count: int, **fields: object) -> dict[str, Any]:
    options = [{"text": _plain(f"Option {each}"), "value": str(each)} for each in range(count)]
    return {"type": "static_select", "action_id": "s", "options": options, **fields}


def _confirm(**fields: object) -> dict[str, Any]:
    known = {
        "title": _plain("Sure?"),
        "text": _plain("Really?"),
        "confirm": _plain("Yes"),
        "deny": _plain("No"),
    }
    return {**known, **fields}


def _rich(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def _table(rows: int, columns: int) -> dict[str, Any]:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


PAIRS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "50 blocks": ([section()] * 50, [section()] * 51),
    "section text": ([section("x" * 3000)], [section("x" * 3001)]),
    "empty text": ([section("x")], [section("")]),
    "section fields": (
        [{"type": "section", "fields": [_plain("x")] * 10}],
        [{"type": "section", "fields": [_plain("x")] * 11}],
    ),
    "section with nothing": ([section()], [{"type": "section"}]),
    "header length": (
        [{"type": "header", "text": _plain("x" * 150)}],
        [{"type": "header", "text": _plain("x" * 151)}],
    ),
    "header kind": (
        [{"type": "header", "text": _plain("x")}],
        [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
    ),
    "actions count": (
        [_row(*[button(f"b{each}") for each in range(25)])],
        [_row(*[button(f"b{each}") for each in range(26)])],
    ),
    "context count": (
        [{"type": "context", "elements": [_plain("x")] * 10}],
        [{"type": "context", "elements": [_plain("x")] * 11}],
    ),
    "button text": ([_row(button(text=_plain("x" * 75)))], [_row(button(text=_plain("x" * 76)))]),
    "button value": ([_row(button(value="x" * 2000))], [_row(button(value="x" * 2001))]),
    "button style": ([_row(button(style="danger"))], [_row(button(style="green"))]),
    "action_id length": ([_row(button("a" * 255))], [_row(button("a" * 256))]),
    "block_id length": ([section(block_id="b" * 255)], [section(block_id="b" * 256)]),
    "select options": ([_row(_select(100))], [_row(_select(101))]),
    "select without options": ([_row(_select(1))], [_row(_select(0))]),
    "initial option": (
        [_row(_select(2, initial_option={"text": _plain("Option 1"), "value": "1"}))],
        [_row(_select(2, initial_option={"text": _plain("Option 1"), "value": "9"}))],
    ),
    "overflow options": (
        [_row(_select(5) | {"type": "overflow"})],
        [_row(_select(6) | {"type": "overflow"})],
    ),
    "radio options": (
        [_row(_select(10) | {"type": "radio_buttons"})],
        [_row(_select(11) | {"type": "radio_buttons"})],
    ),
    "confirm text": (
        [_row(button(confirm=_confirm(text=_plain("x" * 300))))],
        [_row(button(confirm=_confirm(text=_plain("x" * 301))))],
    ),
    "confirm label": (
        [_row(button(confirm=_confirm(deny=_plain("x" * 30))))],
        [_row(button(confirm=_confirm(deny=_plain("x" * 31))))],
    ),
    "unknown block": ([{"type": "divider"}], [{"type": "banner"}]),
    "unknown element": ([_row(button())], [_row({"type": "slider", "action_id": "x"})]),
    "unknown field": ([section()], [section(colour="red")]),
    "file input in a message": (
        [text_input()],
        [{**text_input(), "element": {"type": "file_input", "action_id": "f"}}],
    ),
    "block_id once": ([section(block_id="a"), section(block_id="b")], [section(block_id="a")] * 2),
    "action_id once in a block": ([_row(button("a"), button("b"))], [_row(button("a"), button("a"))]),
    "table rows": ([_table(100, 1)], [_table(101, 1)]),
    "table columns": ([_table(1, 20)], [_table(1, 21)]),
    "one table": ([_table(1, 1)], [_table(1, 1), _table(1, 1)]),
    "markdown": (
        [{"type": "markdown", "text": "x" * 12_000}],
        [{"type": "markdown", "text": "x" * 6_001}, {"type": "markdown", "text": "x" * 6_000}],
    ),
    "rich text piece": (
        [_rich({"type": "user", "user_id": "U0ANA"})],
        [_rich({"type": "user", "user_id": "C0GENERAL"})],
    ),
    "rich text kind": ([_rich({"type": "text", "text": "x"})], [_rich({"type": "mrkdwn", "text": "x"})]),
    "image": (
        [{"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"}],
        [{"type": "image", "image_url": "https://x.example/a.png"}],
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_a_message_is_accepted_at_its_limit_and_refused_beyond(name: str) -> None:
    """Each limit of messages holds exactly where Slack puts it, and the refusal names the place."""
    accepted, refused = PAIRS[name]
    check_message(accepted)
    with pytest.raises(SlackRefusesError, match="invalid_blocks") as caught:
        check_message(refused)
    assert all("[json-pointer:/blocks" in each for each in caught.value.messages)


def test_all_blocks_together_have_a_limit() -> None:
    """The blocks of one message are measured as JSON, escapes and containers included."""
    blocks = [section("x" * 2_500) for _ in range(5)]
    check_message(blocks)
    blocks.append(section("x" * (MESSAGE_TOTAL - 2_500 * 5)))
    with pytest.raises(SlackRefusesError, match="msg_blocks_too_long"):
        check_message(blocks)


VIEW_PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "title": (modal(section(), title=_plain("x" * 24)), modal(section(), title=_plain("x" * 25))),
    "submit label": (modal(section(), submit=_plain("x" * 24)), modal(section(), submit=_plain("x" * 25))),
    "metadata": (
        modal(section(), private_metadata="x" * 3000),
        modal(section(), private_metadata="x" * 3001),
    ),
    "callback_id": (modal(section(), callback_id="x" * 255), modal(section(), callback_id="x" * 256)),
    "100 blocks": (modal(*[section()] * 100), modal(*[section()] * 101)),
    "own field": (modal(section()), modal(section(), submit_disabled=True)),
    "no markdown block": (modal(section()), modal({"type": "markdown", "text": "x"})),
    "input length": (modal(text_input(max_length=3000)), modal(text_input(max_length=3001))),
    "initial value": (
        modal(text_input(max_length=5, initial_value="12345")),
        modal(text_input(max_length=5, initial_value="123456")),
    ),
    "no external select": (
        modal({**text_input(), "element": {"type": "users_select", "action_id": "x"}}),
        modal({**text_input(), "element": {"type": "external_select", "action_id": "x"}}),
    ),
}


@pytest.mark.parametrize("name", VIEW_PAIRS)
def test_a_modal_is_accepted_at_its_limit_and_refused_beyond(name: str) -> None:
    """Each limit of modals holds exactly where Slack puts it."""
    accepted, refused = VIEW_PAIRS[name]
    check_view(accepted, "modal")
    with pytest.raises(SlackRefusesError, match="invalid_arguments"):
        check_view(refused, "modal")


def test_a_modal_with_an_input_needs_a_submit_button() -> None:
    """Slack refuses an input that nobody could send."""
    view = modal(text_input())
    check_view(view, "modal")
    del view["submit"]
    with pytest.raises(SlackRefusesError) as caught:
        check_view(view, "modal")
    assert caught.value.messages == ["[ERROR] missing required field: submit [json-pointer:/view]"]


def test_a_modal_is_no_home_tab() -> None:
    """The kinds of views are told apart."""
    check_view({"type": "home", "blocks": [section()]}, "home")
    with pytest.raises(SlackRefusesError):
        check_view(modal(section()), "home")


@pytest.mark.parametrize("odd", [None, 3, "x", [], [[]], {"type": 3}, {"type": "section", "text": 3}])
def test_odd_values_are_refused_and_never_break_the_checks(odd: object) -> None:
    """Whatever JSON comes, the answer is a refusal."""
    with pytest.raises(SlackRefusesError):
        check_message([odd])
    with pytest.raises(SlackRefusesError):
        check_view(odd, "modal")
    with pytest.raises(SlackRefusesError):
        check_view(modal(odd), "modal")


def test_missing_ids_are_filled_in_a_copy() -> None:
    """Slack names blocks and controls that the app did not name, and leaves the others."""
    sent = [_row(button(), {"type": "button", "text": _plain("x")}), section(block_id="mine")]
    filled = with_ids(sent)
    assert filled[0]["block_id"]
    assert filled[0]["elements"][0]["action_id"] == "approve"
    assert filled[0]["elements"][1]["action_id"]
    assert filled[1]["block_id"] == "mine"
    assert "block_id" not in sent[0]


def test_an_emoji_counts_twice() -> None:
    """Lengths are measured in UTF-16 units, as Slack's clients do."""
    check_message([section("🙂" * 1_500)])
    with pytest.raises(SlackRefusesError, match="invalid_blocks"):
        check_message([section("🙂" * 1_501)])


@pytest.mark.parametrize("name", PAIRS)
def test_what_is_accepted_is_valid_by_slacks_own_types(name: str) -> None:
    """Nothing passes here that the published Block Kit schema would refuse."""
    if not SCHEMA.exists() and not os.environ.get("CI"):
        pytest.skip("the folder with Slack's schema is not beside the repository")
    definitions = json.loads(SCHEMA.read_text(encoding="utf-8"))["definitions"]
    validator = Draft7Validator({"$ref": "#/definitions/BK_Message", "definitions": definitions})
    validator.validate({"text": "x", "blocks": PAIRS[name][0]})
