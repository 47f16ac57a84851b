"""What a release and its rollback say and offer, state by state."""

from dataclasses import replace

import pytest
from blockkit import action_ids, words_of
from factory import (
    BEN,
    release,
    rollback,
    task,
)
from reading_cards import clicks, said

from bot.cards.messages import draw
from bot.changes.facts import ReleaseFacts
from storage.models import MoveState, RollbackState
from storage.vocabulary import State


def test_a_release_in_stages_says_where_it_is() -> None:
    """Stage 1 of 2 can be advanced or stopped; while it moves, only stopped."""
    staged = release(state=State.RELEASING, stage=1, live_at=None)
    assert "Stage 1 of 2 (canary)" in said("live", staged)
    assert clicks("live", staged) == ["advance", "stop_release"]
    assert clicks("live", replace(staged, moving=True)) == ["stop_release"]
    assert clicks("live", replace(staged, task=task())) == ["stop_release"]
    assert "waiting for a person" in said("live", replace(staged, task=task()))


def test_a_live_release_can_be_rolled_back_with_one_click() -> None:
    """Roll back has Slack's own question that says what goes where; by hand is told as well."""
    drawn = draw("live", release())
    assert action_ids(drawn.blocks) == ["roll_back", "roll_back_to"]
    button = next(block for block in drawn.blocks if block["type"] == "actions")["elements"][0]
    assert (button["value"], button["style"]) == ("9", "danger")
    assert button["confirm"]["text"]["text"].startswith("refunds goes from v18 back to v17 at once")
    assert "By hand, without this app Point the branch production at v17." in words_of(drawn.blocks)
    assert "Clients may see the old text for 1 minute more." in words_of(drawn.blocks)


@pytest.mark.parametrize(
    "facts",
    [
        release(state=State.SUPERSEDED),
        release(state=State.FAILED),
        release(state=State.ROLLED_BACK, rollback=rollback()),
        release(rollback=rollback(state=RollbackState.MOVING)),
    ],
)
def test_a_release_that_is_not_live_cannot_be_rolled_back_again(facts: ReleaseFacts) -> None:
    """Nothing is left to click once it is over or on its way back."""
    assert clicks("live", facts) == []


@pytest.mark.parametrize("state", [RollbackState.MOVING, RollbackState.ASKING])
@pytest.mark.parametrize("kind", ["rollback", "rollback_channel", "rollback_notice", "live"])
def test_a_rollback_that_was_not_read_back_never_reads_as_done(kind: str, state: RollbackState) -> None:
    """Until the pointer was read back, no message says that it is rolled back."""
    facts = rollback(state=state, done_at=None, trouble="Timed out.", acknowledgements=())
    drawn = draw(kind, release(rollback=facts) if kind == "live" else facts)
    words = words_of(drawn.blocks) + drawn.text
    assert "is back on" not in words
    assert "*Rolled back*" not in words
    assert "Rolled back:" not in words
    assert "Restore" not in words


def test_a_rollback_card_counts_by_name() -> None:
    """It says who has seen it, who confirmed for a group, and who has not."""
    words = said("rollback", rollback())
    assert "Seen by 2 of 4" in words
    assert "Ana Lima, Support leads (by Chloe Roy)" in words
    assert "Not yet: Dev Rao and legal@example.com" in words


def test_a_rollback_card_asks_for_the_reason_afterwards() -> None:
    """Add reason is there until there is one; Restore until it is over or done."""
    assert clicks("rollback", rollback()) == ["add_reason", "restore"]
    assert clicks("rollback", rollback(reason="Wrong.", reason_by=BEN)) == ["restore"]
    assert clicks("rollback", rollback(reason="Wrong.", restorable_until=None)) == []
    assert clicks("rollback", rollback(reason="Wrong.", restored=True)) == []


def test_a_pointer_that_is_elsewhere_is_a_question_to_people() -> None:
    """Neither the bad nor the wanted version is there: the card asks, and says what would go where."""
    drawn = draw("rollback", rollback(state=RollbackState.ASKING, pointer_found="v3", trouble="It is v3."))
    assert action_ids(drawn.blocks) == ["roll_back_anyway", "leave_as_found", "add_reason"]
    row = next(block for block in drawn.blocks if block["type"] == "actions")
    assert "goes from v3" in row["elements"][0]["confirm"]["text"]["text"]


def test_a_restore_in_high_waits_for_a_second_person() -> None:
    """The card says who asks and why, and the button says that it confirms."""
    words = said("rollback", rollback(restore_asked_by=BEN, restore_reason="It was the network."))
    assert "<@U0BEN> asks to restore it: It was the network." in words
    assert "Confirm restore" in words


def test_a_task_that_was_followed_by_another_shows_nothing_to_set() -> None:
    """A message about one move never takes up the next one's instructions."""
    assert clicks("task", release(task=task()), move=3) == ["task_done"]
    assert clicks("task", release(task=task()), move=2) == []


def test_a_notice_is_confirmed_once() -> None:
    """The button is there until the person, or somebody of the group, has confirmed."""
    assert clicks("rollback_notice", rollback(), "U0DEV") == ["acknowledge"]
    assert clicks("rollback_notice", rollback(), "U0ANA") == []
    assert "You confirmed" in said("rollback_notice", rollback(), "U0CHLOE", principal="S0LEADS")
    assert "You confirmed" in said("rollback_notice", rollback(), "U0CHLOE")
    other = said("rollback_notice", rollback(), "U0OTHER", principal="S0LEADS")
    assert "Chloe Roy confirmed for Support leads" in other


def test_a_task_is_told_exactly_and_confirmed_once() -> None:
    """The person reads what to set, clicks once, and then there is nothing to click."""
    waiting = release(task=task())
    assert "Open the console and set the prompt to v18." in said("task", waiting)
    row = draw("task", waiting).blocks[-1]
    assert (row["elements"][0]["action_id"], row["elements"][0]["value"]) == ("task_done", "3")
    assert clicks("task", release(task=task(state=MoveState.DONE))) == []
    assert clicks("task", release(task=None)) == []
