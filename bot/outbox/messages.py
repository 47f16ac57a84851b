"""The postman: takes messages from the rows to Slack, and keeps those that stand there up to date.

Several postmen, in any number of processes, share one database. None must ever sleep in the middle of a
message: whatever has to wait goes back into the rows with a time.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.logs import fault_id
from bot.outbox.answers import Means, Trouble
from bot.outbox.backoff import LONGEST_FOR_MESSAGES, Jitter, delay
from bot.outbox.crew import POLL_SECONDS, Rest, Work
from bot.outbox.drawn import Draw
from bot.outbox.ledger import LEASE, LeaseLostError, Ledger, TellOfParked, nobody
from bot.outbox.mail import Mail
from bot.outbox.pace import POST, UPDATE, Pace
from bot.outbox.posting import FindPerson, Posting
from bot.outbox.redrawing import Redrawing
from bot.outbox.silence import Silence
from storage.engine import Store
from storage.models import Message, MessageState

FAULTY_TRIES: Final = 5
"""After so many faults of our own a message is parked, so that it holds up no other."""

TOO_LONG: Final = timedelta(minutes=5)
"""A message that was due so long ago, while this postman took none, means that something stands still."""

_log = structlog.get_logger(__name__)


class Postman:
    """Does one piece of work a ``step``: posts the next message that is due, or else redraws one.

    ``draw`` makes a message's text and blocks from the rows; where it returns None, the message counts as
    sent and nothing is posted. ``find`` answers for an e-mail address; without it only known pins count.
    ``tell_of_parked`` writes to whoever must know that a message will never be taken.
    """

    def __init__(
        self,
        store: Store,
        client: WebClient,
        draw: Draw,
        now: Callable[[], datetime],
        *,
        find: FindPerson | None = None,
        tell_of_parked: TellOfParked = nobody,
        pace: Pace | None = None,
        jitter: Jitter = random.random,
        lease: timedelta = LEASE,
    ) -> None:
        self._now, self._jitter, self._pace = now, jitter, pace or Pace()
        self._ledger = Ledger(store, now, lease, tell_of_parked)
        mail = Mail(client, self._pace, now)
        self._posting = Posting(self._ledger, mail, draw, find or self._ledger.pinned, jitter, self._heard)
        self._redrawing = Redrawing(self._ledger, mail, draw, jitter, self._heard)
        self._silence = Silence(jitter)
        self._turn = threading.Lock()
        self._last_work = now()

    def find(self) -> Work | Rest:
        """Take the next message to post or to redraw, or say for how long there is none."""
        silence = self._silence.left(self._now())
        if silence:
            return Rest(min(POLL_SECONDS, silence.total_seconds()))
        message = self._next_post()
        if message is not None:
            return partial(self._post, message)
        message = self._next_redraw()
        if message is not None:
            return partial(self._work, self._redrawing.redraw, message)
        return self._rest(self._now())

    def _post(self, message: Message) -> None:
        try:
            self._work(self._posting.post, message)
        finally:
            self._pace.sent(message.recipient, self._now())

    def problem(self) -> str | None:
        """Why messages do not leave, in words for the readiness page, or None.

        That Slack is away is none: the app can do its own part, which is to take clicks.
        """
        refused = self._silence.problem()
        if refused or self._silence.is_away or self._now() - self._last_work <= TOO_LONG:
            return refused
        waiting = self._ledger.waiting_since()
        if waiting is not None and self._now() - waiting > TOO_LONG:
            return f"messages have been waiting since {waiting:%Y-%m-%d %H:%M} UTC"
        return None

    def _next_post(self) -> Message | None:
        with self._turn:  # between looking at the pace and taking from it nobody else may take
            now = self._now()
            if self._pace.wait(POST, now):
                return None
            message = self._ledger.claim_post(self._pace.busy(now))
            if message is not None:
                self._pace.take(POST, now)
                self._pace.sending(message.recipient)
            return message

    def _next_redraw(self) -> Message | None:
        with self._turn:
            now = self._now()
            if self._pace.wait(UPDATE, now):
                return None
            message = self._ledger.claim_redraw()
            if message is not None:
                self._pace.take(UPDATE, now)
            return message

    def _rest(self, now: datetime) -> Rest:
        """Sleep until the pace lets something go. While nothing at all may go, no ring makes it sooner."""
        post, update = self._pace.wait(POST, now), self._pace.wait(UPDATE, now)
        paced = [each for each in (post, update, self._pace.until_someone_is_free(now)) if each]
        seconds = min([POLL_SECONDS, *(each.total_seconds() for each in paced)])
        return Rest(max(seconds, 0.001), deaf=bool(post))

    def _work(self, work: Callable[[Message], None], message: Message) -> None:
        self._last_work = self._now()
        try:
            work(message)
        except LeaseLostError:
            _log.warning("another worker took the message over", message_id=message.id)
        except self._ledger.store.troubles:
            raise  # no fault of this message, however often it happens: its lease gives it back
        except Exception:  # noqa: BLE001  one message that cannot be drawn must not stop the others
            self._faulty(message)

    def _heard(self, message: Message, trouble: Trouble | None) -> None:
        """What a call came to, for the pace and for the silence."""
        now = self._now()
        if trouble is not None and trouble.means is Means.SLOWER:
            self._pace.slower(trouble.method, message.recipient, now + trouble.wait)
        elif trouble is None and message.state is MessageState.PENDING:
            self._pace.fast_enough()
        self._silence.heard(message.id, trouble, now)

    def _faulty(self, message: Message) -> None:
        """Keep a message that we could not handle, uncertain as it is, and let people find the fault."""
        fault = fault_id()
        _log.exception("message not handled", fault=fault, message_id=message.id)
        why = f"A fault of the app, {fault}. The log has the details."
        if message.state is MessageState.PENDING and message.attempts >= FAULTY_TRIES:
            self._ledger.park(message, why)
            return
        due_at = self._now() + delay(message.attempts, longest=LONGEST_FOR_MESSAGES, jitter=self._jitter)
        self._ledger.settle(message, due_at=due_at, last_error=why)
