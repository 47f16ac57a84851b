"""Looking before a form opens: whether filling it in could lead anywhere. The use case asks again."""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import GONE, change_of_revision, release_by_id, rollback_by_id
from bot.changes.context import Context
from bot.changes.decide import DECIDABLE
from bot.changes.draft import may_change
from bot.changes.facts import ChangeFacts, ReleaseFacts, RollbackFacts
from bot.changes.force import policy_in_force
from bot.changes.lanes import OPEN as LANE_MAY_CHANGE
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Refused
from bot.changes.reading.changes import change_facts
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts, rollback_facts
from bot.changes.rights import may_approve, may_lower_lane, may_raise, may_roll_back
from bot.changes.standing import standing
from bot.changes.withdraw import may_withdraw
from bot.policy.model import RELEASE_POLICY
from storage.queries import changes
from storage.vocabulary import Lane


def facts_of_revision(context: Context, revision_id: int, *, now: datetime) -> ChangeFacts | Refused:
    """The change that a card's button is about, unless it was edited since."""
    with context.reading() as session:
        return _facts(context, session, revision_id, now=now)


def facts_of_change(context: Context, change_id: int, *, now: datetime) -> ChangeFacts | None:
    """A submitted change by its number."""
    with context.reading() as session:
        return change_facts(context, session, change_id, now=now)


def decision_facts(
    context: Context, revision_id: int, actor: Actor, *, now: datetime
) -> ChangeFacts | Refused:
    """The change, if this person could decide on it now."""
    with context.reading() as session:
        found = change_of_revision(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        if change.state not in DECIDABLE:
            words = change.state.value.replace("_", " ")
            return Refused(f"{name_of(change.id)} is {words}, so there is nothing to decide.")
        _, policy = policy_in_force(session)
        refusal = may_approve(policy, standing(session, policy, change, revision), actor, now=now)
        return refusal or _facts(context, session, revision_id, now=now)


def edit_refusal(context: Context, change_id: int, actor: Actor) -> Refused | None:
    """Why this person may not edit the change now; None where they may."""
    with context.reading() as session:
        change = changes.change(session, change_id)
        return may_change(session, change, actor) if change else GONE


def withdraw_refusal(context: Context, change_id: int, actor: Actor) -> Refused | None:
    """Why this person may not withdraw the change now; None where they may."""
    with context.reading() as session:
        change = changes.change(session, change_id)
        return may_withdraw(session, change, actor) if change else GONE


def lanes_for(
    context: Context, revision_id: int, actor: Actor, *, now: datetime
) -> tuple[Lane, ...] | Refused:
    """The lanes to which this person may move the change, from low to high; at least one."""
    with context.reading() as session:
        found = change_of_revision(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        if change.state not in LANE_MAY_CHANGE:
            return Refused(f"{name_of(change.id)} is {change.state.value.replace('_', ' ')}; its lane stays.")
        if change.workflow == RELEASE_POLICY:
            return Refused("A change of the policy itself is always in the high lane.")
        _, policy = policy_in_force(session)
        look = standing(session, policy, change, revision)
        not_up = may_raise(policy, look, actor, now=now)
        not_down = may_lower_lane(session, policy, look, actor, now=now)
        able = [each for each in Lane if each.rank > look.lane.rank and not not_up]
        able += [each for each in Lane if each.rank < look.lane.rank and not not_down]
        refusal = not_down if look.lane is Lane.HIGH else not_up
        return tuple(sorted(able, key=lambda each: each.rank)) or refusal or GONE


def facts_of_release(
    context: Context, release_id: int, actor: Actor, *, now: datetime
) -> ReleaseFacts | Refused:
    """A release, if this person may roll it back."""
    with context.reading() as session:
        found = release_by_id(session, release_id)
        if isinstance(found, Refused):
            return found
        refusal = may_roll_back(session, found[0], actor)
        return refusal or release_facts(context, session, found[0], now=now)


def facts_of_rollback(context: Context, rollback_id: int, *, now: datetime) -> RollbackFacts | Refused:
    """A reversal by its id."""
    with context.reading() as session:
        found = rollback_by_id(session, rollback_id)
        if isinstance(found, Refused):
            return found
        return rollback_facts(context, session, found[0], found[1], now=now, names=Names(session))


def _facts(context: Context, session: Session, revision_id: int, *, now: datetime) -> ChangeFacts | Refused:
    found = change_of_revision(session, revision_id)
    if isinstance(found, Refused):
        return found
    facts = change_facts(context, session, found[0].id or 0, now=now)
    return facts or Refused("This workflow is no longer in the policy.")
