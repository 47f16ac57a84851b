"""Somebody leaves: what they decided loses its weight at once, and the card says why."""

from tests.scenario.review.hand import (
    BULLETS,
    high,
    low,
    medium,
    missing,
    plain,
    record,
    spot_check,
    state,
    told,
)
from tests.scenario.town import Town, actions, words


def events(town: Town) -> None:
    """Wait until the app has heard every event that Slack sent, and has told everybody."""
    assert town.workspace.events.settle()
    town.settle()


def test_the_vote_of_somebody_deactivated_no_longer_counts(town: Town) -> None:
    """Approved by Ben, whose account is closed: back to review, nothing to deploy, and the card says why."""
    medium(town)
    ben = town.person("U0BEN")
    ben.click(town.card(), "approve")
    record(town.person("U0CHLOE"), town.card())
    town.settle()
    assert "Approved since" in words(town.card())
    town.workspace.deactivate_user("U0BEN")
    events(town)
    card = town.card()
    assert "In review" in words(card)
    assert missing(card) == "1 approval"
    assert "Does not count: was deactivated in Slack" in plain(card)
    assert "deploy" not in actions(town.message("deploy", to="U0PAUL"))
    town.person("U0PAUL", hostile=True).click(town.card(), "deploy", value="1")
    town.settle()
    assert "Start with the answer." not in (town.live_text("support-answers.md") or "")
    town.person("U0CHLOE").click(town.card(), "approve")
    town.settle()
    assert "Approved since" in words(town.card())


def test_the_vote_of_somebody_who_left_the_group_no_longer_counts(town: Town) -> None:
    """Paul approved as one of the peers; when he is back, his vote counts again."""
    low(town)
    spot_check(town.person("U0PAUL"), town.card())
    town.settle()
    assert "Approved since" in words(town.card())
    town.workspace.set_group_members("S0PEERS", ("U0MIRA", "U0DEV"))
    events(town)
    assert "In review" in words(town.card())
    assert "Does not count: is no longer on the list" in plain(town.card())
    assert actions(town.card())[0] == "approve"
    town.workspace.set_group_members("S0PEERS", ("U0MIRA", "U0DEV", "U0PAUL"))
    events(town)
    assert "Approved since" in words(town.card())


def test_the_vote_of_somebody_made_a_guest_no_longer_counts(town: Town) -> None:
    """One of two approvals is gone; the other stays."""
    high(town)
    state(town.person("U0BEN"), town.card())
    state(town.person("U0CHLOE"), town.card(), "Ran ten refunds above $50 by hand.")
    town.settle()
    town.workspace.change_user("U0CHLOE", is_restricted=True)
    events(town)
    assert "Approvals: 1 of 2" in words(town.card())
    assert "Does not count: is not a full member" in plain(town.card())


def test_votes_are_counted_again_at_the_moment_of_deployment(town: Town) -> None:
    """The event about Paul never came; Deploy notices all the same, once the group was read."""
    low(town)
    paul, dev = town.person("U0PAUL"), town.person("U0DEV")
    spot_check(paul, town.card())
    town.settle()
    town.workspace.events.hold()
    town.workspace.set_group_members("S0PEERS", ("U0MIRA", "U0DEV"))
    town.moment.pass_by(minutes=11)
    town.app.people.refresh_groups()
    dev.click(town.card(), "deploy")
    town.settle()
    assert "at most five bullet points" not in (town.live_text("summaries.md") or "")
    assert "In review" in words(town.card())
    town.workspace.events.release()
    events(town)


def test_when_too_few_are_left_the_list_to_fill_is_named(town: Town) -> None:
    """Ben and Chloe go; only Dev could approve, and the high lane needs two."""
    high(town)
    town.workspace.deactivate_user("U0BEN")
    town.workspace.deactivate_user("U0CHLOE")
    events(town)
    thread = " ".join(words(each) for each in town.person("U0SARA").thread("C0REFUNDS", town.card().ts))
    assert "2 people have to approve this, and 1 could" in thread
    assert "2 people have to approve this, and 1 could" in told(town, "U0MIRA")
    assert "cannot go its whole way with the people who are left" in told(town, "U0MIRA")


def test_an_event_that_comes_twice_has_its_effect_once(town: Town) -> None:
    """Slack delivers again what it believes lost."""
    medium(town)
    town.person("U0BEN").click(town.card(), "approve")
    record(town.person("U0CHLOE"), town.card())
    town.settle()
    before = len(town.messages("thread", change=1))
    town.workspace.deactivate_user("U0BEN")
    events(town)
    once = len(town.messages("thread", change=1))
    assert once > before
    gone = town.workspace.user("U0BEN")
    from bot.sandbox.shapes import user_as_slack

    town.workspace.emit({"type": "user_change", "user": user_as_slack(town.workspace, gone)})
    events(town)
    assert len(town.messages("thread", change=1)) == once


def test_a_submitter_who_leaves_leaves_a_change_that_others_can_finish(town: Town) -> None:
    """Mira's account is closed while her change is in review: it is approved and deployed without her."""
    low(town, replace=BULLETS)
    town.workspace.deactivate_user("U0MIRA")
    town.may_park.add("U0MIRA")
    town.may_fail.add("conversations.open")
    events(town)
    paul = town.person("U0PAUL")
    assert spot_check(paul, town.card()).ok
    town.settle()
    paul.click(town.card(), "deploy")
    town.settle()
    assert "at most five bullet points" in (town.live_text("summaries.md") or "")
