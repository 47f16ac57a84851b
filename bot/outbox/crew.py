"""Threads that look for one kind of work and do it, over and over, and sleep while there is none.

However many there are, one of the sleepers watches, and whoever finds something wakes the next to look for
more: so many targets are moved at once, and idle threads cost nothing. What fails is logged and tried again.
A thread must never die of what it works on.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.logs import fault_id
from bot.outbox.bell import Bell

POLL_SECONDS: Final = 1.0
"""How often the database is looked at though nobody rang: other processes write rows as well."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rest:
    """What a step has to say when it found nothing to do. ``deaf``: no ring can make it sooner."""

    seconds: float = POLL_SECONDS
    deaf: bool = False


Work = Callable[[], None]
Find = Callable[[], Work | Rest]
"""Takes one piece of work from the rows, so that nobody else finds it, or says for how long there is none."""


def do_one(find: Find) -> Rest | None:
    """Find one piece of work and do it, in this thread; or say for how long there is none."""
    found = find()
    if isinstance(found, Rest):
        return found
    found()
    return None


class Crew:
    """``size`` threads that share one way to find work.

    ``gather`` is how many seconds a woken thread waits before it looks, so that a thousand clicks do not
    mean a thousand looks at the database.
    """

    def __init__(self, name: str, find: Find, bell: Bell, *, size: int, gather: float) -> None:
        self._name, self._find, self._bell, self._size = name, find, bell, size
        self._gather = gather
        self._sleepers = threading.Condition()
        self._is_watched = False
        self._called = 0
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Let the threads work. A second call changes nothing."""
        if self._threads:
            return
        self._stopping.clear()
        for number in range(self._size):
            thread = threading.Thread(target=self._work, name=f"outbox-{self._name}-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def ask_to_stop(self) -> None:
        """No thread begins another step."""
        self._stopping.set()
        self._bell.ring()
        with self._sleepers:
            self._sleepers.notify_all()

    def join(self, timeout: float) -> bool:
        """Wait for the threads to end, and say whether all did. What is under way keeps its lease."""
        until = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        return not self._threads

    def problem(self) -> str | None:
        """Why this crew does not work, in words, or None."""
        dead = sum(not thread.is_alive() for thread in self._threads)
        return f"{dead} of {self._size} {self._name} workers have ended" if dead else None

    def _work(self) -> None:
        while not self._stopping.is_set():
            heard = self._bell.count
            found = self._look()
            if isinstance(found, Rest):
                self._sleep(found, heard)
            else:
                self._call_next()
                self._do(found)

    def _look(self) -> Work | Rest:
        try:
            return self._find()
        except Exception:  # noqa: BLE001  as in _do
            return self._failed()

    def _do(self, work: Work) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001  a worker outlives whatever its work may raise; the row's lease gives it back
            self._stopping.wait(self._failed().seconds)

    def _failed(self) -> Rest:
        _log.exception("outbox step failed", fault=fault_id(), crew=self._name)
        return Rest(deaf=True)

    def _call_next(self) -> None:
        """There may be more: one of those that sleep looks at once."""
        with self._sleepers:
            self._called += 1
            self._sleepers.notify()

    def _sleep(self, rest: Rest, heard: int) -> None:
        """Watch, or sleep until called where another one watches already."""
        with self._sleepers:
            if self._is_watched:
                called = self._called
                self._sleepers.wait_for(
                    lambda: self._called != called or not self._is_watched or self._stopping.is_set()
                )
                return
            self._is_watched = True
        try:
            if rest.deaf:
                self._stopping.wait(rest.seconds)
            else:
                self._bell.wait_beyond(heard, rest.seconds)
                self._stopping.wait(self._gather)
        finally:
            with self._sleepers:
                self._is_watched = False
