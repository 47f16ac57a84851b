"""The postman: takes messages from the rows to Slack, and keeps those that stand there up to date.

Several postmen, in any number of processes, share one database. None must ever sleep in the middle of a
message: whatever has to wait goes back into the rows with a time.
"""

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from slack_sdk import WebClient

from bot.logs import fault_id
from bot.outbox.answers import Means, Trouble
from bot.outbox.backoff import Jitter, delay
from bot.outbox.crew import POLL_SECONDS, Rest
from bot.outbox.drawn import Draw
from bot.outbox.ledger import LEASE, LeaseLostError, Ledger
from bot.outbox.mail import Mail
from bot.outbox.pace import Pace
from bot.outbox.posting import FindPerson, Posting
from bot.outbox.redrawing import Redrawing
from storage.engine import Store
from storage.models import Message, MessageState

TOKEN_PAUSE: Final = timedelta(seconds=30)
"""How long nothing is tried after Slack refused the app's token."""

FAULTY_TRIES: Final = 5
"""After so many faults of our own a message is parked, so that it holds up no other."""

TOO_LONG: Final = timedelta(minutes=5)
"""A message that was due so long ago, and that nobody took, means that the postmen do not keep up."""

_log = structlog.get_logger(__name__)


class Postman:
    """Does one piece of work a ``step``: posts the next message that is due, or else redraws one.

    ``draw`` makes a message's text and blocks from the rows; where it returns None, the message counts as
    sent and nothing is posted. ``find`` answers for an e-mail address; without it only known pins count.
    """

    def __init__(
        self,
        store: Store,
        client: WebClient,
        draw: Draw,
        now: Callable[[], datetime],
        *,
        find: FindPerson | None = None,
        pace: Pace | None = None,
        jitter: Jitter = random.random,
        lease: timedelta = LEASE,
    ) -> None:
        self._now, self._jitter, self._pace = now, jitter, pace or Pace()
        self._ledger, mail = Ledger(store, now, lease), Mail(client)
        self._posting = Posting(self._ledger, mail, draw, find or self._ledger.pinned, jitter)
        self._redrawing = Redrawing(self._ledger, mail, draw, jitter)
        self._turn = threading.Lock()
        self._token_trouble = ""
        self._silent_until: datetime | None = None

    def step(self) -> Rest | None:
        """Do one piece of work, or say for how long there is none."""
        now = self._now()
        if self._silent_until is not None and now < self._silent_until:
            return Rest()
        message = self._next_post()
        if message is not None:
            self._tried(self._work(self._posting.post, message))
            return None
        message = self._next_redraw()
        if message is not None:
            trouble = self._work(self._redrawing.redraw, message)
            if trouble is not None and trouble.means is Means.SLOWER:
                self._pace.hold_updates(self._now() + trouble.wait)
            self._tried(trouble)
            return None
        return self._rest(self._now())

    def problem(self) -> str | None:
        """Why messages do not leave, in words for the readiness page, or None."""
        if self._token_trouble:
            return f"no message can leave: {self._token_trouble}"
        waiting = self._ledger.waiting_since()
        if waiting is not None and self._now() - waiting > TOO_LONG:
            return f"messages have been waiting since {waiting:%Y-%m-%d %H:%M} UTC"
        return None

    def _next_post(self) -> Message | None:
        with self._turn:  # between looking at the pace and taking from it nobody else may take
            now = self._now()
            if self._pace.until_post(now):
                return None
            message = self._ledger.claim_post(self._pace.busy(now))
            if message is not None:
                self._pace.posted(message.recipient, now)
            return message

    def _next_redraw(self) -> Message | None:
        with self._turn:
            now = self._now()
            if self._pace.until_update(now):
                return None
            message = self._ledger.claim_redraw()
            if message is not None:
                self._pace.updated(now)
            return message

    def _rest(self, now: datetime) -> Rest:
        """Sleep until the pace lets something go. While nothing at all may go, no ring makes it sooner."""
        post, update = self._pace.until_post(now), self._pace.until_update(now)
        paced = [each for each in (post, update, self._pace.until_someone_is_free(now)) if each]
        seconds = min([POLL_SECONDS, *(each.total_seconds() for each in paced)])
        return Rest(max(seconds, 0.001), deaf=bool(post))

    def _work(self, work: Callable[[Message], Trouble | None], message: Message) -> Trouble | None:
        try:
            return work(message)
        except LeaseLostError:
            _log.warning("another worker took the message over", message_id=message.id)
        except Exception:  # noqa: BLE001  one message that cannot be drawn must not stop the others
            self._faulty(message)
        return None

    def _faulty(self, message: Message) -> None:
        """Keep a message that we could not handle, uncertain as it is, and let people find the fault."""
        fault = fault_id()
        _log.exception("message not handled", fault=fault, message_id=message.id)
        parked = message.state is MessageState.PENDING and message.attempts >= FAULTY_TRIES
        self._ledger.settle(
            message,
            state=MessageState.PARKED if parked else message.state,
            due_at=self._now() + delay(message.attempts, jitter=self._jitter),
            last_error=f"A fault of the app, {fault}. The log has the details.",
        )

    def _tried(self, trouble: Trouble | None) -> None:
        """Fall silent when Slack refuses the token, and speak again once a call gets through."""
        if trouble is not None and trouble.means is Means.TOKEN:
            self._token_trouble = trouble.words
            self._silent_until = self._now() + TOKEN_PAUSE
            _log.error("Slack refuses the token", code=trouble.code)
        elif self._token_trouble and (trouble is None or trouble.means in {Means.NEVER, Means.SLOWER}):
            self._token_trouble, self._silent_until = "", None
