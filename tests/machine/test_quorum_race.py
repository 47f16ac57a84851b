"""The quorum race: many who decide at the same moment complete each quorum exactly once.

Sixteen workers send what three approvers click, twice each, while some reject and the submitter edits. The
same run on SQLAlchemy's default engine for SQLite, where reading takes no lock, must go wrong: otherwise
the race was none.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from bot.sandbox.records import Message
from storage.engine import Store
from storage.models import Change
from storage.vocabulary import State
from tests.machine.crowd import APPROVERS, gathered, wrong
from tests.machine.wire import Answered, Letter, click, shuffled, storm, submission
from tests.scenario.order import overhearing
from tests.scenario.review.hand import menu
from tests.scenario.town import Town, running_town, top
from tests.sizes import sized

WORKERS = 16
ALL_AT_ONCE = {"seats": WORKERS}
"""All of them compute at the same time, which the app itself lets one do at a time on SQLite."""
REJECTED_ONE_IN, EDITED_ONE_IN = 10, 20


class DefaultStore(Store):
    """The database as SQLAlchemy opens it by itself: a transaction begins with the first write."""

    @classmethod
    def open(cls, url: str) -> "DefaultStore":
        """No pragma, no BEGIN IMMEDIATE."""
        return cls(create_engine(url))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """No turn to wait for."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


def race(town: Town, cards: Mapping[int, Message]) -> list[Answered]:
    """Everything that people decide about a change comes at the same time, change after change."""
    letters: list[Letter] = []
    for place, (number, card) in enumerate(cards.items()):
        mine = [click(town.person(who), card, "approve") for who in APPROVERS] * 2
        if place % REJECTED_ONE_IN == 0:
            mine.append(rejection(town, card))
        if place % EDITED_ONE_IN == 5:
            mine.append(edit(town, card))
        letters += shuffled(mine, number)
    return storm(town.workspace.delivery, letters, workers=WORKERS)


def rejection(town: Town, card: Message) -> Letter:
    """Chloe has the form open and has written why."""
    chloe = town.person("U0CHLOE")
    assert chloe.click(card, "reject").ok
    form = top(chloe)
    chloe.fill(form, {"reason": "Customers miss the greeting, says the survey."})
    return submission(chloe, form)


def edit(town: Town, card: Message) -> Letter:
    """Mira has come to the second step with another note."""
    mira = town.person("U0MIRA")
    assert menu(mira, card, "edit").ok
    assert mira.submit().ok, mira.last_answer
    form = top(mira)
    mira.fill(form, {"why": "Support asked for it twice this month."})
    return submission(mira, form)


def states(town: Town, numbers: Iterable[int]) -> list[State]:
    """How each change stands at the end."""
    with town.app.store.reading() as session:
        return [session.get_one(Change, number).state for number in numbers]


def expected(place: int) -> State:
    """A rejection ends a change, an edit sends it back, and all others are approved."""
    if place % REJECTED_ONE_IN == 0:
        return State.REJECTED
    return State.IN_REVIEW if place % EDITED_ONE_IN == 5 else State.APPROVED


@pytest.mark.parametrize("count", [10, pytest.param(sized(500), marks=pytest.mark.slow)])
def test_each_quorum_is_completed_once(tmp_path: Path, database: str, count: int) -> None:
    """One approval, one vote a person, one row in the trail a decision, one deploy card a deployer."""
    with running_town(tmp_path, database=database, edge=ALL_AT_ONCE) as town, overhearing(town):
        cards = gathered(town, count)
        answers = race(town, cards)
        assert {each.status for each in answers} == {200}
        assert wrong(town.app.store, cards) == []
        assert states(town, cards) == [expected(place) for place in range(count)]
        assert town.faults == []


@pytest.mark.slow
def test_the_same_run_on_the_default_engine_goes_wrong(tmp_path: Path) -> None:
    """The control: without the write lock at the beginning, quorums are overlooked, or completed twice."""
    with running_town(tmp_path, open_store=DefaultStore.open, edge=ALL_AT_ONCE) as town:
        cards = gathered(town, 40)
        race(town, cards)
        found = wrong(town.app.store, cards)
    assert found
