"""Every message, in every state, with ordinary, longest and hostile texts, as Slack would take it."""

from collections.abc import Iterator
from typing import Any

import pytest
from blockkit import action_ids, assert_valid_message
from extremes import EMOJI, HOSTILE, LONGEST, crowd, crowded, with_prose
from factory import ANA, BEN, after, change, complete, drift, evidence, low, release, rollback, task
from harmless import assert_harmless
from screens import policy

from bot.cards.messages import KINDS, draw
from bot.changes.facts import AcknowledgementFacts, ChangeFacts
from storage.models import DriftState, MoveState, RollbackState
from storage.vocabulary import Lane, State

Case = tuple[str, Any, dict[str, Any]]
DECISIONS = {"approve", "request_changes", "reject"}
LIVE_BUTTONS = DECISIONS | {"approve_and_deploy", "deploy", "record_result"}
OVER = {State.LIVE, State.SUPERSEDED, State.ROLLED_BACK, State.REJECTED, State.WITHDRAWN, State.EXPIRED}


def changes() -> Iterator[ChangeFacts]:
    """Yield a change in each state, with what belongs to it."""
    for state in State:
        yield complete(state=state, release=release(state=state, trouble="Refused."), moved_to="v99")
    yield change(evidence=(evidence(), evidence(current=False, scored_by_people=True)))
    yield change(quorum=1, lane_changed_by=BEN, lane_change_reason="It is about money.")
    yield low(not_customer_visible_because="Only tone.", without_stages=True)


def cases() -> Iterator[Case]:
    """Yield everything that can be drawn."""
    for facts in changes():
        yield from ((kind, facts, {}) for kind in ("review", "ask", "deploy", "outcome"))
    for state in State:
        yield "outcome", change(), {"what": state.value, "by": "U0BEN", "reason": HOSTILE}
        for moving in (True, False):
            yield "live", release(state=state, stage=1, moving=moving, trouble="Timed out."), {}
    for reached in RollbackState:
        undone = rollback(
            state=state, trouble="Timed out.", pointer_found="v3", passed_over=(40, 41), reason="Wrong."
        )
        yield "live", release(rollback=undone), {}
        for kind in ("rollback", "rollback_channel", "rollback_notice"):
            yield kind, undone, {}
            yield kind, rollback(state=reached, restored=True, reason_by=ANA), {"principal": "S0LEADS"}
    for stands in DriftState:
        yield "drift", drift(state=stands, by=ANA, ended_at=after(70), adopting=43), {}
    yield "drift", drift(found=None, trouble="Timed out."), {}
    yield "drift", drift(moving=True, adopting=43, by=BEN, due_at=after(60 + 24 * 60)), {}
    for moved in MoveState:
        yield "task", release(task=task(state=moved)), {}
    yield (
        "thread",
        None,
        {"text": ["Ben ", {"who": "U0BEN", "name": "Ben"}, " at ", {"at": 1772721000}, {"change": 4}]},
    )
    yield "thread", None, {"text": HOSTILE}
    yield "private", None, {"reason": HOSTILE, "remedy": LONGEST}
    yield "undelivered", None, {"to": "C0TOOLS", "why": LONGEST, "workflow": HOSTILE, "change": 42}
    yield "policy_announced", policy(), {"by": "U0ANA"}
    yield "audit_head", None, {"row": 12_345, "digest": f"audit-v1:{'5e' * 32}"}


CASES = list(cases())


@pytest.mark.parametrize(
    "text", ["", HOSTILE, LONGEST, EMOJI], ids=["ordinary", "hostile", "longest", "emoji"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_slack_takes_every_message(kind: str, text: str) -> None:
    """Each kind of message is valid in each state, whatever people wrote."""
    drawn = [(facts, details) for each, facts, details in CASES if each == kind]
    assert drawn
    for facts, details in drawn:
        shown = with_prose(facts, text) if text and facts else facts
        result = draw(kind, shown, "U0BEN", details)
        assert_valid_message(result.blocks, result.text)
        assert_harmless(result.blocks, result.text)


@pytest.mark.parametrize("kind", ["review", "ask"])
def test_the_longest_change_keeps_its_decision_buttons(kind: str) -> None:
    """A prompt of 150,000 characters and forty approvers never push Approve or Reject out."""
    drawn = draw(kind, crowded(), "U0CHLOE")
    assert_valid_message(drawn.blocks, drawn.text)
    assert set(action_ids(drawn.blocks)) >= DECISIONS


def test_the_longest_text_in_the_densest_alphabet_keeps_the_buttons() -> None:
    """Nor do 3,000 emoji in every field."""
    drawn = draw("review", with_prose(crowded(), EMOJI), "U0CHLOE")
    assert_valid_message(drawn.blocks, drawn.text)
    assert set(action_ids(drawn.blocks)) >= DECISIONS


def test_sixty_acknowledgements_fit() -> None:
    """The rollback card counts sixty people with long names, and keeps its buttons."""
    seen = tuple(
        AcknowledgementFacts(who, who if index % 2 else None, after(index))
        for index, who in enumerate(crowd(60))
    )
    drawn = draw("rollback", rollback(acknowledgements=seen))
    assert_valid_message(drawn.blocks, drawn.text)
    assert action_ids(drawn.blocks) == ["add_reason", "restore"]


@pytest.mark.parametrize("state", sorted(OVER))
@pytest.mark.parametrize("kind", ["review", "ask", "deploy"])
def test_a_settled_change_has_nothing_to_click(kind: str, state: State) -> None:
    """After the end no card keeps a button."""
    drawn = draw(kind, complete(state=state, release=release(state=state)), "U0CHLOE")
    assert action_ids(drawn.blocks) == []


@pytest.mark.parametrize("state", [State.APPROVED, State.CHANGES_REQUESTED, State.RELEASING, State.FAILED])
def test_a_decided_change_has_no_decision_buttons(state: State) -> None:
    """Approve, Request changes and Reject are there only while the change is in review."""
    drawn = draw("review", complete(state=state, release=release(state=state)))
    assert not set(action_ids(drawn.blocks)) & DECISIONS


@pytest.mark.parametrize("kind", ["review", "ask", "deploy"])
def test_review_buttons_carry_the_revision_and_nothing_else(kind: str) -> None:
    """A click says which text was on the screen, so that a click on an outdated card is noticed."""
    facts = complete() if kind == "deploy" else change()
    rows = [block for block in draw(kind, facts, "U0CHLOE").blocks if block["type"] == "actions"]
    buttons = [it for row in rows for it in row["elements"] if it["type"] == "button"]
    assert {it["value"] for it in buttons} == {"7"}
    menus = [it for row in rows for it in row["elements"] if it["type"] == "overflow"]
    assert {option["value"].split(":")[1] for menu in menus for option in menu["options"]} == {"7"}


def test_an_unknown_kind_is_an_error() -> None:
    """A kind that does not exist is a fault, not an empty message."""
    with pytest.raises(KeyError):
        draw("gossip", None)


def test_a_drawing_takes_its_part_of_wider_facts() -> None:
    """A rollback is drawn from the change that holds it, and refuses facts that hold none."""
    wider = complete(release=release(rollback=rollback()))
    assert draw("rollback", wider) == draw("rollback", rollback())
    with pytest.raises(TypeError, match="RollbackFacts"):
        draw("rollback", complete())


def test_lanes_are_named_on_the_first_lines() -> None:
    """The lane is read before anything else, in each lane."""
    for lane in Lane:
        standing = draw("review", change(lane=lane)).blocks[1]["text"]["text"]
        assert standing.startswith(f"*{lane.value.capitalize()} lane*")
