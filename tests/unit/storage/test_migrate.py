"""Migrations: an empty file and an old one both end at today's tables."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
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
