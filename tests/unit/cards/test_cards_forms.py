"""Forms: what Slack would take, and that what was filled in comes back as it was meant."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from blockkit import assert_valid_view, words_of
from extremes import EMOJI, HOSTILE, LONGEST, crowded, long_prompt, with_prose
from factory import ANA, after, change, evidence, low, release, revision, rollback
from filling import filled
from harmless import assert_harmless
from screens import note, proposal

from bot.cards.modals import afterwards, decide, reading
from bot.cards.modals.decide import AttestForm, DecisionForm, read_attest, read_decide
from bot.cards.modals.form import errors_for
from bot.cards.modals.note import NoteForm, read_submit_note, submit_note
from bot.cards.modals.propose import How, read_submit_change, submit_change
from bot.changes.facts import Choice, ExampleCase, SpotMark
from storage.vocabulary import Decision, Lane

Json = dict[str, Any]
MANY = tuple(Choice(f"U0P{index:03}", f"Person {index}") for index in range(150))


def forms(text: str = "") -> Iterator[Json]:
    """Yield every form, with this text wherever somebody could have written."""

    def prose(facts: Any) -> Any:
        return with_prose(facts, text) if text else facts

    for how in How:
        yield submit_change(
            prose(proposal(typed={"how": how.value, "new_text": text, "kinds": ["system_prompt"]}))
        )
    yield submit_change(prose(proposal(workflow=None, before=None, before_version=None, versions=())))
    yield submit_change(proposal(workflows=(), workflow=None))
    yield submit_note(prose(note(typed={"why": text, "asked": ["U0DEV"]})))
    yield submit_note(prose(note(approvers=(), rollback_owners=(), first_release=False)))
    yield submit_note(note(approvers=MANY, rollback_owners=MANY, versions=MANY, proposed=("U0P149",)))
    for decision in Decision:
        yield decide.decide(prose(change()), decision)
        yield decide.decide(prose(low(examples=change().examples * 30)), decision, and_deploy=True)
    yield decide.decide(low(examples=()), Decision.APPROVE)
    yield decide.attest(prose(change(evidence=(evidence(),))))
    yield afterwards.rollback_reason(prose(rollback(reason="Wrong.")))
    yield afterwards.restore(prose(rollback()))
    yield afterwards.roll_back_to(prose(release()), [Choice("8", text or "v17", text), Choice("7", "v16")])
    yield afterwards.roll_back_to(prose(release()), [])
    for lane in Lane:
        yield afterwards.raise_lane(prose(change(lane=lane)))
        yield afterwards.lower_lane(prose(change(lane=lane)))
    yield afterwards.withdraw(prose(change()))
    yield reading.full_diff(prose(change()))
    yield reading.history(
        prose(change()), [reading.Event(after(index), ANA, text or "did") for index in range(150)]
    )
    yield reading.notice(text or "No", text or "You may not.")
    yield reading.loading("Propose a change")


@pytest.mark.parametrize(
    "text", ["", HOSTILE, LONGEST, EMOJI], ids=["ordinary", "hostile", "longest", "emoji"]
)
def test_slack_takes_every_form(text: str) -> None:
    """Each form is valid, whatever people wrote."""
    for view in forms(text):
        assert_valid_view(view)
        assert_harmless(view["blocks"])


def test_a_note_comes_back_as_it_was_filled_in() -> None:
    """Step 2 is read into a plain value, with the people who were preselected."""
    statements = {"what_changed": "A", "why": "B", "good": "C", "rollback_trigger": "D"}
    plans = {
        "rollback_plan": "E",
        "stop_conditions": "F",
        "fallback_version": "v16",
        "fallback_switch_off": "G",
    }
    view = submit_note(note())
    values = filled(view, **statements, **plans, rollback_owner="U0DEV")
    expected = NoteForm(42, rollback_owner="U0DEV", asked=("U0BEN", "U0CHLOE"), **statements, **plans)
    assert read_submit_note(values, view["private_metadata"]) == expected
    assert read_submit_note(filled(submit_note(note(typed=expected.typed()))), '{"change": 42}') == expected


def test_plan_and_fallback_are_asked_only_where_they_are_needed() -> None:
    """A low change on a workflow that is live is asked for the statements, the owner and whom to ask."""
    small = note(needs_plan=False, needs_stop_conditions=False, first_release=False, without_stages=False)
    asked = {block["block_id"] for block in submit_note(small)["blocks"] if block["type"] == "input"}
    assert asked == {"what_changed", "why", "good", "rollback_trigger", "rollback_owner", "asked"}


def test_people_who_were_proposed_are_offered_even_among_many() -> None:
    """Slack shows a hundred options: the proposed ones are among them, and chosen."""
    view = submit_note(note(approvers=MANY, proposed=("U0P149",)))
    assert read_submit_note(filled(view)).asked == ("U0P149",)


def test_a_formal_approval_comes_back_with_its_statement() -> None:
    """High asks for a statement; the form carries the revision and whether to deploy."""
    view = decide.decide(change(), Decision.APPROVE, and_deploy=True)
    form = read_decide(filled(view, statement="Read it all."), view["private_metadata"])
    assert form == DecisionForm(7, Decision.APPROVE, "Read it all.", (), and_deploy=True)


def test_a_spot_check_comes_back_with_each_mark() -> None:
    """Low asks for an output and a mark per example; an example without a mark is not among them."""
    examples = (ExampleCase("One", ""), ExampleCase("Two", "Kind"), ExampleCase("Three", ""))
    facts = low(examples=examples)
    view = decide.decide(facts, Decision.APPROVE)
    values = filled(view, output__0="Hi", mark__0="good", output__1="No", mark__1="bad")
    form = read_decide(values, view["private_metadata"], examples)
    assert form.marks == (SpotMark("One", "Hi", good=True), SpotMark("Two", "No", good=False))
    assert decide.marks_missing(form, examples) == "1 example is not marked yet."


@pytest.mark.parametrize("decision", [Decision.REJECT, Decision.REQUEST_CHANGES])
def test_a_no_asks_for_its_reason(decision: Decision) -> None:
    """Reject and Request changes come back with the reason as their statement."""
    view = decide.decide(change(), decision)
    form = read_decide(filled(view, reason="Too much."), view["private_metadata"])
    assert (form.decision, form.statement) == (decision, "Too much.")


def test_a_test_result_comes_back_as_numbers() -> None:
    """The attest form is read into whole numbers; what is none stays empty."""
    view = decide.attest(change())
    entered = {"suite": "s", "total": "60", "passed": "59", "newly_failing": "0", "link": "https://x.example"}
    values = filled(view, **entered, scored_by_people=["yes"])
    expected = AttestForm(7, "s", 60, 59, 0, scored_by_people=True, link="https://x.example")
    assert read_attest(values, view["private_metadata"]) == expected
    assert read_attest(filled(view, total="many", passed="-3")).total is None


def test_small_forms_come_back_with_their_ids() -> None:
    """Reason, restore, going back, lane and withdrawal carry the id that was on the screen."""
    reason = afterwards.rollback_reason(rollback())
    assert afterwards.read_reason(filled(reason, reason="Bad."), reason["private_metadata"]).rollback_id == 4
    back = afterwards.roll_back_to(release(), [Choice("8", "v17"), Choice("7", "v16")])
    read = afterwards.read_roll_back_to(filled(back, return_to="7"), back["private_metadata"])
    assert (read.release_id, read.return_to) == (9, "7")
    raised = afterwards.raise_lane(change(lane=Lane.LOW))
    lane = afterwards.read_lane(filled(raised, lane="high", reason="Money."), raised["private_metadata"])
    assert lane == afterwards.LaneForm(7, Lane.HIGH, "Money.")
    assert afterwards.read_withdraw(afterwards.withdraw(change())["private_metadata"]) == 7


@pytest.mark.parametrize(
    "read",
    [
        read_submit_change,
        read_submit_note,
        read_decide,
        read_attest,
        afterwards.read_lane,
        afterwards.read_reason,
    ],
)
@pytest.mark.parametrize("metadata", ["", "no json", "[]", '{"change": "x", "revision": null}'])
def test_readers_take_what_is_missing_as_empty(read: Callable[..., Any], metadata: str) -> None:
    """A strange or empty state is read as nothing given, never as an error."""
    strange: list[Json] = [
        {},
        {"why": {}},
        {"kinds": {"kinds": {"selected_options": [{"value": "nonsense"}]}}},
    ]
    strange += [{"lane": {"lane": {"selected_option": None}}, "total": {"total": {"value": None}}}]
    assert len({str(read(values, metadata)) for values in strange}) == 1


def test_a_fault_is_told_under_its_field() -> None:
    """A fault goes to the block that is shown for its field, else to the first input."""
    blocks = submit_change(proposal())["blocks"]
    assert errors_for({"new_text": "It is the same."}, blocks) == {"new_text:refunds": "It is the same."}
    assert errors_for([("file", "No file.")], blocks) == {"workflow": "No file."}
    assert errors_for({"why": "Say why."}) == {"why": "Say why."}


def test_the_full_diff_says_when_it_is_cut() -> None:
    """A difference larger than a view is cut and says so; an ordinary one is whole."""
    before = " ".join(f"a{index}" for index in range(30_000))
    huge = reading.full_diff(
        change(revision=revision(before_text=before, after_text=before.replace("a", "b")))
    )
    assert_valid_view(huge)
    assert "Cut here" in words_of(huge["blocks"])
    assert "Cut here" not in words_of(reading.full_diff(change())["blocks"])


def test_the_full_diff_of_a_long_prompt_shows_every_changed_word() -> None:
    """Unchanged stretches are left out, so that few changes in 150,000 characters are all there."""
    before = long_prompt()
    after_text = before.replace("Rule 2900: never", "Rule 2900: always")
    shown = words_of(
        reading.full_diff(change(revision=revision(before_text=before, after_text=after_text)))["blocks"]
    )
    assert "always" in shown
    assert len(shown) < 3_000


def test_the_longest_change_has_forms_that_slack_takes() -> None:
    """Forty approvers and the longest texts fit into each form of a change."""
    for view in (
        decide.decide(crowded(), Decision.APPROVE),
        decide.attest(crowded()),
        reading.full_diff(crowded()),
    ):
        assert_valid_view(view)
