"""A row of the outbox becomes a message: its facts are read, and its kind's card is drawn.

It is where the outbox, which knows no cards, and the cards, which know no rows, meet.
"""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import Session

from bot.cards import messages
from bot.cards.messages import Facts
from bot.changes.assigned import account_id
from bot.changes.context import Context
from bot.changes.facts import PolicyFacts
from bot.changes.reading.changes import change_facts
from bot.changes.reading.drifts import drift_facts
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts, rollback_facts
from bot.changes.reading.workflows import policy_facts
from bot.drawn import Drawn
from storage.models import Message
from storage.queries import drifts, releases

WITHOUT_FACTS = ("thread", "private", "audit_head", "undelivered")


def drawer(context: Context, now: Callable[[], datetime]) -> Callable[[Session, Message], Drawn | None]:
    """The function with which the outbox draws."""

    def draw(session: Session, message: Message) -> Drawn | None:
        facts = None if message.kind in WITHOUT_FACTS else _facts(context, session, message, now())
        if facts is None and message.kind not in WITHOUT_FACTS:
            return None
        # An address is drawn for the person whom it turned out to be.
        recipient = account_id(session, message.recipient) or message.recipient
        return messages.draw(message.kind, facts, recipient, message.details)

    return draw


def _facts(context: Context, session: Session, message: Message, now: datetime) -> Facts:
    """The narrowest rows that the message is about: its rollback, its release, or its change."""
    if message.kind == "policy_announced":
        return _policy(context)
    if message.kind == "drift":
        drift = drifts.drift(session, int(message.details["drift"]))
        release = releases.release(session, drift.release_id) if drift else None
        return drift_facts(context, session, drift, release) if drift and release else None
    if message.rollback_id is not None:
        found = releases.rollback(session, message.rollback_id)
        release = releases.release(session, found.release_id) if found else None
        if found and release:
            return rollback_facts(context, session, found, release, now=now, names=Names(session))
    if message.release_id is not None:
        release = releases.release(session, message.release_id)
        if release:
            return release_facts(context, session, release, now=now)
    return change_facts(context, session, message.change_id or 0, now=now)


def _policy(context: Context) -> PolicyFacts:
    return policy_facts(context)
