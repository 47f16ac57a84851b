"""Filling in the form: what is refused, under which field, and that nothing typed is ever lost."""

from typing import Any

import pytest

from tests.scenario.review.hand import BULLETS, GREETING, LIMIT, field, medium, on_screen, shown, ticked
from tests.scenario.town import HIGH, NOTE, Town, top, words

# --- a change that could not go its whole way ---


@pytest.mark.parametrize(
    ("role", "words_of_it"),
    [
        ("approve", "Add people to `approve` for this lane."),
        ("deploy", "Nobody could deploy this. Add people to `deploy` for this lane."),
        ("roll_back", "Nobody could roll this back. Add people to `roll_back` for this lane."),
        ("inform", "Nobody would be informed. Add people, groups or channels to `inform` for this lane."),
    ],
)
def test_a_change_that_could_not_go_its_whole_way_is_refused_with_the_list_to_fill(
    town: Town, role: str, words_of_it: str
) -> None:
    """The form stays with everything typed; once the list is filled, the same form goes through."""
    kept: list[Any] = []

    def empty(policy: dict[str, Any]) -> None:
        kept.append(policy["workflows"]["summaries"][role])
        policy["workflows"]["summaries"][role] = []

    town.change_policy(empty)
    mira = town.propose("U0MIRA", "summaries", replace=BULLETS)
    assert not mira.last_answer.ok
    assert words_of_it in str(mira.last_answer.errors)
    assert "Nothing you typed is lost." in str(mira.last_answer.errors)
    assert top(mira).callback_id == "submit_note"
    assert NOTE["why"] in str(top(mira).typed)
    assert not town.messages("review")
    town.change_policy(lambda policy: policy["workflows"]["summaries"].update({role: kept[0]}))
    if role in {"approve", "roll_back"}:
        # Back and on again: whom one can choose is read anew.
        mira.close()
        assert mira.submit().ok, mira.last_answer
    assert mira.submit().ok, mira.last_answer
    town.settle()
    assert "In review" in words(town.card())


def test_too_few_approvers_for_the_quorum_are_refused(town: Town) -> None:
    """Two people have to approve in high; the submitter is one of the two on the list."""
    town.change_policy(lambda it: it["workflows"]["refunds"]["approve"].update(high=["U0BEN", "U0MIRA"]))
    mira = town.propose("U0MIRA", "refunds", replace=LIMIT)
    said = str(mira.last_answer.errors)
    assert "2 people have to approve this, and 1 could" in said
    assert "refunds, high lane" in said


def test_a_draft_is_taken_up_again_with_everything_typed(town: Town) -> None:
    """Refused at the second step and left: `new` offers it again, and both steps are as they were."""
    town.change_policy(lambda it: it["workflows"]["summaries"].update(inform=[]))
    mira = town.propose(
        "U0MIRA", "summaries", replace=BULLETS, note={"why": "Colleagues asked for it on Monday."}
    )
    assert not mira.last_answer.ok
    assert mira.command("/prompt-change new").ok
    assert "You have a draft: PC-1 on summaries" in on_screen(mira)
    mira.click_in_view(top(mira), "resume_draft")
    assert field(mira, "workflow")["initial_option"]["value"] == "summaries"
    assert field(mira, "how")["initial_option"]["value"] == "replace"
    assert (shown(mira, "old_phrase"), shown(mira, "new_phrase")) == BULLETS
    assert ticked(mira, "kinds") == ["system_prompt"]
    town.change_policy(lambda it: it["workflows"]["summaries"].update(inform=["C0TOOLS"]))
    assert mira.submit().ok, mira.last_answer
    assert shown(mira, "why") == "Colleagues asked for it on Monday."
    assert shown(mira, "what_changed") == NOTE["what_changed"]
    assert mira.submit().ok, mira.last_answer
    town.settle()
    assert "Colleagues asked for it on Monday." in words(town.card())
    mira.command("/prompt-change new")
    assert "You have a draft" not in on_screen(mira)


def test_a_form_closed_by_accident_can_be_resumed(town: Town) -> None:
    """The first step was typed and never sent; Cancel keeps it."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    mira.fill(top(mira), {"New text": "A whole new prompt for summaries."})
    mira.close()
    mira.command("/prompt-change")
    assert "You have a draft" in on_screen(mira)
    mira.click_in_view(top(mira), "resume_draft")
    assert shown(mira, "new_text") == "A whole new prompt for summaries."


def test_a_note_closed_by_accident_can_be_resumed(town: Town) -> None:
    """The second step as well."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS)
    mira.fill(top(mira), {"why": "A reason that took me ten minutes to write."})
    mira.close(whole_stack=True)
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "resume_draft")
    assert mira.submit().ok, mira.last_answer
    assert shown(mira, "why") == "A reason that took me ten minutes to write."


# --- the release note ---


NO_ANSWERS = ("TBD", "n/a", "none", "Shorter.", "See above", "x" * 16, "-" * 20, "   ")


@pytest.mark.parametrize("name", ["what_changed", "rollback_trigger"])
def test_an_answer_that_is_none_is_refused_under_its_field(town: Town, name: str) -> None:
    """The other fields keep what was typed; a sentence goes through."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS)
    for answer in NO_ANSWERS:
        town.second_step(mira, {name: answer})
        assert list(mira.last_answer.errors) == [name], answer
        assert NOTE["good"] in str(top(mira).typed)
    assert mira.submit(values={name: "A sentence that says what is meant here."}).ok
    town.settle()
    assert "In review" in words(town.card())


def test_the_same_answer_twice_is_refused(town: Town) -> None:
    """It stands under the second of the two, and names the first."""
    mira = town.propose("U0MIRA", "summaries", replace=BULLETS, note={"why": NOTE["what_changed"]})
    assert list(mira.last_answer.errors) == ["why"]
    assert "the same as the statement of what changed" in mira.last_answer.errors["why"]


def test_the_high_lane_asks_for_a_plan_and_stop_conditions(town: Town) -> None:
    """A word is no plan; the low lane does not ask."""
    mira = town.propose(
        "U0MIRA", "refunds", replace=LIMIT, note={"rollback_plan": "Undo it", "stop_conditions": "Errors"}
    )
    assert sorted(mira.last_answer.errors) == ["rollback_plan", "stop_conditions"]
    assert mira.submit(values=HIGH).ok
    town.settle()
    town.first_step("U0MIRA", "summaries", replace=BULLETS)
    names = {each["block_id"] for each in top(mira).blocks}
    assert not names & {"rollback_plan", "stop_conditions"}


def test_the_second_step_says_lane_and_reasons_before_anything_is_submitted(town: Town) -> None:
    """And who is proposed as approver, by name, from those who can."""
    mira = town.first_step("U0MIRA", "refunds", replace=LIMIT)
    said = on_screen(mira)
    assert "High lane" in said
    assert "2 approvals needed" in said
    assert "impact.money" in said
    assert {each["value"] for each in field(mira, "asked")["options"]} == {"U0BEN", "U0CHLOE", "U0DEV"}
    assert len(field(mira, "asked")["initial_options"]) == 2
    assert shown(mira, "good").startswith("Refunds that people correct afterwards")


# --- customers read it ---


def test_on_a_customer_visible_workflow_the_box_is_ticked_already(town: Town) -> None:
    """On an internal one it is not."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="support-answers")
    assert ticked(mira, "impacts") == ["customer_visible"]
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    assert ticked(mira, "impacts") == []


def test_unticking_it_needs_a_sentence_that_the_card_shows(town: Town) -> None:
    """Without one it is refused under that field; with one the lane is lower, and everybody reads why."""
    reason = "Only a heading that the model reads and never repeats."
    mira = town.first_step("U0MIRA", "support-answers", replace=("## Voice", "## How it sounds"), impacts=())
    assert "say why they do not" in mira.last_answer.errors["not_customer_visible_because"]
    assert mira.submit(values={"not_customer_visible_because": reason}).ok
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    assert "Low lane" in words(town.card())
    assert f"Not visible to customers, says the submitter: {reason}" in words(town.card())


def test_ticked_it_stays_medium(town: Town) -> None:
    """What was ticked beforehand and left so counts."""
    medium(town, replace=GREETING)
    assert "Medium lane" in words(town.card())


def test_the_text_is_read_as_well(town: Town) -> None:
    """Nothing is ticked, and the word diff says refund: the lane is high all the same."""
    mira = town.first_step(
        "U0MIRA",
        "support-answers",
        replace=("Offer to send an article again.", "Offer a refund of $20 at once."),
        impacts=("customer_visible",),
    )
    assert "High lane" in on_screen(mira)
    assert "refund" in on_screen(mira)


def test_a_text_typed_for_one_workflow_is_never_sent_for_another(town: Town) -> None:
    """Choosing another workflow draws the other's text; going back and sending is what one sees."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    mira.fill(top(mira), {"New text": "A prompt for summaries."})
    mira.click_in_view(top(mira), "choose_workflow", selected="refunds")
    assert shown(mira, "new_text").startswith("# Refund requests")
    mira.submit(values={"What does it change?": ["system_prompt"]})
    assert "This is what is live already." in str(mira.last_answer.errors)
