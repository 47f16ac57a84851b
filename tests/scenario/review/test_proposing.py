"""Filling in the form: what is refused, under which field, and that nothing typed is ever lost."""

from typing import Any

import pytest

from bot.sandbox.person import SlackPerson
from tests.scenario.review.hand import BULLETS, GREETING, LIMIT, low, medium, menu, on_screen
from tests.scenario.town import HIGH, NOTE, Town, top, words

LONG = "".join(f"{number}. A sentence that says nothing new about order {number}.\n" for number in range(80))


def field(person: SlackPerson, name: str) -> dict[str, Any]:
    """One input of the form on the screen, by the first part of its block_id."""
    found = [each for each in top(person).blocks if each["block_id"].partition(":")[0] == name]
    assert found, [each["block_id"] for each in top(person).blocks]
    return dict(found[0]["element"])


def shown(person: SlackPerson, name: str) -> str:
    """What a text input was prefilled with."""
    return str(field(person, name).get("initial_value", ""))


def ticked(person: SlackPerson, name: str) -> list[str]:
    """What is ticked beforehand."""
    return [each["value"] for each in field(person, name).get("initial_options", [])]


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


# --- the ways to give the text ---


def test_a_phrase_that_is_not_there_or_twice_is_refused(town: Town) -> None:
    """The error stands under the old phrase, and says what to do."""
    mira = town.first_step("U0MIRA", "summaries", replace=("two paragraphs", "bullets"))
    assert "does not hold this phrase" in mira.last_answer.errors["old_phrase"]
    assert "longer phrase" in mira.submit(values={"Old phrase": "the customer"}).errors["old_phrase"]
    assert mira.submit(values={"Old phrase": "one paragraph"}).ok
    assert top(mira).callback_id == "submit_note"


def test_a_text_that_is_live_already_is_refused(town: Town) -> None:
    """An edit that edits nothing is no change."""
    mira = town.first_step("U0MIRA", "summaries")
    assert "This is what is live already." in str(mira.last_answer.errors)
    assert "The new text is empty." in str(mira.submit(values={"New text": "   "}).errors)


def test_no_kind_is_refused_under_the_boxes(town: Town) -> None:
    """A change of no kind would be of no lane."""
    mira = town.first_step("U0MIRA", "summaries", replace=BULLETS, kinds=())
    assert list(mira.last_answer.errors) == ["kinds"]
    hostile = town.person("U0MIRA", hostile=True)
    assert hostile.submit(top(mira)).errors == {"kinds": "Tick at least one."}


def upload(town: Town, name: str, content: bytes) -> SlackPerson:
    """Choose the upload of a file, and send the first step."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    mira.click_in_view(top(mira), "choose_how", selected="upload")
    file = mira.upload(name, content)
    mira.submit(values={"File with the whole new text": [file.id], "What does it change?": ["system_prompt"]})
    return mira


def test_an_uploaded_file_of_any_length_becomes_the_text(town: Town) -> None:
    """Longer than a form's field: on the card an excerpt, in the repository every word."""
    text = "# Ticket summaries\n\n" + LONG
    assert len(text) > 3_000
    mira = upload(town, "summaries.md", text.encode())
    assert mira.last_answer.ok, mira.last_answer
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    assert "Shortened." in words(town.card()) or "under More, Full diff" in words(town.card())
    assert town.live_text("summaries.md", "prompt-change/PC-1") == text


def test_a_file_that_is_no_text_is_refused(town: Town) -> None:
    """Not UTF-8: it says so under the file; another file goes through."""
    mira = upload(town, "summaries.md", "Über alles".encode("latin-1"))
    assert "not UTF-8" in mira.last_answer.errors["file"]
    again = mira.upload("summaries.md", "Über alles, in short.".encode())
    assert mira.submit(values={"File with the whole new text": [again.id]}).ok


def test_a_file_that_is_too_large_is_refused_unread(town: Town) -> None:
    """Two megabytes are more than any prompt."""
    mira = upload(town, "summaries.md", b"a" * 2_100_000)
    assert "larger than a prompt can be" in mira.last_answer.errors["file"]


def test_no_file_at_all_is_refused(town: Town) -> None:
    """The error stands under the file."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    mira.click_in_view(top(mira), "choose_how", selected="upload")
    assert "file" in mira.submit(values={"What does it change?": ["system_prompt"]}).errors


def test_a_version_that_exists_is_proposed_as_it_is(town: Town) -> None:
    """Refunds has an earlier version; what went live with it goes live again."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="refunds")
    mira.click_in_view(top(mira), "choose_how", selected="existing")
    choices = [each["value"] for each in field(mira, "version")["options"]]
    assert len(choices) >= 2
    mira.submit(values={"Version": choices[-1], "What does it change?": ["system_prompt"]})
    assert mira.last_answer.ok, mira.last_answer
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    assert "ten" in words(town.card())


def test_a_long_live_text_is_changed_by_a_phrase(town: Town) -> None:
    """Over 3,000 characters there is no field to edit it in; the phrase is replaced, the rest stays."""
    text = (town.live_text("summaries.md") or "") + LONG
    town.commit_outside("summaries.md", text)
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="summaries")
    assert [each["value"] for each in field(mira, "how")["options"]] == ["replace", "upload", "existing"]
    mira.submit(
        values={
            "Old phrase": BULLETS[0],
            "New phrase": BULLETS[1],
            "What does it change?": ["system_prompt"],
        }
    )
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    expected = text.replace(*BULLETS)
    assert town.live_text("summaries.md", "prompt-change/PC-1") == expected


def test_an_edit_by_phrase_starts_from_the_text_in_review(town: Town) -> None:
    """The second correction of a long text does not undo the first."""
    text = (town.live_text("summaries.md") or "") + LONG
    town.commit_outside("summaries.md", text)
    low(town)
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "edit")
    mira.submit(values={"Old phrase": "at most 120 words", "New phrase": "at most 90 words"})
    assert mira.last_answer.ok, mira.last_answer
    assert mira.submit().ok, mira.last_answer
    town.settle()
    expected = text.replace(*BULLETS).replace("at most 120 words", "at most 90 words")
    assert town.live_text("summaries.md", "prompt-change/PC-1") == expected


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
