"""Migrations: an empty file and an old one both end at today's tables."""

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from storage import migrate
from storage.engine import Store


def test_the_migrations_make_exactly_the_models(store: Store) -> None:
    """A column added to a model without a migration is found here."""
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_upgrading_twice_is_harmless(store: Store) -> None:
    """Every start asks for it."""
    migrate.upgrade(store)
    assert migrate.revision_of(store) == migrate.newest()


def test_the_newest_schema_is_known_without_alembic() -> None:
    """A start that has nothing to migrate does not load Alembic, and the files' names tell the same."""
    config = Config()
    config.set_main_option("script_location", str(migrate.FOLDER))
    assert migrate.newest() == ScriptDirectory.from_config(config).get_current_head()
