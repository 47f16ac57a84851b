"""Whoever has a database of any release can bring it to today's schema and loses nothing.

Where a migration means to alter what rows hold, this test is told so beside it.
"""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from storage import audit, migrate, models
from storage.engine import Store
from tests.unit.storage.released_schema import FOLDER, fill

RELEASED = sorted(FOLDER.glob("*.sql"))
BOOKKEEPING = {"alembic_version", "sqlite_sequence"}
Rows = dict[str, list[dict[str, Any]]]


def _rows(file: Path) -> Rows:
    """Everything in a database, by table, in the order in which it was written."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        names = [
            each["name"] for each in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {
            name: [dict(row) for row in connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')]
            for name in names
            if name not in BOOKKEEPING
        }


def _assert_kept(before: Rows, after: Rows) -> None:
    """Every row is still there, with the same in every column that is still there."""
    for table, rows in before.items():
        assert table in after, f"{table} is gone"
        assert len(after[table]) == len(rows), f"rows of {table} are gone"
        for old, new in zip(rows, after[table], strict=True):
            shared = old.keys() & new.keys()
            assert {name: old[name] for name in shared} == {name: new[name] for name in shared}, table


@pytest.fixture(params=RELEASED, ids=lambda file: file.stem)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Store, Path]]:
    """A database as a release left it, with data in every table."""
    file = tmp_path / "app.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    store = Store.open(f"sqlite:///{file}")
    assert migrate.revision_of(store) == request.param.stem
    yield store, file
    store.close()


def test_every_schema_is_there_with_data() -> None:
    """After a new migration: python -m tests.unit.storage.released_schema."""
    assert {each.stem for each in RELEASED} == migrate.known()


def test_an_upgrade_keeps_every_row(released: tuple[Store, Path]) -> None:
    """No table of the release is empty, and afterwards none has lost a row or a value."""
    store, file = released
    before = _rows(file)
    assert [name for name, rows in before.items() if not rows] == []
    migrate.upgrade(store)
    assert migrate.revision_of(store) == migrate.newest()
    _assert_kept(before, _rows(file))


def test_an_upgraded_database_is_as_a_new_one(released: tuple[Store, Path]) -> None:
    """The same tables, every reference held, and every row readable by the code of today."""
    store, _ = released
    migrate.upgrade(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    filled = {name for name, rows in _rows(Path(str(store.engine.url.database))).items() if rows}
    with store.reading() as session:
        for name in models.__all__:
            model = getattr(models, name)
            if hasattr(model, "__tablename__") and isinstance(model, type) and issubclass(model, SQLModel):
                assert bool(session.exec(select(model)).all()) is (model.__tablename__ in filled), name


def test_an_upgraded_trail_verifies_and_is_still_protected(released: tuple[Store, Path]) -> None:
    """Its head is the one before, new rows follow it, and the database refuses to alter old ones."""
    store, file = released
    last = _rows(file)["auditrow"][-1]
    migrate.upgrade(store)
    with store.reading() as session:
        assert audit.verify(session) == audit.Head(last["id"], last["digest"])

    def alter(statement: str) -> None:
        with store.transaction() as session:
            session.connection().execute(text(statement))

    for statement in ("UPDATE auditrow SET actor = 'U0EVE'", "DELETE FROM auditrow"):
        with pytest.raises(IntegrityError, match="append-only"):
            alter(statement)


@pytest.mark.parametrize(
    "loss", ["DELETE FROM vote WHERE id = 3", "UPDATE change SET form = '{}'", "DROP TABLE seenevent"]
)
def test_a_migration_that_loses_something_would_be_noticed(store: Store, loss: str) -> None:
    """The check itself is checked, with what a careless migration does."""
    assert store.engine.url.database
    file = Path(store.engine.url.database)
    with store.transaction() as session:
        fill(session)
    before = _rows(file)
    _assert_kept(before, _rows(file))
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(loss)
    with pytest.raises(AssertionError):
        _assert_kept(before, _rows(file))


NEXT = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", "{newest}"

def upgrade():
    with op.batch_alter_table("change", recreate="always") as batch:
        batch.add_column(sa.Column("extra", sa.String(), nullable=True))
    {more}
"""


def _with_next(folder: Path, monkeypatch: pytest.MonkeyPatch, more: str = "pass") -> None:
    """The migrations of today and one that rebuilds a table to which many others point."""
    shutil.copytree(migrate.FOLDER, folder / "migrations")
    text_of_it = NEXT.format(newest=migrate.newest(), more=more)
    (folder / "migrations" / "versions" / "9999_next.py").write_text(text_of_it, encoding="utf-8")
    monkeypatch.setattr(migrate, "FOLDER", folder / "migrations")


def test_a_table_that_others_point_to_can_be_rebuilt(
    released: tuple[Store, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite alters a table by dropping the old one; nothing that points to it is lost."""
    store, file = released
    before = _rows(file)
    _with_next(tmp_path, monkeypatch)
    assert migrate.upgrade(store)
    _assert_kept(before, _rows(file))
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar_one() == 1


def test_a_migration_that_leaves_a_reference_to_nothing_is_a_fault(
    released: tuple[Store, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a table is rebuilt nothing holds references, so they are looked at afterwards."""
    store, _ = released
    _with_next(tmp_path, monkeypatch, more='op.execute("DELETE FROM account")')
    with pytest.raises(RuntimeError, match="points to nothing"):
        migrate.upgrade(store)
