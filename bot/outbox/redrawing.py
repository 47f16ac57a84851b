"""Draws a posted message again, so that it shows the present state of its change.

Drawing is from the rows and so may be repeated at any time. It must never leave a message marked as current
that Slack did not take.
"""

from typing import Final

import structlog

from bot.drawn import Drawn
from bot.outbox.answers import FAILED_CALL, Means, Trouble, judge
from bot.outbox.backoff import Jitter, delay
from bot.outbox.drawn import Draw, Seen, look
from bot.outbox.ledger import Ledger
from bot.outbox.mail import Mail
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

    def __init__(self, ledger: Ledger, mail: Mail, draw: Draw, jitter: Jitter) -> None:
        self._ledger, self._mail, self._draw, self._jitter = ledger, mail, draw, jitter

    def redraw(self, message: Message) -> Trouble | None:
        """Draw it again; the trouble that Slack made, if any, is already written into the row."""
        seen = look(self._ledger.store, self._draw, message.id)
        if seen.drawn is None or seen.drawn.digest == message.drawn_hash:
            self._current(message, seen, message.drawn_hash)
            return None
        try:
            self._change(message, seen.drawn)
        except FAILED_CALL as error:
            return self._stumbled(message, seen, judge(error))
        self._current(message, seen, seen.drawn.digest)
        return None

    def _change(self, message: Message, drawn: Drawn) -> None:
        if message.channel and message.ts:
            self._mail.change(message.channel, message.ts, drawn)

    def _current(self, message: Message, seen: Seen, digest: str) -> None:
        self._ledger.settle(message, drawn_version=seen.version, drawn_hash=digest, attempts=0, last_error="")

    def _stumbled(self, message: Message, seen: Seen, trouble: Trouble) -> Trouble:
        now = self._ledger.now()
        if trouble.means is not Means.NEVER:
            waits = {
                Means.SLOWER: trouble.wait,
                Means.TOKEN: message.due_at - now,
            }.get(trouble.means, delay(message.attempts, jitter=self._jitter))
            self._ledger.settle(message, due_at=now + waits, last_error=trouble.words)
            return trouble
        _log.warning("message not redrawn", message_id=message.id, code=trouble.code)
        if trouble.code in _ABOUT_THE_DRAWING:
            self._ledger.settle(message, drawn_version=seen.version, last_error=trouble.words)
        else:
            self._ledger.settle(message, state=MessageState.PARKED, redrawn=False, last_error=trouble.words)
        return trouble
