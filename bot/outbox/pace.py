"""How fast the outbox may go, so that Slack seldom has to say "slower".

This lives in the memory of one process and is a courtesy only: what Slack answers is what counts. It must
never decide the order of messages, and what one method has to wait for must never stop another.
"""

import threading
from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Final

POST: Final = "chat.postMessage"
WHISPER: Final = "chat.postEphemeral"
UPDATE: Final = "chat.update"
OPEN: Final = "conversations.open"
HISTORY: Final = "conversations.history"
REPLIES: Final = "conversations.replies"
BY_EMAIL: Final = "users.lookupByEmail"

TIER_3: Final = (UPDATE, OPEN, HISTORY, REPLIES)
BURST: Final = 10
"""So many calls of a method go at once after a quiet time: a rollback redraws its cards without waiting."""

_NOTHING: Final = timedelta(0)
_LONG_AGO: Final = datetime(2000, 1, 1, tzinfo=UTC)


class Bucket:
    """Lets ``burst`` go at once and after that one every ``each``."""

    def __init__(self, each: timedelta = _NOTHING, burst: int = 1) -> None:
        self._each, self._ahead = each, each * (burst - 1)
        self._next = _LONG_AGO

    def wait(self, now: datetime) -> timedelta:
        """How long until the next may go; zero when it may go now."""
        return max(self._next - self._ahead - now, _NOTHING)

    def take(self, now: datetime) -> None:
        """One goes now."""
        self._next = max(self._next, now) + self._each

    def hold(self, until: datetime) -> None:
        """Nothing goes before then."""
        self._next = max(self._next, until + self._ahead)


class Pace:
    """The figures are Slack's (SLACK.md): one post a second and channel, and tier 3 for most other methods.

    About four posts a second overall have been seen to pass. Tier 3 is 50 a minute: a burst of ten, and then
    one every 1.5 seconds, is never more in any minute. A little is left for calls that overtake each other
    on the way. ``Pace(0, 0, 0)`` holds nothing back. Arguments are seconds between two calls. Thread-safe.
    """

    def __init__(self, channel: float = 1.05, overall: float = 0.26, tier_3: float = 1.55) -> None:
        self._channel = timedelta(seconds=channel)
        self._methods: defaultdict[str, Bucket] = defaultdict(Bucket)
        self._methods[POST] = Bucket(timedelta(seconds=overall))
        self._methods |= {each: Bucket(timedelta(seconds=tier_3), BURST) for each in TIER_3}
        self._busy: dict[str, datetime] = {}
        self._sending: set[str] = set()
        self._too_fast: str | None = None
        self._lock = threading.Lock()

    def wait(self, method: str, now: datetime) -> timedelta:
        """How long until this method may be called; zero when it may be called now."""
        with self._lock:
            return self._methods[method].wait(now)

    def take(self, method: str, now: datetime) -> timedelta:
        """Take a turn at a method and return zero, or take none and say how long until there is one."""
        with self._lock:
            wait = self._methods[method].wait(now)
            if not wait:
                self._methods[method].take(now)
            return wait

    def busy(self, now: datetime) -> Collection[str]:
        """The recipients to whom nothing may be sent at this moment."""
        with self._lock:
            self._busy = {recipient: until for recipient, until in self._busy.items() if until > now}
            return self._sending | self._busy.keys()

    def until_someone_is_free(self, now: datetime) -> timedelta | None:
        """How long until the first of the busy recipients may get the next one; None when nobody is busy."""
        with self._lock:
            waits = [until - now for until in self._busy.values() if until > now]
            return min(waits, default=None)

    def sending(self, recipient: str) -> None:
        """A message is on its way there."""
        with self._lock:
            self._sending.add(recipient)

    def sent(self, recipient: str, now: datetime) -> None:
        """The call has ended, for better or worse. From now on Slack counts the second until the next."""
        with self._lock:
            self._sending.discard(recipient)
            if self._channel:
                self._free_at(recipient, now + self._channel)

    def fast_enough(self) -> None:
        """Slack took a post."""
        with self._lock:
            self._too_fast = None

    def slower(self, method: str, recipient: str, until: datetime) -> None:
        """Slack said until when a method may not be called.

        Of a post it does not say whether the channel was meant or the workspace. Two recipients in a row
        mean the workspace.
        """
        with self._lock:
            if method != POST:
                self._methods[method].hold(until)
                return
            self._free_at(recipient, until)
            if self._too_fast not in {None, recipient}:
                self._methods[POST].hold(until)
            self._too_fast = recipient

    def _free_at(self, recipient: str, at: datetime) -> None:
        self._busy[recipient] = max(at, self._busy.get(recipient, at))
