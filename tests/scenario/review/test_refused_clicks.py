"""A click proves nothing: whoever may not is told in private why not and who can, and nothing changes."""

from dataclasses import replace

from bot.sandbox.person import SlackPerson
from bot.sandbox.records import View
from tests.scenario.review.hand import (
    BULLETS,
    heard,
    high,
    low,
    medium,
    menu,
    on_screen,
    record,
    spot_check,
    state,
    told,
)
from tests.scenario.town import Town, actions, top, words


def assert_untouched(town: Town, before: str) -> None:
    """The card of the first change looks as it did, and nobody was told to deploy."""
    town.settle()
    assert words(town.card()) == before
    assert not town.messages("deploy")


def test_somebody_who_is_not_on_the_list_is_refused_and_told_who_can(town: Town) -> None:
    """Sara is a full member, and no approver; no form opens. What Ben clicks goes through."""
    medium(town)
    before = words(town.card())
    sara = town.person("U0SARA")
    for times, button in enumerate(("approve", "reject", "request_changes", "record_result"), start=1):
        sara.click(town.card(), button)
        assert sara.view() is None
        said = heard(town, sara, "C0ANSWERS")
        assert len(sara.ephemerals("C0ANSWERS")) == times
        assert "You are not on the list of people who may approve changes here, in this lane." in said
        assert "Ben Okafor" in said
        assert "Chloe Martin" in said
    assert_untouched(town, before)
    town.person("U0BEN").click(town.card(), "approve")
    assert heard(town, town.person("U0BEN"), "C0ANSWERS") == ""
    assert "Approvals: 1 of 1" in words(town.card())


def test_who_wrote_it_cannot_approve_it(town: Town) -> None:
    """Mira is one of the peers, but this change is hers."""
    low(town)
    before = words(town.card())
    mira = town.person("U0MIRA")
    mira.click(town.card(), "approve")
    assert mira.view() is None
    said = heard(town, mira, "C0TOOLS")
    assert "You wrote part of this change, so somebody else has to review it." in said
    assert "Dev Patel" in said
    assert "Paul Weber" in said
    assert "Mira" not in said
    assert_untouched(town, before)


def test_a_double_click_counts_once_and_says_that_it_did(town: Town) -> None:
    """The second click is answered in private; one approval stands on the card."""
    medium(town)
    ben = town.person("U0BEN", hostile=True)
    old = town.card()
    ben.click(old, "approve")
    ben.click(old, "approve")
    assert "You have approved PC-1 already." in heard(town, ben, "C0ANSWERS")
    assert words(town.card()).count("  approved  ") == 1
    assert "Approvals: 1 of 1" in words(town.card())


def test_a_guest_is_refused(town: Town) -> None:
    """Greta is in the channel as a guest, and even on the list."""
    town.change_policy(lambda it: it["workflows"]["support-answers"]["approve"]["medium"].append("U0GRETA"))
    medium(town)
    before = words(town.card())
    greta = town.person("U0GRETA")
    greta.click(town.card(), "approve")
    said = heard(town, greta, "C0ANSWERS")
    assert "You are a guest of this workspace, and guests hold no rights here." in said
    assert "full member" in said
    assert_untouched(town, before)


def test_an_outsider_from_the_shared_channel_is_refused(town: Town) -> None:
    """Oda of Northwind sees the card, and may do nothing with it."""
    medium(town)
    before = words(town.card())
    oda = town.person("U0ODA")
    oda.click(town.card(), "approve")
    said = heard(town, oda, "C0ANSWERS")
    assert "You belong to another organisation" in said
    assert_untouched(town, before)


def test_somebody_deactivated_is_refused(town: Town) -> None:
    """A request in Ben's name that was under way when his account was closed does nothing."""
    medium(town)
    town.workspace.deactivate_user("U0BEN")
    wait_for_events(town)
    before = words(town.card())
    town.person("U0BEN", hostile=True).click(town.card(), "approve")
    town.settle()
    assert "account is deactivated" in " ".join(town.whispers("U0BEN")) or "deactivated" in told(
        town, "U0BEN"
    )
    assert_untouched(town, before)


def test_an_approver_of_the_low_lane_is_refused_in_the_medium_lane(town: Town) -> None:
    """Lanes do not inherit: Paul is a peer, and a medium change needs a named reviewer."""
    medium(town)
    before = words(town.card())
    paul = town.person("U0PAUL")
    paul.click(town.card(), "approve")
    said = heard(town, paul, "C0ANSWERS")
    assert "You are not on the list of people who may approve changes here, in this lane." in said
    assert "Ben Okafor" in said
    assert_untouched(town, before)


def test_group_rows_older_than_a_quarter_of_an_hour_approve_and_deploy_nothing(town: Town) -> None:
    """The right came through a group that Slack was not asked about lately; rolling back works at any age."""
    low(town)
    low(town, replace=("Use the past tense", "Use the perfect tense"))
    paul = town.person("U0PAUL")
    spot_check(paul, town.card(1))
    town.settle()
    paul.click(town.card(1), "deploy")
    town.settle()
    spot_check(town.person("U0DEV"), town.card(2))
    town.settle()
    town.moment.pass_by(minutes=16)
    commits = town.commits()
    paul.click(town.card(2), "deploy")
    said = heard(town, paul, "C0TOOLS")
    assert "a user group whose members were not read from Slack lately" in said
    low(town, replace=("at most 120 words", "at most 100 words"))
    paul.click(town.card(3), "approve")
    assert paul.view() is None
    assert "not read from Slack lately" in heard(town, paul, "C0TOOLS")
    assert town.commits() == commits
    town.person("U0RITA").click(town.message("live"), "roll_back")
    town.settle()
    assert town.commits() == commits + 1
    assert "one paragraph" in (town.live_text("summaries.md") or "")


def test_a_refreshed_group_lets_the_same_click_through(town: Town) -> None:
    """The refresh runs every ten minutes, so that nobody meets old rows while Slack answers."""
    low(town)
    town.moment.pass_by(minutes=16)
    town.app.people.refresh_groups()
    paul = town.person("U0PAUL")
    assert spot_check(paul, town.card()).ok
    town.settle()
    assert "Approved since" in words(town.card())


def test_the_button_that_somebody_forges_is_looked_up_like_any_other(town: Town) -> None:
    """A value of another change, of none, and of no number: refused in words, and nothing moves."""
    medium(town)
    before = words(town.card())
    sara = town.person("U0SARA", hostile=True)
    for value in ("1", "999999", "abc", "", "-1", "1; drop table change", "\uff19\uff19"):
        sara.click(town.card(), "deploy", value=value)
        assert heard(town, sara, "C0ANSWERS")
        assert sara.last_answer.ok
    assert_untouched(town, before)


def test_deploy_is_refused_to_who_may_not_and_goes_through_for_who_may(town: Town) -> None:
    """In the high lane whoever wrote part of it cannot deploy it; Rita, on call, can."""
    town.change_policy(lambda it: it["workflows"]["refunds"]["deploy"]["high"].append("U0MIRA"))
    high(town)
    state(town.person("U0BEN"), town.card())
    state(town.person("U0CHLOE"), town.card(), "Ran ten refunds above $50 by hand.")
    record(town.person("U0BEN"), town.card(), total="50", passed="50")
    town.settle()
    mira, paul, rita = town.person("U0MIRA"), town.person("U0PAUL"), town.person("U0RITA")
    mira.click(town.card(), "deploy")
    assert "in this lane somebody else has to deploy it" in heard(town, mira, "C0REFUNDS")
    paul.click(town.card(), "deploy")
    said = heard(town, paul, "C0REFUNDS")
    assert "You are not on the list of people who may deploy here, in this lane." in said
    assert "Rita Sato" in said
    assert "Mira" not in said
    assert town.live_text("refunds.md", "production-canary") is None
    rita.click(town.card(), "deploy")
    town.settle()
    assert "up to $500" in (town.live_text("refunds.md", "production-canary") or "")


def wait_for_events(town: Town) -> None:
    """Events are delivered in the background; wait until the app has answered those that were sent."""
    assert town.workspace.events.settle()
    town.settle()


def test_approve_and_deploy_is_one_act_for_who_may_do_both(town: Town) -> None:
    """Paul is peer and deployer: one form, and the text is live."""
    low(town, note={"asked": ["U0PAUL"]})
    paul = town.person("U0PAUL")
    assert "approve_and_deploy" in actions(town.message("ask", to="U0PAUL"))
    assert spot_check(paul, town.message("ask", to="U0PAUL"), button="approve_and_deploy").ok
    town.settle()
    assert "at most five bullet points" in (town.live_text("summaries.md") or "")
    assert "<@U0PAUL> approved" in words(town.card()) or "approved by" in words(town.card())


def test_approve_and_deploy_by_somebody_who_may_only_approve_deploys_nothing(town: Town) -> None:
    """Ana may approve and not deploy: her approval stands, and she is told who can deploy."""
    town.change_policy(lambda it: it["workflows"]["summaries"]["approve"]["low"].append("U0ANA"))
    low(town)
    commits = town.commits()
    ana = town.person("U0ANA")
    assert spot_check(ana, town.card(), button="approve_and_deploy").ok
    town.settle()
    assert "Approved since" in words(town.card())
    assert town.commits() == commits
    assert "Your approval is noted. It is not deployed: You are not on the list" in on_screen(ana)


def test_approve_and_deploy_is_not_offered_where_more_is_needed(town: Town) -> None:
    """With a gate open or a second approval missing there is nothing to deploy yet."""
    medium(town)
    assert "approve_and_deploy" not in actions(town.card())
    high(town)
    assert "approve_and_deploy" not in actions(town.card(2))


def forged(town: Town, who: str, view: View) -> SlackPerson:
    """Somebody sends a form that was opened for somebody else."""
    person = town.person(who, hostile=True)
    person.submit(replace(view, user=who))
    return person


def test_a_form_that_was_opened_for_somebody_else_is_looked_up_like_a_click(town: Town) -> None:
    """Sara sends Ben's decision, his test result, Mira's withdrawal and her draft: each is refused."""
    high(town)
    before = words(town.card())
    ben, mira = town.person("U0BEN"), town.person("U0MIRA")
    ben.click(town.card(), "approve")
    ben.fill(top(ben), {"statement": "I read the new limit against the policy."})
    assert "You are not on the list" in str(forged(town, "U0SARA", top(ben)).last_answer.errors)
    ben.click(town.card(), "reject")
    ben.fill(top(ben), {"reason": "I read the new limit against the policy."})
    assert "You are not on the list" in str(forged(town, "U0SARA", top(ben)).last_answer.errors)
    ben.click(town.card(), "record_result")
    ben.fill(top(ben), {"suite": "All", "total": "50", "passed": "50", "newly_failing": "0"})
    assert "You are not on the list" in str(forged(town, "U0SARA", top(ben)).last_answer.errors)
    menu(mira, town.card(), "withdraw")
    forged(town, "U0SARA", top(mira))
    menu(mira, town.card(), "edit")
    assert not forged(town, "U0SARA", top(mira)).last_answer.ok
    town.first_step("U0MIRA", "summaries", replace=BULLETS)
    mira.fill(top(mira), {"why": "A reason that took me ten minutes to write."})
    assert not forged(town, "U0SARA", top(mira)).last_answer.ok
    assert_untouched(town, before)
    assert len(town.messages("review")) == 1
