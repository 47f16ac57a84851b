"""A pointer was moved and read back: what that makes live, superseded or rolled back."""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import GONE, change_by_id
from bot.changes.assigned import release_places
from bot.changes.drift import end_of
from bot.changes.force import policy_in_force
from bot.changes.moving import move_state, name_of, release_name, touch
from bot.changes.outcome import Refused
from storage import audit
from storage.models import Change, DriftState, Move, MoveState, Purpose, Release, Rollback, RollbackState
from storage.queries import releases
from storage.vocabulary import State


def land(
    session: Session, move: Move, release: Release, change: Change, *, actor: str, now: datetime
) -> None:
    """Close a move, and do what its purpose asks for."""
    move.state, move.done_at, move.last_error = MoveState.DONE, now, ""
    audit.append(
        session,
        "pointer:moved",
        release_name(release.id),
        actor=actor,
        now=now,
        purpose=move.purpose.value,
        pointer=move.pointer,
        before=move.expected,
        after=move.wanted,
        key=move.key,
    )
    match move.purpose:
        case Purpose.CANARY:
            _canary(session, move, release, change, now=now)
        case Purpose.PRODUCTION:
            _production(session, release, change, actor=actor, now=now)
        case Purpose.RESTORE:
            _restored(session, release, change, actor=actor, now=now)
        case Purpose.PUT_BACK:
            end_of(session, release, DriftState.RESTORED, now=now)
            text = f"{move.pointer} is back where it was before somebody moved it outside this app."
            tell.in_thread(session, change, text, now=now, about=f"put_back:{move.id}")
        case Purpose.ROLL_BACK | Purpose.ROLL_BACK_CANARY:
            _rolled_back(session, move, release, actor=actor, now=now)


def _canary(session: Session, move: Move, release: Release, change: Change, *, now: datetime) -> None:
    release.old_canary = move.expected
    stage = f"Stage 1 of {release.stages}"
    text = f"{stage}: {move.pointer} serves it now. Advance it or stop it on the message of the release."
    tell.in_thread(session, change, text, now=now, about=f"canary:{release.id}")


def _production(session: Session, release: Release, change: Change, *, actor: str, now: datetime) -> None:
    _supersede(session, release, actor=actor, now=now)
    end_of(session, release, DriftState.OVERTAKEN, now=now)
    release.state, release.live_at = State.LIVE, now
    session.flush()
    move_state(session, change, State.LIVE, actor=actor, now=now, release=release.id)
    _say_live(session, release, change, "is live", now=now, about=f"live:{release.id}")


def _restored(session: Session, release: Release, change: Change, *, actor: str, now: datetime) -> None:
    rollback = releases.newest_rollback(session, release.id or 0)
    _supersede(session, release, actor=actor, now=now)
    end_of(session, release, DriftState.OVERTAKEN, now=now)
    release.state, release.live_at, release.ended_at = State.LIVE, now, None
    if rollback is not None:
        rollback.restored_at = now
        # From here on this is what was live before it.
        release.old_version = rollback.to_version
    session.flush()
    reason = rollback.restore_reason if rollback else ""
    move_state(session, change, State.LIVE, actor=actor, now=now, release=release.id, reason=reason)
    number = rollback.id if rollback else 0
    _say_live(session, release, change, "is live again", now=now, about=f"restored:{number}")
    if rollback is not None:
        text = f"{name_of(change.id)} on {change.workflow} was rolled back and is live again."
        tell.restored(session, rollback, text, now=now)


def _say_live(
    session: Session, release: Release, change: Change, words: str, *, now: datetime, about: str
) -> None:
    _, policy = policy_in_force(session)
    workflow = policy.all_workflows.get(change.workflow)
    for place in release_places(session, workflow, change) if workflow else ():
        tell.live_message(session, change, release, place, now=now)
    tell.in_thread(session, change, f"{name_of(change.id)} {words}.", now=now, about=about)
    tell.submitter(session, change, now=now, what="live", about=about, release=release.id)


def _supersede(session: Session, release: Release, *, actor: str, now: datetime) -> None:
    """Whatever was live before this release is no longer; one live release a workflow."""
    previous = releases.live(session, release.workflow)
    if previous is None or previous.id == release.id:
        return
    previous.state = State.SUPERSEDED
    _follow(session, previous, State.SUPERSEDED, actor=actor, now=now)
    session.flush()


def _rolled_back(session: Session, move: Move, release: Release, *, actor: str, now: datetime) -> None:
    rollback = releases.rollback(session, move.rollback_id or 0)
    if rollback is None or rollback.state is RollbackState.DONE:
        return
    rest = [
        each
        for each in releases.unsettled(releases.moves_of(session, release.id or 0))
        if each.rollback_id == rollback.id and each.id != move.id
    ]
    if not rest:
        finish(session, rollback, release, actor=actor, now=now)


def finish(session: Session, rollback: Rollback, release: Release, *, actor: str, now: datetime) -> None:
    """Every pointer of this rollback is back: the release and those passed over are rolled back."""
    returns_to = releases.release(session, rollback.to_release_id) if rollback.to_release_id else None
    passed_over = releases.passed_over(session, release, rollback)
    was_live = release.state is State.LIVE
    rollback.state, rollback.done_at = RollbackState.DONE, now
    end_of(session, release, DriftState.OVERTAKEN, now=now)
    for each in (release, *passed_over):
        each.state, each.ended_at = State.ROLLED_BACK, now
        _follow(session, each, State.ROLLED_BACK, actor=rollback.by, now=now, rollback=rollback.id)
    session.flush()
    if was_live and returns_to is not None and returns_to.state is State.SUPERSEDED:
        returns_to.state = State.LIVE
        _follow(session, returns_to, State.LIVE, actor=actor, now=now, rollback=rollback.id)
    audit.append(
        session,
        "release:rolled_back",
        release_name(release.id),
        actor=rollback.by,
        now=now,
        rollback=rollback.id,
        to=rollback.to_version,
        passed_over=[each.id for each in passed_over],
    )
    found = change_by_id(session, release.change_id)
    if not isinstance(found, Refused):
        text = f"{name_of(release.change_id)} is rolled back."
        tell.in_thread(
            session, found[0], text, now=now, about=f"rolled_back:{rollback.id}", priority=tell.URGENT
        )


def _follow(
    session: Session, release: Release, state: State, *, actor: str, now: datetime, **why: object
) -> None:
    """A release's change follows it, unless a later deployment of the same change speaks for it."""
    found = change_by_id(session, release.change_id)
    if isinstance(found, Refused):
        raise LookupError(str(GONE))  # noqa: TRY004  a row is missing, no type is wrong
    newest = releases.newest_of_change(session, release.change_id)
    if newest is not None and newest.id == release.id:
        move_state(session, found[0], state, actor=actor, now=now, release=release.id, **why)
    else:
        touch(session, found[0])
