"""A release and its reversal as cards show them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.changes.context import Context
from bot.changes.facts import AcknowledgementFacts, ReleaseFacts, RollbackFacts, TaskFacts, Who
from bot.changes.force import NoPolicyError, policy_in_force
from bot.changes.moving import SYSTEM
from bot.changes.reading.names import Names
from bot.connectors.protocol import Target, TargetError
from bot.policy.load import PolicyError
from storage.models import Move, MoveState, Release, Revision, Rollback, RollbackState
from storage.queries import changes, releases

STAGE_NAMES = ("canary", "full")


def release_facts(
    context: Context, session: Session, release: Release, *, now: datetime, names: Names | None = None
) -> ReleaseFacts:
    """One deployment with the state of its moves and its latest reversal."""
    names = names or Names(session)
    moves = releases.moves_of(session, release.id or 0)
    forward = [each for each in moves if each.rollback_id is None]
    target = target_for(context, release.workflow, release.target)
    rollback = releases.newest_rollback(session, release.id or 0)
    revision = _revision(session, release)
    return ReleaseFacts(
        id=release.id or 0,
        change_id=release.change_id,
        workflow=release.workflow,
        lane=release.lane,
        state=release.state,
        stage=release.stage,
        stages=release.stages,
        stage_names=STAGE_NAMES if release.stages > 1 else ("full",),
        old_version=release.old_version,
        new_version=release.new_version,
        deployer=names(release.deployer),
        rollback_owner=names(release.rollback_owner),
        started_at=release.started_at,
        live_at=release.live_at,
        ended_at=release.ended_at,
        by_hand=_by_hand(target, release, revision, release.old_version or _fallback(revision)),
        lag_seconds=int(target.lag.total_seconds()) if target else 0,
        trouble=_trouble(forward),
        moving=any(each.state is MoveState.PENDING for each in moves),
        task=_task(moves),
        rollback=rollback_facts(context, session, rollback, release, now=now, names=names)
        if rollback
        else None,
        summary=summary_of(session, release),
    )


def rollback_facts(
    context: Context, session: Session, rollback: Rollback, release: Release, *, now: datetime, names: Names
) -> RollbackFacts:
    """One reversal with who has confirmed it and what stands in its way."""
    moves = [each for each in releases.moves_of(session, release.id or 0) if each.rollback_id == rollback.id]
    target = target_for(context, release.workflow, release.target)
    stuck = next((each for each in moves if each.state is MoveState.ELSEWHERE), None)
    return RollbackFacts(
        id=rollback.id or 0,
        release_id=rollback.release_id,
        change_id=release.change_id,
        workflow=rollback.workflow,
        state=rollback.state,
        from_version=rollback.from_version,
        to_version=rollback.to_version,
        by=Who(SYSTEM, "somebody outside this app") if rollback.by == SYSTEM else names(rollback.by),
        at=rollback.at,
        done_at=rollback.done_at,
        reason=rollback.reason,
        reason_by=names(rollback.reason_by) if rollback.reason_by else None,
        trouble=_trouble(moves),
        pointer_found=stuck.found if stuck else None,
        by_hand=_by_hand(target, release, _revision(session, release), rollback.to_version),
        passed_over=tuple(each.change_id for each in releases.passed_over(session, release, rollback)),
        restorable_until=restorable_until(session, rollback, now=now) if release.live_at else None,
        restore_asked_by=names(rollback.restore_by)
        if rollback.restore_by and not rollback.restored_at
        else None,
        restore_reason=rollback.restore_reason,
        acknowledgements=tuple(
            AcknowledgementFacts(
                names(each.principal),
                names(each.acknowledged_by) if each.acknowledged_by else None,
                each.acknowledged_at,
            )
            for each in releases.acknowledgements(session, rollback.id or 0)
        ),
        restored=rollback.restored_at is not None,
        summary=summary_of(session, release),
        left_by=names(rollback.left_by) if rollback.left_by else None,
        found_outside=rollback.by == SYSTEM,
    )


def restorable_until(session: Session, rollback: Rollback, *, now: datetime) -> datetime | None:
    """Until when a deployer may restore it; None once that is over or never was."""
    if rollback.state is not RollbackState.DONE or rollback.done_at is None or rollback.restored_at:
        return None
    try:
        _, policy = policy_in_force(session)
    except (NoPolicyError, PolicyError):
        return None  # the card of a rollback is drawn whatever has become of the policy
    until: datetime = rollback.done_at + timedelta(seconds=policy.durations.restore_window.total_seconds())
    return until if now < until else None


def target_for(context: Context, workflow: str, spec: Mapping[str, Any]) -> Target | None:
    """A target as a release kept it; None where it cannot even be described, so that the card still shows."""
    try:
        return context.open_target(workflow, spec)
    except TargetError:
        return None


def summary_of(session: Session, release: Release) -> str:
    """What the released revision changed, in its author's words."""
    revision = _revision(session, release)
    return revision.what_changed if revision else ""


def _revision(session: Session, release: Release) -> Revision | None:
    change = changes.change(session, release.change_id)
    return changes.current_revision(session, change) if change else None


def _fallback(revision: Revision | None) -> str | None:
    return revision.fallback_version if revision else None


def _by_hand(target: Target | None, release: Release, revision: Revision | None, wanted: str | None) -> str:
    """How a person goes back without this app: to a version, or as the change says where there is none."""
    if wanted is None and revision and revision.fallback_switch_off:
        return f"Switch it off: {revision.fallback_switch_off}"
    return target.by_hand(release.pointer, wanted) if target else ""


def _trouble(moves: list[Move]) -> str:
    """What is in the way of the newest move of a pointer. What was put right since is no trouble any more."""
    newest = {each.pointer: each for each in moves}
    over = {MoveState.DONE, MoveState.CANCELLED}
    troubled = [each.last_error for each in newest.values() if each.last_error and each.state not in over]
    return troubled[-1] if troubled else ""


def _task(moves: list[Move]) -> TaskFacts | None:
    waiting = [each for each in moves if each.state is MoveState.WAITING]
    if not waiting:
        return None
    return TaskFacts(waiting[-1].id or 0, waiting[-1].instructions, waiting[-1].state)
