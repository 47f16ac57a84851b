"""Inserting a row unless its key is taken: once, however often it is asked for, beside any other process."""

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel


def insert_new(session: Session, row: SQLModel) -> bool:
    """Insert a row unless its key is taken; whether it was inserted. The session does not come to know it."""
    session.flush()
    connection = session.connection()
    table = SQLModel.metadata.tables[str(row.__tablename__)]
    values = {
        name: value
        for name, value in row.model_dump().items()
        if value is not None or not table.c[name].primary_key
    }
    # A row that comes back was inserted; the count of rows is not told by every driver.
    return connection.execute(_statement(type(row), connection.dialect.name), values).first() is not None


@cache
def _statement(model: type[SQLModel], dialect: str) -> Any:  # noqa: ANN401  either dialect's own
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing().returning(*table.primary_key)
