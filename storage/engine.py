"""The database: one engine, its pragmas, and ``transaction()``, which rolls back unless the block ends well.

It must never let a read-then-write run outside the write lock. Python's sqlite3 opens a transaction only at
the first write, so two readers may both decide on what they read; ``BEGIN IMMEDIATE`` takes the lock first.
On Postgres an advisory lock does the same. Locks on rows would not do: each decision appends to the one audit
trail, so writers wait for each other anyway, and who held a row meanwhile would have them wait in a circle.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from storage.prepared import Glance

BUSY_TIMEOUT_MS = 10_000
CACHE_KIB = 400
"""A connection's own cache of pages. SQLite takes 2,000, which times forty connections is most of a small
process; what is not in it comes from the operating system's cache."""
_ONE_WRITER = "SELECT pg_advisory_xact_lock(7242519)"
"""Held until the transaction ends; what is read after it is what the writer before has committed."""
_POSTGRES_LIMITS = {
    "lock_timeout": BUSY_TIMEOUT_MS,
    # A process that stands still in the middle of a transaction must not keep all others from writing.
    "idle_in_transaction_session_timeout": 30_000,
}


class Store:
    """A database and the way to use it: ``transaction()`` to write, ``reading()`` to look."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"
        driver: Any = engine.dialect.dbapi
        self.troubles: tuple[type[Exception], ...] = (OperationalError, driver.OperationalError)
        """What is raised where the database itself is busy, full or gone, whatever was asked of it."""
        # SQLite's own wait for the write lock is unfair: at 50 clients p99 was 899 ms, with this lock 126 ms.
        self._turn: threading.Lock | nullcontext[None] = threading.Lock() if self.is_sqlite else nullcontext()
        self._writer: Connection | None = None

    @classmethod
    def open(cls, url: str) -> "Store":
        """Open the database at an SQLAlchemy URL. The tables are made by ``storage.migrate``."""
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite":
            options = " ".join(f"-c {name}={value}" for name, value in _POSTGRES_LIMITS.items())
            engine = create_engine(
                parsed, pool_pre_ping=True, hide_parameters=True, connect_args={"options": options}
            )
            event.listen(engine, "begin", _begin_on_postgres)
            return cls(engine)
        engine = create_engine(
            parsed,
            connect_args={"check_same_thread": False, "isolation_level": None},
            # An error must not carry what people wrote into a log.
            hide_parameters=True,
            pool_size=16,
            max_overflow=64,
        )
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin_on_sqlite)
        return cls(engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that holds the write lock. Commits when the block ends well, else rolls back.

        It does not nest: a use case calls functions that take the session, never another use case.
        """
        with (
            self._turn,
            self._writing() as connection,
            connection.begin(),
            Session(bind=connection, expire_on_commit=False, autoflush=True) as session,
        ):
            yield session
            session.flush()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """The connection that writes. On SQLite all writers of a process, in turn, use the same one.

        What it holds of the database stays true, while any other has to read its pages again after a commit.
        """
        if not self.is_sqlite:
            with self.engine.connect().execution_options(writes=True) as connection:
                yield connection
            return
        if self._writer is None:
            self._writer = self.engine.connect().execution_options(writes=True)
        try:
            yield self._writer
        except BaseException:
            # Whatever state it is in, the next one begins afresh.
            broken, self._writer = self._writer, None
            broken.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one consistent snapshot. Nothing that it writes is kept."""
        # SQLite reads from one snapshot anyway; Postgres has to be asked.
        options = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with (
            self.engine.connect().execution_options(**options) as connection,
            Session(bind=connection, expire_on_commit=False, autoflush=False) as session,
        ):
            connection.begin()  # closing the connection rolls it back
            yield session

    @contextmanager
    def glance(self) -> Iterator[Glance]:
        """For one prepared read, which every click begins with: no snapshot, no session."""
        connection = self.engine.raw_connection()
        try:
            yield Glance(connection, self.engine.dialect)
        finally:
            connection.close()

    def problem(self) -> str | None:
        """Why the database does not answer, in words for the readiness page, or None."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except Exception as error:  # noqa: BLE001  whatever it is, the page says that it is not well
            return f"the database does not answer ({type(error).__name__})"
        return None

    def close(self) -> None:
        """Close every connection."""
        with self._turn:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        self.engine.dispose()


def _set_pragmas(connection: Any, _record: object) -> None:  # noqa: ANN401  a DB-API connection
    """Durable at commit, readers beside one writer, foreign keys held."""
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_on_sqlite(connection: Connection) -> None:
    """Take the write lock before the first read of a transaction that will write."""
    writes = connection.get_execution_options().get("writes", False)
    # Straight to the driver: through SQLAlchemy this one word costs as much as ten reads.
    connection.connection.cursor().execute("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_on_postgres(connection: Connection) -> None:
    """The same, by a lock that the transaction holds to its end."""
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(_ONE_WRITER)
