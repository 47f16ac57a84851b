"""Inserting a row unless its key is taken: once, however often it is asked for, beside any other process."""

from functools import cache
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

from storage.prepared import Prepared


def insert_new(session: Session, model: type[SQLModel], **values: Any) -> bool:  # noqa: ANN401  the columns' own types
    """Insert a row unless its key is taken; whether it was inserted. The session does not come to know it.

    Columns that are not given get the model's defaults. No entity is made: that costs more than the insert.
    """
    statement = _statement(model, session.get_bind().dialect.name)
    # A row that comes back was inserted; the count of rows is not told by every driver.
    return bool(statement.rows(session, **(_defaults(model) | values)))


@cache
def _statement(model: type[SQLModel], dialect: str) -> Prepared:
    table = SQLModel.metadata.tables[str(model.__tablename__)]
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    sets = [column.name for column in table.columns if column is not table.autoincrement_column]
    return Prepared(insert(table).on_conflict_do_nothing().returning(*table.primary_key), sets=sets)


@cache
def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    """They are shared between rows, so nothing may alter them."""
    fields = model.model_fields
    return {
        name: field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if not field.is_required()
    }
