"""The live text moved under an approved change: each approver sees the new diff before it is deployed."""

from tests.scenario.review.hand import (
    CHECKED,
    heard,
    high,
    low,
    medium,
    menu,
    record,
    spot_check,
    state,
    told,
)
from tests.scenario.town import Town, actions, words

NEW_RULE = "\nNever answer at night.\n"


def move_outside(town: Town, path: str) -> str:
    """Somebody commits to the production branch by hand; returns the text that is live then."""
    text = (town.live_text(path) or "") + NEW_RULE
    town.commit_outside(path, text)
    return text


def approved_high(town: Town) -> None:
    """Ben and Chloe approve a high change, and its gate is met."""
    high(town)
    state(town.person("U0BEN"), town.card())
    state(town.person("U0CHLOE"), town.card(), "Ran ten refunds above $50 by hand.")
    record(town.person("U0BEN"), town.card(), total="50", passed="50")
    town.settle()
    assert "Approved since" in words(town.card())


def test_deploy_moves_nothing_when_the_target_has_moved_and_one_click_confirms(town: Town) -> None:
    """The card says that it moved and who can confirm; after the click it deploys on what is there now."""
    medium(town)
    ben, paul = town.person("U0BEN"), town.person("U0PAUL")
    record(ben, town.card())
    ben.click(town.card(), "approve")
    town.settle()
    outside = move_outside(town, "support-answers.md")
    commits = town.commits()
    paul.click(town.message("deploy", to="U0PAUL"), "deploy")
    town.settle()
    assert town.live_text("support-answers.md") == outside
    assert town.commits() == commits
    card = town.card()
    assert "The target has moved" in words(card)
    assert "Ben Okafor must confirm the new diff" in words(card)
    assert "Never answer at night." in words(card)
    assert "must be confirmed again" in told(town, "U0MIRA")
    assert "approve" in actions(town.message("ask", to="U0BEN"))
    assert "deploy" not in actions(town.message("deploy", to="U0PAUL"))
    ben.click(town.message("ask", to="U0BEN"), "approve")
    assert ben.view() is None
    town.settle()
    assert "Approved since" in words(town.card())
    paul.click(town.card(), "deploy")
    town.settle()
    assert "Start with the answer." in (town.live_text("support-answers.md") or "")
    assert "Never answer at night." not in (town.live_text("support-answers.md") or "")


def test_each_approver_of_a_high_change_confirms_with_one_click(town: Town) -> None:
    """Statements carry over; one confirmation of two is not enough, and no form opens for either."""
    approved_high(town)
    move_outside(town, "refunds.md")
    town.person("U0DEV").click(town.message("deploy", to="U0DEV"), "deploy")
    town.settle()
    ben, chloe = town.person("U0BEN"), town.person("U0CHLOE")
    assert "Confirm new diff" in words(town.message("ask", to="U0BEN"))
    ben.click(town.message("ask", to="U0BEN"), "approve")
    assert ben.view() is None
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())
    assert "deploy" not in actions(town.card())
    assert "Chloe Martin must confirm the new diff" in words(town.card())
    ben.click(town.card(), "approve")
    assert "You have approved PC-1 already." in heard(town, ben, "C0REFUNDS")
    chloe.click(town.message("ask", to="U0CHLOE"), "approve")
    assert chloe.view() is None
    town.settle()
    card = words(town.card())
    assert "Approved since" in card
    assert card.count(CHECKED) == 2
    assert card.count("Ran ten refunds above $50 by hand.") == 2
    town.person("U0DEV").click(town.message("deploy", to="U0DEV"), "deploy")
    town.settle()
    assert "up to $500" in (town.live_text("refunds.md", "production-canary") or "")


def test_somebody_who_approved_nothing_yet_still_writes_a_statement(town: Town) -> None:
    """One click is for those whose statement is on record; a new approver is asked for theirs."""
    approved_high(town)
    move_outside(town, "refunds.md")
    town.person("U0RITA").click(town.message("deploy", to="U0RITA"), "deploy")
    town.settle()
    dev = town.person("U0DEV")
    dev.click(town.card(), "approve")
    assert dev.view() is not None
    assert dev.submit(values={"statement": "The night rule has nothing to do with refunds."}).ok
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())


def test_the_marks_of_a_spot_check_carry_over(town: Town) -> None:
    """In the low lane, too, the one click is enough."""
    low(town)
    paul = town.person("U0PAUL")
    spot_check(paul, town.card())
    town.settle()
    move_outside(town, "summaries.md")
    town.person("U0DEV").click(town.card(), "deploy")
    town.settle()
    assert "Paul Weber must confirm" in words(town.card())
    paul.click(town.message("ask", to="U0PAUL"), "approve")
    assert paul.view() is None
    town.settle()
    assert "Approved since" in words(town.card())


def test_a_stale_change_that_is_edited_is_a_new_text_for_everybody(town: Town) -> None:
    """After an edit the statement of before does not carry over."""
    approved_high(town)
    move_outside(town, "refunds.md")
    town.person("U0DEV").click(town.card(), "deploy")
    town.settle()
    mira, ben = town.person("U0MIRA"), town.person("U0BEN")
    menu(mira, town.card(), "edit")
    mira.submit()
    assert mira.submit(values={"why": "Support asked twice, and the night rule is new."}).ok
    town.settle()
    assert "In review" in words(town.card())
    ben.click(town.card(), "approve")
    assert ben.view() is not None


def test_the_click_on_a_card_drawn_before_the_target_moved_confirms_nothing(town: Town) -> None:
    """Ben's screen shows the old diff: he is told to look again."""
    approved_high(town)
    old = town.message("ask", to="U0BEN")
    value = str(town.card().blocks).split("full_diff:")[1].split("'")[0]
    move_outside(town, "refunds.md")
    town.person("U0DEV").click(town.card(), "deploy")
    town.settle()
    town.person("U0BEN", hostile=True).click(old, "approve", value=value)
    assert "was edited since this card was drawn" in told(town, "U0BEN")
    assert "Approvals: 0 of 2" in words(town.card())


def test_what_somebody_said_of_an_earlier_text_does_not_carry_over(town: Town) -> None:
    """Ben approved before the edit; others approved after it. When the target moves, he has to look anew."""
    high(town)
    ben, chloe, dev, mira = (town.person(each) for each in ("U0BEN", "U0CHLOE", "U0DEV", "U0MIRA"))
    state(ben, town.card())
    record(ben, town.card(), total="50", passed="50")
    menu(mira, town.card(), "edit")
    mira.submit()
    assert mira.submit(values={"why": "Support asked for it twice this month."}).ok
    town.settle()
    state(chloe, town.card(), "Ran ten refunds above $50 by hand.")
    state(dev, town.card(), "Tried it on ten orders of last week.")
    town.settle()
    assert "Approved since" in words(town.card())
    move_outside(town, "refunds.md")
    town.person("U0RITA").click(town.card(), "deploy")
    town.settle()
    assert "Chloe Martin and Dev Patel must confirm the new diff" in words(town.card())
    ben.click(town.card(), "approve")
    assert ben.view() is not None
    town.settle()
    assert "Approvals: 0 of 2" in words(town.card())


def test_a_target_that_moves_twice_is_confirmed_once(town: Town) -> None:
    """Nobody confirmed in between: the statement still carries over to the newest diff."""
    approved_high(town)
    move_outside(town, "refunds.md")
    rita, ben, chloe = (town.person(each) for each in ("U0RITA", "U0BEN", "U0CHLOE"))
    rita.click(town.card(), "deploy")
    town.settle()
    ben.click(town.card(), "approve")
    chloe.click(town.card(), "approve")
    town.settle()
    move_outside(town, "refunds.md")
    rita.click(town.card(), "deploy")
    town.settle()
    assert "The target has moved" in words(town.card())
    ben.click(town.card(), "approve")
    chloe.click(town.card(), "approve")
    assert ben.view() is None
    assert chloe.view() is None
    town.settle()
    assert "Approved since" in words(town.card())
