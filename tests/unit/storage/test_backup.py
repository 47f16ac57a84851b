"""A backup is one whole moment of a database that others write to, and comes back as it was taken."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import col, select

from storage import audit, backup, migrate
from storage.backup import BackupError
from storage.engine import Store
from storage.models import AuditRow, Message, MessageState, SeenEvent
from tests.sizes import sized

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
WRITERS = 4


@pytest.fixture
def database(store: Store) -> Path:
    """The file of the store."""
    assert store.engine.url.database
    return Path(store.engine.url.database)


def _write(store: Store, name: str) -> None:
    """One decision: what it alters, and its row in the trail, in one transaction."""
    with store.transaction() as session:
        session.add(SeenEvent(event_id=name, at=NOW))
        audit.append(session, "vote:approve", "PC-1", actor="U0ANA", now=NOW, event=name)


@contextmanager
def _under_load(store: Store) -> Iterator[None]:
    """Several threads write without a pause, and so that the file is written into all the time."""
    stopping = threading.Event()
    failed: list[BaseException] = []

    def work(number: int) -> None:
        count = 0
        try:
            while not stopping.is_set():
                _write(store, f"{number}-{count}")
                count += 1
        except BaseException as error:  # noqa: BLE001  told in the test's own thread
            failed.append(error)

    threads = [threading.Thread(target=work, args=(each,)) for each in range(WRITERS)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert not failed


def _heads(store: Store) -> dict[int, str]:
    with store.reading() as session:
        return {row.id: row.digest for row in session.exec(select(AuditRow))}


def _events(file: Path) -> tuple[int, int]:
    """How many effects and how many rows of the trail a copy holds."""
    with closing(sqlite3.connect(file)) as connection:
        effects = connection.execute("SELECT count(*) FROM seenevent").fetchone()[0]
        rows = connection.execute("SELECT count(*) FROM auditrow").fetchone()[0]
        return int(effects), int(rows)


def _backups_under_load(store: Store, database: Path, folder: Path, count: int) -> None:
    taken: list[audit.Head] = []
    with _under_load(store):
        while len(taken) < count:
            head = backup.back_up(database, folder / f"{len(taken)}.db")
            taken.append(head)
    truth = _heads(store)
    for number, head in enumerate(taken):
        file = folder / f"{number}.db"
        assert head.id == 0 or truth[head.id] == head.digest, "it was never the head"
        assert _events(file) == (head.id, head.id), "an effect without its row, or the other way round"
        restored, aside = backup.restore(file, folder / "restored" / f"{number}.db", replace=False, now=NOW)
        assert (restored, aside) == (head, None)
    assert taken[-1].id > taken[0].id, "nobody wrote meanwhile"


def test_backups_under_load_are_whole_moments(store: Store, database: Path, tmp_path: Path) -> None:
    """Each one's head was the head once, it holds exactly the effects up to it, and comes back equal."""
    (tmp_path / "restored").mkdir()
    _backups_under_load(store, database, tmp_path, 3)


@pytest.mark.slow
def test_many_backups_under_load_are_whole_moments(store: Store, database: Path, tmp_path: Path) -> None:
    """The same again and again, while the trail grows by thousands of rows."""
    (tmp_path / "restored").mkdir()
    _backups_under_load(store, database, tmp_path, sized(20))


def test_what_is_in_the_write_ahead_log_is_in_the_backup(
    store: Store, database: Path, tmp_path: Path
) -> None:
    """A plain copy of the file would lack what was committed last."""
    _write(store, "E1")
    head = backup.back_up(database, tmp_path / "copy.db")
    assert head.id == 1
    assert not list(tmp_path.glob("copy.db-*")), "the backup is one file"
    assert not list(tmp_path.glob(".*unfinished*")), "nothing is left behind"


def test_a_backup_takes_no_file_that_exists(store: Store, database: Path, tmp_path: Path) -> None:
    """Yesterday's backup is not lost to a name that was typed twice."""
    _write(store, "E1")
    file = tmp_path / "copy.db"
    file.write_text("mine")
    with pytest.raises(BackupError, match="exists already"):
        backup.back_up(database, file)
    assert file.read_text() == "mine"


def test_restore_takes_the_place_of_nothing_without_a_word(
    store: Store, database: Path, tmp_path: Path
) -> None:
    """A database that exists stays, whoever uses it or not."""
    _write(store, "E1")
    backup.back_up(database, tmp_path / "copy.db")
    _write(store, "E2")
    store.close()
    with pytest.raises(BackupError, match="Say --replace"):
        backup.restore(tmp_path / "copy.db", database, replace=False, now=NOW)
    assert _events(database) == (2, 2)


def test_restore_refuses_a_database_in_use(store: Store, database: Path, tmp_path: Path) -> None:
    """Even with the word: the app would go on writing into the file that was set aside."""
    _write(store, "E1")
    backup.back_up(database, tmp_path / "copy.db")
    with pytest.raises(BackupError, match="is in use"):
        backup.restore(tmp_path / "copy.db", database, replace=True, now=NOW)
    _write(store, "E2")
    assert _events(database) == (2, 2)
    assert store.problem() is None


def test_restore_sets_the_old_database_aside(store: Store, database: Path, tmp_path: Path) -> None:
    """With the word, and nobody in it, both are there afterwards, each with all that it held."""
    _write(store, "E1")
    head = backup.back_up(database, tmp_path / "copy.db")
    _write(store, "E2")
    store.close()
    restored, aside = backup.restore(tmp_path / "copy.db", database, replace=True, now=NOW)
    assert restored == head
    assert aside is not None
    assert (_events(database), _events(aside)) == ((1, 1), (2, 2))
    _write(store, "E3")
    assert _events(database) == (2, 2)


def test_a_damaged_database_can_be_replaced(store: Store, database: Path, tmp_path: Path) -> None:
    """That is what a backup is for; the damaged one is kept."""
    _write(store, "E1")
    head = backup.back_up(database, tmp_path / "copy.db")
    store.close()
    database.write_bytes(b"no database at all" * 1_000)
    restored, aside = backup.restore(tmp_path / "copy.db", database, replace=True, now=NOW)
    assert restored == head
    assert aside is not None
    assert aside.read_bytes().startswith(b"no database")
    assert _events(database) == (1, 1)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4_096])


def _tamper(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE auditrow SET actor = 'U0EVE'")


def _of_the_future(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def _of_somebody_else(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE other (id INTEGER)")


def _no_database(file: Path) -> None:
    file.write_text("Dear diary")


@pytest.mark.parametrize("harm", [_cut, _tamper, _of_the_future, _of_somebody_else, _no_database])
def test_a_backup_that_is_not_in_order_is_not_put_back(
    store: Store, database: Path, tmp_path: Path, harm: object
) -> None:
    """Whatever is wrong with it, the database stays as it was, and nothing is left behind."""
    for number in range(50):
        _write(store, f"E{number}")
    file = tmp_path / "copy.db"
    backup.back_up(database, file)
    store.close()
    assert callable(harm)
    harm(file)
    before = database.read_bytes()
    with pytest.raises(BackupError):
        backup.restore(file, database, replace=True, now=NOW)
    assert database.read_bytes() == before
    assert {each.name for each in tmp_path.iterdir()} <= {"app.db", "copy.db", "copy.db-wal", "copy.db-shm"}


def test_what_was_still_to_be_posted_is_looked_for_first(
    store: Store, database: Path, tmp_path: Path
) -> None:
    """It may have been posted after the backup was taken, and nobody is to be told twice."""
    with store.transaction() as session:
        for key, state in (("waits", MessageState.PENDING), ("sent", MessageState.SENT)):
            session.add(
                Message(key=key, kind="thread", recipient="C1", state=state, due_at=NOW, created_at=NOW)
            )
    backup.back_up(database, tmp_path / "copy.db")
    backup.restore(tmp_path / "copy.db", tmp_path / "new.db", replace=False, now=NOW)
    restored = Store.open(f"sqlite:///{tmp_path / 'new.db'}")
    with restored.reading() as session:
        found = session.exec(select(Message).order_by(col(Message.id))).all()
        assert [(each.key, each.ambiguous) for each in found] == [("waits", True), ("sent", False)]
    restored.close()


def test_postgres_is_told_of_its_own_tools() -> None:
    """One clear line."""
    with pytest.raises(BackupError, match="use its own pg_dump and pg_restore"):
        backup.file_of("postgresql+psycopg://u:secret@db/x")


def test_every_schema_is_known(store: Store) -> None:
    """A backup of any release can be put back; the app then brings it to today's schema."""
    assert migrate.revision_of(store) in migrate.known()
    assert migrate.newest() in migrate.known()
