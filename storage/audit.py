"""The audit trail: append-only, each row holding the digest of the one before it.

A row is written in the transaction of the decision that it records, so there is no decision without one.
It must never be updated or deleted; triggers in the first migration refuse both.

The digest of a row is ``"audit-v1:" + sha256(canonical JSON)`` in hex over the keys ``id``, ``at`` (ISO 8601,
UTC, microseconds), ``actor``, ``verb``, ``subject``, ``data`` and ``previous``, sorted, without spaces, UTF-8
without escapes. That form is a contract: who changes it starts ``audit-v2``.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, String, Text, cast, func, insert, select, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel

from storage.models import AuditRow
from storage.prepared import Prepared

VERSION = "audit-v1"
BEGINNING = f"{VERSION}:beginning"
ROWS_AT_ONCE = 1_000
UNREADABLE = "it is not as the app writes its rows"

_table = SQLModel.metadata.tables[str(AuditRow.__tablename__)]
_HEAD = Prepared(
    select(_table.c.id, _table.c.digest).where(_table.c.id == select(func.max(_table.c.id)).scalar_subquery())
)
_APPEND = Prepared(insert(_table), sets=_table.c.keys())
_STORED_MOMENT = "%Y-%m-%d %H:%M:%S.%f"
"""How SQLite keeps a time: the same moment written otherwise is a row that somebody wrote by hand."""


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row's number (0: none yet) and digest."""

    id: int
    digest: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The first row that does not verify, and what is wrong with it."""

    id: int
    problem: str


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8: the same value is always the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


def row_digest(
    *, number: int, at: datetime, actor: str, verb: str, subject: str, data: dict[str, Any], previous: str
) -> str:
    """The digest that a row with this content must carry."""
    content = {
        "id": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": actor,
        "verb": verb,
        "subject": subject,
        "data": data,
        "previous": previous,
    }
    return f"{VERSION}:{hashlib.sha256(canonical(content)).hexdigest()}"


def head(session: Session) -> Head:
    """The newest row. An auditor who keeps this value notices a tail that was cut off."""
    newest = _HEAD.rows(session)
    return Head(*newest[0]) if newest else Head(0, BEGINNING)


def append(session: Session, verb: str, subject: str, *, actor: str, now: datetime, **data: Any) -> None:  # noqa: ANN401  JSON
    """Record that ``actor`` did ``verb`` (as ``change:approve``) to ``subject`` (as ``PC-42``)."""
    last = head(session)
    content: dict[str, Any] = {
        "at": now,
        "actor": actor,
        "verb": verb,
        "subject": subject,
        "data": data,
        "previous": last.digest,
    }
    digest = row_digest(number=last.id + 1, **content)
    _APPEND.rows(session, id=last.id + 1, digest=digest, **content)


def verify(session: Session, *, expected_head: str | None = None) -> Head | Broken:
    """Walk the whole chain. Returns its head, or the first row that was altered, removed or moved.

    ``expected_head``: a digest announced earlier; it must still be in the chain, or the tail was cut.
    """
    last = Head(0, BEGINNING)
    seen = expected_head is None or expected_head == BEGINNING
    for row in _rows(session):
        problem = row.problem if isinstance(row, Broken) else _problem(row, last)
        if problem:
            return Broken(row.id, problem)
        last = Head(row.id, row.digest)
        seen = seen or row.digest == expected_head
    return last if seen else Broken(last.id + 1, "the head that was announced is no longer in the trail")


def _rows(session: Session) -> Iterator[Any]:
    """Every row as it is stored, oldest first, read in portions; a row that cannot be read as Broken."""
    connection = session.connection()
    statement = _as_stored(sqlite=connection.dialect.name == "sqlite")
    portion, last = ROWS_AT_ONCE, None
    while True:
        beyond = statement if last is None else statement.where(_table.c.id > last)
        try:
            found = connection.execute(beyond.limit(portion)).all()
        except DBAPIError:
            # Bytes that are no text: one by one, until it is clear in which row they are.
            if portion == 1:
                yield Broken(_first_beyond(session, last), UNREADABLE)
                return
            portion = 1
            continue
        yield from found
        if not found:
            return
        last = found[-1].id


def _as_stored(*, sqlite: bool) -> Select[Any]:
    """The columns before anything interprets them, since two texts may stand for one value."""
    at = type_coerce(_table.c.at, String) if sqlite else _table.c.at
    data = type_coerce(_table.c.data, String) if sqlite else cast(_table.c.data, Text)
    others = [_table.c[name] for name in ("id", "actor", "verb", "subject", "previous", "digest")]
    return select(*others, at.label("at"), data.label("data")).order_by(_table.c.id)


def _first_beyond(session: Session, last: int | None) -> int:
    ids = select(func.min(_table.c.id))
    beyond = ids if last is None else ids.where(_table.c.id > last)
    return int(session.connection().execute(beyond).scalar_one())


def _problem(row: Any, last: Head) -> str:  # noqa: ANN401  a Core row
    if row.id != last.id + 1:
        return "it stands before the first row" if row.id < 1 else f"row {last.id + 1} is missing"
    if row.previous != last.digest:
        return "it does not follow the row before it"
    try:
        expected = row_digest(
            number=row.id,
            at=_moment(row.at),
            actor=row.actor,
            verb=row.verb,
            subject=row.subject,
            data=_value(row.data),
            previous=row.previous,
        )
    except (TypeError, ValueError):
        return UNREADABLE
    return "" if expected == row.digest else "its content was altered"


def _moment(stored: datetime | str) -> datetime:
    """The time that a row holds. Raises ValueError or TypeError where we would not have written it so."""
    if isinstance(stored, datetime):
        return stored.replace(tzinfo=UTC)
    found = datetime.strptime(stored, _STORED_MOMENT).replace(tzinfo=UTC)
    if found.strftime(_STORED_MOMENT) != stored:
        raise ValueError(stored)
    return found


def _value(stored: str) -> Any:  # noqa: ANN401  whatever JSON holds
    """The details that a row holds. Raises ValueError or TypeError where we would not have written it so."""
    found = json.loads(stored)
    if json.dumps(found) != stored:
        raise ValueError("another spelling of the same value, or a key that stands twice")
    return found
