"""Moves that a person makes by hand: confirming that it is done."""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import GONE, release_by_id
from bot.changes.assigned import people_for_task
from bot.changes.context import Context
from bot.changes.landed import land
from bot.changes.moving import touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from storage.models import ManualPointer, Move, MoveState
from storage.queries import releases


def confirm_task(context: Context, move_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """A named person confirms that the version is set. Their word is the read-back of such a target."""
    with context.transaction() as session:
        move = releases.move(session, move_id)
        found = release_by_id(session, move.release_id) if move else GONE
        if move is None or isinstance(found, Refused):
            return GONE
        release, change, _ = found
        if move.state is not MoveState.WAITING:
            return Done(
                f"That is {move.state.value} already.",
                already=True,
                change_id=change.id,
                release_id=release.id,
            )
        if actor.slack_id not in people_for_task(session, move, release):
            return Refused(
                "This was asked of somebody else.", "Only those who were told to do it can confirm it."
            )
        _record(session, move)
        land(session, move, release, change, actor=actor.slack_id, now=now)
        touch(session, change)
        return Done("Thank you, noted.", change_id=change.id, release_id=release.id)


def _record(session: Session, move: Move) -> None:
    pointer = session.get(ManualPointer, (move.workflow, move.pointer))
    if pointer is None:
        pointer = ManualPointer(workflow=move.workflow, pointer=move.pointer)
        session.add(pointer)
    pointer.version = move.wanted
