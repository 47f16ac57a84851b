"""Which row is next: the queries by which workers, in any number of processes, share what is due.

A claim is a lease: the row is ours until ``lease_until``, and the next worker's after that. Nothing here may
hand out a row before those that must go ahead of it.

The statements are built once, because building them costs ten times what the database needs for them, and
idle workers ask all the time.
"""

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import Update, and_, bindparam, case, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement, Select
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import Session, col

from storage.columns import UtcDateTime
from storage.models import Change, Message, MessageState, Move, MoveState, Purpose
from storage.prepared import Glance, Prepared

URGENT: Final = (Purpose.ROLL_BACK, Purpose.ROLL_BACK_CANARY, Purpose.PUT_BACK)
"""The moves that go ahead of all others."""

Due = Select[int | None]
"""A query for the id of the next row."""

_NOW: Final = bindparam("now", type_=UtcDateTime())


def _due_post() -> Due:
    this, earlier, parent = aliased(Message), aliased(Message), aliased(Message)
    goes_first = exists().where(
        col(earlier.state) == MessageState.PENDING,
        col(earlier.change_id) == col(this.change_id),
        col(earlier.recipient) == col(this.recipient),
        col(earlier.id) < col(this.id),
        col(earlier.priority) <= col(this.priority),
        or_(col(earlier.due_at) <= _NOW, col(earlier.attempts) > 0),
    )
    parent_is_unsent = exists().where(
        col(parent.id) == col(this.thread_of), col(parent.state) == MessageState.PENDING
    )
    statement = select(col(this.id)).where(
        col(this.state) == MessageState.PENDING,
        col(this.due_at) <= _NOW,
        _is_free(col(this.lease_until)),
        ~goes_first,
        ~parent_is_unsent,
        col(this.recipient).not_in(bindparam("busy", expanding=True)),
    )
    return statement.order_by(col(this.priority), col(this.id)).limit(1)


def _due_redraw() -> Due:
    this = aliased(Message)
    return (
        select(col(this.id))
        .join(Change, col(Change.id) == col(this.change_id))
        .where(
            col(this.state) == MessageState.SENT,
            col(this.redrawn).is_(True),
            col(this.ts).is_not(None),
            col(this.drawn_version) < col(Change.version),
            col(this.due_at) <= _NOW,
            _is_free(col(this.lease_until)),
        )
        .order_by(col(this.priority), col(this.id))
        .limit(1)
    )


def _due_move() -> Due:
    this, other = aliased(Move), aliased(Move)
    this_is_urgent, other_is_urgent = (_is_urgent(each) for each in (this, other))
    under_way = and_(col(other.lease_until).is_not(None), col(other.lease_until) > _NOW)
    goes_first = and_(
        col(other.state) == MoveState.PENDING,
        or_(col(other.due_at) <= _NOW, col(other.attempts) > 0),
        or_(
            and_(other_is_urgent, ~this_is_urgent),
            and_(or_(other_is_urgent, ~this_is_urgent), col(other.id) < col(this.id)),
        ),
    )
    blocked = exists().where(
        col(other.workflow) == col(this.workflow),
        col(other.pointer) == col(this.pointer),
        col(other.id) != col(this.id),
        or_(under_way, goes_first),
    )
    return (
        select(col(this.id))
        .where(
            col(this.state) == MoveState.PENDING,
            col(this.due_at) <= _NOW,
            _is_free(col(this.lease_until)),
            ~blocked,
        )
        .order_by(case((this_is_urgent, 0), else_=1), col(this.id))
        .limit(1)
    )


def _is_urgent(move: type[Move]) -> ColumnElement[bool]:
    return or_(*(col(move.purpose) == each for each in URGENT))


def _is_free(lease: SQLCoreOperations[datetime | None]) -> ColumnElement[bool]:
    return or_(lease.is_(None), lease <= _NOW)


DUE_POST: Final = _due_post()
"""The next message to post, if any: urgent first, then in order of id. Takes ``now`` and ``busy``.

It waits for earlier ones of the same change to the same recipient, and for the message under which it stands.
An earlier one that is due only later and was never tried holds nobody up, nor does a parked one.
"""

DUE_REDRAW: Final = _due_redraw()
"""The next posted message that shows an older version of its change, if any. Takes ``now``."""

DUE_MOVE: Final = _due_move()
"""The next pointer to move, if any: rollbacks first, then in order of id. Takes ``now``.

Moves of one pointer go one after another. A rollback overtakes a deploy that is still being tried, and waits
only for one that somebody is making at this moment, whatever was decided about it since.
"""


_MOVE_IS_DUE: Final = Prepared(DUE_MOVE)


def move_is_due(glance: Glance, now: datetime) -> bool:
    """Whether there is a move to claim. Takes no lock. Clicks have it asked twenty times a second."""
    return bool(_MOVE_IS_DUE.rows(glance, now=now))


def is_due(session: Session, due: Due, now: datetime, **more: Collection[str]) -> bool:
    """Whether there is a message to claim. Takes no lock."""
    return session.connection().execute(due, {"now": now, **more}).first() is not None


def claim_message(
    session: Session, due: Due, now: datetime, *, until: datetime, **more: Collection[str]
) -> Message | None:
    """Take the message that ``due`` finds, until then."""
    found: Message | None = session.scalar(_claim(Message, due), {"now": now, "until": until, **more})
    return found


def claim_move(session: Session, now: datetime, *, until: datetime) -> Move | None:
    """Take the move that is due, until then."""
    found: Move | None = session.scalar(_claim(Move, DUE_MOVE), {"now": now, "until": until})
    return found


@cache
def _claim(table: type[Message] | type[Move], due: Due) -> Any:  # noqa: ANN401  an UPDATE that returns the row
    statement: Update = update(table).where(col(table.id) == due.scalar_subquery())
    return (
        statement.values(
            lease_until=bindparam("until", type_=UtcDateTime()), attempts=col(table.attempts) + 1
        )
        .returning(table)
        .execution_options(synchronize_session=False)
    )
