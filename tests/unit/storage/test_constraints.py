"""Invariants that the database holds, whatever the code above it does."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from storage.engine import Store
from storage.models import Account, Change, Message, Move, Person, Release, Rollback, Vote
from storage.models.outbox import Purpose
from storage.vocabulary import AccountKind, Decision, Lane, State

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _people(session: Session) -> None:
    session.add(Person(id=1))
    session.flush()
    session.add(
        Account(
            slack_id="U1",
            person_id=1,
            team_id="T1",
            name="One",
            kind=AccountKind.MEMBER,
            active=True,
            refreshed_at=NOW,
        )
    )
    session.flush()
    session.add(Change(id=1, workflow="w", submitter="U1", state_since=NOW, created_at=NOW))
    session.flush()


def _vote(**values: Any) -> Vote:
    base: dict[str, Any] = {
        "change_id": 1,
        "review_digest": "d",
        "person_id": 1,
        "slack_id": "U1",
        "decision": Decision.APPROVE,
        "lane": Lane.LOW,
        "at": NOW,
    }
    return Vote(**(base | values))


def _release(**values: Any) -> Release:
    base: dict[str, Any] = {
        "change_id": 1,
        "workflow": "w",
        "lane": Lane.LOW,
        "state": State.LIVE,
        "new_version": "v",
        "target": {},
        "pointer": "p",
        "deployer": "U1",
        "rollback_owner": "U1",
        "started_at": NOW,
    }
    return Release(**(base | values))


def _rollback() -> Rollback:
    return Rollback(release_id=1, workflow="w", by="U1", at=NOW)


def _message() -> Message:
    return Message(key="k", kind="thread", recipient="C1", due_at=NOW, created_at=NOW)


def _move() -> Move:
    return Move(
        key="k",
        workflow="w",
        target={},
        purpose=Purpose.PRODUCTION,
        release_id=1,
        pointer="p",
        due_at=NOW,
        created_at=NOW,
    )


TWICE: list[tuple[str, Callable[[], Any]]] = [
    ("one counting vote per person, change and digest", _vote),
    ("one live release per workflow", _release),
    ("one release under way per workflow", lambda: _release(state=State.RELEASING)),
    ("one rollback under way per release", _rollback),
    ("the same message once", _message),
    ("the same move once", _move),
]
ALLOWED: list[tuple[str, Callable[[], Any]]] = [
    ("earlier votes stay on record", lambda: _vote(counting=False)),
    ("many releases were live once", lambda: _release(state=State.SUPERSEDED)),
]


@pytest.mark.parametrize(("what", "make"), TWICE, ids=[each[0] for each in TWICE])
def test_what_can_be_once_is_once(store: Store, what: str, make: Callable[[], Any]) -> None:
    """A second row of the same is refused by the database."""

    def write() -> None:
        with store.transaction() as session:
            _people(session)
            if isinstance(make(), Rollback | Move):
                session.add(_release(id=1))
                session.flush()
            session.add(make())
            session.flush()
            session.add(make())

    with pytest.raises(IntegrityError):
        write()
    assert what


@pytest.mark.parametrize(("what", "make"), ALLOWED, ids=[each[0] for each in ALLOWED])
def test_what_may_be_many_is_many(store: Store, what: str, make: Callable[[], Any]) -> None:
    """The constraints hold back nothing else."""
    with store.transaction() as session:
        _people(session)
        session.add(make())
        session.flush()
        session.add(make())
    assert what


def test_numbers_are_never_given_twice(store: Store) -> None:
    """PC-1 stays PC-1: the number of a row that went is not used again."""
    with store.transaction() as session:
        _people(session)
        session.add(Change(workflow="w", submitter="U1", state_since=NOW, created_at=NOW))
        session.flush()
        session.delete(session.get_one(Change, 2))
        session.flush()
        again = Change(workflow="w", submitter="U1", state_since=NOW, created_at=NOW)
        session.add(again)
        session.flush()
        assert again.id == 3
