"""Posted messages follow their change, with as few calls as possible."""

import pytest
from desk import ANA, CHANNEL, Desk, drain

from storage.models import MessageState


def test_a_card_follows_its_change_and_redraws_coalesce(desk: Desk) -> None:
    """However often a change was altered meanwhile, its card is drawn once, as it is now."""
    change_id = desk.change()
    message_id = desk.write("card", change_id=change_id)
    postman = desk.postman()
    drain(postman)
    for _ in range(5):
        desk.alter(change_id)
    drain(postman)
    assert desk.texts() == ["card v6"]
    assert desk.slack.messages(CHANNEL)[0].blocks[0]["text"]["text"] == "card v6"
    assert len(desk.slack.calls_of("chat.update")) == 1
    assert desk.row(message_id).drawn_version == 6


def test_an_unchanged_drawing_is_not_sent(desk: Desk) -> None:
    """When the new version looks the same, no call is made, and the row is up to date all the same."""
    change_id = desk.change()
    message_id = desk.write("card", change_id=change_id, details={"shows_version": False})
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    drain(postman)
    assert desk.slack.calls_of("chat.update") == []
    assert desk.row(message_id).drawn_version == 2


def test_what_is_said_once_is_not_redrawn(desk: Desk) -> None:
    """A message that is not redrawn keeps its text."""
    change_id = desk.change()
    desk.write("said", change_id=change_id, redrawn=False)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    drain(postman)
    assert desk.texts() == ["said v1"]


def test_a_whisper_is_never_redrawn(desk: Desk) -> None:
    """Slack cannot change an ephemeral message, and it is not tried."""
    change_id = desk.change()
    desk.write("psst", change_id=change_id, only_for=ANA)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    drain(postman)
    assert desk.slack.calls_of("chat.update") == []


def test_a_direct_message_is_redrawn_where_it_stands(desk: Desk) -> None:
    """The D… id that posting returned is the one that is used."""
    change_id = desk.change()
    desk.write("ask", ANA, change_id=change_id)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    drain(postman)
    assert [each.text for each in desk.direct(ANA)] == ["ask v2"]


@pytest.mark.parametrize("code", ["message_not_found", "edit_window_closed"])
def test_a_message_that_cannot_be_changed_is_left_and_others_go_on(desk: Desk, code: str) -> None:
    """It is parked with the reason and not tried again; the other card of the change is redrawn."""
    change_id = desk.change()
    gone = desk.write("gone", change_id=change_id)
    desk.write("other", change_id=change_id)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    desk.slack.faults.fail_next("chat.update", code)
    drain(postman)
    row = desk.row(gone)
    assert (row.state, row.redrawn) == (MessageState.PARKED, False)
    assert row.ts is not None
    assert row.last_error
    assert desk.texts() == ["gone v1", "other v2"]
    desk.alter(change_id)
    drain(postman)
    assert len(desk.slack.calls_of("chat.update")) == 3


def test_a_drawing_that_slack_refuses_waits_for_the_next_version(desk: Desk) -> None:
    """A refused drawing is not sent over and over, and the next version has its chance."""
    change_id = desk.change()
    message_id = desk.write("card", change_id=change_id)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    desk.slack.faults.fail_next("chat.update", "msg_too_long")
    drain(postman)
    assert desk.row(message_id).last_error
    desk.alter(change_id)
    drain(postman)
    assert (desk.texts(), desk.row(message_id).last_error) == (["card v3"], "")


@pytest.mark.parametrize("outcome", ["lost", 500, "internal_error", 429])
def test_a_failed_redraw_is_tried_again(desk: Desk, outcome: str | int) -> None:
    """A card never stays behind because Slack was not well."""
    change_id = desk.change()
    desk.write("card", change_id=change_id)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    desk.slack.faults.fail_next("chat.update", outcome)
    drain(postman)
    desk.clock.forward(60)
    drain(postman)
    assert desk.texts() == ["card v2"]


def test_what_slack_says_about_changing_messages_holds_for_all(desk: Desk) -> None:
    """After a 429 no message is changed before Retry-After is over, and posting goes on."""
    change_id = desk.change()
    for key in ("one", "two"):
        desk.write(key, change_id=change_id)
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    desk.slack.faults.fail_next("chat.update", 429, retry_after=20)
    drain(postman)
    desk.write("new")
    drain(postman)
    assert len(desk.slack.calls_of("chat.update")) == 1
    assert desk.texts() == ["one v1", "two v1", "new"]
    desk.clock.forward(21)
    drain(postman)
    assert desk.texts() == ["one v2", "two v2", "new"]


def test_a_lost_answer_leaves_a_card_that_is_brought_up_to_date(desk: Desk) -> None:
    """A message found after an uncertain attempt shows whatever it showed then, and so is redrawn."""
    change_id = desk.change()
    desk.write("card", change_id=change_id)
    desk.slack.faults.fail_next("chat.postMessage", "lost")
    postman = desk.postman()
    drain(postman)
    desk.alter(change_id)
    desk.clock.forward(10)
    drain(postman)
    assert desk.texts() == ["card v2"]
