"""The only door to an acting identity: who passes, and what the others are told."""

import pytest
from office import ELSEWHERE, HERE, Office

from bot.app import CLICK_SECONDS
from bot.changes.outcome import Actor, Refused
from bot.people import (
    A_BOT,
    A_GUEST,
    DEACTIVATED,
    NOT_FROM_HERE,
    SLACK_IS_AWAY,
    UNKNOWN,
)
from storage.vocabulary import AccountKind


def test_a_member_passes_and_slack_is_asked_once(office: Office) -> None:
    """An unknown member is asked for, kept, and known from then on, also with Slack away."""
    actor = office.people.actor("U0ANA", HERE)
    assert isinstance(actor, Actor)
    assert (actor.slack_id, actor.name, actor.kind) == ("U0ANA", "Ana Lopez", AccountKind.MEMBER)
    office.slack.faults.away = True
    assert office.people.actor("U0ANA", HERE) == actor
    assert office.calls("users.info") == 1


@pytest.mark.parametrize(
    ("user", "team", "refusal"),
    [
        ("U0GUEST", HERE, A_GUEST),
        ("U0ROBOT", HERE, A_BOT),
        ("USLACKBOT", HERE, A_BOT),
        ("U0GONE", HERE, DEACTIVATED),
        ("U0FAR", HERE, NOT_FROM_HERE),
        ("U0FAR", ELSEWHERE, NOT_FROM_HERE),
        ("U0ANA", ELSEWHERE, NOT_FROM_HERE),
        ("U0ANA", None, NOT_FROM_HERE),
        ("U0ANA", "", NOT_FROM_HERE),
        ("U0NOBODY", HERE, UNKNOWN),
    ],
)
def test_everyone_else_is_refused_with_a_sentence(
    office: Office, user: str, team: str | None, refusal: Refused
) -> None:
    """Guests, bots, the deactivated, outsiders and the unknown do not act, the second time neither."""
    assert office.people.actor(user, team) == refusal
    assert office.people.actor(user, team) == refusal
    assert refusal.remedy


def test_an_unknown_account_waits_for_slack(office: Office) -> None:
    """With Slack away nobody passes who is not known; they are told to try again, and then pass."""
    office.slack.faults.away = True
    assert office.people.actor("U0ANA", HERE) == SLACK_IS_AWAY
    office.slack.faults.away = False
    assert isinstance(office.people.actor("U0ANA", HERE), Actor)


def test_a_slow_slack_does_not_use_up_the_click(office: Office) -> None:
    """The question is given up when the client for clicks gives up, long before the other would."""
    office.slack.faults.fail_next("users.info", delay=2.6)
    people = office.make_people(quick=office.client(CLICK_SECONDS))
    assert people.actor("U0ANA", HERE) == SLACK_IS_AWAY


@pytest.mark.parametrize(
    ("user", "passes"), [("U0GUEST", True), ("U0FAR", False), ("U0ROBOT", False), ("U0GONE", False)]
)
def test_a_guest_may_acknowledge(office: Office, user: str, *, passes: bool) -> None:
    """To say "I've seen this", an active guest passes as what they are; nobody else does for it."""
    actor = office.people.actor(user, HERE, acknowledging=True)
    assert isinstance(actor, Actor) == passes
    assert not isinstance(actor, Actor) or actor.kind is AccountKind.GUEST


def test_a_deactivated_guest_may_not_even_acknowledge(office: Office) -> None:
    """Deactivation goes before the guest's one right."""
    office.people.actor("U0GUEST", HERE, acknowledging=True)
    office.slack.deactivate_user("U0GUEST")
    office.people.on_user_change(office.user_event("U0GUEST"), "Ev1")
    assert office.people.actor("U0GUEST", HERE, acknowledging=True) == DEACTIVATED


def test_another_workspace_of_the_enterprise_is_at_home(office: Office) -> None:
    """With an enterprise, its other workspaces count; another enterprise does not."""
    people = office.make_people(enterprise_id="E0ACME")
    assert isinstance(people.actor("U0ANA", "T0SISTER", enterprise_id="E0ACME"), Actor)
    assert people.actor("U0BEN", "T0SISTER", enterprise_id="E0OTHER") == NOT_FROM_HERE
    assert people.actor("U0BEN", "T0SISTER") == NOT_FROM_HERE
