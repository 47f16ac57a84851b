"""How Alembic runs here: on the connection that ``storage.migrate`` hands it, never on one of its own."""

from alembic import context
from sqlmodel import SQLModel

import storage.models  # noqa: F401  registers the tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
