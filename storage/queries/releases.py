"""Releases, their reversals and the moves of pointers behind them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from storage.models import Acknowledgement, Move, MoveState, Purpose, Release, Rollback, RollbackState
from storage.vocabulary import State

WENT_LIVE = (State.LIVE, State.SUPERSEDED)
UNSETTLED = (MoveState.PENDING, MoveState.WAITING, MoveState.ELSEWHERE)


def release(session: Session, release_id: int) -> Release | None:
    """One release."""
    return session.get(Release, release_id)


def change_of(session: Session, release_id: int) -> int | None:
    """The number of the change that a release put live."""
    return session.exec(select(Release.change_id).where(Release.id == release_id)).first()


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


def workflows_with_releases(session: Session) -> list[str]:
    """The workflows of which a release is live or on its way."""
    statement = select(Release.workflow).where(col(Release.state).in_((State.LIVE, State.RELEASING)))
    return sorted(set(session.exec(statement)))


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


def before(session: Session, release: Release, *, limit: int | None = None) -> list[Release]:
    """The releases that were live before this one and were not rolled back, newest first."""
    if release.live_at is None:
        return []
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


def passed_over(session: Session, release: Release, rollback: Rollback) -> list[Release]:
    """The releases that a reversal undoes, or has undone, besides its own, newest first.

    They are those after the one that comes back; all of them where what was live before the first comes back.
    None where somebody decided to leave what was set outside this app.
    """
    if release.live_at is None or rollback.left_by or _is_the_one_before(release, rollback):
        return []
    back = session.get(Release, rollback.to_release_id) if rollback.to_release_id else None
    statement = select(Release).where(
        Release.workflow == release.workflow,
        Release.id != release.id,
        col(Release.live_at) < release.live_at,
    )
    if back is not None:
        statement = statement.where(col(Release.live_at) > back.live_at)
    if rollback.done_at is None:
        statement = statement.where(col(Release.state).in_(WENT_LIVE))
    else:
        # A release that was undone by itself ended at another moment, and so is not among these.
        statement = statement.where(Release.ended_at == rollback.done_at)
    return list(session.exec(statement.order_by(col(Release.live_at).desc())))


def _is_the_one_before(release: Release, rollback: Rollback) -> bool:
    if rollback.to_release_id is not None:
        return False
    return release.old_version is None or rollback.to_version == release.old_version


def since(session: Session, moment: datetime, *, workflow: str | None = None) -> list[Release]:
    """Every release that started at or after a moment, newest first."""
    statement = select(Release).where(col(Release.started_at) >= moment).order_by(col(Release.id).desc())
    if workflow is not None:
        statement = statement.where(Release.workflow == workflow)
    return list(session.exec(statement))


def rollback(session: Session, rollback_id: int) -> Rollback | None:
    """One reversal."""
    return session.get(Rollback, rollback_id)


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


def unconfirmed_by(session: Session, principals: Collection[str]) -> list[Rollback]:
    """The reversals that any of these people or groups has still to confirm, newest first."""
    owed = select(Acknowledgement.rollback_id).where(
        col(Acknowledgement.principal).in_(principals), col(Acknowledgement.acknowledged_at).is_(None)
    )
    return list(
        session.exec(select(Rollback).where(col(Rollback.id).in_(owed)).order_by(col(Rollback.id).desc()))
    )


def waiting_moves(session: Session) -> list[Move]:
    """The moves that a person was told to make and has not confirmed, oldest first."""
    return list(session.exec(select(Move).where(Move.state == MoveState.WAITING).order_by(col(Move.id))))


def move(session: Session, move_id: int) -> Move | None:
    """One move of a pointer."""
    return session.get(Move, move_id)


def moves_of(session: Session, release_id: int) -> list[Move]:
    """Every move of a release, oldest first."""
    return list(session.exec(select(Move).where(Move.release_id == release_id).order_by(col(Move.id))))


def restoring(session: Session, workflow: str) -> Move | None:
    """The move that puts a rolled-back release of a workflow live again, while it has not ended."""
    return session.exec(
        select(Move).where(
            Move.workflow == workflow, Move.purpose == Purpose.RESTORE, col(Move.state).in_(UNSETTLED)
        )
    ).first()


def unsettled(moves: Sequence[Move]) -> list[Move]:
    """Those of the moves that have not ended."""
    return [each for each in moves if each.state in UNSETTLED]


def reversing(session: Session, workflow: str) -> Rollback | None:
    """The oldest reversal of a workflow that has not come to an end."""
    statement = select(Rollback).where(Rollback.workflow == workflow, Rollback.state != RollbackState.DONE)
    return session.exec(statement.order_by(col(Rollback.id))).first()
