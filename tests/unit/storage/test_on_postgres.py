"""What the database itself holds, on Postgres as on SQLite: the trail, the schema, one writer at a time."""

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from storage import audit, migrate
from storage.engine import Store
from storage.models import PolicyVersion
from tests.postgres import Postgres

pytestmark = pytest.mark.slow
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def kept(postgres: Postgres) -> Iterator[Store]:
    """A database with today's schema, and a trail of five rows."""
    with postgres.fresh() as url:
        store = Store.open(url)
        with store.transaction() as session:
            for number in range(5):
                audit.append(
                    session, "vote:approve", f"PC-{number}", actor="U0ANA", now=NOW, words="Geprüft 🙂"
                )
        yield store
        store.close()


def run(store: Store, statement: str) -> None:
    """One statement, as whoever holds a connection could send it."""
    with store.transaction() as session:
        session.connection().execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE auditrow SET actor = 'x'", "DELETE FROM auditrow"])
def test_the_database_itself_refuses_to_alter_the_trail(kept: Store, statement: str) -> None:
    """Code of ours that forgot the rule is stopped by a trigger."""
    with pytest.raises(DBAPIError, match="append-only"):
        run(kept, statement)
    with kept.reading() as session:
        assert isinstance(audit.verify(session), audit.Head)


def test_whoever_takes_the_trigger_away_is_found(kept: Store) -> None:
    """The chain does not depend on it."""
    run(kept, "DROP TRIGGER audit_no_update ON auditrow")
    run(kept, "UPDATE auditrow SET actor = 'U0BEN' WHERE id = 3")
    with kept.reading() as session:
        assert audit.verify(session) == audit.Broken(3, "its content was altered")


def test_the_migrations_make_exactly_the_models(kept: Store) -> None:
    """A column added to a model without a migration is found here."""
    with kept.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_an_empty_database_is_migrated_once_by_many(postgres: Postgres) -> None:
    """Several processes start at the same moment; one migrates, the others wait for it."""
    with postgres.fresh(migrated=False) as url:
        stores = [Store.open(url) for _ in range(4)]
        at_once([lambda store=store: migrate.upgrade(store) for store in stores])
        assert {migrate.revision_of(store) for store in stores} == {migrate.newest()}
        for store in stores:
            store.close()


def test_read_then_write_is_one_turn(kept: Store) -> None:
    """Forty increments by eight threads: each is on record, though nobody locks the row that is read."""
    with kept.transaction() as session:
        session.add(PolicyVersion(text="0", digest="counter", source="", created_at=NOW))

    def add() -> None:
        for _ in range(5):
            with kept.transaction() as session:
                row = session.exec(select(PolicyVersion)).one()
                row.text = str(int(row.text) + 1)

    at_once([add] * 8)
    with kept.reading() as session:
        assert session.exec(select(PolicyVersion)).one().text == "40"


def at_once(acts: Sequence[Callable[[], object]]) -> None:
    """Let all of these run in threads; raises what any of them raises."""
    failed: list[BaseException] = []

    def act(what: Callable[[], object]) -> None:
        try:
            what()
        except BaseException as error:  # noqa: BLE001  it is raised below
            failed.append(error)

    threads = [threading.Thread(target=act, args=(each,)) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
