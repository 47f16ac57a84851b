"""Brings a database to the newest schema, and says which one it has. It never drops data.

Alembic is loaded only when there is something to migrate: every start asks, and hardly one has to.
"""

# ruff: noqa: PLC0415  see above

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from storage.engine import Store

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
VERSION_TABLE = "alembic_version"


def upgrade(store: Store) -> bool:
    """Run the migrations that this database has not had. Returns whether there were any.

    Several processes may start at once: the first migrates, the others wait for it and find nothing to do.
    """
    if revision_of(store) == newest():
        return False
    from alembic import command

    with (
        store.engine.connect().execution_options(writes=True) as connection,
        _rebuilding(connection),
        connection.begin(),
    ):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_references(connection)
    return True


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table to which others point: it alters one by dropping the old.

    SQLite's page on ALTER TABLE has it under "Making Other Kinds Of Table Schema Changes".
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    # Past SQLAlchemy, which would begin a transaction, and within one the pragma does nothing.
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    """References that no longer hold are a fault of the migration, and nothing of it is kept."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(f"a row of {broken[0]} points to nothing after the migration")


def revision_of(store: Store) -> str | None:
    """The schema that this database has, or None for an empty one."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  our own word


def newest() -> str:
    """The schema that this code expects."""
    return max(known())


def known() -> set[str]:
    """Every schema that this code can bring to the newest: each migration's file begins with its number."""
    return {file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py")}


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
