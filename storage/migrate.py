"""Brings a database to the newest schema, and says which one it has. It never drops data.

Alembic is loaded only when there is something to migrate: every start asks, and hardly one has to.
"""

# ruff: noqa: PLC0415  see above

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

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

    with store.transaction() as session:
        config = _config()
        config.attributes["connection"] = session.connection()
        command.upgrade(config, "head")
    return True


def revision_of(store: Store) -> str | None:
    """The schema that this database has, or None for an empty one."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table(VERSION_TABLE):
            return None
        return connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608  our own word


def newest() -> str:
    """The schema that this code expects: each migration's file begins with its number."""
    return max(file.name.partition("_")[0] for file in (FOLDER / "versions").glob("[0-9]*_*.py"))


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return config
