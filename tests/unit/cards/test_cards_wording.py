"""What a card says and offers, state by state."""

import pytest
from blockkit import words_of
from factory import (
    ANA,
    BEN,
    CHLOE,
    LEADS,
    after,
    change,
    complete,
    evidence,
    low,
    release,
    revision,
    rollback,
)
from reading_cards import clicks, said

from bot.cards.diff import contracted, pieces
from bot.cards.messages import draw
from bot.changes.facts import ChangeFacts, DecisionFacts
from bot.policy.classify import Reason
from storage.vocabulary import Decision, Lane, State


def test_a_card_in_review_says_what_it_must() -> None:
    """Lane, reasons, the changed words, note, gates, who decided and who is still needed, all by name."""
    words = said("review", change())
    for expected in ("High lane", "(impact.money)", "$50", "$500", "refunds, high", "At least 50 cases"):
        assert expected in words
    for expected in ("Waiting for Chloe Roy", "Also able to approve: Dev Rao", "May deploy: Dev Rao"):
        assert expected in words
    assert "Missing:* 1 approval, regression set" in words
    assert "Read every line and the ledger rules." in words


def test_removed_words_are_struck_and_added_words_bold() -> None:
    """The diff marks the changed words and leaves the others alone."""
    quote = next(
        part
        for block in draw("review", change()).blocks
        if block["type"] == "rich_text"
        for part in block["elements"]
        if part["type"] == "rich_text_quote"
    )
    styles = {run["text"].strip(): run.get("style") for run in quote["elements"]}
    assert styles["$50"] == {"strike": True}
    assert styles["$500"] == {"bold": True}
    assert styles["You help with refunds. You may refund up to"] is None


def test_evidence_names_who_vouches_for_it() -> None:
    """The card says attested by whom, and when a result is of an earlier text."""
    words = said("review", change(evidence=(evidence(), evidence(current=False))))
    assert "60 of 60 passed, 0 newly failing; attested by Chloe Roy" in words
    assert "for an earlier text" in words


def test_a_quorum_of_one_in_high_is_shown() -> None:
    """Where a workspace needs one approval only in high, every such card says so; others do not."""
    assert "The quorum is 1 in this workspace." in said("review", change(quorum=1))
    assert "The quorum is 1" not in said("review", change())
    assert "The quorum is 1" not in said("review", low())


def test_the_reason_for_unticking_customers_and_a_lane_set_by_hand_are_shown() -> None:
    """Both stay on the card."""
    facts = change(not_customer_visible_because="Only tone.", lane_changed_by=BEN, lane_change_reason="Safe.")
    words = said("review", facts)
    assert "Not visible to customers, says the submitter: Only tone." in words
    assert "Lane set by" in words
    assert "Safe." in words


def test_votes_that_do_not_count_say_why() -> None:
    """A voided vote stays on the card with its reason."""
    void = DecisionFacts(BEN, Decision.APPROVE, after(1), counts=False, why_not="lost the right")
    assert "Does not count: lost the right" in said("review", change(decisions=(void,)))


@pytest.mark.parametrize(
    ("facts", "recipient", "offered"),
    [
        (low(), "", True),
        (low(), "U0DEV", True),
        (low(), "U0CHLOE", False),
        (low(may_also_deploy=()), "", False),
        (low(still_needed=2), "", False),
        (change(), "", False),
    ],
)
def test_approve_and_deploy_is_offered_where_it_would_work(
    facts: ChangeFacts,
    recipient: str,
    offered: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """Only when this approval completes the change, and only to those who may do both."""
    assert ("approve_and_deploy" in clicks("ask" if recipient else "review", facts, recipient)) is offered


def test_a_stale_change_asks_for_one_click() -> None:
    """The button says what it does, under the name of Approve, and no other decision is offered."""
    facts = change(state=State.STALE, moved_to="v99")
    assert "Confirm new diff" in said("review", facts)
    assert "Chloe Roy must confirm the new diff" in said("review", facts)
    assert clicks("review", facts)[0] == "approve"
    assert not {"reject", "request_changes"} & set(clicks("review", facts))


def test_a_test_result_can_be_recorded_while_a_gate_is_open() -> None:
    """The button is there exactly as long as a gate is open in review."""
    assert "record_result" in clicks("review", change())
    assert "record_result" not in clicks("review", low())
    assert "record_result" not in clicks("review", complete())


def test_the_menu_offers_what_the_state_allows() -> None:
    """In the highest lane the way is down, not up, and during a release nothing is edited."""

    def menu(facts: ChangeFacts) -> list[str]:
        row = next(block for block in draw("review", facts).blocks if block["type"] == "actions")
        return [option["value"].split(":")[0] for option in row["elements"][-1]["options"]]

    assert menu(low()) == ["full_diff", "edit", "raise_lane", "withdraw", "history"]
    assert menu(change()) == ["full_diff", "edit", "lower_lane", "withdraw", "history"]
    assert menu(complete(state=State.RELEASING, release=release())) == ["full_diff", "history"]


def test_deploy_is_offered_when_everything_is_complete() -> None:
    """The channel's card and the deployers' card get Deploy, and lose it with the approval."""
    assert clicks("review", complete()) == ["deploy", "change_menu"]
    assert clicks("deploy", complete()) == ["deploy", "change_menu"]
    assert clicks("deploy", change()) == []


def test_somebody_who_answered_is_not_asked_again() -> None:
    """After a decision the direct message says what the person did."""
    facts = change(decisions=(DecisionFacts(CHLOE, Decision.APPROVE, after(3), "Yes."),))
    assert "You approved" in said("ask", facts, "U0CHLOE")
    assert "approve" not in clicks("ask", facts, "U0CHLOE")
    assert "approve" in clicks("ask", facts, "U0DEV")


@pytest.mark.parametrize("state", [it for it in State if it is not State.DRAFT])
def test_the_submitter_hears_each_outcome(state: State) -> None:
    """Every state has its sentence, with the person and the reason where one was given."""
    drawn = draw("outcome", change(), "U0ANA", {"what": state.value, "by": "U0BEN", "reason": "Because."})
    assert drawn.text.startswith("PC-42 on refunds ")
    assert "<@U0BEN>: Because." in words_of(drawn.blocks)


def test_a_rejection_is_told_with_the_reason_on_record() -> None:
    """Without details the reason comes from the decision itself."""
    no = DecisionFacts(BEN, Decision.REJECT, after(2), "Too much money.")
    assert "<@U0BEN>: Too much money." in said("outcome", change(state=State.REJECTED, decisions=(no,)))
    assert "<@U0BEN> rejected it: Too much money." in said(
        "review", change(state=State.REJECTED, decisions=(no,))
    )


def test_a_thread_note_is_put_together_from_parts() -> None:
    """Texts are escaped, people become mentions, and the notification names without disturbing."""
    parts = [{"who": "U0BEN", "name": "Ben"}, " said <no> to ", {"change": 42}]
    drawn = draw("thread", None, "", {"text": parts})
    assert drawn.blocks[0]["text"]["text"] == "<@U0BEN> said &lt;no&gt; to PC-42"
    assert drawn.text == "Ben said &lt;no&gt; to PC-42"


def test_a_first_release_shows_its_fallback() -> None:
    """Where nothing was live before, the card says what takes its place if it must go."""
    first = revision(before_version=None, before_text="", fallback_switch_off="Turn the flag off.")
    words = said("review", change(revision=first))
    assert "Nothing is live yet" in words
    assert "If it must go: Turn the flag off." in words.replace(":  ", ": ")


def test_only_people_who_acted_are_mentioned() -> None:
    """A mention disturbs: those who merely could act, or have not seen it, are named in plain letters."""
    mentions = str(draw("review", change(submitter=ANA)).blocks)
    assert "U0CHLOE" not in mentions
    assert "U0DEV" not in str(draw("rollback", rollback()).blocks)
    assert LEADS.id not in str(draw("rollback", rollback()).blocks)


def test_an_excerpt_shows_both_sides_of_a_rewrite() -> None:
    """A long removed text never fills the excerpt so that what replaces it is not seen."""
    rewritten = revision(before_text="old words " * 900, after_text="new phrase " * 900)
    words = said("review", change(revision=rewritten))
    assert "old words" in words
    assert "new phrase" in words
    assert "Shortened. The whole is under More, Full diff." in words


def test_spacing_alone_is_called_that() -> None:
    """A change of spacing only is said to be one, and an empty quote is never sent."""
    same = revision(before_text="Be kind.", after_text="Be  kind.")
    assert "no word does" in said("review", change(revision=same, lane=Lane.LOW))


def test_a_phrase_is_struck_whole_and_its_new_wording_follows() -> None:
    """Neighbouring words make one piece, and a space keeps what went apart from what came."""
    diff = pieces("Write at most 120 words.\nBe kind.", "Write at most five points.\nBe kind.")
    shown = [(it.op, it.text) for it in contracted(diff, 90, within_line=True)]
    assert shown[1:4] == [("removed", "120 words."), ("equal", " "), ("added", "five points.")]


def test_causes_of_a_gate_are_told_in_one_sentence() -> None:
    """What several rules say in the same words is said once, with all of the rules."""
    why = "A regression gate is required: "
    reasons = [
        Reason("gate.money", f"{why}it touches money (gate.money)."),
        Reason("gate.visible", f"{why}it touches money (gate.visible)."),
        Reason("gate.high", f"{why}high always has one (gate.high)."),
    ]
    told = f"{why}it touches money (gate.money, gate.visible); high always has one (gate.high)."
    assert told in said("review", change(gate_reasons=tuple(reasons)))


def test_a_word_that_a_reason_names_is_not_told_again() -> None:
    """Found words stand once: in the reason of the rule that they set off, else on a line of their own."""
    named = Reason("impact.money", "High: it touches refunds, found in the diff: “refund” (impact.money).")
    assert "Found in the text" not in said("review", change(reasons=(named,)))
    assert "Found in the text" in said("review", change(reasons=(Reason("kind.x", "High: x (kind.x)."),)))


def test_a_rollback_says_what_it_undid() -> None:
    """Whoever must know reads what is gone, not only a number."""
    for kind in ("rollback", "rollback_channel", "rollback_notice"):
        words = said(kind, rollback()).split()
        assert "Undone: Agents may refund up to $500" in " ".join(words)
