"""How fast the outbox may go, so that Slack seldom has to say "slower".

This lives in the memory of one process and is a courtesy only: what Slack answers is what counts, and it is
kept in the rows. It must never decide the order of messages.
"""

import threading
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Bucket:
    """Lets ``burst`` go at once and after that one every ``each``."""

    def __init__(self, each: timedelta, burst: int = 1) -> None:
        self._each, self._ahead = each, each * (burst - 1)
        self._next = _LONG_AGO

    def wait(self, now: datetime) -> timedelta:
        """How long until the next may go; zero when it may go now."""
        return max(self._next - self._ahead - now, timedelta(0))

    def take(self, now: datetime) -> None:
        """One goes now."""
        self._next = max(self._next, now) + self._each

    def hold(self, until: datetime) -> None:
        """Nothing goes before then."""
        self._next = max(self._next, until + self._ahead)


class Pace:
    """The figures are Slack's (SLACK.md): one post a second and channel, and tier 3 for changed messages.

    About four posts a second overall have been seen to pass. ``Pace(0, 0, 0)`` holds nothing back. All
    arguments are seconds between two calls. Thread-safe.
    """

    def __init__(self, channel: float = 1.0, overall: float = 0.25, updates: float = 1.1) -> None:
        self._channel = timedelta(seconds=channel)
        self._posts = Bucket(timedelta(seconds=overall), burst=4)
        # Tier 3 is 50 a minute and lets short bursts pass; a rollback redraws its cards at once.
        self._updates = Bucket(timedelta(seconds=updates), burst=15)
        self._busy: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def until_post(self, now: datetime) -> timedelta:
        """How long until any message may be posted."""
        with self._lock:
            return self._posts.wait(now)

    def until_update(self, now: datetime) -> timedelta:
        """How long until any message may be changed."""
        with self._lock:
            return self._updates.wait(now)

    def busy(self, now: datetime) -> Collection[str]:
        """The recipients who have just been sent something."""
        with self._lock:
            self._busy = {recipient: until for recipient, until in self._busy.items() if until > now}
            return list(self._busy)

    def until_someone_is_free(self, now: datetime) -> timedelta | None:
        """How long until the first of the busy recipients may get the next one; None when nobody is busy."""
        with self._lock:
            return min(self._busy.values()) - now if self._busy else None

    def posted(self, recipient: str, now: datetime) -> None:
        """A message is about to be posted."""
        with self._lock:
            self._posts.take(now)
            if self._channel:
                self._busy[recipient] = now + self._channel

    def updated(self, now: datetime) -> None:
        """A message is about to be changed."""
        with self._lock:
            self._updates.take(now)

    def hold_updates(self, until: datetime) -> None:
        """Slack said for how long no message may be changed."""
        with self._lock:
            self._updates.hold(until)
