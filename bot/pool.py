"""The threads that work on clicks, of which one computes at a time.

Python runs one thread at a time anyway, and sixteen that want to run spend much of it on taking turns: 1,000
clicks at once were answered in 3.2 seconds by sixteen and in 1.8 by one (docs/performance.md). But one thread
that waits for Slack, or for a target, must not hold up everybody. So a thread works while it has a seat, and
gives the seat up for good before it waits for another system: the next one takes it. Whoever computes for
long loses the seat to the next one as well, and ends without.
"""

import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, Final, TypeVar

T = TypeVar("T")

LONG: Final = 0.1
"""Seconds after which a thread is not waited for any more; a click takes three thousandths."""


class Pool(Executor):
    """At most ``threads``, of which ``seats`` compute at a time. What is submitted is begun in its order."""

    def __init__(self, threads: int, seats: int = 1) -> None:
        self._room, self._is_over = _Room(threads, seats), False
        # Whoever forgets to shut it down leaves no thread behind.
        weakref.finalize(self, self._room.work.put, None)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:  # noqa: ANN401  the executor's own
        """Let a thread call it. Whoever has been at something for long is not waited for.

        Raises RuntimeError after the shutdown.
        """
        if self._is_over:
            raise RuntimeError("the pool was shut down")
        future: Future[T] = Future()

        def work() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = fn(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001  it is for whoever waits for the result
                future.set_exception(error)
            else:
                future.set_result(result)

        self._room.work.put(work)
        self._room.see_to_it()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002, ARG002  the executor's own
        """End once everything that was submitted is done."""
        self._is_over = True
        self._room.work.put(None)
        for each in self._room.threads if wait else ():
            each.join()


class _Room:
    """What the threads share: the work, the seats, and who is there."""

    def __init__(self, most: int, seats: int) -> None:
        self.work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.threads: list[_Thread] = []
        self._most = most
        self._free, self._changing = seats, threading.Condition()

    def see_to_it(self) -> None:
        """Somebody is there for the next piece of work, beside whoever has been at something for long."""
        late = time.monotonic() - LONG
        for each in self.threads:
            began = each.began
            if each.has_seat and began is not None and began < late:
                self.give_up(each)
        if self._free:
            with self._changing:
                self._fill()

    def take(self, thread: "_Thread") -> None:
        """Wait for a seat, unless the thread has kept its own since the last piece of work."""
        with self._changing:
            if thread.has_seat:
                return
            self._changing.wait_for(lambda: self._free > 0)
            self._free -= 1
            thread.has_seat = True

    def give_up(self, thread: "_Thread") -> None:
        """Let the next one in; the thread goes on all the same. From any thread."""
        with self._changing:
            if thread.has_seat:
                thread.has_seat = False
                self._free += 1
                self._changing.notify()
                self._fill()

    def _fill(self) -> None:
        """Another thread for a free seat that none of the others waits for."""
        waiting = sum(each.began is None and not each.has_seat for each in self.threads)
        if self._free > waiting and len(self.threads) < self._most:
            self.threads.append(_Thread(self, f"click-{len(self.threads)}"))
            self.threads[-1].start()


class _Thread(threading.Thread):
    def __init__(self, room: _Room, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self._room, self.has_seat = room, False
        self.began: float | None = None
        """When it began what it is at; None between two things."""

    def run(self) -> None:
        while True:
            self._room.take(self)
            work = self._room.work.get()
            if work is None:
                self._room.work.put(None)  # the others end as well
                self._room.give_up(self)
                return
            self.began = time.monotonic()
            work()
            self.began = None
            del work  # what it refers to is not kept until the next click

    def step_aside(self) -> None:
        """Give up the seat before a wait."""
        self._room.give_up(self)


def step_aside() -> None:
    """To be called before waiting for another system: whoever is next works meanwhile. Harmless elsewhere."""
    thread = threading.current_thread()
    if isinstance(thread, _Thread):
        thread.step_aside()
