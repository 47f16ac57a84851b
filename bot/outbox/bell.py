"""Wakes sleeping workers. A ring is never lost: whoever was busy while it rang does not sleep after it."""

import threading


class Bell:
    """Rung after each commit that left something to do."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._rung = 0

    @property
    def count(self) -> int:
        """How often it has rung. Read it before looking for work."""
        with self._condition:
            return self._rung

    def ring(self) -> None:
        """Wake everyone who waits."""
        with self._condition:
            self._rung += 1
            self._condition.notify_all()

    def wait_beyond(self, count: int, timeout: float) -> None:
        """Sleep until it has rung more often than ``count``, at most ``timeout`` seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._rung > count, timeout)
