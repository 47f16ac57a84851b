"""Looking before a form opens: whether filling it in could lead anywhere. The use case asks again."""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import change_of_revision, release_by_id, rollback_by_id
from bot.changes.context import Context
from bot.changes.decide import DECIDABLE
from bot.changes.facts import ChangeFacts, ReleaseFacts, RollbackFacts
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Refused
from bot.changes.reading.changes import change_facts
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts, rollback_facts
from bot.changes.rights import may_approve, may_roll_back
from bot.changes.standing import standing


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
