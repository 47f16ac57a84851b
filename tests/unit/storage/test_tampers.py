"""A thousand ways to alter the trail past the app, each found by the check, and the row named.

Whoever holds the file can do anything to it. So nothing here goes through the app: triggers are dropped, and
rows are written by hand, as bytes where need be.
"""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlmodel import Session

from storage import audit
from storage.engine import Store
from tests.sizes import sized

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROWS = 30
TEXTS = ("at", "actor", "verb", "subject", "data", "previous", "digest")
Tamper = Callable[[Connection, random.Random], int]
"""Does it, and says which row must be named."""


@pytest.fixture
def trail(store: Store) -> Iterator[Session]:
    """A trail of a few dozen rows, without the triggers that protect it."""
    with store.transaction() as session:
        for number in range(ROWS):
            audit.append(
                session,
                "vote:approve",
                f"PC-{number // 3}",
                actor=f"U0{number:04}",
                now=NOW + timedelta(seconds=number, microseconds=number * 7),
                statement="Geprüft: “alles” 🙂",
                nested={"b": [1, 2.5, None], "a": True},
            )
        for verb in ("update", "delete"):
            session.connection().execute(text(f"DROP TRIGGER audit_no_{verb}"))
    with store.transaction() as session:
        yield session


def _flip(connection: Connection, chance: random.Random) -> int:
    """One bit of one column; what comes out may be no text at all."""
    row, column = chance.randint(1, ROWS), chance.choice(TEXTS)
    raw = bytearray(_raw(connection, row, column))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    _write(connection, row, column, bytes(raw))
    return row


def _respell(connection: Connection, chance: random.Random) -> int:
    """The same value in other letters: a reader of the database may see another than we do."""
    row = chance.randint(1, ROWS)
    data = _raw(connection, row, "data").decode()
    column, other = chance.choice(
        [
            ("data", data.replace('{"', '{"statement": "never", "', 1)),
            ("data", data.replace(": ", ":")),
            ("data", json.dumps(json.loads(data), ensure_ascii=False)),
            ("at", _raw(connection, row, "at").decode().replace(" ", "T")),
            ("at", _raw(connection, row, "at").decode().replace("-0", "-", 1)),
        ]
    )
    _write(connection, row, column, other.encode())
    return row


def _retype(connection: Connection, chance: random.Random) -> int:
    """Text that becomes bytes is found by no search for its words any more."""
    row, column = chance.randint(1, ROWS), chance.choice(TEXTS)
    raw = _raw(connection, row, column)
    connection.execute(text(f"UPDATE auditrow SET {column} = :raw WHERE id = :row"), {"raw": raw, "row": row})
    return row


def _delete(connection: Connection, chance: random.Random) -> int:
    """A row goes, and sometimes a few after it."""
    row = chance.randint(1, ROWS - 4)
    connection.execute(
        text("DELETE FROM auditrow WHERE id BETWEEN :row AND :last"),
        {"row": row, "last": row + chance.randint(0, 3)},
    )
    return row


def _delete_and_close(connection: Connection, chance: random.Random) -> int:
    """A row goes, and those after it move up."""
    row = chance.randint(1, ROWS - 1)
    connection.execute(text("DELETE FROM auditrow WHERE id = :row"), {"row": row})
    connection.execute(text("UPDATE auditrow SET id = -id WHERE id > :row"), {"row": row})
    connection.execute(text("UPDATE auditrow SET id = -id - 1 WHERE id < 0"))
    return row


def _swap(connection: Connection, chance: random.Random) -> int:
    """Two rows change places."""
    one, other = sorted(chance.sample(range(1, ROWS + 1), 2))
    for before, after in ((one, -one), (other, one), (-one, other)):
        connection.execute(
            text("UPDATE auditrow SET id = :after WHERE id = :before"), {"before": before, "after": after}
        )
    return one


def _swap_words(connection: Connection, chance: random.Random) -> int:
    """Two rows exchange what they say, and keep their digests."""
    one, other = sorted(chance.sample(range(1, ROWS + 1), 2))
    column = chance.choice(["actor", "at"])
    first, second = _raw(connection, one, column), _raw(connection, other, column)
    _write(connection, one, column, second)
    _write(connection, other, column, first)
    return one


def _insert(connection: Connection, chance: random.Random) -> int:
    """A row that was never written comes in between, with a digest that fits its content."""
    row = chance.randint(1, ROWS)
    connection.execute(text("UPDATE auditrow SET id = -id WHERE id >= :row"), {"row": row})
    connection.execute(text("UPDATE auditrow SET id = -id + 1 WHERE id < 0"))
    _forge(connection, row, previous=f"audit-v1:{chance.getrandbits(256):064x}")
    return row


def _insert_copy(connection: Connection, chance: random.Random) -> int:
    """A forged row takes the place of a true one, linked to the row before it: the next one betrays it."""
    row = chance.randint(1, ROWS - 1)
    previous = _raw(connection, row, "previous").decode()
    connection.execute(text("DELETE FROM auditrow WHERE id = :row"), {"row": row})
    _forge(connection, row, previous=previous)
    return row + 1


def _insert_before_all(connection: Connection, chance: random.Random) -> int:
    """A row with a number that is never given."""
    row = -chance.randint(0, 5)
    _forge(connection, row, previous=f"audit-v1:{chance.getrandbits(256):064x}")
    return row


TAMPERS: tuple[Tamper, ...] = (
    _flip,
    _flip,
    _flip,
    _respell,
    _retype,
    _delete,
    _delete_and_close,
    _swap,
    _swap_words,
    _insert,
    _insert_copy,
    _insert_before_all,
)


def test_each_kind_of_tamper_is_found(trail: Session) -> None:
    """A few dozen, some of each kind."""
    _every_one_is_found(trail, 72)


@pytest.mark.slow
def test_every_one_of_a_thousand_tampers_is_found(trail: Session) -> None:
    """Flips, deletions, exchanges and insertions, and the row that is named is the one."""
    _every_one_is_found(trail, sized(1_000))


def _every_one_is_found(trail: Session, count: int) -> None:
    whole = audit.verify(trail)
    assert isinstance(whole, audit.Head)
    for seed in range(count):
        tamper = TAMPERS[seed % len(TAMPERS)]
        with _taken_back(trail) as connection:
            row = tamper(connection, random.Random(seed))  # noqa: S311  no secret hangs on it
            found = audit.verify(trail)
        assert isinstance(found, audit.Broken), (tamper.__name__, seed)
        _assert_named(found, row, (tamper.__name__, seed))
    assert audit.verify(trail) == whole


def _assert_named(found: audit.Broken, row: int, which: object) -> None:
    """A row that is gone is named in words, at the row that stands after the gap."""
    if f"row {row} is missing" in found.problem:
        assert found.id > row, which
    else:
        assert found.id == row, (which, found)


@pytest.mark.parametrize("keep", [0, 1, ROWS - 1])
def test_a_tail_of_any_length_that_was_cut_off_shows_with_a_head(trail: Session, keep: int) -> None:
    """Also where nothing is left; without the head a shorter trail is a trail."""
    whole = audit.verify(trail)
    with _taken_back(trail) as connection:
        connection.execute(text("DELETE FROM auditrow WHERE id > :keep"), {"keep": keep})
        assert isinstance(audit.verify(trail), audit.Head)
        assert isinstance(whole, audit.Head)
        found = audit.verify(trail, expected_head=whole.digest)
    assert found == audit.Broken(keep + 1, "the head that was announced is no longer in the trail")


def test_a_cut_tail_that_was_grown_again_shows_with_a_head(trail: Session) -> None:
    """New rows in the place of the old ones make a trail that verifies, and not the one announced."""
    whole = audit.verify(trail)
    assert isinstance(whole, audit.Head)
    with _taken_back(trail) as connection:
        connection.execute(text("DELETE FROM auditrow WHERE id = :last"), {"last": ROWS})
        audit.append(trail, "vote:reject", "PC-1", actor="U0X", now=NOW)
        assert isinstance(audit.verify(trail), audit.Head)
        assert isinstance(audit.verify(trail, expected_head=whole.digest), audit.Broken)


@contextmanager
def _taken_back(session: Session) -> Iterator[Connection]:
    """Whatever is done inside is undone afterwards."""
    with session.begin_nested() as savepoint:
        yield session.connection()
        savepoint.rollback()


def _raw(connection: Connection, row: int, column: str) -> bytes:
    found: Any = connection.execute(
        text(f"SELECT CAST({column} AS BLOB) FROM auditrow WHERE id = :row"), {"row": row}
    ).scalar_one()
    return bytes(found)


def _write(connection: Connection, row: int, column: str, raw: bytes) -> None:
    """Bytes as text, whether or not they are any; a digest that another row has is another tamper's."""
    connection.execute(
        text(f"UPDATE auditrow SET {column} = CAST(:raw AS TEXT) WHERE id = :row"), {"raw": raw, "row": row}
    )


def _forge(connection: Connection, row: int, *, previous: str) -> None:
    content: dict[str, Any] = {
        "actor": "U0EVE",
        "verb": "vote:approve",
        "subject": "PC-1",
        "data": {"statement": "I was here"},
        "previous": previous,
    }
    digest = audit.row_digest(number=row, at=NOW, **content)
    stored = {**content, "data": json.dumps(content["data"]), "at": "2026-03-01 12:00:00.000000"}
    connection.execute(
        text(
            "INSERT INTO auditrow (id, at, actor, verb, subject, data, previous, digest)"
            " VALUES (:id, :at, :actor, :verb, :subject, :data, :previous, :digest)"
        ),
        {"id": row, "digest": digest, **stored},
    )
