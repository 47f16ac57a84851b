"""What the rows of messages say about their delivery, written in one short transaction each time.

Every write names the lease under which it is made. A worker that was too slow must never write over what
the next one did.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import update
from sqlmodel import Session, col, select

from bot.outbox.claims import DUE_POST, DUE_REDRAW, Due, claim_message, is_due
from storage.engine import Store
from storage.models import EmailPin, Message, MessageState

LEASE: Final = timedelta(seconds=30)
"""Longer than one call of Slack's can take; it is taken anew right before a message is sent."""


class LeaseLostError(Exception):
    """Another worker holds the row by now, and this one must leave it alone."""


TellOfParked = Callable[[Session, Message], None]
"""Writes rows for whoever must know that a message will never be taken."""


def nobody(_session: Session, _message: Message) -> None:
    """Tell nobody of what is parked."""


class Ledger:
    """Claims messages and writes down what became of them."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        lease: timedelta = LEASE,
        tell_of_parked: TellOfParked = nobody,
    ) -> None:
        self.store, self.now, self._lease = store, now, lease
        self._tell_of_parked = tell_of_parked

    def claim_post(self, busy: Collection[str]) -> Message | None:
        """The next message to post; nobody else gets it for the length of the lease."""
        return self._claim(DUE_POST, busy=list(busy))

    def claim_redraw(self) -> Message | None:
        """The next posted message to draw again."""
        return self._claim(DUE_REDRAW)

    def mark(self, message: Message, *, blindly: bool = False) -> None:
        """Write down, before it is done, that this message may be sent from now on. Raises LeaseLostError.

        ``blindly``: it may have been sent before, and nobody can look.
        """
        until = self.now() + self._lease
        blind_sends = message.blind_sends + int(blindly)
        self._write(message, ambiguous=True, lease_until=until, blind_sends=blind_sends)
        message.lease_until = until

    def settle(self, message: Message, **values: Any) -> None:  # noqa: ANN401  the columns' own types
        """Write down what became of it, and let go of it. Raises LeaseLostError."""
        self._write(message, lease_until=None, **values)

    def park(self, message: Message, why: str, **values: Any) -> None:  # noqa: ANN401  the same
        """Keep it as undelivered, and have people told. Raises LeaseLostError."""
        values |= {"lease_until": None, "state": MessageState.PARKED, "last_error": why}
        with self.store.transaction() as session:
            self._write_in(session, message, **values)
            self._tell_of_parked(session, session.get_one(Message, message.id))

    def hold_recipient(self, recipient: str, until: datetime) -> None:
        """Slack asked for a pause with this recipient: nothing more is due there before its end."""
        with self.store.transaction() as session:
            session.exec(
                update(Message)
                .where(
                    col(Message.recipient) == recipient,
                    col(Message.state) == MessageState.PENDING,
                    col(Message.due_at) < until,
                )
                .values(due_at=until)
                .execution_options(synchronize_session=False)
            )

    def pinned(self, email: str) -> str | None:
        """The Slack id that an e-mail address of the policy stands for, if that is known."""
        with self.store.reading() as session:
            pin = session.get(EmailPin, email.lower())
            return pin.slack_id if pin else None

    def waiting_since(self) -> datetime | None:
        """When the longest waiting message was due that nobody is working on."""
        with self.store.reading() as session:
            return session.exec(
                select(Message.due_at)
                .where(Message.state == MessageState.PENDING, col(Message.lease_until).is_(None))
                .order_by(col(Message.due_at))
                .limit(1)
            ).first()

    def _claim(self, due: Due, **more: Collection[str]) -> Message | None:
        now = self.now()
        # Looking first costs no lock; a claim takes the one write lock that the clicks need.
        with self.store.reading() as session:
            if not is_due(session, due, now, **more):
                return None
        with self.store.transaction() as session:
            return claim_message(session, due, now, until=now + self._lease, **more)

    def _write(self, message: Message, **values: Any) -> None:  # noqa: ANN401  the columns' own types
        with self.store.transaction() as session:
            self._write_in(session, message, **values)

    def _write_in(self, session: Session, message: Message, **values: Any) -> None:  # noqa: ANN401  the same
        written = session.exec(
            update(Message)
            .where(col(Message.id) == message.id, col(Message.lease_until) == message.lease_until)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        if written.rowcount != 1:
            raise LeaseLostError(f"message {message.id}")
