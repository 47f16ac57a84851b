"""What may go wrong around a process that lives on: database, Slack and target fail at any point.

Each story is told a few times, and each time other points fail, until every one has; ``make soak`` lets each
fail alone. The story ends as it would have, and nobody is told or moved twice.
"""

import random
import resource
import sqlite3
import time
from collections.abc import Callable, Iterator

import pytest
from sqlmodel import select

from bot.connectors.protocol import TargetUnavailable
from storage.models import Message, MessageState
from tests.crash.chapters import (
    CHAPTERS,
    HIGH_CANARY,
    HIGH_LIVE,
    HIGH_PROPOSED,
    HIGH_RESTORED,
    HIGH_ROLLED_BACK,
    HIGH_STOPPED,
    LOW_LIVE,
    LOW_PROPOSED,
    LOW_RESTORED,
    LOW_ROLLED_BACK,
    MEDIUM_LIVE,
    MEDIUM_PROPOSED,
    Chapter,
    beginning,
)
from tests.crash.edges import CutError
from tests.crash.outcome import Outcome, assert_whole, outcome
from tests.crash.points import Harm, Points, Side, counting
from tests.crash.town import Addresses, town_from
from tests.sizes import TIMES

ONE_IN = 5
"""In one telling one in so many points fails."""
Act = Callable[[], object]


def told(chapter: Chapter, at: Addresses, points: Points) -> Outcome:
    """Tell the chapter with these points, and say how it ended."""
    with town_from(beginning(chapter, at), at, points) as town:
        chapter.tell(town)
        assert town.deaths == 0
        assert_whole(town)
        return outcome(town)


def tellings(count: int) -> Iterator[frozenset[int]]:
    """Which points fail in which telling: each in one of them, and in no rhythm."""
    points = list(range(1, count + 1))
    random.Random(count).shuffle(points)  # noqa: S311  no secret
    apart = count if TIMES > 1 else ONE_IN
    for first in range(apart):
        yield frozenset(points[first::apart])


def assert_ends_the_same(
    chapter: Chapter, at: Addresses, kinds: set[str], harm: Harm, *, lenient: bool = False
) -> None:
    """Let each point of these kinds fail, and hold the end against that of the undisturbed story.

    ``lenient``: a move that could not be made or noted is tried again, which counts as a version more.
    """
    quiet = counting(frozenset(kinds))
    expected = told(chapter, at, quiet)
    struck = 0
    for due in tellings(len(quiet.seen)):
        points = Points(frozenset(kinds), harm, due.__contains__)
        found = told(chapter, at, points)
        struck += len(points.struck)
        if lenient:
            assert found.without_tries() == expected.without_tries(), f"{sorted(due)}: {points.struck}"
        else:
            assert found == expected, f"{sorted(due)}: {points.struck}"
    assert struck > len(quiet.seen) / 2  # a story that ends another way may not come to its last points


def busy(at: Addresses) -> Harm:
    """Another program holds the write lock when a transaction begins, or the commit is told to come later."""

    def harm(name: str, act: Act) -> object:
        if name == "commit":
            raise sqlite3.OperationalError("database is locked")
        rival = sqlite3.connect(at.folder / "app.db", isolation_level=None)
        rival.execute("BEGIN IMMEDIATE")
        try:
            return act()
        finally:
            rival.close()

    return harm


def no_room(_name: str, act: Act) -> object:
    """The operating system lets no file grow while this commit is written."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        return act()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def cut(side: Side) -> Harm:
    """Slack's answer never comes: before it has done what was asked, or after."""

    def harm(_name: str, act: Act) -> object:
        if side is Side.AFTER:
            act()
        raise CutError

    return harm


def late(side: Side) -> Harm:
    """The same, and the app waits until its patience is at an end."""

    def harm(name: str, act: Act) -> object:
        time.sleep(SLOW_SECONDS)
        return cut(side)(name, act)

    return harm


def away(side: Side) -> Harm:
    """The target does not answer: before it has done what was asked, or after."""

    def harm(_name: str, act: Act) -> object:
        if side is Side.AFTER:
            act()
        raise TargetUnavailable("The target did not answer in time.")

    return harm


PATIENCE_SECONDS, SLOW_SECONDS = 1, 1.3
MOVING = (LOW_LIVE, LOW_ROLLED_BACK, LOW_RESTORED, MEDIUM_LIVE, HIGH_CANARY, HIGH_STOPPED, HIGH_LIVE)
"""The chapters in which a pointer moves, and nobody has a form open that reads the target."""
SAYING = tuple(each for each in CHAPTERS if each not in {LOW_PROPOSED, MEDIUM_PROPOSED, HIGH_PROPOSED})
"""Those in which nobody has to type a command again because Slack did not open its form."""
every_chapter = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda each: each.name)
both_sides = pytest.mark.parametrize("side", list(Side), ids=lambda each: each.value)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The database waits a moment for another program's lock, not ten seconds."""
    monkeypatch.setattr("storage.engine.BUSY_TIMEOUT_MS", 1)


@pytest.mark.slow
@every_chapter
@pytest.mark.usefixtures("impatient")
def test_a_busy_database_at_any_begin_and_commit(chapter: Chapter, at: Addresses) -> None:
    """Who clicks is told and clicks again; what leaves is tried again."""
    assert_ends_the_same(chapter, at, {"begin", "commit"}, busy(at), lenient=True)


@pytest.mark.slow
@every_chapter
def test_a_full_disk_at_any_commit(chapter: Chapter, at: Addresses) -> None:
    """SQLite really cannot write; nobody is told success, and nothing is half there."""
    assert_ends_the_same(chapter, at, {"commit"}, no_room, lenient=True)


@pytest.mark.slow
@pytest.mark.parametrize("chapter", SAYING, ids=lambda each: each.name)
@both_sides
def test_slack_breaks_off_at_any_call(chapter: Chapter, side: Side, at: Addresses) -> None:
    """Whether it had accepted or not: each message stands there once."""
    assert_ends_the_same(chapter, at, {"slack"}, cut(side))


@pytest.mark.slow
@both_sides
@pytest.mark.parametrize("chapter", [LOW_LIVE], ids=lambda each: each.name)
def test_slack_times_out_at_any_call(
    chapter: Chapter, side: Side, at: Addresses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where the app really waits for an answer until it gives up."""
    monkeypatch.setattr("bot.app.OUTBOX_SECONDS", PATIENCE_SECONDS)
    assert_ends_the_same(chapter, at, {"slack"}, late(side))


@pytest.mark.slow
@pytest.mark.parametrize("chapter", [*MOVING, HIGH_ROLLED_BACK, HIGH_RESTORED], ids=lambda each: each.name)
@both_sides
def test_a_target_times_out_at_any_call(chapter: Chapter, side: Side, at: Addresses) -> None:
    """Whether the pointer had moved or not: it moves once, and what is said of trouble is said besides."""
    assert_ends_the_same(chapter, at, {"target"}, away(side), lenient=True)


def test_a_deploy_survives_a_full_disk(at: Addresses) -> None:
    """One telling of the loop above, so that each run of the tests sees it."""
    kinds = frozenset({"commit"})
    expected = told(LOW_LIVE, at, counting(kinds))
    points = Points(kinds, no_room, lambda number: number % ONE_IN == 1)
    assert told(LOW_LIVE, at, points) == expected
    assert len(points.struck) > 1


def test_a_database_that_fails_again_and_again_parks_no_message(at: Addresses) -> None:
    """Every fifth begin or commit fails, which meets the same step of a message time after time."""
    points = Points(frozenset({"begin", "commit"}), no_luck, lambda number: number % 5 == 0)
    with town_from(beginning(LOW_PROPOSED, at), at, points) as town:
        LOW_PROPOSED.tell(town)
        with town.app.store.reading() as session:
            states = set(session.exec(select(Message.state)))
    assert len(points.struck) > 5
    assert states == {MessageState.SENT}


def no_luck(_name: str, _act: Act) -> object:
    """The database does not take it this time."""
    raise sqlite3.OperationalError("database is locked")
