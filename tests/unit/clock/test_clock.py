"""The clock ticks, calls what is due, and survives what it calls."""

import threading
from datetime import UTC, datetime, timedelta
from time import monotonic

import pytest
import time_machine

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


class Steady:
    """Seconds that pass only by hand, whatever the time of day."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """The seconds."""
        return self.seconds


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
    time, steady, called, broken = Time(), Steady(), list[str](), [True]

    def sometimes() -> None:
        if broken[0]:
            raise ZeroDivisionError

    clock = Clock(
        [
            Job("sometimes", timedelta(seconds=5), sometimes),
            Job("always", timedelta(seconds=5), lambda: called.append("always")),
        ],
        time,
        steady=steady,
    )
    steady.seconds += 60
    clock.tick()
    assert called == ["always"]
    assert clock.failing()["sometimes"].startswith("F-")
    assert clock.age_seconds() == 0
    broken[0] = False
    time.forward(5)
    clock.tick()
    assert clock.failing() == {}


def test_the_age_of_the_last_tick_is_part_of_readiness() -> None:
    """A clock that stands still for twenty seconds is a problem, until it ticks again."""
    steady = Steady()
    clock = Clock([], Time(), steady=steady)
    clock.tick()
    steady.seconds += 20
    assert (clock.age_seconds(), clock.problem()) == (20, None)
    steady.seconds += 1
    assert clock.problem() == "the clock has stood still for 21 seconds"
    clock.tick()
    assert clock.problem() is None


@pytest.mark.parametrize("jump", [86_400, -86_400])
def test_a_clock_that_was_set_is_no_problem_and_hides_none(jump: int) -> None:
    """Whether the clock stands still is counted in seconds that nobody sets."""
    time, steady = Time(), Steady()
    clock = Clock([], time, steady=steady)
    clock.tick()
    time.forward(jump)
    assert clock.problem() is None
    steady.seconds += 21
    assert clock.problem() is not None


def test_a_job_is_called_again_when_the_clock_was_set_back() -> None:
    """Nobody knows what has passed; waiting until the old time comes again could be for ever."""
    time, called = Time(), list[datetime]()
    clock = Clock([Job("job", timedelta(minutes=1), lambda: called.append(time.value))], time)
    clock.tick()
    time.forward(-3_600)
    clock.tick()
    clock.tick()
    assert len(called) == 2


def test_a_job_that_hangs_is_named_and_holds_up_no_other() -> None:
    """The clock goes on beside it; after five minutes readiness names it, and it is not called once more."""
    steady, hanging, others = Steady(), threading.Event(), threading.Semaphore(0)
    calls = list[str]()

    def hang() -> None:
        calls.append("hang")
        hanging.wait(30)

    jobs = [Job("hangs", timedelta(0), hang), Job("other", timedelta(0), others.release)]
    clock = Clock(jobs, lambda: datetime.now(UTC), every=timedelta(milliseconds=20), steady=steady)
    clock.start()
    try:
        assert all(others.acquire(timeout=5) for _ in range(5))
        assert clock.problem() is None
        steady.seconds += 301
        until = monotonic() + 5
        while clock.problem() != "hangs has not ended for 301 seconds":
            assert monotonic() < until, clock.problem()
            others.acquire(timeout=1)
        assert calls == ["hang"]
    finally:
        hanging.set()
        clock.stop()


@pytest.mark.parametrize("jump", [timedelta(days=-1), timedelta(hours=1)])
def test_a_started_clock_goes_on_when_the_machine_s_clock_is_set(jump: timedelta) -> None:
    """APScheduler reckons in times of day; set back by a day, it must not sleep for one."""
    ticks = threading.Semaphore(0)
    clock = Clock(
        [Job("job", timedelta(0), ticks.release)],
        lambda: datetime.now(UTC),
        every=timedelta(milliseconds=20),
    )
    clock.start()
    try:
        assert ticks.acquire(timeout=5)
        with time_machine.travel(datetime.now(UTC) + jump, tick=True):
            assert all(ticks.acquire(timeout=5) for _ in range(5))
    finally:
        clock.stop()


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
