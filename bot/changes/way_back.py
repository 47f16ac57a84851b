"""Where a release can go back to, and the moves that take it there.

What a release has moved, or may have moved, goes back; what it never touched stays as it is. A pointer that
only a person can see is never taken to be back before that person says so.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.changes.context import Context
from bot.changes.moving import name_of, release_name
from bot.changes.outcome import Actor
from bot.connectors.protocol import TargetError
from storage.models import Move, MoveState, Purpose, Release, Revision, Rollback
from storage.queries import releases

SWITCH_OFF = "switch_off"
"""The kind of a target that a person sees to, whatever the workflow's own target is."""
MOST_OFFERED = 5
FORWARD = (Purpose.PRODUCTION, Purpose.RESTORE)


@dataclass(frozen=True, slots=True)
class WayBack:
    """A version that was live before. ``release`` served it; None: it was live before our first release."""

    version: str
    release: Release | None


def ways_back(session: Session, release: Release) -> list[WayBack]:
    """The last five versions that were live before this one, newest first, each once."""
    earlier = releases.before(session, release)
    oldest = earlier[-1] if earlier else release
    found = [WayBack(each.new_version, each) for each in earlier]
    found += [WayBack(oldest.old_version, None)] if oldest.old_version else []
    once = {each.version: each for each in reversed(found) if each.version != release.new_version}
    return [each for each in found if each is once.get(each.version)][:MOST_OFFERED]


def start_moves(
    session: Session,
    context: Context,
    release: Release,
    revision: Revision,
    rollback: Rollback,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Write the moves back, production before the canary. False: nothing was moved, so none is needed."""
    made = releases.moves_of(session, release.id or 0)
    waiting = any(each.state is MoveState.WAITING and each.purpose in FORWARD for each in made)
    for each in releases.unsettled(made):
        each.state = MoveState.CANCELLED
    begun = [each for each in made if each.attempts and each.state is not MoveState.REFUSED]
    moves = []
    if any(each.purpose in FORWARD for each in begun):
        moves.append(_production(context, release, revision, rollback, by_person=waiting))
    canary = next((each for each in begun if each.purpose is Purpose.CANARY), None)
    if canary is not None and not _held_by_another(session, release):
        moves.append(_canary(session, release, rollback, canary, alone=not moves))
    for move in moves:
        move.why = f"rollback of {name_of(release.change_id)} by {actor.name}"
        move.due_at = move.created_at = now
        session.add(move)
    session.flush()
    return bool(moves)


def _production(
    context: Context, release: Release, revision: Revision, rollback: Rollback, *, by_person: bool
) -> Move:
    move = _move(release, rollback, Purpose.ROLL_BACK, release.pointer, rollback.to_version)
    if rollback.to_version is None and revision.fallback_switch_off:
        move.target = _seen_to_by_person(release, f"Switch it off: {revision.fallback_switch_off}")
    elif by_person:
        # They were asked to set the new version and may have done so without saying it.
        move.target = _seen_to_by_person(release, _by_hand(context, release, rollback))
    return move


def _canary(session: Session, release: Release, rollback: Rollback, forward: Move, *, alone: bool) -> Move:
    """To what production serves then: what the canary showed before may be older than that."""
    live = releases.live(session, release.workflow) if alone else None
    production = live.new_version if live else rollback.to_version
    move = _move(release, rollback, Purpose.ROLL_BACK_CANARY, release.canary_pointer or "", production)
    # Where the first move was broken off, nobody knows whether the canary has moved: it is read first.
    move.expected_known = forward.state is MoveState.DONE
    return move


def _held_by_another(session: Session, release: Release) -> bool:
    """A later release in its first stage has the canary now, and its own way back."""
    busy = releases.under_way(session, release.workflow)
    return busy is not None and busy.id != release.id


def _move(release: Release, rollback: Rollback, purpose: Purpose, pointer: str, wanted: str | None) -> Move:
    return Move(
        key=f"{release_name(release.id)}-rollback-{rollback.id}-{purpose.value}",
        workflow=release.workflow,
        target=release.target,
        purpose=purpose,
        release_id=release.id or 0,
        rollback_id=rollback.id,
        pointer=pointer,
        expected=release.new_version,
        wanted=wanted,
        due_at=rollback.at,
        created_at=rollback.at,
    )


def _seen_to_by_person(release: Release, instructions: str) -> dict[str, object]:
    return {"kind": SWITCH_OFF, "instructions": instructions, "person": release.target.get("person")}


def _by_hand(context: Context, release: Release, rollback: Rollback) -> str:
    wanted = rollback.to_version
    try:
        return context.open_target(release.workflow, release.target).by_hand(release.pointer, wanted)
    except TargetError:
        return f"Put {release.workflow} back to version {wanted or 'nothing'}."
