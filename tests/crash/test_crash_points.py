"""Dying at every point of every story: the next process ends it as if nothing had happened."""

import pytest

from tests.crash.chapters import CHAPTERS, LOW_LIVE, Chapter, beginning
from tests.crash.outcome import Outcome, assert_whole, outcome
from tests.crash.points import Side, counting, dying
from tests.crash.town import Addresses, town_from
from tests.sizes import TIMES

EFFECTS = frozenset({"commit", "slack", "target", "answer"})


def undisturbed(chapter: Chapter, at: Addresses) -> tuple[Outcome, list[str]]:
    """How the chapter ends when nothing happens, and the points that it passes."""
    points = counting(EFFECTS)
    with town_from(beginning(chapter, at), at, points) as town:
        chapter.tell(town)
        assert_whole(town)
        return outcome(town), points.seen


def killed(chapter: Chapter, at: Addresses, number: int, side: Side) -> tuple[Outcome, str]:
    """How it ends when the process dies at a point, and which point that was."""
    points = dying(EFFECTS, number, side)
    with town_from(beginning(chapter, at), at, points) as town:
        chapter.tell(town)
        assert town.deaths == 1
        assert_whole(town)
        return outcome(town), points.struck[0]


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda each: each.name)
def test_a_process_may_die_at_any_point(chapter: Chapter, at: Addresses) -> None:
    """For every commit, call and answer: death once it has its effect, restart, second clicks, same end.

    Of points that are called the same, the first and the last; ``make soak`` dies at each.
    """
    expected, names = undisturbed(chapter, at)
    assert names
    for number, name in enumerate(names, start=1):
        if TIMES == 1 and name in names[: number - 1] and name in names[number:]:
            continue
        found, struck = killed(chapter, at, number, Side.AFTER)
        assert struck == name
        assert found == expected, f"after {name}, point {number}"


@pytest.mark.parametrize("name", ["answer", "target move", "slack chat.postMessage"])
def test_a_deploy_survives_a_death(name: str, at: Addresses) -> None:
    """The same at three points of one chapter, so that each run of the tests sees it."""
    expected, names = undisturbed(LOW_LIVE, at)
    found, struck = killed(LOW_LIVE, at, names.index(name) + 1, Side.AFTER)
    assert (found, struck) == (expected, name)
