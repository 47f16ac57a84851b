"""Edited in the form, by a phrase, as a file, as a version that exists: the ways to give a new text."""

from bot.sandbox.person import SlackPerson
from tests.scenario.review.hand import BULLETS, field, low, menu
from tests.scenario.town import Town, top, words

LONG = "".join(f"{number}. A sentence that says nothing new about order {number}.\n" for number in range(80))


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
