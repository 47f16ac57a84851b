"""The target is away, refuses, or was moved by somebody else: nothing is claimed, nothing is given up."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from sqlmodel import select

from storage.models import Move, Purpose
from tests.scenario.release.story import LOW, approved, deploy, hearing, live, lost, roll_back
from tests.scenario.town import Town, actions, words

NEW = "at most five bullet points"
THIRD = "A text that somebody put there past the app.\n"


@contextmanager
def away(repository: Path) -> Iterator[None]:
    """The folder of the repository is not there for a while."""
    aside = repository.with_suffix(".aside")
    repository.rename(aside)
    try:
        yield
    finally:
        aside.rename(repository)


def attempts(town: Town, minutes: int) -> list[int]:
    """Let minutes pass second by second; in which of them the target was asked again."""
    found, seen = [], tries(town)
    for second in range(minutes * 60):
        town.moment.pass_by(seconds=1)
        town.settle()
        if tries(town) != seen:
            found.append(second + 1)
            seen = tries(town)
    return found


def tries(town: Town) -> int:
    """How often the rollback's move was tried."""
    with town.app.store.reading() as session:
        return session.exec(select(Move.attempts).where(Move.purpose == Purpose.ROLL_BACK)).one()


def test_a_target_that_is_away_is_said_loudly_and_tried_until_it_is_back(town: Town) -> None:
    """The card never says done before the pointer was read back; the pauses grow, but never past a minute."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    with away(town.repository):
        roll_back(town, 1)
        card = words(town.message("rollback"))
        assert "is *not* back on" in card
        assert "Rolling back: PC-1" in card
        assert "By hand" in card
        assert "Rolling back: PC-1" in words(town.message("live"))
        assert "is *not* back on" in words(hearing(town, "U0SARA", "Rolling back: PC-1")[0])
        assert len(hearing(town, "U0RITA", "The rollback of PC-1 on summaries is not done.")) == 1
        when = attempts(town, 4)
        pauses = [later - sooner for sooner, later in pairwise(when)]
        assert pauses[0] < max(pauses)
        assert max(pauses) > 8
        assert max(pauses) <= 61
        assert "Rolling back: PC-1" in words(town.message("rollback"))
        assert len(hearing(town, "U0RITA", "The rollback of PC-1 on summaries is not done.")) == 1
    town.moment.pass_by(minutes=1)
    town.settle()
    assert town.live_text(LOW.path) == old
    assert "Rolled back: PC-1" in words(town.message("rollback"))
    assert "not* back" not in words(town.message("rollback"))
    assert "Rolled back: PC-1" in words(town.message("live"))


def test_a_pointer_that_was_moved_outside_is_left_alone_until_people_decide(town: Town) -> None:
    """Neither the bad nor the wanted version: the card asks, and one click with the right does it."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    town.commit_outside(LOW.path, THIRD)
    roll_back(town, 1)
    assert town.live_text(LOW.path) == THIRD
    card = town.message("rollback")
    assert "Rollback needs a person: PC-1" in words(card)
    assert "Rolled back" not in words(card)
    assert hearing(town, "U0RITA", "The rollback of PC-1 on summaries is not done.")
    town.person("U0BEN").click(card, "roll_back_anyway")
    assert "not on the list of people who may roll back" in town.whispers("U0BEN")[-1]
    town.person("U0OMAR").click(card, "roll_back_anyway", confirm=False)
    town.settle()
    assert town.live_text(LOW.path) == THIRD
    town.person("U0OMAR").click(card, "roll_back_anyway")
    town.person("U0RITA", hostile=True).click(card, "roll_back_anyway")
    town.settle()
    assert town.live_text(LOW.path) == old
    assert "Rolled back: PC-1" in words(town.message("rollback"))
    assert "Nothing waits for that decision." in town.whispers("U0RITA")[-1]


def test_what_was_set_outside_can_be_left_as_it_is(town: Town) -> None:
    """Whoever holds the right keeps it; the release is over, and the next change starts from there."""
    live(town, LOW, NEW)
    town.commit_outside(LOW.path, THIRD)
    roll_back(town, 1)
    card = town.message("rollback")
    town.person("U0BEN").click(card, "leave_as_found")
    assert "not on the list of people who may roll back" in town.whispers("U0BEN")[-1]
    town.person("U0OMAR").click(card, "leave_as_found")
    town.person("U0RITA", hostile=True).click(card, "roll_back_anyway")
    town.settle()
    assert town.live_text(LOW.path) == THIRD
    said = words(town.message("rollback"))
    assert "Rolled back: PC-1" in said
    assert "was left on" in said
    assert "which was set outside this app, by <@U0OMAR>" in said
    assert "Nothing waits for that decision." in town.whispers("U0RITA")[-1]
    number = approved(town, LOW, "Another text", old="A text")
    deploy(town, number)
    assert "Another text" in (town.live_text(LOW.path) or "")


def test_nothing_is_deployed_while_a_rollback_waits_for_people(town: Town) -> None:
    """Otherwise the decision to put the old version back would undo the new release unseen."""
    live(town, LOW, NEW)
    town.commit_outside(LOW.path, THIRD)
    number = approved(town, LOW, "Another text", old="A text")
    roll_back(town, 1)
    deploy(town, number)
    assert "PC-1 is being rolled back on summaries." in town.whispers("U0DEV")[-1]
    town.person("U0OMAR").click(town.message("rollback"), "roll_back_anyway")
    town.settle()
    assert "one paragraph" in (town.live_text(LOW.path) or "")


def test_a_refused_deploy_can_be_tried_again_once_the_cause_is_gone(town: Town) -> None:
    """Nothing moved, the submitter hears why, and Deploy is there again."""
    number = approved(town, LOW, NEW)
    old = town.live_text(LOW.path)
    with lost(town, number):
        deploy(town, number)
        assert town.live_text(LOW.path) == old
        assert "The target refused" in words(town.card())
        assert "was not released" in words(town.messages("outcome", to="U0MIRA")[-1])
        assert "deploy" in actions(town.card())
    deploy(town, number)
    assert NEW in (town.live_text(LOW.path) or "")
    assert "The target refused" not in words(town.card())
    assert "Last error" not in words(town.message("live"))


def test_a_deploy_waits_for_a_target_that_is_away_and_says_so(town: Town) -> None:
    """Nothing is live before it was read back; the move is made once the target answers."""
    number = approved(town, LOW, NEW)
    with away(town.repository):
        deploy(town, number)
        assert town.messages("live") == []
        assert "Not moved yet" in words(town.card())
    town.moment.pass_by(minutes=1)
    town.settle()
    assert NEW in (town.live_text(LOW.path) or "")
    assert "Live: PC-1" in words(town.message("live"))


def test_a_deploy_that_is_still_tried_can_be_stopped(town: Town) -> None:
    """Rolled back counts only once the target can be read; then the old text stands there, untouched."""
    old, before = town.live_text(LOW.path), town.commits()
    number = approved(town, LOW, NEW)
    with away(town.repository):
        deploy(town, number)
        town.person("U0RITA").click(town.card(), "stop_release")
        town.settle()
        assert "Rolling back: PC-1" in words(town.message("rollback"))
    town.moment.pass_by(minutes=2)
    town.settle()
    assert "Rolled back: PC-1" in words(town.message("rollback"))
    assert (town.live_text(LOW.path), town.commits()) == (old, before)


def test_a_pointer_that_was_moved_before_the_deploy_makes_the_change_stale(town: Town) -> None:
    """The new text of somebody else is not overwritten; whoever approved looks at the new diff."""
    number = approved(town, LOW, NEW)
    other = f"{town.live_text(LOW.path)}\nSay nothing twice.\n"
    town.commit_outside(LOW.path, other)
    deploy(town, number)
    assert town.live_text(LOW.path) == other
    assert "The target moved" in words(town.card())
    town.person("U0PAUL").click(town.card(), "approve")
    town.settle()
    deploy(town, number)
    assert NEW in (town.live_text(LOW.path) or "")
