"""A message that Slack will never take: whoever answers for its workflow learns who was not told, and why.

It is written in the transaction that parks the message. It must never tell of an undelivered telling: that
one stands in the Home tab and in `prompt-change outbox` only, or there would be no end to it.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.assigned import answerable
from bot.changes.force import NoPolicyError, policy_in_force
from bot.policy.load import PolicyError
from bot.policy.workflow import Workflow
from storage.models import Change, Message

KIND = "undelivered"


def tell_undelivered(session: Session, message: Message, *, now: datetime) -> None:
    """Tell the workflow's owner, or the owners of the policy where that is who could not be reached."""
    if message.kind == KIND:
        return
    change = session.get(Change, message.change_id) if message.change_id else None
    missed = message.only_for or message.recipient
    # Once for each place that misses a change or its rollback, however many messages it misses.
    about = f"PC-{message.change_id}:{message.rollback_id}" if change else str(message.id)
    for person in answerable(session, _workflow(session, change), without=missed):
        tell.post(
            session,
            f"{KIND}:{about}:{missed}:{person}",
            KIND,
            person,
            now=now,
            change_id=message.change_id,
            redrawn=False,
            priority=tell.URGENT if message.priority == tell.URGENT else tell.ORDINARY,
            to=missed,
            why=message.last_error,
            workflow=change.workflow if change else "",
            change=message.change_id,
        )


def _workflow(session: Session, change: Change | None) -> Workflow | None:
    """A policy that cannot be read must not keep a message from being parked."""
    try:
        _, policy = policy_in_force(session)
    except (NoPolicyError, PolicyError):
        return None
    return policy.all_workflows.get(change.workflow) if change else None
