"""Transactions: all or nothing, and nobody decides on what another is about to change."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlmodel import select

from storage.engine import Store
from storage.models import PolicyVersion, SeenEvent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_a_transaction_that_ends_well_is_kept(store: Store) -> None:
    """What was written is there for the next reader."""
    with store.transaction() as session:
        session.add(SeenEvent(event_id="E1", at=NOW))
    with store.reading() as session:
        assert [each.event_id for each in session.exec(select(SeenEvent))] == ["E1"]


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    """An exception rolls back what was flushed before it."""

    def fail() -> None:
        with store.transaction() as session:
            session.add(SeenEvent(event_id="E1", at=NOW))
            session.flush()
            raise RuntimeError("on the way")

    with pytest.raises(RuntimeError, match="on the way"):
        fail()
    with store.reading() as session:
        assert session.exec(select(SeenEvent)).all() == []


def test_readers_keep_nothing(store: Store) -> None:
    """What somebody writes while reading is not kept."""
    with store.reading() as session:
        session.add(SeenEvent(event_id="E1", at=NOW))
        session.flush()
    with store.reading() as session:
        assert session.exec(select(SeenEvent)).all() == []


def test_read_then_write_is_one_turn(store: Store) -> None:
    """Forty counters, eight threads, two stores on one file: every increment is on record."""
    other = Store.open(str(store.engine.url))
    with store.transaction() as session:
        session.add(PolicyVersion(text="0", digest="counter", source="", created_at=NOW))

    def add(one: Store) -> None:
        for _ in range(5):
            with one.transaction() as session:
                row = session.exec(select(PolicyVersion)).one()
                row.text = str(int(row.text) + 1)

    threads = [threading.Thread(target=add, args=(each,)) for each in (store, other) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.close()
    with store.reading() as session:
        assert session.exec(select(PolicyVersion)).one().text == "40"


def test_a_commit_is_durable_and_references_are_held(store: Store) -> None:
    """The pragmas that the promises rest on are set on every connection."""
    with store.reading() as session:
        ask = session.connection().exec_driver_sql
        assert ask("PRAGMA journal_mode").scalar() == "wal"
        assert ask("PRAGMA synchronous").scalar() == 2
        assert ask("PRAGMA foreign_keys").scalar() == 1


def test_a_time_without_a_zone_is_refused(store: Store) -> None:
    """Guessing a zone would move due times in silence."""

    def write() -> None:
        with store.transaction() as session:
            session.add(SeenEvent(event_id="E1", at=datetime(2026, 3, 1, 12)))  # noqa: DTZ001  the point of it

    with pytest.raises(Exception, match="without a zone"):
        write()


def test_times_come_back_in_utc(store: Store) -> None:
    """A time is the same moment after a round trip."""
    with store.transaction() as session:
        session.add(SeenEvent(event_id="E1", at=NOW))
    with store.reading() as session:
        assert session.exec(select(SeenEvent)).one().at == NOW


def test_a_database_that_does_not_answer_says_so(store: Store, tmp_path: object) -> None:
    """The readiness page gets words and not an exception."""
    assert store.problem() is None
    away = Store.open(f"sqlite:///{tmp_path}/no/such/folder/app.db")
    assert "does not answer" in (away.problem() or "")
    away.close()


def test_words_are_stored_as_files_spell_them(store: Store) -> None:
    """A person with the sqlite3 shell reads the same words as in the documents."""
    with store.reading() as session:
        ddl = session.connection().execute(
            text("SELECT sql FROM sqlite_master WHERE name = 'one_live_release'")
        )
        assert "'live'" in ddl.scalar_one()
