"""What Slack will never take as it stands: shown to people, and tried again when one of them says so.

Nothing here sends anything, and nothing is ever dropped: a message that is parked once more is shown again.
"""

from collections.abc import Collection
from datetime import datetime

from sqlmodel import Session, col, select

from storage import audit
from storage.models import Message, MessageState

RETRIED = "outbox:retry"


def parked(session: Session) -> list[Message]:
    """Every parked message, oldest first: those that were never delivered, and those no longer redrawn."""
    statement = select(Message).where(Message.state == MessageState.PARKED).order_by(col(Message.id))
    return list(session.exec(statement))


def try_again(session: Session, messages: Collection[Message], *, actor: str, now: datetime) -> list[Message]:
    """Let the outbox take these up again at once. What stands in Slack is redrawn, the rest is posted."""
    for message in messages:
        stands = message.ts is not None
        message.state = MessageState.SENT if stands else MessageState.PENDING
        # Only what was redrawn before it was parked stands there with a version.
        message.redrawn = message.redrawn or stands
        message.attempts, message.due_at, message.lease_until = 0, now, None
        audit.append(
            session,
            RETRIED,
            f"message {message.id}",
            actor=actor,
            now=now,
            key=message.key,
            recipient=message.recipient,
            was=message.last_error,
        )
    return list(messages)
