"""What follows once the outbox knows how a move ended. One move, one transaction, and safe to repeat.

A release is called live, and a rollback done, from here and from nowhere else, and only for a pointer that
was read back or that a named person confirmed.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import change_by_id
from bot.changes.assigned import people_for_task
from bot.changes.context import Context
from bot.changes.landed import land
from bot.changes.moving import SYSTEM, move_state, name_of, release_name, touch
from bot.changes.outcome import Refused
from bot.changes.stale import become_stale
from bot.outbox.results import (
    Elsewhere,
    Landed,
    LiedTo,
    RefusedByTarget,
    Result,
    Unavailable,
    WaitingForPerson,
)
from storage import audit
from storage.models import Change, Move, MoveState, Purpose, Release, RollbackState
from storage.queries import releases
from storage.vocabulary import State

BACKWARDS = (Purpose.ROLL_BACK, Purpose.ROLL_BACK_CANARY)
ASKED = "Decide on the rollback's card whether it is put back all the same."


def settle(context: Context, move_id: int, result: Result, *, now: datetime) -> None:
    """Write down how a move ended, and what follows from it."""
    with context.transaction() as session:
        move = releases.move(session, move_id)
        if move is None or move.state in {MoveState.DONE, MoveState.CANCELLED}:
            return
        release, change = _subject(session, move)
        touch(session, change)
        match result:
            case Landed():
                land(session, move, release, change, actor=SYSTEM, now=now)
            case WaitingForPerson(instructions=instructions):
                _wait_for_person(session, move, release, change, instructions, now=now)
            case Elsewhere(found=found):
                _elsewhere(session, move, release, change, found, now=now)
            case RefusedByTarget(words=words):
                _refused(session, move, release, change, words, now=now)
            case LiedTo(found=found):
                words = f"The target accepted the move, but {move.pointer} is still at {found or 'nothing'}."
                _again(session, move, release, change, words, now=now)
            case Unavailable(words=words):
                _again(session, move, release, change, words, now=now)


def _subject(session: Session, move: Move) -> tuple[Release, Change]:
    release = releases.release(session, move.release_id)
    found = change_by_id(session, release.change_id) if release else None
    if release is None or found is None or isinstance(found, Refused):
        raise LookupError(f"move {move.id} belongs to no release")
    return release, found[0]


def _wait_for_person(
    session: Session, move: Move, release: Release, change: Change, instructions: str, *, now: datetime
) -> None:
    move.state, move.instructions = MoveState.WAITING, instructions
    for person in people_for_task(session, move, release):
        tell.task(session, change, release.id or 0, move.id or 0, person, now=now)


def _again(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    """The outbox tries again by itself; the card says so, and a rollback says so loudly, once."""
    move.last_error = words
    if move.purpose in BACKWARDS:
        _say_loudly(session, move, release, change, words, now=now)


def _refused(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    move.last_error = words
    if move.purpose in BACKWARDS:
        _say_loudly(session, move, release, change, words, now=now)
        return
    move.state, move.done_at = MoveState.REFUSED, now
    _not_moved(session, move, release, change, words, now=now)


def _not_moved(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    """What a move that has ended without effect leaves behind, by its purpose."""
    if move.purpose is Purpose.RESTORE:
        _restore_refused(session, move, release, change, words, now=now)
    elif move.purpose is Purpose.PUT_BACK:
        tell.in_thread(session, change, f"Not put back. {words}", now=now, about=f"not_put_back:{move.id}")
    elif move.purpose is Purpose.PRODUCTION and release.stages > 1:
        _back_to_first_stage(session, release, change, words, now=now)
    else:
        fail(session, release, change, words, now=now)


def _elsewhere(
    session: Session, move: Move, release: Release, change: Change, found: str | None, *, now: datetime
) -> None:
    # A canary does not start where live has moved meanwhile; then its own start was not even read.
    pointer = move.pointer if move.expected_known else release.pointer
    words = f"Somebody moved {pointer}: it is at {found or 'nothing'} now. Nothing was moved."
    move.last_error, move.found = words, found
    if move.purpose in BACKWARDS:
        move.state = MoveState.ELSEWHERE
        _ask_people(session, move, release, change, words, now=now)
        return
    move.state, move.done_at = MoveState.REFUSED, now
    _not_moved(session, move, release, change, words, now=now)
    if change.state is State.APPROVED and pointer == release.pointer:
        become_stale(session, change, found, now=now)


def _ask_people(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    """The pointer is neither the bad nor the wanted version: people decide."""
    rollback = releases.rollback(session, move.rollback_id or 0)
    if rollback is not None:
        rollback.state = RollbackState.ASKING
    _say_loudly(session, move, release, change, words, now=now)


def fail(session: Session, release: Release, change: Change, words: str, *, now: datetime) -> None:
    """The target refused and nothing moved: the release ends, the change may be deployed again."""
    release.state, release.ended_at = State.FAILED, now
    audit.append(session, "release:failed", release_name(release.id), actor=SYSTEM, now=now, words=words)
    move_state(session, change, State.FAILED, actor=SYSTEM, now=now, release=release.id, words=words)
    text = f"The deployment failed, and nothing was moved. {words}"
    tell.in_thread(session, change, text, now=now, about=f"failed:{release.id}")
    tell.submitter(session, change, now=now, what="failed", about=f"failed:{release.id}", reason=words)
    move_state(session, change, State.APPROVED, actor=SYSTEM, now=now, release=release.id)


def _back_to_first_stage(
    session: Session, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    """Production did not move, the canary still serves the change: a person advances again or stops."""
    release.stage = 1
    audit.append(
        session, "release:advance_refused", release_name(release.id), actor=SYSTEM, now=now, words=words
    )
    text = f"Production was not moved. {words} Advance again, or stop and roll back."
    tell.in_thread(session, change, text, now=now, about=f"not_advanced:{release.id}:{change.version}")


def _restore_refused(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    rollback = releases.newest_rollback(session, release.id or 0)
    if rollback is not None:
        rollback.restore_by = rollback.restore_asked_at = rollback.restore_confirmed_by = None
    audit.append(
        session, "release:restore_refused", release_name(release.id), actor=SYSTEM, now=now, words=words
    )
    tell.in_thread(session, change, f"Not restored. {words}", now=now, about=f"not_restored:{move.id}")


def _say_loudly(
    session: Session, move: Move, release: Release, change: Change, words: str, *, now: datetime
) -> None:
    """On the card's thread, and directly to whoever asked for the rollback and to its owner."""
    text = f"The rollback of {name_of(change.id)} on {release.workflow} is not done. {words}"
    about = f"trouble:{move.id}:{move.state.value}"
    tell.in_thread(session, change, text, now=now, about=about, priority=tell.URGENT)
    rollback = releases.rollback(session, move.rollback_id or 0)
    remedy = "It is tried again until it works." if move.state is MoveState.PENDING else ASKED
    for person in dict.fromkeys([*([rollback.by] if rollback else []), release.rollback_owner]):
        key = f"{about}:{person}"
        tell.privately(session, person, now=now, key=key, text=text, remedy=remedy)
