"""Brings a database to the newest schema, and says which one it has. It never drops data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from storage.engine import Store

FOLDER = Path(__file__).parent / "migrations"


def upgrade(store: Store) -> bool:
    """Run the migrations that this database has not had. Returns whether there were any."""
    if revision_of(store) == newest():
        return False
    with store.engine.connect().execution_options(writes=True) as connection, _rebuilding(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return True


@contextmanager
def _rebuilding(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table to which others point: it alters one by dropping the old.

    SQLite's page on ALTER TABLE has it under "Making Other Kinds Of Table Schema Changes". References that
    no longer hold afterwards are a fault of the migration.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    # Past SQLAlchemy, which would begin a transaction, and within one the pragma does nothing.
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        broken = raw.execute("PRAGMA foreign_key_check").fetchone()
        if broken is not None:
            raise RuntimeError(f"a row of {broken[0]} points to nothing after the migration")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def revision_of(store: Store) -> str | None:
    """The schema that this database has, or None for an empty one."""
    with store.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The schema that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known() -> set[str]:
    """Every schema that this code can bring to the newest, the newest included."""
    return {each.revision for each in ScriptDirectory.from_config(_config()).walk_revisions()}


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
