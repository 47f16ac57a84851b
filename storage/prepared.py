"""Reads that every click makes, compiled once and handed to the driver as they are.

Running a statement through SQLAlchemy costs some fifteen times what SQLite needs for it, and a click makes
nine of them. So what is read often is a ``Prepared``: SQLAlchemy writes the SQL and names the conversions,
once for each statement and database, and nothing stands between the driver and the rows. It must never write:
what alters rows goes through the session, which translates the driver's errors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import SelectBase
from sqlalchemy.engine import Connection, Dialect
from sqlmodel import Session

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Ready:
    """The statement in one database's words. ``names`` is None where the driver takes parameters by name."""

    sql: str
    names: Sequence[str] | None
    into: dict[str, Convert | None]
    out_of: Sequence[Convert | None]


class Prepared:
    """A SELECT whose values are all ``bindparam``s. Its rows are plain tuples in the order of its columns."""

    def __init__(self, statement: SelectBase) -> None:
        self._statement = statement
        self._ready: dict[str, _Ready] = {}

    def rows(self, where: Session | Connection, **values: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  the parameters' own types
        """Every row, after what the session has still to write. A bare connection is enough for one look."""
        connection = _connection_of(where)
        ready = self._for(connection.dialect)
        given = {
            name: convert(values[name]) if convert else values[name] for name, convert in ready.into.items()
        }
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, given if ready.names is None else [given[name] for name in ready.names])
            found = cursor.fetchall()
        finally:
            cursor.close()
        return [
            tuple(
                convert(value) if convert else value for convert, value in zip(ready.out_of, row, strict=True)
            )
            for row in found
        ]

    def _for(self, dialect: Dialect) -> _Ready:
        if dialect.name not in self._ready:
            self._ready[dialect.name] = _compiled(self._statement, dialect)
        return self._ready[dialect.name]


def _connection_of(where: Session | Connection) -> Connection:
    if isinstance(where, Connection):
        return where
    where.flush()
    return where.connection()


def _compiled(statement: SelectBase, dialect: Dialect) -> _Ready:
    compiled: Any = statement.compile(dialect=dialect)
    into = {
        name: parameter.type.dialect_impl(dialect).bind_processor(dialect)
        for name, parameter in compiled.binds.items()
    }
    out_of = [
        column.type.dialect_impl(dialect).result_processor(dialect, None)
        for column in statement.selected_columns
    ]
    return _Ready(compiled.string, compiled.positiontup, into, out_of)
