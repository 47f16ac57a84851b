"""Threads that do one kind of step over and over, and sleep while there is nothing to do.

A step that fails is logged and tried again. A thread must never die of what it works on.
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


Step = Callable[[], Rest | None]
"""Does one piece of work and returns None, or says for how long there is none."""


class Crew:
    """``size`` threads that share one step.

    ``gather`` is how many seconds a woken thread waits before it looks, so that a thousand clicks do not
    mean a thousand looks at the database.
    """

    def __init__(self, name: str, step: Step, bell: Bell, *, size: int, gather: float) -> None:
        self._name, self._step, self._bell, self._size = name, step, bell, size
        self._gather = gather
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
            rest = self._one()
            if rest is None:
                continue
            if rest.deaf:
                self._stopping.wait(rest.seconds)
                continue
            self._bell.wait_beyond(heard, rest.seconds)
            self._stopping.wait(self._gather)

    def _one(self) -> Rest | None:
        try:
            return self._step()
        except Exception:  # noqa: BLE001  a worker outlives whatever its work may raise; the row's lease gives it back
            _log.exception("outbox step failed", fault=fault_id(), crew=self._name)
            return Rest(deaf=True)
