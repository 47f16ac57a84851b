"""The clock: one tick every few seconds, and what is due is done.

It holds no schedule that matters. Each job decides from the database whether something is due, so that any
process may be killed at any time and several may tick at once. It must never keep a due time in memory that
a row should hold.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.jobstores.memory import MemoryJobStore  # type: ignore[import-untyped]  # has no types
from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]  # the same

from bot.logs import fault_id

EVERY: Final = timedelta(seconds=5)
"""How often the clock ticks."""

TOO_OLD: Final = timedelta(seconds=90)
"""A last good tick older than this means that the clock stands still."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """Something to look after. ``call`` asks the database what is due, does it, and may be called too often.

    Its first call is at the first tick, later ones when ``every`` has passed since the one before.
    """

    name: str
    every: timedelta
    call: Callable[[], object]


class Clock:
    """Ticks in a thread of its own once started; ``tick()`` does the same by hand."""

    def __init__(self, jobs: Sequence[Job], now: Callable[[], datetime], *, every: timedelta = EVERY) -> None:
        self._jobs, self._now, self._every = tuple(jobs), now, every
        self._last_call: dict[str, datetime] = {}
        self._failing: dict[str, str] = {}
        self._last_good = now()
        self._one_tick = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Tick from now on, the first time at once."""
        scheduler = BackgroundScheduler(jobstores={"default": MemoryJobStore()}, timezone=UTC)
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=self._every.total_seconds(),
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
        scheduler.start()
        self._scheduler = scheduler

    def stop(self) -> None:
        """Tick no more, and wait for the tick that is under way."""
        if self._scheduler is not None:
            self._scheduler.shutdown()
            self._scheduler = None

    def tick(self) -> None:
        """Call every job whose time has come. One that fails is logged and stops no other."""
        with self._one_tick:
            now = self._now()
            for job in self._jobs:
                last = self._last_call.get(job.name)
                if last is None or now - last >= job.every:
                    self._last_call[job.name] = now
                    self._call(job)
            self._last_good = self._now()

    def age_seconds(self) -> float:
        """Seconds since the last tick that came to its end."""
        return (self._now() - self._last_good).total_seconds()

    def failing(self) -> dict[str, str]:
        """The jobs whose last call failed, by name, with the id of the fault in the log."""
        return dict(self._failing)

    def problem(self) -> str | None:
        """Why nothing is done in time, in words for the readiness page, or None."""
        age = self.age_seconds()
        return f"the clock has stood still for {age:.0f} seconds" if age > TOO_OLD.total_seconds() else None

    def _call(self, job: Job) -> None:
        try:
            job.call()
        except Exception:  # noqa: BLE001  one job's failure must not stop the others, nor the clock
            self._failing[job.name] = fault_id()
            _log.exception("job failed", fault=self._failing[job.name], job=job.name)
        else:
            self._failing.pop(job.name, None)
