"""One thread computes at a time, and nobody waits for one that waits for another system, or is slow."""

import gc
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from pydantic import SecretStr

from bot import outgoing
from bot.app import slack_client
from bot.pool import LONG, Pool, step_aside

PATIENCE = 20


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Four threads with one seat."""
    made = Pool(4)
    yield made
    made.shutdown()


def test_what_is_submitted_is_done_in_its_order_by_one_at_a_time(pool: Pool) -> None:
    """A thousand, and never two of them at once."""
    told: list[int] = []
    busy = threading.Lock()

    def work(number: int) -> int:
        assert busy.acquire(blocking=False), "two at a time"
        told.append(number)
        busy.release()
        return number

    futures = [pool.submit(work, number) for number in range(1_000)]
    assert [each.result(PATIENCE) for each in futures] == told == list(range(1_000))


def test_an_error_belongs_to_whoever_waits_for_the_result(pool: Pool) -> None:
    """And the thread goes on."""
    assert isinstance(pool.submit(int, "one").exception(PATIENCE), ValueError)
    assert pool.submit(lambda: 1).result(PATIENCE) == 1


def test_what_was_called_off_is_not_done(pool: Pool) -> None:
    """As when a client has gone before its turn."""
    go_on, done = threading.Event(), list[int]()
    first = pool.submit(go_on.wait, PATIENCE)
    second = pool.submit(done.append, 1)
    assert second.cancel()
    go_on.set()
    assert first.result(PATIENCE)
    assert pool.submit(lambda: list(done)).result(PATIENCE) == []


def test_whoever_steps_aside_lets_the_next_one_in(pool: Pool) -> None:
    """It waits for what only the next one does."""
    came = threading.Event()

    def wait() -> bool:
        step_aside()
        return came.wait(PATIENCE)

    waiting = pool.submit(wait)
    pool.submit(came.set)
    assert waiting.result(PATIENCE)


def test_as_many_as_there_are_threads_may_wait(pool: Pool) -> None:
    """Each gives its seat to the next, and the last one is still answered."""
    came = threading.Event()

    def wait() -> bool:
        step_aside()
        return came.wait(PATIENCE)

    waiting = [pool.submit(wait) for _ in range(3)]
    pool.submit(came.set)
    assert all(each.result(PATIENCE) for each in waiting)
    assert pool.submit(lambda: 1).result(PATIENCE) == 1


def test_nobody_waits_for_one_that_computes_for_long(pool: Pool) -> None:
    """The next one that comes after a while is let in beside it."""
    came = threading.Event()
    slow = pool.submit(came.wait, PATIENCE)  # without stepping aside
    end = threading.Event()
    assert not end.wait(2 * LONG)
    pool.submit(came.set)
    assert slow.result(PATIENCE)


def test_elsewhere_it_is_harmless_to_step_aside() -> None:
    """The outbox's threads use the same clients."""
    step_aside()


def test_with_two_seats_two_compute_at_a_time() -> None:
    """Each waits for the other without stepping aside."""
    pool, both = Pool(4, seats=2), threading.Barrier(2)
    waiting = [pool.submit(both.wait, LONG / 2) for _ in range(2)]
    assert sorted(each.result(PATIENCE) for each in waiting) == [0, 1]
    pool.shutdown()


def test_after_the_end_nothing_is_taken() -> None:
    """It would never be done."""
    pool = Pool(2)
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(int)


def threads() -> set[threading.Thread]:
    """Those of all pools."""
    return {each for each in threading.enumerate() if each.name.startswith("click-")}


def test_the_end_comes_after_all_that_was_submitted() -> None:
    """And no thread is left."""
    before = threads()
    pool, told = Pool(3), list[int]()
    for number in range(50):
        pool.submit(told.append, number)
    pool.shutdown()
    assert told == list(range(50))
    assert threads() <= before


def test_a_pool_that_nobody_has_any_more_leaves_no_thread() -> None:
    """Though it was not shut down."""
    before = threads()
    pool = Pool(3)
    assert pool.submit(lambda: 1).result(PATIENCE) == 1
    (mine,) = threads() - before
    del pool
    gc.collect()
    mine.join(PATIENCE)
    assert not mine.is_alive()


def test_no_more_threads_than_are_needed() -> None:
    """One, as long as none of them waits; then one more, which the next who waits finds there."""
    before, pool = threads(), Pool(4)
    for number in range(20):
        assert pool.submit(lambda one: one, number).result(PATIENCE) == number
    assert len(threads() - before) == 1
    for _ in range(5):
        assert pool.submit(step_aside).result(PATIENCE) is None
    assert len(threads() - before) == 2
    pool.shutdown()


@contextmanager
def _silent_until(came: threading.Event) -> Iterator[str]:
    """A system that answers nothing before something else has been done: its address."""
    with socket.create_server(("127.0.0.1", 0)) as bound:

        def answer() -> None:
            wire, _ = bound.accept()
            with wire:
                came.wait(PATIENCE)
                with suppress(OSError):
                    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
                    wire.sendall(b'Content-Length: 11\r\n\r\n{"ok":true}')

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        came.set()
        thread.join(PATIENCE)


def _of_slack(url: str) -> bool:
    return bool(slack_client(SecretStr("xoxb-x"), f"{url}/api/", PATIENCE).auth_test()["ok"])


def _of_a_target(url: str) -> bool:
    with outgoing.client(url, seconds=PATIENCE) as line:
        return line.get("/").status_code == httpx.codes.OK


@pytest.mark.parametrize("ask", [_of_slack, _of_a_target])
def test_a_click_that_waits_for_another_system_holds_nobody_up(
    pool: Pool, ask: Callable[[str], bool]
) -> None:
    """That system answers only once the next click was worked on."""
    came = threading.Event()
    with _silent_until(came) as url:
        waiting = pool.submit(ask, url)
        assert pool.submit(lambda: came.set() or True).result(PATIENCE / 2)
        assert waiting.result(PATIENCE)
