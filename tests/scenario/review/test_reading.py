"""What one reads: the full diff, the history, the answers of the slash command; and taking a change back."""

import re

from tests.blockkit import texts_in
from tests.scenario.review.hand import heard, high, low, medium, menu, on_screen, record, say_no, state, told
from tests.scenario.town import Town, actions, top, words


def asked(town: Town, who: str, text: str) -> str:
    """Type the command in the direct messages with the app, and read the answer that only they see."""
    person = town.person(who)
    assert person.command(f"/prompt-change {text}".strip()).ok, person.last_answer
    said = person.ephemerals(person.direct_channel().id)
    assert said, f"silence after {text!r}"
    return words(said[-1])


def test_the_submitter_withdraws_and_the_change_ends(town: Town) -> None:
    """The form asks first; afterwards the card has no button and keeps what it was."""
    medium(town)
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "withdraw")
    assert "It ends here and stays on record." in on_screen(mira)
    assert mira.submit().ok
    town.settle()
    assert actions(town.card()) == []
    assert "Withdrawn" in words(town.card())
    assert actions(town.message("ask", to="U0BEN")) == []
    late = town.person("U0BEN", hostile=True)
    late.click(town.card(), "approve", value="1")
    assert "PC-1 is withdrawn" in heard(town, late, "C0ANSWERS")


def test_only_the_submitter_withdraws(town: Town) -> None:
    """Ben, who may reject it, is told to do that instead, before a form opens."""
    medium(town)
    ben = town.person("U0BEN")
    menu(ben, town.card(), "withdraw")
    assert ben.view() is None
    said = heard(town, ben, "C0ANSWERS")
    assert "Only Mira Lind can withdraw PC-1." in said
    assert "reject" in said
    assert "In review" in words(town.card())


def test_an_approved_change_can_be_withdrawn_and_is_not_deployed(town: Town) -> None:
    """The deployers' cards lose their button."""
    medium(town)
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    ben.click(town.card(), "approve")
    record(ben, town.card())
    town.settle()
    menu(mira, town.card(), "withdraw")
    assert mira.submit().ok
    town.settle()
    assert actions(town.message("deploy", to="U0PAUL")) == []


def test_the_full_diff_and_the_history_open_as_forms(town: Town) -> None:
    """Anyone in the channel may read; the history names who did what, in order."""
    high(town)
    state(town.person("U0BEN"), town.card())
    record(town.person("U0CHLOE"), town.card(), total="50", passed="50")
    say_no(town.person("U0DEV"), town.card(), "request_changes", "Say who may go above.")
    town.settle()
    sara = town.person("U0SARA")
    menu(sara, town.card(), "full_diff")
    shown = on_screen(sara)
    assert "$500" in shown
    assert "PC-1" in shown
    sara.close()
    menu(sara, town.card(), "history")
    shown = on_screen(sara)
    for piece in (
        "Mira Lind: submitted revision 1 in the high lane",
        "Ben Okafor: approved. I read the new limit against the refund policy.",
        "Chloe Martin: recorded Answers, weekly: 50 of 50 passed",
        "Dev Patel: asked for changes: Say who may go above.",
    ):
        assert piece in shown
    assert shown.index("Dev Patel: asked") < shown.index("Mira Lind: submitted")


def test_show_shows_the_change_to_whoever_asks(town: Town) -> None:
    """Without a button: deciding is done where everybody sees it, or where one was asked."""
    medium(town)
    sara = town.person("U0SARA")
    for typed in ("show PC-1", "PC-1", "pc-1", "show 1", "show pc-1"):
        shown = asked(town, "U0SARA", typed)
        assert "PC-1 · support-answers" in shown, typed
        assert "Summaries are written as bullet points." in shown
        assert "approve" not in actions(sara.ephemerals(sara.direct_channel().id)[-1])


def test_the_command_answers_every_word_and_never_with_silence(town: Town) -> None:
    """Lists, help, what is coming, what does not exist, and a change that is not there."""
    assert "No change is open." in asked(town, "U0SARA", "list")
    medium(town)
    low(town)
    shown = asked(town, "U0SARA", "list")
    assert "PC-1" in shown
    assert "PC-2" in shown
    assert "/prompt-change history WORKFLOW" in asked(town, "U0SARA", "help")
    for word in ("drill", "report", "health"):
        assert f"`/prompt-change {word}` is coming" in asked(town, "U0SARA", word)
    unknown = asked(town, "U0SARA", "lanch refunds")
    assert "There is no `lanch refunds` here." in unknown
    assert "/prompt-change show PC-42" in unknown
    assert "There is no PC-77." in asked(town, "U0SARA", "show PC-77")
    assert "Which change?" in asked(town, "U0SARA", "show me")
    assert "Which workflow?" in asked(town, "U0SARA", "history")
    assert "There is no workflow" in asked(town, "U0SARA", "history nowhere")
    assert "Nothing was released in that time." in asked(town, "U0SARA", "recent 2h")
    assert "no span of time" in asked(town, "U0SARA", "recent yesterday")


def test_help_opens_the_form_and_new_does_the_same(town: Town) -> None:
    """`new`, no word at all, the button of help and the shortcut all lead to the same form."""
    mira = town.person("U0MIRA")
    for typed in ("/prompt-change", "/prompt-change new", "/prompt-change NEW"):
        assert mira.command(typed).ok
        assert top(mira).callback_id == "submit_change"
        mira.close()
    asked(town, "U0MIRA", "help")
    mira.click(mira.ephemerals(mira.direct_channel().id)[-1], "propose")
    assert top(mira).callback_id == "submit_change"
    mira.close()
    assert mira.shortcut("propose_change").ok
    assert top(mira).callback_id == "submit_change"


def test_a_draft_is_shown_to_nobody_else(town: Town) -> None:
    """What was not submitted is not listed, and `show` says that there is no such change."""
    town.first_step("U0MIRA", "summaries", replace=("one paragraph", "five bullets"))
    assert "No change is open." in asked(town, "U0SARA", "list")
    assert "There is no PC-1." in asked(town, "U0SARA", "PC-1")


def test_a_guest_and_an_outsider_get_an_answer_too(town: Town) -> None:
    """They may not propose, and are told why."""
    assert "guests hold no rights here" in asked(town, "U0GRETA", "new")
    assert town.person("U0GRETA").view() is None


def test_hostile_words_are_shown_as_they_are(town: Town) -> None:
    """Nobody is called by a mention that somebody typed into a form or a command."""
    medium(
        town,
        note={
            "what_changed": "<!channel> <@U0ANA> `code` *bold* &amp; <https://example.com|a link>",
            "why": "\u202eRight to left, " + "😀" * 700,
        },
    )
    assert "Right to left" in told(town, "U0BEN")
    asked(town, "U0SARA", "<!channel> <@U0ANA>")
    asked(town, "U0SARA", "history <!channel>")
    assert len(town.workspace.rendered) > 4
    for shown in town.workspace.rendered:
        for text in texts_in(shown.payload):
            assert text["type"] != "mrkdwn" or not re.search(r"<(!channel|@U0ANA|https)", text["text"])
    for call in town.workspace.calls:
        assert not re.search(r"<(!channel|@U0ANA|https)", str(call.args.get("text", "")))
