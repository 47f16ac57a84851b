"""Which row is next: the queries by which workers, in any number of processes, share what is due.

A claim is a lease: the row is ours until ``lease_until``, and the next worker's after that. Nothing here may
hand out a row before those that must go ahead of it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import and_, case, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlalchemy.sql import ColumnElement, Select
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import Session, col

from storage.models import Change, Message, MessageState, Move, MoveState, Purpose

URGENT: Final = (Purpose.ROLL_BACK, Purpose.ROLL_BACK_CANARY)
"""The moves that go ahead of all others."""

Due = Select[int | None]
"""A query for the id of the next row. On Postgres it locks that row and skips those that others lock."""


def due_post(now: datetime, busy: Collection[str] = ()) -> Due:
    """The next message to post, if any: urgent first, then in order of id.

    It waits for earlier ones of the same change to the same recipient, and for the message under which it
    stands. An earlier one that is due only later and was never tried holds nobody up, nor does a parked one.
    """
    this, earlier, parent = aliased(Message), aliased(Message), aliased(Message)
    goes_first = exists().where(
        col(earlier.state) == MessageState.PENDING,
        col(earlier.change_id) == col(this.change_id),
        col(earlier.recipient) == col(this.recipient),
        col(earlier.id) < col(this.id),
        col(earlier.priority) <= col(this.priority),
        or_(col(earlier.due_at) <= now, col(earlier.attempts) > 0),
    )
    parent_is_unsent = exists().where(
        col(parent.id) == col(this.thread_of), col(parent.state) == MessageState.PENDING
    )
    statement = select(col(this.id)).where(
        col(this.state) == MessageState.PENDING,
        col(this.due_at) <= now,
        _is_free(col(this.lease_until), now),
        ~goes_first,
        ~parent_is_unsent,
    )
    if busy:
        statement = statement.where(col(this.recipient).not_in(list(busy)))
    return _first(statement.order_by(col(this.priority), col(this.id)), this)


def due_redraw(now: datetime) -> Due:
    """The next posted message that shows an older version of its change, if any."""
    this = aliased(Message)
    statement = (
        select(col(this.id))
        .join(Change, col(Change.id) == col(this.change_id))
        .where(
            col(this.state) == MessageState.SENT,
            col(this.redrawn).is_(True),
            col(this.ts).is_not(None),
            col(this.drawn_version) < col(Change.version),
            col(this.due_at) <= now,
            _is_free(col(this.lease_until), now),
        )
        .order_by(col(this.priority), col(this.id))
    )
    return _first(statement, this)


def due_move(now: datetime) -> Due:
    """The next pointer to move, if any: rollbacks first, then in order of id.

    Moves of one pointer go one after another. A rollback overtakes a deploy that is still being tried, and
    waits only for one that somebody is making at this moment, whatever was decided about it since.
    """
    this, other = aliased(Move), aliased(Move)
    this_is_urgent, other_is_urgent = (col(each.purpose).in_(URGENT) for each in (this, other))
    under_way = and_(col(other.lease_until).is_not(None), col(other.lease_until) > now)
    goes_first = and_(
        col(other.state) == MoveState.PENDING,
        or_(col(other.due_at) <= now, col(other.attempts) > 0),
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
    statement = (
        select(col(this.id))
        .where(
            col(this.state) == MoveState.PENDING,
            col(this.due_at) <= now,
            _is_free(col(this.lease_until), now),
            ~blocked,
        )
        .order_by(case((this_is_urgent, 0), else_=1), col(this.id))
    )
    return _first(statement, this)


def claim_message(session: Session, due: Due, *, until: datetime) -> Message | None:
    """Take the message that ``due`` finds, until then."""
    statement = (
        update(Message)
        .where(col(Message.id) == due.scalar_subquery())
        .values(lease_until=until, attempts=col(Message.attempts) + 1)
        .returning(Message)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement)


def claim_move(session: Session, due: Due, *, until: datetime) -> Move | None:
    """Take the move that ``due`` finds, until then."""
    statement = (
        update(Move)
        .where(col(Move.id) == due.scalar_subquery())
        .values(lease_until=until, attempts=col(Move.attempts) + 1)
        .returning(Move)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement)


def _first(statement: Due, this: type[Message | Move]) -> Due:
    return statement.limit(1).with_for_update(skip_locked=True, of=this)


def _is_free(lease: SQLCoreOperations[datetime | None], now: datetime) -> ColumnElement[bool]:
    return or_(lease.is_(None), lease <= now)
