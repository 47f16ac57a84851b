"""When nothing is tried for a while: Slack refuses the app's token, or does not answer at all.

While Slack is away only now and then one message is tried, and the others keep their turn. This lives in the
memory of one process. It must never fall silent over a message with which alone something is wrong.
"""

import threading
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.outbox.answers import Means, Trouble
from bot.outbox.backoff import Jitter, delay

TOKEN_PAUSE: Final = timedelta(seconds=30)
"""How long nothing is tried after Slack refused the app's token."""

AWAY_AFTER: Final = 3
"""So many different messages that failed, and none that got an answer in between, mean that Slack is away."""

AWAY_PAUSE: Final = timedelta(seconds=30)
"""The longest pause between two looks whether Slack is back."""

_log = structlog.get_logger(__name__)


class Silence:
    """Hears how each call went, and says for how long nothing is tried. Thread-safe."""

    def __init__(self, jitter: Jitter) -> None:
        self._jitter = jitter
        self._until: datetime | None = None
        self._token_trouble = ""
        self._failed: set[int | None] = set()
        self._looks = 0
        self._lock = threading.Lock()

    def left(self, now: datetime) -> timedelta:
        """How much longer nothing is tried."""
        until = self._until
        return max(until - now, timedelta(0)) if until else timedelta(0)

    @property
    def is_away(self) -> bool:
        """Whether Slack has stopped answering."""
        return self._looks > 0

    def problem(self) -> str | None:
        """What somebody must repair, in words, or None. That Slack is away is nobody's fault here."""
        return f"no message can leave: {self._token_trouble}" if self._token_trouble else None

    def heard(self, message_id: int | None, trouble: Trouble | None, now: datetime) -> None:
        """A call for this message went well, or as ``trouble`` says."""
        with self._lock:
            if trouble is not None and trouble.means is Means.TOKEN:
                self._refused(trouble, now)
            elif trouble is not None and _is_no_answer(trouble):
                self._unanswered(message_id, now)
            else:
                self._answered()

    def _refused(self, trouble: Trouble, now: datetime) -> None:
        self._token_trouble = trouble.words
        self._until = now + TOKEN_PAUSE
        _log.error("Slack refuses the token", code=trouble.code)

    def _unanswered(self, message_id: int | None, now: datetime) -> None:
        self._failed.add(message_id)
        if len(self._failed) < AWAY_AFTER:
            return
        if not self._looks:
            _log.warning("Slack does not answer")
        self._looks += 1
        self._until = now + delay(self._looks, longest=AWAY_PAUSE, jitter=self._jitter)

    def _answered(self) -> None:
        if self._looks:
            _log.warning("Slack answers again")
        self._until, self._token_trouble, self._looks = None, "", 0
        self._failed.clear()


def _is_no_answer(trouble: Trouble) -> bool:
    """Whether Slack itself is at fault, rather than this message or these settings."""
    return trouble.means is Means.UNSURE or (trouble.means is Means.LATER and not trouble.code)
