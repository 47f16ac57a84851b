"""Statements that every click runs, compiled once and handed to the driver as they are.

Running a statement through SQLAlchemy costs some fifteen times what SQLite needs for it, and a click makes
a dozen of them. So what is run often is a ``Prepared``: SQLAlchemy writes the SQL and names the conversions,
once for each statement and database, and nothing stands between the driver and the rows. What the driver
raises comes out as SQLAlchemy's own error, as from the session.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import SelectBase
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql.dml import UpdateBase
from sqlmodel import Session

Convert = Callable[[Any], Any]
Row = tuple[Any, ...]
Statement = SelectBase | UpdateBase


@dataclass(frozen=True, slots=True)
class Glance:
    """A connection of the pool as the driver made it, for a read that needs nothing else of SQLAlchemy."""

    connection: PoolProxiedConnection
    dialect: Dialect


@dataclass(frozen=True, slots=True)
class _Ready:
    """The statement in one database's words. ``names`` is None where the driver takes parameters by name."""

    sql: str
    names: Sequence[str] | None
    fixed: dict[str, Any]
    """The values that stand in the statement itself."""
    into: dict[str, Convert | None]
    """Every other parameter, and what makes the driver's value of it."""
    out_of: dict[int, Convert]
    """What makes ours of the driver's value, by the place of its column."""
    gives_rows: bool


class Prepared:
    """A statement whose values are all parameters. Its rows are plain tuples in the order of its columns.

    ``sets``: the columns that an INSERT fills, which become its parameters by their names.
    """

    def __init__(self, statement: Statement, *, sets: Iterable[str] = ()) -> None:
        self._statement, self._sets = statement, tuple(sets)
        self._ready: dict[str, _Ready] = {}

    def __str__(self) -> str:
        """The statement in nobody's dialect, for people."""
        return self._words

    @cached_property
    def _words(self) -> str:
        return str(self._statement)

    def rows(self, where: Session | Glance, **values: Any) -> list[Row]:  # noqa: ANN401  the parameters' own types
        """Run it after what the session has still to write, and give its rows, if it has any.

        A glance is enough for one look. Raises SQLAlchemy's DBAPIError and its kinds.
        """
        connection = _connection_of(where)
        ready = self._for(connection.dialect)
        given = ready.fixed.copy()
        for name, convert in ready.into.items():
            given[name] = convert(values[name]) if convert else values[name]
        cursor = connection.connection.cursor()
        try:
            cursor.execute(ready.sql, given if ready.names is None else [given[name] for name in ready.names])
            found: list[Row] = list(cursor.fetchall()) if ready.gives_rows else []
        except connection.dialect.loaded_dbapi.Error as error:
            raise _as_sqlalchemy(error, ready.sql, connection.dialect) from error
        finally:
            cursor.close()
        return [_converted(row, ready.out_of) for row in found] if ready.out_of else found

    def _for(self, dialect: Dialect) -> _Ready:
        if dialect.name not in self._ready:
            self._ready[dialect.name] = _compiled(self._statement, self._sets, dialect)
        return self._ready[dialect.name]


def _connection_of(where: Session | Glance) -> Connection | Glance:
    if isinstance(where, Glance):
        return where
    where.flush()
    # The store's sessions stand on a connection that has begun; asking the session for it costs more.
    return where.bind if isinstance(where.bind, Connection) else where.connection()


def _converted(row: Row, out_of: dict[int, Convert]) -> Row:
    values = list(row)
    for place, convert in out_of.items():
        values[place] = convert(values[place])
    return tuple(values)


def _compiled(statement: Statement, sets: Sequence[str], dialect: Dialect) -> _Ready:
    compiled: Any = statement.compile(dialect=dialect, column_keys=sets or None)
    fixed: dict[str, Any] = {}
    into: dict[str, Convert | None] = {}
    for parameter, name in compiled.bind_names.items():
        convert = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        if parameter.required:
            into[name] = convert
        else:
            fixed[name] = convert(compiled.params[name]) if convert else compiled.params[name]
    columns = list(getattr(statement, "exported_columns", ()))
    processors = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    out_of = {place: each for place, each in enumerate(processors) if each}
    return _Ready(compiled.string, compiled.positiontup, fixed, into, out_of, gives_rows=bool(columns))


def _as_sqlalchemy(error: Exception, sql: str, dialect: Dialect) -> BaseException:
    """The driver's error as the session would raise it; without the values, which people wrote."""
    kinds: Any = dialect.loaded_dbapi.Error
    return DBAPIError.instance(sql, None, error, kinds, hide_parameters=True, dialect=dialect)
