"""One click back: right checked, people told, pointer on its way. Needs no approval and is never blocked.

It must not depend on the policy being readable, on the age of anything, or on Slack. It says "done" nowhere:
that follows in ``settle``, after the pointer was read back.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import release_by_id, rollback_by_id
from bot.changes.broadcast import tell_everyone
from bot.changes.context import Context
from bot.changes.landed import finish
from bot.changes.moving import name_of, release_name, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.rights import may_roll_back
from bot.changes.way_back import WayBack, start_moves, ways_back
from storage import audit
from storage.models import Change, Move, MoveState, Purpose, Release, Revision, Rollback, RollbackState
from storage.queries import releases
from storage.vocabulary import State

NOTED = "Thank you, the card shows the reason."


def roll_back(
    context: Context,
    release_id: int,
    *,
    actor: Actor,
    now: datetime,
    to_version: str | None = None,
    reason: str = "",
) -> Outcome:
    """Reverse one release: the live one, or one that is still being deployed (stop).

    ``to_version``: one of the last five live versions; otherwise what was live before. A second call for the
    same release does nothing and says so.
    """
    with context.transaction() as session:
        found = release_by_id(session, release_id)
        if isinstance(found, Refused):
            return found
        release, change, revision = found
        refusal = may_roll_back(session, release, actor)
        if refusal:
            return refusal
        already = _already(session, release, change)
        if already:
            return already
        returns_to = _returns_to(session, release, to_version)
        if isinstance(returns_to, Refused):
            return returns_to
        rollback = _record(
            session, release, revision, returns_to, to_version, actor=actor, now=now, reason=reason
        )
        moving = start_moves(session, context, release, revision, rollback, actor=actor, now=now)
        tell_everyone(session, change, revision, release, rollback, now=now)
        if not moving:
            finish(session, rollback, release, actor=actor.slack_id, now=now)
        touch(session, change)
        return Done(
            f"{name_of(change.id)} is being rolled back.",
            change_id=change.id,
            release_id=release.id,
            rollback_id=rollback.id,
        )


def roll_back_anyway(context: Context, rollback_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Put the old version back from wherever the pointer is now, after people were asked."""
    with context.transaction() as session:
        found = _asking(session, rollback_id, actor)
        if not isinstance(found, tuple):
            return found
        rollback, release, change, stuck = found
        for move in stuck:
            move.state, move.due_at, move.attempts = MoveState.PENDING, now, 0
            move.key, move.expected, move.expected_known = f"{move.key}+", None, False
        rollback.state = RollbackState.MOVING
        audit.append(session, "rollback:anyway", release_name(release.id), actor=actor.slack_id, now=now)
        touch(session, change)
        return Done("Putting it back.", change_id=change.id, release_id=release.id, rollback_id=rollback.id)


def leave_as_found(context: Context, rollback_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Keep what somebody set outside this app, after people were asked: the release is gone all the same."""
    with context.transaction() as session:
        found = _asking(session, rollback_id, actor)
        if not isinstance(found, tuple):
            return found
        rollback, release, change, stuck = found
        for move in stuck:
            move.state, move.done_at = MoveState.CANCELLED, now
            if move.purpose is Purpose.ROLL_BACK:
                rollback.to_version, rollback.to_release_id, rollback.left_by = (
                    move.found,
                    None,
                    actor.slack_id,
                )
        audit.append(
            session,
            "rollback:left",
            release_name(release.id),
            actor=actor.slack_id,
            now=now,
            found={move.pointer: move.found for move in stuck},
        )
        rollback.state = RollbackState.MOVING
        if not [
            each
            for each in releases.unsettled(releases.moves_of(session, release.id or 0))
            if each.rollback_id == rollback.id
        ]:
            finish(session, rollback, release, actor=actor.slack_id, now=now)
        touch(session, change)
        return Done("It stays as it is.", change_id=change.id, release_id=release.id, rollback_id=rollback.id)


def _asking(
    session: Session, rollback_id: int, actor: Actor
) -> tuple[Rollback, Release, Change, list[Move]] | Outcome:
    """A rollback that waits for a decision, and the moves that do; or what to answer."""
    found = rollback_by_id(session, rollback_id)
    if isinstance(found, Refused):
        return found
    rollback, release, change, _ = found
    refusal = may_roll_back(session, release, actor)
    if refusal:
        return refusal
    stuck = [
        each for each in releases.moves_of(session, release.id or 0) if each.state is MoveState.ELSEWHERE
    ]
    if rollback.state is not RollbackState.ASKING or not stuck:
        return Done(
            "Nothing waits for that decision.", already=True, change_id=change.id, rollback_id=rollback.id
        )
    return rollback, release, change, stuck


def give_reason(context: Context, rollback_id: int, reason: str, *, actor: Actor, now: datetime) -> Outcome:
    """Say afterwards why it was rolled back. A later reason replaces an earlier one on the card."""
    with context.transaction() as session:
        found = rollback_by_id(session, rollback_id)
        if isinstance(found, Refused):
            return found
        rollback, release, change, _ = found
        refusal = _may_say_why(session, rollback, release, actor)
        if refusal:
            return refusal
        if not reason.strip():
            return Refused("The reason is empty.", fields=(("reason", "Say in a sentence what went wrong."),))
        if (rollback.reason, rollback.reason_by) == (reason.strip(), actor.slack_id):
            return Done(NOTED, change_id=change.id, rollback_id=rollback.id)  # sent again, not said again
        rollback.reason, rollback.reason_by = reason.strip(), actor.slack_id
        audit.append(
            session,
            "rollback:reason",
            release_name(release.id),
            actor=actor.slack_id,
            now=now,
            reason=reason.strip(),
        )
        touch(session, change)
        return Done(NOTED, change_id=change.id, rollback_id=rollback.id)


def reason_refusal(context: Context, rollback_id: int, *, actor: Actor) -> Refused | None:
    """Why this person may not give the reason; None where they may."""
    with context.reading() as session:
        found = rollback_by_id(session, rollback_id)
        return found if isinstance(found, Refused) else _may_say_why(session, found[0], found[1], actor)


def choices(context: Context, release_id: int) -> list[WayBack]:
    """What "Roll back to" offers."""
    with context.reading() as session:
        release = releases.release(session, release_id)
        return ways_back(session, release) if release else []


def _may_say_why(session: Session, rollback: Rollback, release: Release, actor: Actor) -> Refused | None:
    return None if actor.slack_id == rollback.by else may_roll_back(session, release, actor)


def _already(session: Session, release: Release, change: Change) -> Outcome | None:
    name = name_of(change.id)
    if release.state is State.ROLLED_BACK:
        return Done(
            f"{name} was rolled back already.", already=True, change_id=change.id, release_id=release.id
        )
    running = releases.newest_rollback(session, release.id or 0)
    if running is not None and running.state is not RollbackState.DONE:
        return Done(
            f"{name} is being rolled back already.",
            already=True,
            change_id=change.id,
            release_id=release.id,
            rollback_id=running.id,
        )
    if release.state is State.SUPERSEDED:
        newer = releases.live(session, release.workflow)
        what = name_of(newer.change_id) if newer else "a later release"
        return Refused(
            f"{name} is not live any more: {what} replaced it.",
            "Roll that one back, or choose an older version with Roll back to.",
        )
    if release.state is State.FAILED:
        return Refused(f"{name} never went live, so there is nothing to reverse.")
    return None


def _returns_to(session: Session, release: Release, to_version: str | None) -> Release | Refused | None:
    """The release whose version comes back; None where no release of ours stands for it."""
    wanted = release.old_version if to_version is None else to_version
    offered = next((each for each in ways_back(session, release) if each.version == wanted), None)
    if offered:
        return offered.release
    if wanted == release.old_version:
        return None
    return Refused("That version is not among the last five that were live.", "Choose one of those offered.")


def _record(
    session: Session,
    release: Release,
    revision: Revision,
    returns_to: Release | None,
    to_version: str | None,
    *,
    actor: Actor,
    now: datetime,
    reason: str,
) -> Rollback:
    rollback = Rollback(
        release_id=release.id or 0,
        workflow=release.workflow,
        from_version=release.new_version,
        to_version=to_version or release.old_version or revision.fallback_version,
        to_release_id=returns_to.id if returns_to else None,
        by=actor.slack_id,
        reason=reason,
        reason_by=actor.slack_id if reason else None,
        at=now,
    )
    session.add(rollback)
    session.flush()
    audit.append(
        session,
        "release:roll_back",
        release_name(release.id),
        actor=actor.slack_id,
        now=now,
        rollback=rollback.id,
        frm=rollback.from_version,
        to=rollback.to_version,
        reason=reason,
    )
    return rollback
