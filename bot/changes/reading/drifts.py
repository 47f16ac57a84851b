"""A pointer that was moved outside the app, as its card shows it."""

from sqlmodel import Session

from bot.changes.context import Context
from bot.changes.facts_drift import DriftFacts
from bot.changes.reading.names import Names
from bot.changes.reading.releases import target_for
from storage.models import Drift, DriftState, Move, MoveState, Purpose, Release
from storage.queries import releases


def drift_facts(context: Context, session: Session, drift: Drift, release: Release) -> DriftFacts:
    """One drift with whatever was done about it."""
    moves = [each for each in releases.moves_of(session, release.id or 0) if each.purpose is Purpose.PUT_BACK]
    last = moves[-1] if moves else None
    is_open = drift.state is DriftState.OPEN
    target = target_for(context, release.workflow, release.target) if is_open else None
    return DriftFacts(
        id=drift.id or 0,
        change_id=release.change_id,
        workflow=drift.workflow,
        pointer=drift.pointer,
        state=drift.state,
        recorded=drift.recorded,
        found=drift.found,
        seen_at=drift.seen_at,
        ended_at=drift.ended_at,
        by=Names(session)(drift.by) if drift.by else None,
        adopting=drift.change_id,
        due_at=drift.due_at,
        moving=is_open and last is not None and last.state is MoveState.PENDING,
        trouble=_trouble(drift, last) if is_open else "",
        by_hand=target.by_hand(drift.pointer, drift.recorded) if target else "",
    )


def _trouble(drift: Drift, last: Move | None) -> str:
    """What stood in the way of this drift's newest move; one before it belongs to another drift."""
    return last.last_error if last is not None and last.created_at >= drift.seen_at else ""
