"""The Home tab and the answers to commands."""

from collections.abc import Iterator

import pytest
from blockkit import action_ids, assert_valid_message, assert_valid_view, words_of
from extremes import EMOJI, HOSTILE, LONGEST, with_prose
from factory import BEN, complete, line, release, rollback
from harmless import assert_harmless
from screens import home, policy, reverse, workflow

from bot.cards import answers, record
from bot.cards.home import home as home_view
from bot.drawn import Drawn
from storage.vocabulary import Lane, State

TEXTS = ["", HOSTILE, LONGEST, EMOJI]
NAMES = ["ordinary", "hostile", "longest", "emoji"]


def drawn_answers(text: str) -> Iterator[Drawn]:
    """Yield every answer, with this text wherever somebody could have written."""
    rows = [with_prose(line(), text) if text else line()] * 60
    one = with_prose(complete(), text) if text else complete()
    undone = complete(state=State.ROLLED_BACK, release=release(rollback=rollback(reason=text or "Wrong.")))
    yield from (answers.list_(rows), answers.recent(rows, "2h"), answers.rollback_list(rows))
    yield from (answers.list_([]), answers.recent([]), answers.rollback_list([]))
    yield from (
        answers.show(one),
        answers.help_(),
        answers.unknown(text or "frobnicate"),
        answers.coming("drill"),
    )
    yield from (record.history(text or "refunds", [one, undone] * 30), record.history("refunds", []))
    yield record.reverse(with_prose(reverse(), text) if text else reverse())
    yield record.reverse(reverse(live=None))
    yield record.reverse(
        reverse(returns_to=None, readable=False, unreadable_why=text, fallback_switch_off=text)
    )
    yield record.workflow(with_prose(workflow(), text) if text else workflow(), live_button=True)
    yield record.policy(
        with_prose(policy(), text) if text else policy(rules=tuple((Lane.HIGH, "x" * 99) for _ in range(90)))
    )


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_slack_takes_every_answer(text: str) -> None:
    """Each answer is valid, whatever people wrote and however much there is."""
    for drawn in drawn_answers(text):
        assert_valid_message(drawn.blocks, drawn.text)
        assert_harmless(drawn.blocks, drawn.text)


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_slack_takes_every_home_tab(text: str) -> None:
    """The Home tab is valid when it is empty, ordinary and overfull."""
    full = home(waiting=(line(),) * 90, mine=(line(),) * 90, live=(line(),) * 90, undelivered=3)
    for facts in (home(), home(waiting=(), mine=(), live=()), full):
        view = home_view(with_prose(facts, text) if text else facts)
        assert_valid_view(view)
        assert_harmless(view["blocks"])


def test_the_home_tab_starts_with_what_waits() -> None:
    """The way to propose, then what waits, mine, live, with Roll back only where it is allowed."""
    view = home_view(home())
    heads = [block["text"]["text"] for block in view["blocks"] if block["type"] == "header"]
    assert heads == ["Waiting for you", "Yours", "Live now"]
    assert action_ids(view["blocks"]) == [
        "propose",
        "show_change",
        "resume_draft",
        "roll_back",
        "show_change",
    ]


def test_an_empty_home_tab_says_so() -> None:
    """Nothing is told as such, not as a gap."""
    words = words_of(home_view(home(waiting=(), mine=(), live=()))["blocks"])
    assert "Nothing waits for you." in words


def test_undelivered_messages_are_shown() -> None:
    """What Slack would not take is not passed over in silence."""
    assert "3 messages could not be delivered" in words_of(home_view(home(undelivered=3))["blocks"])


def test_recent_has_roll_back_beside_what_may_be_rolled_back() -> None:
    """The right decides, and only a live release has the button."""
    rows = [line(), line(can_roll_back=False), line(release=release(state=State.SUPERSEDED))]
    assert action_ids(answers.recent(rows, "2h").blocks) == ["roll_back", "show_change", "show_change"]


def test_an_unknown_word_gets_help() -> None:
    """The answer repeats what was typed and lists every word of the command."""
    words = words_of(answers.unknown("frobnicate").blocks)
    assert "frobnicate" in words
    assert all(f"/prompt-change {word}" in words for word, _ in answers.WORDS)


def test_a_change_shown_as_an_answer_has_nothing_that_decides() -> None:
    """Show is for reading: the menu opens the full diff and the history, also of a settled change."""
    for facts in (complete(), complete(state=State.REJECTED)):
        blocks = answers.show(facts).blocks
        assert action_ids(blocks) == ["change_menu"]
        menu = next(block for block in blocks if block["type"] == "actions")["elements"][0]
        assert [each["text"]["text"] for each in menu["options"]] == ["Full diff", "History"]


def test_the_change_log_tells_the_whole_story() -> None:
    """What changed, why, who approved, who deployed, and who rolled it back for what reason."""
    undone = complete(state=State.ROLLED_BACK, release=release(rollback=rollback(reason="Wrong refunds.")))
    words = words_of(record.history("refunds", [undone]).blocks)
    for expected in (
        "What changed:*",
        "Why:*",
        "Approved by:* Ben Okoro and Chloe Roy",
        "Deployed by:* Dev Rao",
    ):
        assert expected in words
    assert "by Ben Okoro: Wrong refunds." in words


def test_reverse_says_who_can_and_what_would_come_back() -> None:
    """Live version, the one that would come back, whether it can be read, and who may do it."""
    words = words_of(record.reverse(reverse(readable=False, unreadable_why="Gone.")).blocks)
    for expected in ("`v18`", "`v17`", "*no.* Gone.", BEN.name, "Set the pointer."):
        assert expected in words


def test_a_workflow_names_its_people_by_lane() -> None:
    """The same people in all lanes are told once; an empty list is nobody."""
    words = words_of(record.workflow(workflow()).blocks)
    assert "*Deploy:* Ben Okoro and Support leads" in words
    assert "*Approve:* low Ben Okoro · medium nobody · high nobody" in words
    assert action_ids(record.workflow(workflow(open_changes=())).blocks) == ["edit_workflow"]


def test_the_policy_can_be_edited_from_its_answer() -> None:
    """Version, owners, warnings and rules, and a button to propose another."""
    drawn = record.policy(policy())
    assert action_ids(drawn.blocks) == ["edit_policy"]
    assert "Tool permissions change" in words_of(drawn.blocks)
