"""Pointers move one after another, rollbacks first, and nothing is claimed that was not read back."""

import hashlib
import threading
from collections.abc import Callable
from typing import Any

import pytest
from bench import Bench, Registry
from sqlmodel import col, select

from bot.connectors.protocol import (
    NeedsPerson,
    PointerElsewhere,
    Target,
    TargetRefused,
    TargetUnavailable,
    VersionMissing,
)
from bot.outbox.bell import Bell
from bot.outbox.crew import Crew, do_one
from bot.outbox.moves import Mover
from bot.outbox.outbox import MOVE_WORKERS
from bot.outbox.results import (
    Elsewhere,
    Landed,
    LiedTo,
    RefusedByTarget,
    Result,
    Unavailable,
    WaitingForPerson,
)
from storage.models import Move, MoveState, Purpose


def drain(mover: Mover) -> None:
    """Do everything that is due now."""
    while do_one(mover.find) is None:
        pass


TEN = 10
ROLL_BACK = {"purpose": Purpose.ROLL_BACK, "expected": "v2", "wanted": "v1"}


def test_a_move_lands_when_it_was_read_back(bench: Bench) -> None:
    """The pointer moves once, under the row's key, and settling hears that it stands there."""
    move_id = bench.write("k1")
    drain(bench.mover())
    assert bench.registries["refunds"].calls == [("production", "v2", "k1")]
    assert bench.results == [Landed("v2", reference="r1")]
    assert (bench.row(move_id).state, bench.row(move_id).lease_until) == (MoveState.DONE, None)


def test_what_is_so_already_is_not_moved(bench: Bench) -> None:
    """A move that an earlier attempt made is found and not made again."""
    bench.registries["refunds"].pointers["production"] = "v2"
    bench.write("k1")
    drain(bench.mover())
    assert bench.results == [Landed("v2", already=True)]
    assert bench.moved() == []


@pytest.mark.parametrize(
    ("trouble", "result"),
    [
        (NeedsPerson("Set it by hand."), WaitingForPerson("Set it by hand.")),
        (PointerElsewhere("v9", "It is at v9."), Elsewhere("v9", "It is at v9.")),
        (TargetRefused("No."), RefusedByTarget("No.")),
        (VersionMissing("v2", "No v2."), RefusedByTarget("No v2.", missing="v2")),
        (TargetUnavailable("It is down."), Unavailable("It is down.")),
    ],
)
def test_each_answer_of_a_target_is_told_as_it_is(
    bench: Bench, trouble: Exception | NeedsPerson, result: Result
) -> None:
    """Settling hears what the target said, and nothing that was not read back counts as landed."""
    bench.registries["refunds"].troubles = [trouble]
    bench.write("k1")
    drain(bench.mover())
    assert bench.results == [result]


def test_a_registry_that_lies_is_asked_again(bench: Bench) -> None:
    """A target that accepts and does nothing is not believed; the same key is sent until it is so."""
    registry = bench.registries["refunds"]
    registry.lies = True
    move_id = bench.write("k1")
    drain(bench.mover())
    assert bench.results == [LiedTo("v1")]
    assert "v1" in bench.row(move_id).last_error
    registry.lies = False
    bench.clock.forward(2)
    drain(bench.mover())
    assert bench.results[-1] == Landed("v2", reference="r1")
    assert {key for _, _, key in registry.calls} == {"k1"}


def test_a_fault_of_a_connector_is_tried_again(bench: Bench) -> None:
    """Whatever a connector raises, the move stays, with a fault id that the log explains."""
    bench.registries["refunds"].troubles = [ZeroDivisionError()]
    move_id = bench.write("k1")
    drain(bench.mover())
    assert "F-" in bench.row(move_id).last_error
    assert bench.row(move_id).state is MoveState.PENDING


@pytest.mark.parametrize(
    ("fields", "pauses"),
    [(ROLL_BACK, [1, 2, 4, 8, 16, 32, 60, 60]), ({}, [1, 2, 4, 8, 16, 32, 64, 128])],
)
def test_the_pause_grows_and_stays_short_for_rollbacks(
    bench: Bench, fields: dict[str, Any], pauses: list[int]
) -> None:
    """A rollback is tried at least each minute, for ever; other moves may wait longer."""
    registry = bench.registries["refunds"]
    registry.pointers["production"] = fields.get("expected", "v1")
    registry.troubles = [TargetUnavailable("It is down.")] * len(pauses)
    move_id, found = bench.write("k1", **fields), []
    for _ in pauses:
        drain(bench.mover())
        found.append((bench.row(move_id).due_at - bench.clock()).total_seconds())
        bench.clock.forward(found[-1])
    assert found == pauses
    drain(bench.mover())
    assert isinstance(bench.results[-1], Landed)


def test_what_goes_live_is_the_text_that_was_approved(bench: Bench) -> None:
    """A version whose text is another one by now is not moved to, and the result says so."""
    digest = hashlib.sha256(b"Be kind and brief.").hexdigest()
    bench.registries["refunds"].texts["v2"] = "Be rude."
    bench.write("k1", content_digest=digest)
    drain(bench.mover())
    (result,) = bench.results
    assert isinstance(result, RefusedByTarget)
    assert "is not what was approved" in result.words
    assert bench.moved() == []
    bench.registries["refunds"].texts["v2"] = "Be kind and brief."
    bench.write("k2", content_digest=digest)
    drain(bench.mover())
    assert isinstance(bench.results[-1], Landed)


def test_where_a_move_starts_is_kept_before_it_moves(bench: Bench) -> None:
    """A start that was not known is read once and stays, also when the move is tried again."""
    registry = bench.registries["refunds"]
    registry.pointers["production"] = "v7"
    registry.troubles = [TargetUnavailable("It is down.")]
    move_id = bench.write("k1", expected=None, expected_known=False)
    drain(bench.mover())
    assert (bench.row(move_id).expected, bench.row(move_id).expected_known) == ("v7", True)
    registry.pointers["production"] = "v8"
    bench.clock.forward(2)
    drain(bench.mover())
    assert isinstance(bench.results[-1], Elsewhere)


def test_a_rollback_goes_before_everything_else(bench: Bench) -> None:
    """Written last, it is made first, whichever workflow it is of."""
    bench.registries["support"].pointers["production"] = "v2"
    bench.write("deploy")
    bench.write("back", "support", **ROLL_BACK)
    mover = bench.mover()
    assert do_one(mover.find) is None
    assert bench.moved() == ["back"]


def test_a_rollback_overtakes_a_deploy_that_keeps_failing(bench: Bench) -> None:
    """A deploy that waits for its next attempt does not hold up a rollback of the same pointer."""
    registry = bench.registries["refunds"]
    registry.troubles = [TargetUnavailable("It is down.")]
    bench.write("deploy")
    drain(bench.mover())
    registry.pointers["production"] = "v2"
    bench.write("back", **ROLL_BACK)
    drain(bench.mover())
    assert registry.pointers["production"] == "v1"


def test_a_deploy_waits_while_a_rollback_of_its_pointer_is_not_done(bench: Bench) -> None:
    """Nothing is deployed over a rollback that is still being tried."""
    bench.registries["refunds"].pointers["production"] = "v2"
    bench.registries["refunds"].troubles = [TargetUnavailable("It is down.")]
    bench.write("back", **ROLL_BACK)
    drain(bench.mover())
    bench.write("deploy", expected="v1", wanted="v3")
    drain(bench.mover())
    assert bench.moved() == ["back"]
    bench.clock.forward(2)
    drain(bench.mover())
    assert bench.moved() == ["back", "back", "deploy"]


def test_an_older_deploy_is_not_made_while_a_rollback_waits_for_its_next_attempt(bench: Bench) -> None:
    """The order of writing does not let the bad version out again."""
    registry = bench.registries["refunds"]
    registry.troubles = [TargetUnavailable("It is down.")] * 3
    bench.write("deploy")
    drain(bench.mover())
    registry.pointers["production"] = "v2"
    bench.write("back", **ROLL_BACK)
    drain(bench.mover())
    bench.clock.forward(1)
    drain(bench.mover())
    assert bench.moved() == ["deploy", "back", "back"]
    bench.clock.forward(1)
    drain(bench.mover())
    assert bench.moved() == ["deploy", "back", "back"]


def test_rollbacks_of_one_pointer_keep_their_order(bench: Bench) -> None:
    """A second rollback waits for the first and then goes."""
    registry = bench.registries["refunds"]
    registry.pointers["production"] = "v2"
    registry.troubles = [TargetUnavailable("It is down.")]
    bench.write("back", **ROLL_BACK)
    bench.write("further", **ROLL_BACK | {"expected": "v1", "wanted": "v0"})
    drain(bench.mover())
    bench.clock.forward(2)
    drain(bench.mover())
    assert bench.moved() == ["back", "back", "further"]


def test_moves_of_one_pointer_keep_their_order(bench: Bench) -> None:
    """The second move of a pointer waits for the first, also for its next attempt."""
    registry = bench.registries["refunds"]
    registry.troubles = [TargetUnavailable("It is down.")]
    bench.write("first")
    bench.write("second", expected="v2", wanted="v3")
    drain(bench.mover())
    assert bench.moved() == ["first"]
    bench.clock.forward(2)
    drain(bench.mover())
    assert bench.moved() == ["first", "first", "second"]


def _blocking(inside: threading.Event, go_on: threading.Event) -> Callable[[Move], Target]:
    def open_target(move: Move) -> Target:
        del move
        inside.set()
        go_on.wait(10)
        raise TargetUnavailable("It was slow.")

    return open_target


def test_a_move_under_way_is_waited_for_even_when_it_was_cancelled(bench: Bench) -> None:
    """A rollback never races a deploy that a worker is making; other workflows go on beside it."""
    inside, go_on = threading.Event(), threading.Event()
    deploy = bench.write("deploy")
    slow = Mover(bench.store, _blocking(inside, go_on), lambda *_: None, bench.clock)
    thread = threading.Thread(target=do_one, args=(slow.find,))
    thread.start()
    assert inside.wait(10)
    bench.set_state(deploy, MoveState.CANCELLED)
    bench.registries["refunds"].pointers["production"] = "v2"
    bench.write("back", **ROLL_BACK)
    bench.write("other", "support")
    drain(bench.mover())
    assert bench.moved() == ["other"]
    go_on.set()
    thread.join(10)
    drain(bench.mover())
    assert bench.moved() == ["back", "other"]


def test_ten_rollbacks_at_once_ask_ten_targets_at_once(bench: Bench) -> None:
    """None waits for another: each target answers only once all ten were asked, and each is asked once."""
    all_asked, done = threading.Barrier(TEN, timeout=20), threading.Semaphore(0)
    names = [f"w{number}" for number in range(TEN)]
    for name in names:
        bench.registries[name] = Registry(pointers={"production": "v2"})
        bench.write(name, name, **ROLL_BACK)

    def open_target(move: Move) -> Target:
        all_asked.wait()
        return bench.target_of(move)

    def settle(move_id: int, result: Result) -> None:
        bench.settle(move_id, result)
        done.release()

    mover = Mover(bench.store, open_target, settle, bench.clock)
    crew = Crew("move", mover.find, Bell(), size=MOVE_WORKERS, gather=0)
    crew.start()
    try:
        assert all(done.acquire(timeout=20) for _ in names)
    finally:
        crew.ask_to_stop()
        assert crew.join(5)
    assert sorted(bench.moved()) == names
    assert {bench.registries[name].pointers["production"] for name in names} == {"v1"}


def test_a_move_that_was_not_settled_is_taken_up_again_after_its_lease(bench: Bench) -> None:
    """When settling fails, the row keeps its lease, and the next worker finds the pointer moved."""
    move_id = bench.write("k1")
    bench.settle_fails = 1
    with pytest.raises(RuntimeError, match="away"):
        do_one(bench.mover().find)
    assert bench.row(move_id).state is MoveState.PENDING
    drain(bench.mover())
    assert bench.results == []
    bench.clock.forward(61)
    drain(bench.mover())
    assert bench.results == [Landed("v2", already=True)]
    assert bench.moved() == ["k1"]


def test_a_move_that_waits_for_a_person_blocks_nothing(bench: Bench) -> None:
    """A rollback does not wait for somebody to confirm an older task."""
    bench.registries["refunds"].troubles = [NeedsPerson("Set it by hand.")]
    bench.write("deploy")
    drain(bench.mover())
    bench.registries["refunds"].pointers["production"] = "v2"
    bench.write("back", **ROLL_BACK)
    drain(bench.mover())
    assert bench.moved() == ["deploy", "back"]


def test_movers_share_the_moves(bench: Bench) -> None:
    """Several movers at once make each move once."""
    for number in range(12):
        bench.write(f"k{number}", "refunds" if number % 2 else "support", pointer=f"p{number}")
        for registry in bench.registries.values():
            registry.pointers[f"p{number}"] = "v1"
    threads = [threading.Thread(target=drain, args=(bench.mover(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with bench.store.reading() as session:
        states = set(session.exec(select(Move.state).order_by(col(Move.id))))
    assert states == {MoveState.DONE}
    assert len(bench.moved()) == 12
