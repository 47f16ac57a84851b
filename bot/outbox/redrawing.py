"""Draws a posted message again, so that it shows the present state of its change.

Drawing is from the rows and so may be repeated at any time. It must never leave a message marked as current
that Slack did not take.
"""

from typing import Final

import structlog

from bot.drawn import Drawn
from bot.outbox.answers import FAILED_CALL, Means, Trouble, judge
from bot.outbox.backoff import LONGEST_FOR_MESSAGES, Jitter, delay
from bot.outbox.drawn import Draw, Seen, look
from bot.outbox.ledger import Ledger
from bot.outbox.mail import Mail
from bot.outbox.posting import Heard
from storage.models import Message, MessageState

# These are about what was drawn, not about the message: the next version may pass.
_ABOUT_THE_DRAWING: Final = {
    "block_mismatch",
    "invalid_arguments",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
}

_log = structlog.get_logger(__name__)


class Redrawing:
    """Takes a claimed message that shows an old version and brings it up to date."""

    def __init__(self, ledger: Ledger, mail: Mail, draw: Draw, jitter: Jitter, heard: Heard) -> None:
        self._ledger, self._mail, self._draw = ledger, mail, draw
        self._jitter, self._heard = jitter, heard

    def redraw(self, message: Message) -> None:
        """Draw it again, and write down what became of it."""
        seen = look(self._ledger.store, self._draw, message.id)
        if seen.drawn is None or seen.drawn.digest == message.drawn_hash:
            self._current(message, seen, message.drawn_hash)
            return
        try:
            self._change(message, seen.drawn)
        except FAILED_CALL as error:
            trouble = judge(error)
            self._heard(message, trouble)
            self._stumbled(message, seen, trouble)
        else:
            self._heard(message, None)
            self._current(message, seen, seen.drawn.digest)

    def _change(self, message: Message, drawn: Drawn) -> None:
        if message.channel and message.ts:
            self._mail.change(message.channel, message.ts, drawn)

    def _current(self, message: Message, seen: Seen, digest: str) -> None:
        self._ledger.settle(message, drawn_version=seen.version, drawn_hash=digest, attempts=0, last_error="")

    def _stumbled(self, message: Message, seen: Seen, trouble: Trouble) -> None:
        now = self._ledger.now()
        if trouble.means is not Means.NEVER:
            waits = {
                Means.SLOWER: trouble.wait,
                Means.TOKEN: message.due_at - now,
            }.get(trouble.means, delay(message.attempts, longest=LONGEST_FOR_MESSAGES, jitter=self._jitter))
            self._ledger.settle(message, due_at=now + waits, last_error=trouble.words)
            return
        _log.warning("message not redrawn", message_id=message.id, code=trouble.code)
        if trouble.code in _ABOUT_THE_DRAWING:
            self._ledger.settle(message, drawn_version=seen.version, last_error=trouble.words)
        else:
            self._ledger.settle(message, state=MessageState.PARKED, redrawn=False, last_error=trouble.words)
