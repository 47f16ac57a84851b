"""A no, in its two forms: rejected, which is the end, and changes requested, which is not."""

from tests.scenario.review.hand import (
    heard,
    high,
    low,
    medium,
    menu,
    record,
    say_no,
    spot_check,
    state,
    told,
    value_of,
)
from tests.scenario.town import Town, actions, top, words


def test_a_rejection_ends_the_change_and_the_submitter_hears_why(town: Town) -> None:
    """The card loses its buttons and keeps who and why; nobody can deploy it."""
    high(town)
    ben = town.person("U0BEN")
    assert "reason" in say_no(ben, town.card(), "reject", "no").errors
    assert "Approvals: 0 of 2" in words(town.card())
    assert ben.submit(values={"reason": "The refund policy says fifty, and it stays."}).ok
    town.settle()
    card = town.card()
    assert actions(card) == []
    assert "Rejected" in words(card)
    assert "<@U0BEN> rejected it: The refund policy says fifty, and it stays." in words(card)
    assert "The refund policy says fifty, and it stays." in told(town, "U0MIRA")
    assert actions(town.message("ask", to="U0CHLOE")) == []
    assert not town.messages("deploy")


BUTTONS = ("approve", "approve_and_deploy", "reject", "request_changes", "deploy", "record_result")


def test_a_click_on_a_decided_card_does_no_harm_and_says_why(town: Town) -> None:
    """Somebody's screen still shows the buttons of a change that was rejected meanwhile."""
    low(town)
    old = town.card()
    say_no(town.person("U0DEV"), old, "reject", "Bullet points lose the order of events.")
    town.settle()
    shown = words(town.card())
    value = value_of(old, "approve")
    paul = town.person("U0PAUL", hostile=True)
    for times, button in enumerate(BUTTONS, start=1):
        assert paul.click(old, button, value=value).ok
        assert "PC-1 is rejected" in heard(town, paul, "C0TOOLS")
        assert len(paul.ephemerals("C0TOOLS")) == times
        assert paul.view() is None
        assert words(town.card()) == shown


def test_a_form_that_was_open_when_the_change_ended_decides_nothing(town: Town) -> None:
    """Paul fills in his spot check while Dev rejects: the form says so and stays."""
    low(town)
    paul = town.person("U0PAUL")
    paul.click(town.card(), "approve")
    form = top(paul)
    say_no(town.person("U0DEV"), town.card(), "reject", "Bullet points lose the order of events.")
    inputs = [block["block_id"] for block in form.blocks if block["type"] == "input"]
    answer = paul.submit(values={each: "good" if each.startswith("mark") else "New." for each in inputs})
    assert "PC-1 is rejected" in str(answer.errors)
    town.settle()
    assert "Rejected" in words(town.card())


def test_one_rejection_ends_a_change_that_was_approved_already(town: Town) -> None:
    """Until it is released, anyone entitled in the lane may still stop it."""
    medium(town)
    town.person("U0BEN").click(town.card(), "approve")
    record(town.person("U0BEN"), town.card())
    town.settle()
    assert "Approved since" in words(town.card())
    ben = town.person("U0CHLOE", hostile=True)
    ask = town.card()
    ben.click(ask, "reject", value=ask.blocks[-2]["elements"][0]["value"])
    assert ben.submit(values={"reason": "Customers like the greeting, see the survey."}).ok
    town.settle()
    assert "Rejected" in words(town.card())
    assert "deploy" not in actions(town.message("deploy", to="U0PAUL"))


def test_changes_requested_edited_and_sent_again_can_be_approved_by_the_same_person(town: Town) -> None:
    """Who asked for the change looks at the new text and approves it."""
    medium(town)
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    say_no(ben, town.card(), "request_changes", "Keep the first name, please.")
    town.settle()
    assert "Changes requested" in words(town.card())
    assert "Keep the first name, please." in told(town, "U0MIRA")
    assert actions(town.card()) == ["change_menu"]
    menu(mira, town.card(), "edit")
    text = str(top(mira).typed)
    assert "Start with the answer." in text
    block = next(each for each in top(mira).blocks if each["block_id"].startswith("new_text"))
    before = block["element"]["initial_value"]
    mira.submit(values={"New text": before.replace("Start with the answer.", "Start with the first name.")})
    assert top(mira).callback_id == "submit_note"
    assert mira.submit().ok
    town.settle()
    assert mira.view() is None
    card = town.card()
    assert "In review" in words(card)
    assert "first name" in words(card)
    assert "Does not count: on an earlier text" in words(card)
    ben.click(card, "approve")
    record(ben, town.card())
    town.settle()
    assert "Approved since" in words(town.card())


def test_sending_again_what_was_sent_back_is_refused(town: Town) -> None:
    """With nothing changed there is nothing to look at; the form stays, and a new reason is enough."""
    medium(town)
    mira = town.person("U0MIRA")
    say_no(town.person("U0BEN"), town.card(), "request_changes", "Say why in more words, please.")
    town.settle()
    menu(mira, town.card(), "edit")
    assert mira.submit().ok
    refused = mira.submit()
    assert "Nothing is different from what was reviewed." in str(refused.errors)
    assert "Changes requested" in words(town.card())
    assert mira.submit(values={"why": "Twelve customers complained about slow beginnings."}).ok
    town.settle()
    assert "In review" in words(town.card())
    assert "Twelve customers complained" in words(town.card())


def test_an_approver_may_change_their_mind_until_the_release(town: Town) -> None:
    """The latest decision counts; the earlier one stays on record."""
    high(town)
    ben, chloe = town.person("U0BEN"), town.person("U0CHLOE")
    state(ben, town.card())
    say_no(ben, town.card(), "request_changes", "On second thought: say who may go above.")
    town.settle()
    assert "Changes requested" in words(town.card())
    assert "Does not count: decided again later" in words(town.card())
    assert chloe.user_id not in words(town.card()).split("Approvals:")[1].split("Waiting")[0]


def test_a_spot_check_can_end_in_a_request_for_changes(town: Town) -> None:
    """Whoever finds a bad example is told to request changes, and can."""
    low(town)
    paul = town.person("U0PAUL")
    assert not spot_check(paul, town.card(), bad=":0").ok
    paul.close()
    assert say_no(paul, town.card(), "request_changes", "Example 1 loses the dates.").ok
    assert "Example 1 loses the dates." in told(town, "U0MIRA")
