"""Data for every table of today's schema, kept as it is for the migrations of tomorrow.

Whoever adds a migration runs ``python -m tests.unit.storage.released_schema`` afterwards and commits the file
that it writes. The files of earlier schemas stay for ever: somebody has a database like that.
"""

import sqlite3
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Enum, Integer, Table
from sqlmodel import Session, SQLModel

from storage import audit, migrate
from storage.columns import UtcDateTime
from storage.engine import Store
from storage.models import AuditRow, PolicyInForce

FOLDER = Path(__file__).parent / "released"
FEW = 4
_BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
_SINGLE = str(PolicyInForce.__tablename__)
_TRAIL = str(AuditRow.__tablename__)


def fill(session: Session) -> None:
    """Rows in every table: each word of each vocabulary once, and every column with and without a value."""
    for table in SQLModel.metadata.sorted_tables:
        if table.name == _TRAIL:
            continue
        for number in range(1, _rows(table) + 1):
            values = {column.name: _value(table, column, number) for column in table.columns}
            session.connection().execute(table.insert().values(values))
    for number in range(1, FEW + 1):
        audit.append(
            session,
            "vote:approve",
            f"PC-{number}",
            actor="U1",
            now=_moment(number),
            statement=f"Geprüft {number}",
        )


def _rows(table: Table) -> int:
    if table.name == _SINGLE:
        return 1
    return max([FEW, *(len(each.type.enums) for each in table.columns if isinstance(each.type, Enum))])


def _value(table: Table, column: Column[Any], number: int) -> Any:
    """What a column holds in the row of this number; where it may hold nothing, every second row does not."""
    if column.nullable and number % 2 == 0:
        return None
    for key in column.foreign_keys:
        # Every table has its first few rows when another one points to it; a row may point to the one before.
        return _value(key.column.table, key.column, min(number, 1 if _is_single(key.column.table) else FEW))
    match column.type:
        case Enum() as words:
            return words.python_type(words.enums[number % len(words.enums)])
        case UtcDateTime():
            return _moment(number)
        case Boolean():
            return bool(number % 2)
        case Integer():
            return number
        case JSON():
            return [f"ü {number}"] if number % 2 else {"name": f"{table.name} {number}", "none": None}
    return f'{table.name}.{column.name} {number}: "Größe", it\'s'


def _is_single(table: Table) -> bool:
    return table.name == _SINGLE


def _moment(number: int) -> datetime:
    return _BEGINNING + timedelta(hours=number, microseconds=number)


def dump(store: Store) -> str:
    """The whole database as statements."""
    assert store.engine.url.database
    with closing(sqlite3.connect(store.engine.url.database)) as connection:
        return "\n".join(connection.iterdump()) + "\n"


def write() -> Path:
    """Write the file of today's schema."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/filled.db")
        migrate.upgrade(store)
        with store.transaction() as session:
            fill(session)
        file = FOLDER / f"{migrate.revision_of(store)}.sql"
        file.write_text(dump(store), encoding="utf-8")
        store.close()
    return file


if __name__ == "__main__":
    print(write())  # noqa: T201  the command's answer
