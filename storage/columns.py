"""Column types that every table shares. No table and no query lives here."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Enum
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC datetime. A naive one is refused at the border of the database.

    Raises ValueError when a naive datetime is bound: guessing its zone would move due times silently.
    """

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy names it
        """Strip the zone after moving to UTC; SQLite has no zones."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a zone cannot be stored")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy names it
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


def json_column(**options: Any) -> Column[Any]:  # noqa: ANN401  what a column takes
    """A JSON column that is never NULL."""
    return Column(JSON, nullable=False, **options)


def word(vocabulary: type[StrEnum]) -> Enum:
    """A column that holds a vocabulary's words as they are spelled in files and tests.

    Without a CHECK: a later word then needs no rebuilt table, and the type refuses unknown words itself.
    """
    return Enum(
        vocabulary,
        values_callable=lambda words: [each.value for each in words],
        native_enum=False,
        create_constraint=False,
        length=32,
    )
