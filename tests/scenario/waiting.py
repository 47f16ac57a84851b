"""Whether anything is left for the app to do."""

from datetime import datetime

from sqlmodel import col, or_, select

from storage.engine import Store
from storage.models import Change, Message, MessageState, Move, MoveState


def something_waits(store: Store, now: datetime) -> bool:
    """Whether a message waits, a move waits or is being made, or a card shows what is over."""
    with store.reading() as session:
        waiting = select(Message.id).where(Message.state == MessageState.PENDING)
        moving = select(Move.id).where(or_(Move.state == MoveState.PENDING, col(Move.lease_until) > now))
        old = (
            select(Message.id)
            .join(Change, col(Change.id) == col(Message.change_id))
            .where(
                Message.state == MessageState.SENT,
                col(Message.redrawn).is_(True),
                col(Message.ts).is_not(None),
                col(Message.drawn_version) < col(Change.version),
            )
        )
        return any(session.exec(each).first() is not None for each in (waiting, moving, old))
