"""The clock: every few seconds it looks whether anything is due, and has it done.

It holds no schedule that matters. Each job decides from the database whether something is due, so that any
process may be killed at any time and several may tick at once. It must never keep a due time in memory that
a row should hold, nor stand still because the machine's clock was set to another time.
"""

import threading
import time
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

TOO_OLD: Final = timedelta(seconds=20)
"""A last tick older than this means that the clock stands still. Readiness must say so within 30 seconds."""

TOO_LONG: Final = timedelta(minutes=5)
"""A job that takes longer hangs. Reading every group and account of a Slack that is merely slow does not."""

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
    """Ticks in threads of its own once started; ``tick()`` does the same by hand.

    ``now`` is the time by which jobs are due. ``steady`` gives seconds that no setting of a clock alters: how
    long something takes is counted in those.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        now: Callable[[], datetime],
        *,
        every: timedelta = EVERY,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs, self._now, self._every, self._steady = tuple(jobs), now, every, steady
        self._last_call: dict[str, datetime] = {}
        self._running: dict[str, float] = {}
        self._failing: dict[str, str] = {}
        self._last_tick = steady()
        self._state = threading.Lock()
        self._scheduler: BackgroundScheduler | None = None

    def start(self) -> None:
        """Tick from now on, the first time at once. Each job has its thread: one that waits holds up none."""
        scheduler = _Scheduler(self._every)
        for each in (self._beat, *(self._call_of(job) for job in self._jobs)):
            scheduler.repeat(each)
        scheduler.start()
        self._last_tick, self._scheduler = self._steady(), scheduler

    def stop(self) -> None:
        """Tick no more, and wait for the jobs that are under way."""
        if self._scheduler is not None:
            self._scheduler.shutdown()
            self._scheduler = None

    def tick(self) -> None:
        """Call every job whose time has come. One that fails is logged and stops no other."""
        for job in self._jobs:
            self._look_after(job)
        self._beat()

    def age_seconds(self) -> float:
        """Seconds since the last tick."""
        return self._steady() - self._last_tick

    def failing(self) -> dict[str, str]:
        """The jobs whose last call failed, by name, with the id of the fault in the log."""
        return dict(self._failing)

    def problem(self) -> str | None:
        """Why something is not done in time, in words for the readiness page, or None."""
        age = self.age_seconds()
        if age > TOO_OLD.total_seconds():
            return f"the clock has stood still for {age:.0f} seconds"
        with self._state:
            began = min(self._running.items(), key=lambda each: each[1], default=None)
        if began is not None and self._steady() - began[1] > TOO_LONG.total_seconds():
            return f"{began[0]} has not ended for {self._steady() - began[1]:.0f} seconds"
        return None

    def _beat(self) -> None:
        self._last_tick = self._steady()

    def _call_of(self, job: Job) -> Callable[[], None]:
        return lambda: self._look_after(job)

    def _look_after(self, job: Job) -> None:
        """Call a job if it is due, unless it is still at work."""
        with self._state:
            if job.name in self._running or not self._is_due(job):
                return
            self._running[job.name] = self._steady()
        try:
            self._call(job)
        finally:
            with self._state:
                del self._running[job.name]

    def _is_due(self, job: Job) -> bool:
        """By the time of day; where that was set back, it is called, since nobody knows what has passed."""
        now, last = self._now(), self._last_call.get(job.name)
        if last is not None and last <= now < last + job.every:
            return False
        self._last_call[job.name] = now
        return True

    def _call(self, job: Job) -> None:
        try:
            job.call()
        except Exception:  # noqa: BLE001  one job's failure must not stop the others, nor the clock
            self._failing[job.name] = fault_id()
            _log.exception("job failed", fault=self._failing[job.name], job=job.name)
        else:
            self._failing.pop(job.name, None)


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]  # has no types
    """APScheduler. It reckons in times of day, and would sleep for an hour that a clock was set back by."""

    def __init__(self, every: timedelta) -> None:
        super().__init__(jobstores={"default": MemoryJobStore()}, timezone=UTC)
        self._each = every

    def repeat(self, call: Callable[[], None]) -> None:
        """Call this at once and then in each interval, also while an earlier call is still at work."""
        self.add_job(
            call,
            "interval",
            seconds=self._each.total_seconds(),
            next_run_time=datetime.now(UTC),
            max_instances=2,
            coalesce=True,
            misfire_grace_time=None,
        )

    def _process_jobs(self) -> float:
        """Look at least once in each interval, and bring near what a clock that was set has moved away."""
        now = datetime.now(UTC)
        for job in self.get_jobs():
            if abs(job.next_run_time - now) > self._each:
                job.modify(next_run_time=now)
        wait: float | None = super()._process_jobs()
        longest = self._each.total_seconds()
        return longest if wait is None else min(wait, longest)
