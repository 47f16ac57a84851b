"""A policy that changes between a vote and the deployment: of the two, the stricter one binds."""

from typing import Any

import pytest

from bot.policy.load import default_policy
from bot.policy.sections import LaneRules
from bot.policy.stricter import stricter_rules
from storage.vocabulary import State
from tests.scenario.release.story import (
    HIGH,
    LOW,
    MEDIUM,
    approved,
    deploy,
    formal,
    newest,
    proposed,
    roll_back,
    with_result,
)
from tests.scenario.town import Town, words

BINDS = "An earlier version asks for more than the one in force"


def lane_says(town: Town, lane: str, **rules: Any) -> None:
    """A policy comes into force that asks for something else in a lane."""
    town.change_policy(lambda it: it.setdefault("lanes", {}).setdefault(lane, {}).update(rules))


def state_of(town: Town, number: int) -> State:
    """Where a change is in its life."""
    from storage.models import Change

    with town.app.store.reading() as session:
        return session.get_one(Change, number).state


def test_a_lower_quorum_does_not_approve_what_was_sent_under_a_higher_one(town: Town) -> None:
    """One of two has approved when the policy comes to ask for one: the second is still needed."""
    number = proposed(town, HIGH, "a refund of up to $500")
    with_result(town, number)
    formal(town, number, by=("U0BEN",))
    lane_says(town, "high", approvals=1)
    assert state_of(town, number) is State.IN_REVIEW
    card = words(town.card(number))
    assert "Approvals: 1 of 2" in card
    assert BINDS in card
    formal(town, number, by=("U0CHLOE",))
    assert state_of(town, number) is State.APPROVED
    deploy(town, number)
    assert "$500" in (town.live_text(HIGH.path, "production-canary") or "")


def test_a_higher_quorum_binds_what_was_approved_under_a_lower_one(town: Town) -> None:
    """An approved change goes back to review, and is deployed by nobody before it has what is asked now."""
    number = approved(town, MEDIUM, "Close with a word of thanks.")
    lane_says(town, "medium", approvals=2)
    assert state_of(town, number) is State.IN_REVIEW
    town.person("U0PAUL", hostile=True).click(town.card(number), "deploy", value="1")
    town.settle()
    assert "in review, so it cannot be deployed" in town.whispers("U0PAUL")[-1]
    assert MEDIUM.phrase in (town.live_text(MEDIUM.path) or "")
    assert BINDS not in words(town.card(number))
    assert town.person("U0CHLOE").click(town.card(number), "approve").ok
    town.settle()
    assert state_of(town, number) is State.APPROVED


def test_a_lane_that_the_policy_lowers_stays_for_what_is_on_its_way(town: Town) -> None:
    """A change of the medium lane is not in the low one because its workflow is said to be internal now."""
    number = proposed(town, MEDIUM, "Close with a word of thanks.")

    def laxer(it: dict[str, Any]) -> None:
        it["workflows"]["support-answers"]["customer_visible"] = False
        impacts = it.setdefault("rules", {}).setdefault("impacts", {})
        impacts["customer_visible"] = {"lane": "low", "because": "is said to matter to nobody"}

    town.change_policy(laxer)
    card = words(town.card(number))
    assert "Medium lane" in card
    assert BINDS in card
    town.person("U0PAUL").click(town.card(number), "approve")
    assert "not on the list of people who may approve" in town.whispers("U0PAUL")[-1]


def test_an_edit_begins_with_the_policy_of_its_moment(town: Town) -> None:
    """What is submitted anew is judged by what is in force, and by nothing before it."""
    number = proposed(town, HIGH, "a refund of up to $500")
    lane_says(town, "high", approvals=1)
    assert "Approvals: 0 of 2" in words(town.card(number))
    edited_once_more(town, number)
    assert "Approvals: 0 of 1" in words(town.card(number))
    assert BINDS not in words(town.card(number))


def edited_once_more(town: Town, number: int) -> None:
    """The submitter alters a statement of the note."""
    from tests.scenario.review.hand import menu
    from tests.scenario.town import top

    mira = town.person("U0MIRA")
    assert menu(mira, town.card(number), "edit").ok
    assert mira.submit().ok, mira.last_answer
    note = next(each["block_id"] for each in top(mira).blocks if each["block_id"].startswith("why"))
    assert mira.submit(values={note: "Because escalations under $500 were all approved anyway."}).ok
    town.settle()
    assert newest(town) == number


def test_of_three_policies_the_strictest_binds(town: Town) -> None:
    """Strict for an hour is strict for what was on its way in that hour."""
    number = proposed(town, MEDIUM, "Close with a word of thanks.")
    lane_says(town, "medium", approvals=2)
    lane_says(town, "medium", approvals=1)
    assert "Approvals: 0 of 2" in words(town.card(number))
    assert BINDS in words(town.card(number))


def test_a_release_under_way_needs_what_was_asked_when_it_was_approved(town: Town) -> None:
    """Between the stages the policy bars no writer from deploying any more; this release still does."""
    town.change_policy(lambda it: it["workflows"]["refunds"]["deploy"]["high"].append("U0MIRA"))
    number = approved(town, HIGH, "a refund of up to $500")
    deploy(town, number)
    lane_says(town, "high", deployer_may_not_touch=False)
    town.person("U0MIRA").click(town.message("live", change=number), "advance")
    assert "somebody else has to deploy it" in town.whispers("U0MIRA")[-1]
    town.person("U0DEV").click(town.message("live", change=number), "advance")
    town.settle()
    assert "$500" in (town.live_text(HIGH.path) or "")


def test_a_restore_needs_the_second_person_who_was_asked_for_then(town: Town) -> None:
    """A later policy that wants no second person does not take away this release's."""
    number = approved(town, HIGH, "a refund of up to $500")
    deploy(town, number)
    town.person("U0DEV").click(town.message("live", change=number), "advance")
    town.settle()
    roll_back(town, number)
    lane_says(town, "high", restore_confirmed_by_second=False)
    dev = town.person("U0DEV")
    assert dev.click(town.message("rollback", change=number), "restore").ok
    assert dev.submit(values={"reason": "The alarm was about another system."}).ok, dev.last_answer
    town.settle()
    assert "$500" not in (town.live_text(HIGH.path) or "")
    town.person("U0RITA").click(town.message("rollback", change=number), "restore")
    town.settle()
    assert "$500" in (town.live_text(HIGH.path) or "")


def test_a_spot_check_is_still_wanted_where_it_was_asked_for(town: Town) -> None:
    """A policy without spot checks does not spare the reviewer of a change that was sent before it."""
    number = proposed(town, LOW, "at most five bullet points")
    lane_says(town, "low", spot_check=False)
    paul = town.person("U0PAUL")
    paul.click(town.card(number), "approve")
    assert paul.view() is not None
    assert state_of(town, number) is State.IN_REVIEW


LAX = default_policy().lanes.low
STRICT: dict[str, Any] = {
    "approvals": 3,
    "statement_required": True,
    "spot_check": True,
    "rollback_plan_required": True,
    "stop_conditions_required": True,
    "stages": ("canary", "full"),
    "deployer_may_not_touch": True,
    "restore_confirmed_by_second": True,
}
SOFT = LAX.model_copy(
    update={name: False for name, value in STRICT.items() if value is True}
    | {"approvals": 1, "stages": ("full",)}
)


@pytest.mark.parametrize("name", STRICT)
def test_each_demand_is_taken_from_whoever_asks_for_more(name: str) -> None:
    """In either order, and the other demands stay as they are."""
    strict = SOFT.model_copy(update={name: STRICT[name]})
    assert stricter_rules(SOFT, strict) == strict
    assert stricter_rules(strict, SOFT) == strict


def with_threshold(**figures: Any) -> LaneRules:
    """The same lane with other figures for evidence."""
    return SOFT.model_copy(update={"threshold": SOFT.threshold.model_copy(update=figures)})


@pytest.mark.parametrize(
    ("lax", "strict"),
    [
        ({"cases": 20}, {"cases": 50}),
        ({"pass_rate": 0.9}, {"pass_rate": 0.98}),
        ({"newly_failing": 2}, {"newly_failing": 0}),
        ({"scored_cases": 20}, {"scored_cases": 30}),
        ({"scored_cases": 20}, {"scored_cases": None}),
    ],
)
def test_each_figure_of_a_threshold_is_the_harder_one(lax: dict[str, Any], strict: dict[str, Any]) -> None:
    """Fewer failures, more cases, and no short cut by people unless both policies know it."""
    one, other = with_threshold(**lax), with_threshold(**strict)
    assert stricter_rules(one, other) == other
    assert stricter_rules(other, one) == other


def test_the_lane_rules_know_no_demand_that_is_not_compared() -> None:
    """A demand that is added to the policy must be thought of here."""
    about_time = {"reminder_after", "expires_after", "acknowledgement_from_groups"}
    assert set(LaneRules.model_fields) == {*STRICT, "threshold", *about_time}
