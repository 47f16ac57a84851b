"""Prepared reads find what the session would find, as the same values."""

from datetime import UTC, datetime

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from storage.engine import Store
from storage.models import Account, Person, UserGroup
from storage.prepared import Prepared
from storage.vocabulary import AccountKind

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

BY_KIND = Prepared(
    select(col(Account.slack_id), col(Account.kind), col(Account.active))
    .where(col(Account.kind) == bindparam("kind"), col(Account.person_id) != bindparam("but"))
    .order_by(col(Account.slack_id))
)
READ_BEFORE = Prepared(
    select(col(UserGroup.id), col(UserGroup.refreshed_at)).where(
        col(UserGroup.refreshed_at) < bindparam("moment")
    )
)


def add(session: Session, number: int, kind: AccountKind) -> None:
    """Let there be somebody of that kind, not yet written."""
    session.add(Person(id=number))
    session.flush()
    session.add(
        Account(
            slack_id=f"U{number}",
            person_id=number,
            team_id="T1",
            name="Somebody",
            kind=kind,
            refreshed_at=NOW,
        )
    )


def test_it_finds_what_the_session_has_not_written_yet(store: Store) -> None:
    """Whoever alters a row and then reads sees what was altered."""
    with store.transaction() as session:
        for each in (1, 2, 3):
            add(session, each, AccountKind.MEMBER)
        rows = BY_KIND.rows(session, kind=AccountKind.MEMBER, but=2)
    assert rows == [("U1", AccountKind.MEMBER, True), ("U3", AccountKind.MEMBER, True)]


def test_words_and_times_come_back_as_what_they_are(store: Store) -> None:
    """A word of a vocabulary is no string, and a time has its zone."""
    with store.transaction() as session:
        add(session, 1, AccountKind.GUEST)
        session.add(UserGroup(id="S1", refreshed_at=NOW))
    with store.reading() as session:
        assert [each[1] for each in BY_KIND.rows(session, kind=AccountKind.GUEST, but=0)] == [
            AccountKind.GUEST
        ]
        later = NOW.replace(hour=13)
        assert READ_BEFORE.rows(session, moment=later) == [("S1", NOW)]
        assert READ_BEFORE.rows(session, moment=NOW) == []
