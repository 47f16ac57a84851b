"""The submitter takes a change back."""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import GONE
from bot.changes.context import Context
from bot.changes.moving import move_state, name_of
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.policy.lifecycle import may_move
from storage.models import Change
from storage.queries import changes, people
from storage.vocabulary import State


def withdraw(context: Context, change_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """End a change that is on its way. Only for the person who submitted it, with whichever account."""
    with context.transaction() as session:
        change = changes.change(session, change_id)
        if change is None:
            return GONE
        if change.state is State.WITHDRAWN:
            return Done(f"{name_of(change.id)} was withdrawn already.", already=True, change_id=change.id)
        refusal = may_withdraw(session, change, actor)
        if refusal:
            return refusal
        move_state(session, change, State.WITHDRAWN, actor=actor.slack_id, now=now)
        tell.in_thread(session, change, f"{actor.name} withdrew it.", now=now, about="withdrawn")
        return Done(f"{name_of(change.id)} is withdrawn.", change_id=change.id)


def may_withdraw(session: Session, change: Change, actor: Actor) -> Refused | None:
    """Whether this person may take this change back now."""
    submitter = people.accounts(session, [change.submitter]).get(change.submitter)
    if submitter is None or submitter.person_id != actor.person_id:
        name = submitter.name if submitter else "its submitter"
        return Refused(
            f"Only {name} can withdraw {name_of(change.id)}.", "To stop it, reject it on its card."
        )
    if not may_move(change.state, State.WITHDRAWN):
        return Refused(
            f"{name_of(change.id)} is {change.state.value.replace('_', ' ')}; it cannot be withdrawn."
        )
    return None
