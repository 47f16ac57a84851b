"""The clock ticks, calls what is due, and survives what it calls."""

import threading
from datetime import UTC, datetime, timedelta

from bot.clock import Clock, Job


class Time:
    """A time that stands still until it is moved."""

    def __init__(self) -> None:
        self.value = datetime(2026, 1, 5, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.value

    def forward(self, seconds: float) -> None:
        """Move it on."""
        self.value += timedelta(seconds=seconds)


def test_each_job_is_called_at_first_and_then_in_its_own_time() -> None:
    """The first tick calls everything, later ones what is due."""
    time, called = Time(), list[str]()
    clock = Clock(
        [
            Job("often", timedelta(seconds=5), lambda: called.append("often")),
            Job("seldom", timedelta(minutes=10), lambda: called.append("seldom")),
        ],
        time,
    )
    clock.tick()
    time.forward(5)
    clock.tick()
    time.forward(1)
    clock.tick()
    time.forward(600)
    clock.tick()
    assert called == ["often", "seldom", "often", "often", "seldom"]


def test_a_job_that_fails_stops_no_other() -> None:
    """The others are called, the tick counts, and the failure has an id until the job is well again."""
    time, called, broken = Time(), list[str](), [True]

    def sometimes() -> None:
        if broken[0]:
            raise ZeroDivisionError

    clock = Clock(
        [
            Job("sometimes", timedelta(seconds=5), sometimes),
            Job("always", timedelta(seconds=5), lambda: called.append("always")),
        ],
        time,
    )
    clock.tick()
    assert called == ["always"]
    assert clock.failing()["sometimes"].startswith("F-")
    assert clock.age_seconds() == 0
    broken[0] = False
    time.forward(5)
    clock.tick()
    assert clock.failing() == {}


def test_the_age_of_the_last_good_tick_is_part_of_readiness() -> None:
    """A clock that stands still for a minute and a half is a problem, until it ticks again."""
    time = Time()
    clock = Clock([], time)
    clock.tick()
    time.forward(60)
    assert (clock.age_seconds(), clock.problem()) == (60, None)
    time.forward(31)
    assert clock.problem() == "the clock has stood still for 91 seconds"
    clock.tick()
    assert clock.problem() is None


def test_a_started_clock_ticks_by_itself_until_it_is_stopped() -> None:
    """The first tick comes at once, further ones follow, and none after the stop."""
    ticks = threading.Semaphore(0)
    clock = Clock(
        [Job("job", timedelta(0), ticks.release)],
        lambda: datetime.now(UTC),
        every=timedelta(milliseconds=20),
    )
    clock.start()
    assert all(ticks.acquire(timeout=5) for _ in range(3))
    clock.stop()
    while ticks.acquire(blocking=False):
        pass
    assert not ticks.acquire(timeout=0.1)
