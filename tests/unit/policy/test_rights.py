"""Who may do what, each refusal beside the success that it guards."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.policy.load import default_policy
from bot.policy.rights import (
    Match,
    Refusal,
    Standing,
    Vote,
    count_votes,
    may_acknowledge,
    may_approve,
    may_deploy,
    may_lower,
    may_raise,
    may_release_first,
    may_roll_back,
    may_submit,
    missing_people,
)
from storage.vocabulary import AccountKind, Decision, Role

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
FRESH = timedelta(minutes=15)
LANES = default_policy().lanes
ANA = Standing("ana", AccountKind.MEMBER, active=True, matches=(Match("U0ANA"),))


def _high_deploy(person: Standing) -> Refusal | None:
    return may_deploy(person, LANES.high, fresh_for=FRESH, now=NOW)


def _low_deploy(person: Standing) -> Refusal | None:
    return may_deploy(person, LANES.low, fresh_for=FRESH, now=NOW)


def _timed(decide: Callable[..., Refusal | None]) -> Callable[[Standing], Refusal | None]:
    return lambda person: decide(person, fresh_for=FRESH, now=NOW)


DECISIONS = {
    "approve": _timed(may_approve),
    "raise": _timed(may_raise),
    "lower": _timed(may_lower),
    "emergency": _timed(may_release_first),
    "deploy high": _high_deploy,
    "deploy low": _low_deploy,
    "roll back": may_roll_back,
    "submit": may_submit,
    "acknowledge": may_acknowledge,
}
STANDINGS = {
    "inactive": replace(ANA, active=False),
    "guest": replace(ANA, account=AccountKind.GUEST),
    "bot": replace(ANA, account=AccountKind.BOT),
    "external": replace(ANA, account=AccountKind.EXTERNAL),
    "unlisted": replace(ANA, matches=()),
    "touched": replace(ANA, touched=True),
    "stale": replace(ANA, matches=(Match("S0PEERS", NOW - FRESH),)),
}
EVERYONE_OUT = {"inactive", "guest", "bot", "external"}
REFUSED = {
    "approve": {*EVERYONE_OUT, "unlisted", "touched", "stale"},
    "raise": {*EVERYONE_OUT, "unlisted", "stale"},
    "lower": {*EVERYONE_OUT, "unlisted", "touched", "stale"},
    "emergency": {*EVERYONE_OUT, "unlisted", "stale"},
    "deploy high": {*EVERYONE_OUT, "unlisted", "touched", "stale"},
    "deploy low": {*EVERYONE_OUT, "unlisted", "stale"},
    "roll back": {*EVERYONE_OUT, "unlisted"},
    "submit": EVERYONE_OUT,
    "acknowledge": {"inactive", "bot", "external", "unlisted"},
}


@pytest.mark.parametrize("what", DECISIONS)
def test_a_listed_member_may(what: str) -> None:
    """A full member who is named and did not touch the change is refused nothing."""
    assert DECISIONS[what](ANA) is None


@pytest.mark.parametrize("what", DECISIONS)
@pytest.mark.parametrize("who", STANDINGS)
def test_each_standing_is_refused_exactly_what_it_lacks(what: str, who: str) -> None:
    """The table of refusals holds for each right and each thing that may be amiss."""
    refusal = DECISIONS[what](STANDINGS[who])
    assert (refusal is not None) == (who in REFUSED[what])
    if refusal:
        assert refusal.text.endswith(".")


def test_a_kind_of_account_that_nobody_knows_has_no_rights() -> None:
    """Slack may think of another kind tomorrow; until we have, it may nothing."""
    stranger = replace(ANA, account="a kind of tomorrow")  # type: ignore[arg-type]
    for what, decide in DECISIONS.items():
        assert what == "acknowledge" or decide(stranger) is not None


def test_who_is_no_policy_owner_is_told_so() -> None:
    """And not that rows of groups are old, of which there are none."""
    refusal = may_lower(replace(ANA, matches=()), fresh_for=FRESH, now=NOW)
    assert refusal == Refusal("Only a policy owner may lower a lane or dismiss a signal.")


def test_rows_under_fifteen_minutes_are_fresh() -> None:
    """A row of a group counts a second before its age is up, and a direct name beside it always."""
    young = replace(ANA, matches=(Match("S0PEERS", NOW - FRESH + timedelta(seconds=1)),))
    both = replace(ANA, matches=(Match("S0PEERS", NOW - timedelta(days=1)), Match("U0ANA")))
    assert may_approve(young, fresh_for=FRESH, now=NOW) is None
    assert may_approve(both, fresh_for=FRESH, now=NOW) is None


def _vote(
    person: str, decision: Decision = Decision.APPROVE, digest: str = "d", statement: str = "Read it"
) -> Vote:
    return Vote(person, decision, digest, statement)


@pytest.mark.parametrize(
    ("votes", "met"),
    [
        ([_vote("ana"), _vote("ben")], True),
        ([_vote("ana")], False),
        ([_vote("ana"), _vote("ana")], False),
        ([_vote("ana"), _vote("zoe")], False),
        ([_vote("ana"), _vote("ben", digest="older")], False),
        ([_vote("ana"), _vote("ben", statement=" ")], False),
        ([_vote("ana"), _vote("ben"), _vote("ben", Decision.REQUEST_CHANGES)], False),
        ([_vote("ana"), _vote("ben", Decision.REQUEST_CHANGES), _vote("ben")], True),
        ([_vote("ana"), _vote("ben"), _vote("cho", Decision.REJECT)], False),
        ([_vote("ana"), _vote("ben"), _vote("zoe", Decision.REJECT)], True),
    ],
)
def test_votes_are_counted_as_they_stand(votes: list[Vote], met: bool) -> None:  # noqa: FBT001 - a column of the table
    """The latest decision of each person entitled now counts once, on this digest, with its statement."""
    quorum = count_votes(votes, review_digest="d", eligible=["ana", "ben", "cho"], demands=LANES.high)
    assert met == quorum.met


def test_a_lane_without_statements_counts_a_bare_approval() -> None:
    """Below high nobody has to write what they checked."""
    quorum = count_votes([_vote("ana", statement="")], review_digest="d", eligible=["ana"], demands=LANES.low)
    assert quorum.met


def _missing(**changes: object) -> list[Role]:
    ben = replace(ANA, person_id="ben")
    people = {"approvers": [ANA, ben], "deployers": [ANA], "rollback_owners": [ANA], "informed": 1, **changes}
    found = missing_people(LANES.high, fresh_for=FRESH, now=NOW, **people)  # type: ignore[arg-type] # one dict of four kinds
    return [shortage.role for shortage in found]


def test_a_change_that_can_go_its_whole_way_lacks_nobody() -> None:
    """Two approvers, a deployer, a rollback owner and somebody to inform are enough."""
    assert _missing() == []


def test_each_list_that_is_too_short_is_named() -> None:
    """One approver too few, nobody to deploy, to roll back or to inform: each is named."""
    second_account = replace(ANA, matches=(Match("U0ANA2"),))
    assert _missing(approvers=[ANA, second_account]) == [Role.APPROVE]
    assert _missing(approvers=[ANA, replace(ANA, person_id="ben", touched=True)]) == [Role.APPROVE]
    assert _missing(deployers=[replace(ANA, touched=True)]) == [Role.DEPLOY]
    assert _missing(rollback_owners=[replace(ANA, active=False)]) == [Role.ROLL_BACK]
    assert _missing(informed=0) == [Role.INFORM]
    assert len(_missing(approvers=[], deployers=[], rollback_owners=[], informed=0)) == 4
