"""Releases, their reversals and the moves of pointers behind them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.models import Acknowledgement, Move, MoveState, Release, Rollback, RollbackState
from storage.vocabulary import State

WENT_LIVE = (State.LIVE, State.SUPERSEDED)
UNSETTLED = (MoveState.PENDING, MoveState.WAITING, MoveState.ELSEWHERE)


def release(session: Session, release_id: int, *, lock: bool = False) -> Release | None:
    """One release. ``lock``: nobody else may alter it until the transaction ends (Postgres)."""
    return session.get(Release, release_id, with_for_update=lock or None)


def live(session: Session, workflow: str) -> Release | None:
    """The release whose version a workflow serves now."""
    return session.exec(
        select(Release).where(Release.workflow == workflow, Release.state == State.LIVE)
    ).first()


def all_live(session: Session) -> list[Release]:
    """The live release of every workflow, newest first."""
    return list(
        session.exec(select(Release).where(Release.state == State.LIVE).order_by(col(Release.live_at).desc()))
    )


def under_way(session: Session, workflow: str) -> Release | None:
    """The release that is being deployed in a workflow, if one is."""
    return session.exec(
        select(Release).where(Release.workflow == workflow, Release.state == State.RELEASING)
    ).first()


def newest_of_change(session: Session, change_id: int) -> Release | None:
    """The latest deployment of a change."""
    return session.exec(
        select(Release).where(Release.change_id == change_id).order_by(col(Release.id).desc())
    ).first()


def of_change(session: Session, change_id: int) -> list[Release]:
    """Every deployment of a change, oldest first."""
    return list(session.exec(select(Release).where(Release.change_id == change_id).order_by(col(Release.id))))


def before(session: Session, release: Release, *, limit: int = 5) -> list[Release]:
    """The releases that were live before this one and were not rolled back, newest first."""
    statement = (
        select(Release)
        .where(
            Release.workflow == release.workflow,
            col(Release.state).in_(WENT_LIVE),
            col(Release.live_at) < release.live_at,
            Release.id != release.id,
        )
        .order_by(col(Release.live_at).desc())
        .limit(limit)
    )
    return list(session.exec(statement))


def between(session: Session, newer: Release, older: Release) -> list[Release]:
    """The releases that went live between these two, newest first, whatever became of them."""
    statement = (
        select(Release)
        .where(
            Release.workflow == newer.workflow,
            col(Release.live_at) < newer.live_at,
            col(Release.live_at) > older.live_at,
        )
        .order_by(col(Release.live_at).desc())
    )
    return list(session.exec(statement))


def since(session: Session, moment: datetime, *, workflow: str | None = None) -> list[Release]:
    """Every release that started at or after a moment, newest first."""
    statement = select(Release).where(col(Release.started_at) >= moment).order_by(col(Release.id).desc())
    if workflow is not None:
        statement = statement.where(Release.workflow == workflow)
    return list(session.exec(statement))


def rollback(session: Session, rollback_id: int, *, lock: bool = False) -> Rollback | None:
    """One reversal. ``lock`` as elsewhere."""
    return session.get(Rollback, rollback_id, with_for_update=lock or None)


def newest_rollback(session: Session, release_id: int) -> Rollback | None:
    """The latest reversal of a release."""
    return session.exec(
        select(Rollback).where(Rollback.release_id == release_id).order_by(col(Rollback.id).desc())
    ).first()


def rollbacks_since(session: Session, workflow: str, moment: datetime) -> int:
    """How often a workflow was rolled back since a moment."""
    statement = select(func.count()).select_from(Rollback)
    return session.exec(statement.where(Rollback.workflow == workflow, col(Rollback.at) >= moment)).one()


def rollbacks_of(session: Session, workflow: str) -> list[Rollback]:
    """Every reversal in a workflow, newest first."""
    return list(
        session.exec(select(Rollback).where(Rollback.workflow == workflow).order_by(col(Rollback.id).desc()))
    )


def acknowledgements(session: Session, rollback_id: int) -> list[Acknowledgement]:
    """Who must confirm having seen a rollback, and who has."""
    statement = select(Acknowledgement).where(Acknowledgement.rollback_id == rollback_id)
    return list(session.exec(statement.order_by(col(Acknowledgement.id))))


def move(session: Session, move_id: int, *, lock: bool = False) -> Move | None:
    """One move of a pointer."""
    return session.get(Move, move_id, with_for_update=lock or None)


def moves_of(session: Session, release_id: int) -> list[Move]:
    """Every move of a release, oldest first."""
    return list(session.exec(select(Move).where(Move.release_id == release_id).order_by(col(Move.id))))


def unsettled(moves: Sequence[Move]) -> list[Move]:
    """Those of the moves that have not ended."""
    return [each for each in moves if each.state in UNSETTLED]


def rollbacks_under_way(session: Session) -> list[Rollback]:
    """Reversals that have not come to an end, oldest first."""
    statement = select(Rollback).where(Rollback.state != RollbackState.DONE)
    return list(session.exec(statement.order_by(col(Rollback.id))))
