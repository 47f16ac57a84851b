"""Pointers that were moved outside the app, and what the record says that they should show."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from storage.models import Drift, DriftState, Move, MoveState, Release
from storage.queries.releases import UNSETTLED


def drift(session: Session, drift_id: int) -> Drift | None:
    """One drift."""
    return session.get(Drift, drift_id)


def open_in(session: Session, workflow: str) -> Drift | None:
    """The drift of a workflow that nobody has dealt with."""
    return session.exec(
        select(Drift).where(Drift.workflow == workflow, Drift.state == DriftState.OPEN)
    ).first()


def workflows_on_record(session: Session) -> list[str]:
    """Every workflow that was ever released here."""
    return sorted(session.exec(select(Release.workflow).distinct()))


def is_moving(session: Session, workflow: str) -> bool:
    """Whether any pointer of a workflow is on its way, or waits for people."""
    moving = select(Move.id).where(Move.workflow == workflow, col(Move.state).in_(UNSETTLED)).limit(1)
    return session.exec(moving).first() is not None


def last_moved(session: Session, workflow: str) -> datetime | None:
    """When the app last moved a pointer of a workflow."""
    moved = select(func.max(Move.done_at)).where(Move.workflow == workflow, Move.state == MoveState.DONE)
    return session.exec(moved).one()
