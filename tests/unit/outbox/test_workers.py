"""The threads of the outbox: woken at once, stopped in order, and hard to kill."""

import threading
import time
from typing import Any, cast

import pytest
from desk import ANA, Desk

from bot.outbox.bell import Bell
from bot.outbox.crew import Crew, Rest, Work
from bot.outbox.messages import Postman
from bot.outbox.moves import Mover
from bot.outbox.outbox import Outbox
from bot.outbox.pace import Pace


def no_moves(desk: Desk) -> Mover:
    """A mover that has nothing to move."""
    return Mover(desk.store, cast("Any", None), lambda *_: None, desk.clock)


def test_a_running_outbox_sends_what_is_written(desk: Desk) -> None:
    """Once started, the threads take what is due, and end when they are asked to."""
    outbox = Outbox(desk.postman(), no_moves(desk))
    outbox.start()
    outbox.start()
    try:
        seen = desk.slack.revision
        desk.write("hello", ANA)
        outbox.wake()
        while not desk.direct(ANA):
            seen = desk.slack.wait_for_change(seen, 5)
        assert outbox.problem() is None
    finally:
        assert outbox.stop()
    assert [each.text for each in desk.direct(ANA)] == ["hello"]


def test_a_ring_wakes_a_worker_at_once() -> None:
    """A worker that found nothing to do for a minute looks again when it rings."""
    bell, looks = Bell(), threading.Semaphore(0)

    def find() -> Rest:
        looks.release()
        return Rest(60)

    crew = Crew("test", find, bell, size=1, gather=0)
    crew.start()
    assert looks.acquire(timeout=5)
    bell.ring()
    assert looks.acquire(timeout=5)
    crew.ask_to_stop()
    assert crew.join(5)


def test_drain_does_all_that_is_due_and_leaves_the_rest(desk: Desk) -> None:
    """Draining waits for the pace, not for the next attempt of what failed."""
    desk.write("one")
    desk.write("fails", ANA)
    desk.slack.faults.fail_next("conversations.open", 500)
    outbox = Outbox(desk.postman(), no_moves(desk))
    assert outbox.drain(10)
    assert desk.texts() == ["one"]
    assert desk.direct(ANA) == []


def test_drain_says_when_it_was_not_done(desk: Desk) -> None:
    """With its time up and something still due, draining answers False."""
    desk.write("one")
    desk.write("two")
    outbox = Outbox(desk.postman(pace=Pace(60, 0, 0)), no_moves(desk))
    assert not outbox.drain(0)


@pytest.mark.parametrize("where", ["looking", "working"])
def test_what_raises_does_not_end_its_worker(where: str) -> None:
    """A worker goes on after a fault, of its looking or of its work, and the crew is well."""
    bell, done, failed = Bell(), threading.Event(), threading.Event()

    def fail() -> None:
        failed.set()
        raise OSError("the disk was full")

    def find() -> Work | Rest:
        if failed.is_set():
            done.set()
            return Rest()
        if where == "working":
            return fail
        fail()
        return Rest()

    crew = Crew("test", find, bell, size=1, gather=0)
    crew.start()
    assert done.wait(5)
    assert crew.problem() is None
    crew.ask_to_stop()
    assert crew.join(5)


def test_one_sleeper_looks_for_all_and_whoever_finds_something_wakes_the_next() -> None:
    """Ten pieces of work that come at once are worked on at once, each by a thread; then one looks again."""
    bell, all_at_work = Bell(), threading.Barrier(11, timeout=5)
    left, looks, state = 0, 0, threading.Lock()

    def find() -> Work | Rest:
        nonlocal left, looks
        with state:
            looks += 1
            if not left:
                return Rest(60)
            left -= 1
        return lambda: all_at_work.wait() and None

    def looked() -> int:
        with state:
            return looks

    crew = Crew("test", find, bell, size=10, gather=0)
    crew.start()
    while looked() < 10:
        time.sleep(0.01)
    with state:
        left = 10
    bell.ring()
    all_at_work.wait()
    while looked() < 30:
        time.sleep(0.01)
    before = looked()
    bell.ring()
    while looked() == before:
        time.sleep(0.01)
    crew.ask_to_stop()
    assert crew.join(5)
    assert looked() == before + 1


def test_a_ring_while_busy_is_not_lost() -> None:
    """Whoever was busy while it rang does not fall asleep afterwards."""
    bell = Bell()
    heard = bell.count
    bell.ring()
    began = time.monotonic()
    bell.wait_beyond(heard, 5)
    assert time.monotonic() - began < 1


def test_the_outbox_says_what_is_wrong_with_it(desk: Desk) -> None:
    """Readiness hears of a refused token through the outbox."""
    desk.write("one")
    outbox = Outbox(Postman(desk.store, desk.client("xoxb-wrong"), desk.draw, desk.clock), no_moves(desk))
    assert outbox.problem() is None
    assert outbox.drain(5)
    assert "token" in str(outbox.problem())
