"""Where a workspace keeps its records between runs: one SQLite file of JSON documents, or nothing.

Records live in memory; a folder only makes them survive a restart, so losing the last moments to a power
cut is accepted (synchronous OFF). This module must never be asked a question that memory can answer.
"""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any, Generic, TypeVar

T = TypeVar("T")

_SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS document (
    place INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, name)
);
CREATE TABLE IF NOT EXISTS content (name TEXT PRIMARY KEY, body BLOB NOT NULL);
"""
_PUT = (
    "INSERT INTO document (kind, name, body) VALUES (?, ?, ?) "
    "ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body"
)


class Store:
    """JSON documents and bytes by name. The caller serialises all use of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "workspace.db", isolation_level=None, check_same_thread=False)
        self._db.executescript(_SCHEMA)

    def put(self, kind: str, name: str, body: object) -> None:
        """Write a document over the one of the same kind and name."""
        self._db.execute(_PUT, (kind, name, json.dumps(body, separators=(",", ":"))))

    def remove(self, kind: str, name: str) -> None:
        """Forget a document."""
        self._db.execute("DELETE FROM document WHERE kind = ? AND name = ?", (kind, name))

    def all(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Every document of a kind with its name, in the order of first writing."""
        rows = self._db.execute("SELECT name, body FROM document WHERE kind = ? ORDER BY place", (kind,))
        for name, body in rows.fetchall():
            yield name, json.loads(body)

    def put_bytes(self, name: str, body: bytes) -> None:
        """Keep bytes under a name."""
        self._db.execute("INSERT OR REPLACE INTO content (name, body) VALUES (?, ?)", (name, body))

    def all_bytes(self) -> dict[str, bytes]:
        """Every kept piece of bytes."""
        return dict(self._db.execute("SELECT name, body FROM content").fetchall())

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class Shelf(Generic[T]):
    """Records of one kind in memory, in order of first writing, written through to any store."""

    def __init__(self, store: Store | None, kind: str, record: type[T]) -> None:
        self._store = store
        self._kind = kind
        self._record = record
        self._names = [each.name for each in fields(record)]  # type: ignore[arg-type]  # a dataclass
        self.held: dict[str, T] = {}
        if store is not None:
            self.held = {name: self._thaw(body) for name, body in store.all(kind)}

    def put(self, name: str, record: T) -> T:
        """Put a record in the place of the one of that name."""
        self.held[name] = record
        if self._store is not None:
            self._store.put(self._kind, name, {field: getattr(record, field) for field in self._names})
        return record

    def remove(self, name: str) -> None:
        """Take a record away, if it is there."""
        if self.held.pop(name, None) is not None and self._store is not None:
            self._store.remove(self._kind, name)

    def _thaw(self, body: dict[str, Any]) -> T:
        return self._record(**{name: _tuples(value) for name, value in body.items() if name in self._names})


def _tuples(value: object) -> object:
    """JSON knows no tuples; records hold no lists at their top level."""
    if isinstance(value, list):
        return tuple(tuple(each) if isinstance(each, list) else each for each in value)
    return value
