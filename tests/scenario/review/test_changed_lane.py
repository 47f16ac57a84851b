"""Another lane by hand: up by whoever may approve, down by a policy owner who wrote none of the change."""

from dataclasses import replace

import pytest

from tests.scenario.review.hand import (
    CHECKED,
    heard,
    high,
    low,
    medium,
    menu,
    on_screen,
    record,
    state,
    told,
)
from tests.scenario.town import Town, actions, top, words

WHY = "It names a sum that customers will hold us to."


def options(form_blocks: list[dict[str, object]]) -> list[str]:
    """The lanes that a form offers."""
    radio = next(block["element"] for block in form_blocks if block.get("block_id") == "lane")
    return [each["value"] for each in radio["options"]]  # type: ignore[index]


def test_an_approver_raises_the_lane_and_only_votes_that_fit_it_still_count(town: Town) -> None:
    """A click was enough in medium; in high it lacks a statement, and the change lacks its plan."""
    medium(town)
    ben, chloe = town.person("U0BEN"), town.person("U0CHLOE")
    ben.click(town.card(), "approve")
    record(ben, town.card(), total="50", passed="50")
    town.settle()
    assert "Approved since" in words(town.card())
    menu(chloe, town.card(), "raise_lane")
    assert "reason" in chloe.submit(values={"lane": "high", "reason": "hm"}).errors
    assert chloe.submit(values={"lane": "high", "reason": WHY}).ok
    town.settle()
    card = words(town.card())
    assert "High lane" in card
    assert "In review" in card
    assert f": {WHY}" in card
    assert "Chloe Martin" in card or "<@U0CHLOE>" in card
    assert "Does not count: gave no statement, which this lane needs" in card
    assert "Approvals: 0 of 2" in card
    assert "deploy" not in actions(town.message("deploy", to="U0PAUL"))
    assert "no rollback plan and no stop conditions yet" in words(town.card())
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "edit")
    mira.submit()
    town.second_step(mira, {})
    assert state(ben, town.card()).ok
    assert state(chloe, town.card(), "Raised it, and checked the sums in it.").ok
    town.settle()
    assert "Approved since" in words(town.card())
    assert CHECKED in words(town.card())
    paul = town.person("U0PAUL", hostile=True)
    paul.click(town.card(), "deploy")
    assert "may deploy here, in this lane" in heard(town, paul, "C0ANSWERS")


def test_only_those_who_may_approve_raise_a_lane(town: Town) -> None:
    """Sara is refused before a form opens, with who can; Paul, who may approve in low, can."""
    low(town)
    sara, paul = town.person("U0SARA"), town.person("U0PAUL")
    menu(sara, town.card(), "raise_lane")
    assert sara.view() is None
    assert "Paul Weber" in heard(town, sara, "C0TOOLS")
    menu(paul, town.card(), "raise_lane")
    assert options(top(paul).blocks) == ["medium", "high"]
    assert paul.submit(values={"lane": "medium", "reason": WHY}).ok
    town.settle()
    assert "Medium lane" in words(town.card())
    assert "Regression set" in words(town.card())


def test_the_submitter_may_raise_the_lane_of_an_own_change(town: Town) -> None:
    """It only adds care; Mira is one of the peers."""
    low(town)
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "raise_lane")
    assert mira.submit(values={"lane": "high", "reason": WHY}).ok
    town.settle()
    assert "High lane" in words(town.card())


def test_a_policy_owner_who_wrote_none_of_it_lowers_the_lane(town: Town) -> None:
    """Ana owns the policy and approves nothing; her reason stands on the card, the medium gate stays."""
    high(town)
    ana, dev = town.person("U0ANA"), town.person("U0DEV")
    menu(dev, town.card(), "lower_lane")
    assert dev.view() is None
    said = heard(town, dev, "C0REFUNDS")
    assert "Only a policy owner may lower a lane" in said
    assert "Ana Alves" in said
    menu(ana, town.card(), "lower_lane")
    assert options(top(ana).blocks) == ["medium", "low"]
    assert "reason" in ana.submit(values={"lane": "medium", "reason": "fine"}).errors
    assert ana.submit(values={"lane": "medium", "reason": "The sum stands in the contract already."}).ok
    town.settle()
    card = words(town.card())
    assert "Medium lane" in card
    assert "The sum stands in the contract already." in card
    assert "Regression set" in card
    town.person("U0BEN").click(town.card(), "approve")
    record(town.person("U0BEN"), town.card())
    town.settle()
    assert "Approved since" in words(town.card())


def test_a_policy_owner_who_wrote_part_of_it_cannot_lower_the_lane(town: Town) -> None:
    """Chloe owns the policy, and proposed this change."""
    chloe = town.propose("U0CHLOE", "refunds", replace=("up to $50", "up to $500"))
    assert chloe.last_answer.ok, chloe.last_answer
    menu(chloe, town.card(), "lower_lane")
    assert chloe.view() is None
    said = heard(town, chloe, "C0REFUNDS")
    assert "another policy owner has to lower it" in said
    assert "Ana Alves" in said
    assert "High lane" in words(town.card())


def test_in_the_middle_lane_who_may_lower_finds_both_directions(town: Town) -> None:
    """Ben may approve and owns the policy: up and down. Ana may only lower, Dev may do neither."""
    medium(town)
    ben, ana, dev = (town.person(each) for each in ("U0BEN", "U0ANA", "U0DEV"))
    menu(ben, town.card(), "raise_lane")
    assert options(top(ben).blocks) == ["high", "low"]
    menu(ana, town.card(), "raise_lane")
    assert options(top(ana).blocks) == ["low"]
    menu(dev, town.card(), "raise_lane")
    assert dev.view() is None
    assert ana.submit(values={"lane": "low", "reason": "Only the greeting goes, as agreed."}).ok
    town.settle()
    assert "Low lane" in words(town.card())


def test_a_lane_that_was_raised_stays_raised_through_an_edit(town: Town) -> None:
    """The submitter cannot edit their way down again."""
    low(town)
    mira, paul = town.person("U0MIRA"), town.person("U0PAUL")
    menu(paul, town.card(), "raise_lane")
    paul.submit(values={"lane": "medium", "reason": WHY})
    menu(mira, town.card(), "edit")
    mira.submit()
    assert "Medium lane" in on_screen(mira)
    assert mira.submit(values={"why": "Two teams asked for it this week.", "asked": ["U0BEN"]}).ok
    town.settle()
    assert "Medium lane" in words(town.card())


def test_a_lane_that_was_lowered_is_the_policys_again_after_an_edit(town: Town) -> None:
    """What the owner looked at is not what is there now."""
    high(town)
    ana, mira = town.person("U0ANA"), town.person("U0MIRA")
    menu(ana, town.card(), "lower_lane")
    ana.submit(values={"lane": "low", "reason": "The sum stands in the contract already."})
    town.settle()
    assert "Low lane" in words(town.card())
    menu(mira, town.card(), "edit")
    mira.submit()
    assert "High lane" in on_screen(mira)
    assert mira.submit(
        values={
            "why": "Two teams asked for it this week.",
            "rollback_plan": "Rita clicks Roll back.",
            "stop_conditions": "One refund above the limit.",
        }
    ).ok
    town.settle()
    assert "High lane" in words(town.card())


def test_raising_what_was_lowered_goes_as_far_as_was_asked(town: Town) -> None:
    """High by the rules, lowered to low, and an approver of the low lane finds that medium is right."""
    high(town)
    ana, paul = town.person("U0ANA"), town.person("U0PAUL")
    menu(ana, town.card(), "lower_lane")
    ana.submit(values={"lane": "low", "reason": "The sum stands in the contract already."})
    town.settle()
    menu(paul, town.card(), "raise_lane")
    assert paul.submit(values={"lane": "medium", "reason": "Customers read it; look at it twice."}).ok
    town.settle()
    assert "Medium lane" in words(town.card())


@pytest.mark.parametrize("lane", ["low", "medium"])
def test_a_form_that_was_forged_moves_no_lane(town: Town, lane: str) -> None:
    """Dev owns no policy, and sends the form that was opened for Ana."""
    high(town)
    dev, ana = town.person("U0DEV", hostile=True), town.person("U0ANA")
    menu(ana, town.card(), "lower_lane")
    answer = dev.submit(replace(top(ana), user="U0DEV"), values={"lane": lane, "reason": WHY})
    assert "Only a policy owner may lower a lane" in str(answer.errors)
    town.settle()
    assert "High lane" in words(town.card())


def test_raising_into_a_lane_that_nobody_can_approve_is_told(town: Town) -> None:
    """The card's thread and the submitter hear which list to fill."""
    town.change_policy(lambda it: it["workflows"]["summaries"]["approve"].update(high=["U0BEN"]))
    low(town)
    paul = town.person("U0PAUL")
    menu(paul, town.card(), "raise_lane")
    assert paul.submit(values={"lane": "high", "reason": WHY}).ok
    town.settle()
    thread = " ".join(words(each) for each in paul.thread("C0TOOLS", town.card().ts))
    assert "to approve this, and 1 could" in thread
    assert "to approve this, and 1 could" in told(town, "U0MIRA")
