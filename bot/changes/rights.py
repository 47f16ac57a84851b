"""Who may do what to this change now: rows in, the pure rule asked, a refusal with "who can" out.

It must never say yes because it knows nothing: an empty list means nobody, old group rows mean not yet.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from bot.changes.outcome import Actor, Refused
from bot.changes.standing import Standing, can_act
from bot.policy import rights
from bot.policy.model import RELEASE_POLICY, Policy
from storage.models import Release
from storage.queries import people
from storage.queries.people import Entitled
from storage.vocabulary import Lane, Role

NEVER_READ = datetime.min.replace(tzinfo=UTC)
SHOWN_NAMES = 5


def may_approve(policy: Policy, look: Standing, actor: Actor, *, now: datetime) -> Refused | None:
    """Whether this person's decision on this change counts."""
    person = _person(actor, look.entitled, touched=actor.person_id in look.touched_people)
    refusal = rights.may_approve(person, fresh_for=_fresh(policy), now=now)
    return _told(refusal, actor, look.eligible)


def may_raise(policy: Policy, look: Standing, actor: Actor, *, now: datetime) -> Refused | None:
    """Raising a lane is for anyone on the list of approvers, also for those who touched the change."""
    refusal = rights.may_raise(_person(actor, look.entitled), fresh_for=_fresh(policy), now=now)
    return _told(refusal, actor, [each for each in look.entitled if can_act(each)])


def may_deploy(
    session: Session, policy: Policy, look: Standing, actor: Actor, *, now: datetime
) -> Refused | None:
    """Whether this person may deploy this change in its lane."""
    entitled = people.entitled(session, look.change.workflow, Role.DEPLOY, look.lane)
    person = _person(actor, entitled, touched=actor.person_id in look.touched_people)
    refusal = rights.may_deploy(person, look.rules, fresh_for=_fresh(policy), now=now)
    return _told(refusal, actor, deployers(session, look))


def may_roll_back(session: Session, release: Release, actor: Actor) -> Refused | None:
    """Whether this person holds the rollback right. Group rows of any age will do."""
    entitled = people.entitled(session, release.workflow, Role.ROLL_BACK, release.lane)
    return _told(rights.may_roll_back(_person(actor, entitled)), actor, _once(entitled))


def may_lower_lane(
    session: Session, policy: Policy, look: Standing, actor: Actor, *, now: datetime
) -> Refused | None:
    """Lowering a lane is for a policy owner who did not touch the change."""
    owners = people.entitled(session, RELEASE_POLICY, Role.APPROVE, Lane.HIGH)
    touched = look.touched_people
    refusal = rights.may_lower(
        _person(actor, owners, touched=actor.person_id in touched), fresh_for=_fresh(policy), now=now
    )
    return _told(refusal, actor, [each for each in _once(owners) if each.person_id not in touched])


def may_edit(look: Standing, actor: Actor) -> Refused | None:
    """The submitter, whoever touched it, and whoever may approve it may edit."""
    if actor.slack_id == look.change.submitter or actor.person_id in look.touched_people:
        return None
    if any(each.person_id == actor.person_id and can_act(each) for each in look.entitled):
        return None
    return Refused(
        "Only its submitter and those who may approve it can edit this change.",
        "Propose a change of your own with /prompt-change new.",
    )


def deployers(session: Session, look: Standing) -> list[Entitled]:
    """Who may deploy this change, one account a person."""
    barred = look.touched_people if look.rules.deployer_may_not_touch else frozenset()
    entitled = people.entitled(session, look.change.workflow, Role.DEPLOY, look.lane)
    return [each for each in _once(entitled) if each.person_id not in barred]


def rollback_owners(session: Session, workflow: str, lane: Lane) -> list[Entitled]:
    """Who may roll back in this lane, one account a person."""
    return _once(people.entitled(session, workflow, Role.ROLL_BACK, lane))


def as_people(
    entitled: Iterable[Entitled], touched: frozenset[int] | set[int] = frozenset()
) -> list[rights.Standing]:
    """The accounts of one list as the pure rules take them."""
    return [
        rights.Standing(
            person_id=str(each.person_id),
            account=each.kind,
            active=each.active,
            matches=(_match(each),),
            touched=each.person_id in touched,
        )
        for each in entitled
    ]


def _person(actor: Actor, entitled: Iterable[Entitled], *, touched: bool = False) -> rights.Standing:
    """The acting person, with the names on the list that stand for them through any account."""
    return rights.Standing(
        person_id=str(actor.person_id),
        account=actor.kind,
        active=actor.active,
        matches=tuple(
            _match(each) for each in entitled if each.person_id == actor.person_id and can_act(each)
        ),
        touched=touched,
    )


def _match(each: Entitled) -> rights.Match:
    if each.group is None:
        return rights.Match(each.slack_id)
    return rights.Match(each.group, each.rows_from or NEVER_READ)


def _fresh(policy: Policy) -> timedelta:
    return policy.durations.group_rows_fresh


def _once(entitled: Iterable[Entitled]) -> list[Entitled]:
    found: dict[int, Entitled] = {}
    for each in entitled:
        if can_act(each):
            found.setdefault(each.person_id, each)
    return list(found.values())


def _told(refusal: rights.Refusal | None, actor: Actor, able: Iterable[Entitled]) -> Refused | None:
    if refusal is None:
        return None
    names = [each.name for each in able if each.person_id != actor.person_id]
    if not names:
        return Refused(refusal.text, "Nobody else can at present; ask a policy owner.")
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return Refused(refusal.text, f"Who can: {', '.join(names[:SHOWN_NAMES])}{more}.")
