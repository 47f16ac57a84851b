"""How the outbox has a message drawn: from one look at the rows, with the version that it then shows."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session

from bot.drawn import Drawn
from storage.engine import Store
from storage.models import Change, Message

Draw = Callable[[Session, Message], Drawn | None]
"""Draws a message from the rows. None: there is nothing to say any more, and nothing is sent."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as its rows say that it should look now.

    ``version`` is the change's version that this shows, None for what is never redrawn. ``thread`` is the ts
    of the message under which it stands, None where there is none or where that was never posted.
    """

    drawn: Drawn | None
    version: int | None
    thread: str | None


def look(store: Store, draw: Draw, message_id: int | None) -> Seen:
    """Draw a message from one consistent look at the rows."""
    with store.reading() as session:
        message = session.get_one(Message, message_id)
        # The version goes first: should somebody commit in between, the card is merely drawn once more.
        version = _version(session, message)
        return Seen(draw(session, message), version, _thread(session, message))


def _version(session: Session, message: Message) -> int | None:
    if not message.redrawn or message.change_id is None:
        return None
    return session.get_one(Change, message.change_id).version


def _thread(session: Session, message: Message) -> str | None:
    parent = session.get(Message, message.thread_of) if message.thread_of is not None else None
    return parent.ts if parent is not None and parent.recipient == message.recipient else None
