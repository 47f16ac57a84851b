"""Prepared statements find and write what the session would, as the same values, with the same errors."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col

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


GROUPS = SQLModel.metadata.tables[str(UserGroup.__tablename__)]
FOUND = Prepared(insert(GROUPS), sets=("id", "handle", "refreshed_at"))
READ_NOW = Prepared(
    update(GROUPS)
    .where(GROUPS.c.id == bindparam("group"))
    .values(refreshed_at=bindparam("moment"), handle="as-read")
)


def test_what_it_writes_is_there_with_the_values_of_the_statement_itself(store: Store) -> None:
    """Parameters are converted as they are when read, and a literal needs nobody to give it."""
    with store.transaction() as session:
        assert FOUND.rows(session, id="S1", handle="support", refreshed_at=None) == []
        READ_NOW.rows(session, group="S1", moment=NOW)
    with store.reading() as session:
        group = session.get_one(UserGroup, "S1")
        assert (group.handle, group.refreshed_at) == ("as-read", NOW)


def test_a_key_that_is_taken_is_the_sessions_own_error_without_what_was_written(store: Store) -> None:
    """Whoever catches it need not know the driver, and a log never shows what people wrote."""
    with store.transaction() as session:
        FOUND.rows(session, id="S1", handle="support", refreshed_at=None)
    with pytest.raises(IntegrityError) as raised, store.transaction() as session:
        FOUND.rows(session, id="S1", handle="a secret", refreshed_at=None)
    assert "a secret" not in str(raised.value)
    with store.transaction() as session:
        FOUND.rows(session, id="S2", handle="legal", refreshed_at=None)
    with store.reading() as session:
        assert session.get_one(UserGroup, "S2").handle == "legal"
