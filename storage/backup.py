"""Copies of an SQLite database: taken while others write, proven before they count, and put back.

A copy that was not proven must never take the name that was asked for, and a database that exists must never
go before what replaces it is whole: it is set aside, not deleted.

Proven means: it opens, SQLite finds nothing wrong in it, its schema is one that this version knows, and its
audit trail verifies.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from storage import audit, migrate
from storage.engine import Store

BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database file while it is in use."""


class BackupError(Exception):
    """Why there is no backup, or why it was not put back: a sentence or two for people."""


def file_of(url: str) -> Path:
    """The file of the database at an SQLAlchemy URL. Raises BackupError where it is no file of SQLite's."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        raise BackupError("This database is Postgres: use its own pg_dump and pg_restore.")
    if not parsed.database or parsed.database == ":memory:":
        raise BackupError("This database lives in memory, so there is nothing to back up.")
    return Path(parsed.database)


def back_up(database: Path, file: Path) -> audit.Head:
    """Write a proven copy of a database that may be in use. Returns the head of the copy's audit trail."""
    if not database.exists():
        raise BackupError(f"There is no database at {database}.")
    if file.exists():
        raise BackupError(f"{file} exists already. Name another file.")
    with _unfinished(file) as copy:
        _copy(database, copy)
        head = prove(copy)
        copy.replace(file)
        _reach_the_disk(file.parent)
    return head


def restore(file: Path, database: Path, *, replace: bool, now: datetime) -> tuple[audit.Head, Path | None]:
    """Put a proven copy of a backup in place. Returns its audit head, and where the old database is now.

    ``replace``: a database that exists is set aside. One that is in use is refused in any case: whoever uses
    it would go on writing into the file that was set aside.
    """
    if not file.exists():
        raise BackupError(f"There is no file {file}.")
    if database.exists() and not replace:
        raise BackupError(f"{database} exists. Say --replace to put the backup in its place.")
    with _unfinished(database) as copy:
        _copy(file, copy)
        head = prove(copy)
        _look_before_sending(copy)
        aside = _set_aside(database, now) if database.exists() else None
        copy.replace(database)
        _reach_the_disk(database.parent)
    return head, aside


def prove(file: Path) -> audit.Head:
    """The head of a copy's audit trail, once everything else about the copy was found in order."""
    try:
        with closing(sqlite3.connect(file)) as connection:
            found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{file} is not a whole SQLite database ({error}).") from None
    if found != ["ok"]:
        raise BackupError(f"SQLite finds {file} damaged: {found[0]}.")
    store = Store.open(f"sqlite:///{file}")
    try:
        if migrate.revision_of(store) not in migrate.known():
            raise BackupError(f"{file} holds no database of Prompt Change, or one of a newer version.")
        with store.reading() as session:
            verdict = audit.verify(session)
    finally:
        store.close()
        _in_one_file(file)
    if isinstance(verdict, audit.Broken):
        raise BackupError(f"The audit trail in {file} is broken at row {verdict.id}: {verdict.problem}.")
    return verdict


@contextmanager
def _unfinished(file: Path) -> Iterator[Path]:
    """A name beside the file for a copy that is not proven yet; whatever is still there afterwards goes."""
    copy = file.with_name(f".{file.name}.{os.getpid()}.unfinished")
    _remove(copy)
    try:
        yield copy
    except OSError as error:
        raise BackupError(f"{file} cannot be written: {error.strerror or error}.") from None
    finally:
        _remove(copy)


def _remove(file: Path) -> None:
    for each in (file, *_beside(file)):
        each.unlink(missing_ok=True)


def _copy(source: Path, copy: Path) -> None:
    """Through SQLite, which copies one moment of a database that others write to."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as reading,
            closing(sqlite3.connect(copy)) as writing,
        ):
            # In one step: between two, another writer would make it begin again, for ever under load.
            reading.backup(writing, pages=-1)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"{source} cannot be read as an SQLite database ({error}).") from None
    _in_one_file(copy)


def _in_one_file(file: Path) -> None:
    """Leave nothing in files beside it, and all of it on the disk."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA journal_mode=DELETE")
    with file.open("rb") as handle:
        os.fsync(handle.fileno())


def _look_before_sending(copy: Path) -> None:
    """What was still to be posted then may have been posted since: the outbox looks for it first."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE message SET ambiguous = 1 WHERE state = 'pending'")
    _in_one_file(copy)


def _set_aside(database: Path, now: datetime) -> Path:
    """Keep the old database under another name as well, so that at no moment there is none."""
    _refuse_in_use(database)
    aside = database.with_name(f"{database.name}.before-{now:%Y%m%dT%H%M%SZ}")
    if aside.exists():
        raise BackupError(f"{aside} exists already. Try again in a second.")
    for old, new in zip(_beside(database), _beside(aside), strict=True):
        if old.exists():
            # Left by one that is damaged. SQLite would read it into whatever database has the name.
            old.rename(new)
    try:
        os.link(database, aside)
    except OSError:
        shutil.copy2(database, aside)
    return aside


def _refuse_in_use(database: Path) -> None:
    """SQLite lets nobody leave the write-ahead mode while somebody else has the database open."""
    try:
        with closing(sqlite3.connect(database, timeout=0.5, isolation_level=None)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "locked" not in str(error):
            return
        mode = "locked"
    except sqlite3.DatabaseError:
        return  # damaged beyond opening: that is what a backup is for
    if mode != "delete":
        raise BackupError(f"{database} is in use. Stop the app first.")


def _beside(file: Path) -> tuple[Path, ...]:
    return tuple(file.with_name(file.name + suffix) for suffix in BESIDE)


def _reach_the_disk(folder: Path) -> None:
    """A new name is on the disk once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
