"""A live pointer that was moved outside the app: adopted after the fact, or put back, and the end of it.

Nothing is moved from here without a click by somebody who holds the rollback right.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes.access import GONE, release_by_id
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import SYSTEM, name_of, release_name, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.revisions import served_by
from bot.changes.rights import may_roll_back
from storage import audit
from storage.models import Change, Drift, DriftState, Move, Purpose, Release
from storage.queries import changes, drifts, releases
from storage.vocabulary import State

OVER = (State.REJECTED, State.WITHDRAWN, State.EXPIRED)
"""A change in one of these adopts nothing any more."""


def adopt(context: Context, drift_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Begin a change that approves after the fact what was found: a draft, to be finished in the form."""
    with context.transaction() as session:
        found = _open(session, drift_id)
        if not isinstance(found, tuple):
            return found
        drift, release, change = found
        if drift.found is None:
            return Refused("Nothing is live there now, so there is nothing to adopt.", "Restore it instead.")
        begun = changes.change(session, drift.change_id) if drift.change_id else None
        if begun is not None and begun.state not in OVER:
            if begun.state is State.DRAFT and begun.submitter == actor.slack_id:
                return Done("Go on with it.", change_id=begun.id)
            return Refused(f"{name_of(begun.id)} adopts it already.", "See its card, or /prompt-change list.")
        _, policy = policy_in_force(session)
        typed = {"workflow": drift.workflow, "how": "existing", "version": drift.found, "revision": 0}
        adopting = Change(
            workflow=drift.workflow,
            state_since=now,
            submitter=actor.slack_id,
            adopts=drift.id,
            form={actor.slack_id: typed},
            created_at=now,
        )
        session.add(adopting)
        session.flush()
        within = policy.durations.approval_after_the_fact
        drift.change_id, drift.due_at, drift.by = adopting.id, now + within, actor.slack_id
        for subject in (name_of(adopting.id), release_name(release.id)):
            audit.append(
                session,
                "drift:adopt",
                subject,
                actor=actor.slack_id,
                now=now,
                drift=drift.id,
                version=drift.found,
            )
        touch(session, change)
        return Done("Say in the form what changed and why.", change_id=adopting.id)


def put_back(context: Context, drift_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Move the pointer back to what the record has, from where it was found."""
    with context.transaction() as session:
        found = _open(session, drift_id)
        if not isinstance(found, tuple):
            return found
        drift, release, change = found
        refusal = may_roll_back(session, release, actor)
        if refusal:
            return refusal
        if drifts.is_moving(session, drift.workflow):
            return Done(f"The pointer of {drift.workflow} is being moved already.", already=True)
        drift.by = actor.slack_id
        earlier = sum(
            each.purpose is Purpose.PUT_BACK for each in releases.moves_of(session, release.id or 0)
        )
        session.add(
            Move(
                key=f"{release_name(release.id)}-drift-{drift.id}-{earlier + 1}",
                workflow=drift.workflow,
                target=release.target,
                purpose=Purpose.PUT_BACK,
                release_id=release.id or 0,
                pointer=drift.pointer,
                expected=drift.found,
                wanted=drift.recorded,
                content_digest=_digest_on_record(session, drift, change),
                why=f"{name_of(change.id)} put back by {actor.name}",
                due_at=now,
                created_at=now,
            )
        )
        audit.append(
            session, "drift:put_back", release_name(release.id), actor=actor.slack_id, now=now, drift=drift.id
        )
        touch(session, change)
        return Done("Putting it back.", change_id=change.id)


def _open(session: Session, drift_id: int) -> tuple[Drift, Release, Change] | Outcome:
    drift = drifts.drift(session, drift_id)
    about = release_by_id(session, drift.release_id) if drift else GONE
    if drift is None or isinstance(about, Refused):
        return GONE
    release, change, _ = about
    if drift.state is not DriftState.OPEN:
        return Done("That has been dealt with already.", already=True, change_id=change.id)
    return drift, release, change


def _digest_on_record(session: Session, drift: Drift, change: Change) -> str:
    """What goes live again is the approved text; empty where the version was never reviewed here."""
    for revision in changes.revisions(session, change.id or 0):
        if revision.after_version == drift.recorded:
            return served_by(revision)
    return ""


def settled(session: Session, drift: Drift, change: Change, state: DriftState, *, now: datetime) -> None:
    """It is over. ``change`` is the one on whose record it was."""
    drift.state, drift.ended_at = state, now
    by_person = state in (DriftState.ADOPTED, DriftState.RESTORED)
    audit.append(
        session,
        f"drift:{state.value}",
        release_name(drift.release_id),
        actor=(drift.by if by_person else None) or SYSTEM,
        now=now,
        drift=drift.id,
    )
    touch(session, change)


def end_of(session: Session, release: Release, state: DriftState, *, now: datetime) -> None:
    """The app has moved a workflow's pointer itself: whatever drift was open there is over."""
    drift = drifts.open_in(session, release.workflow)
    about = release_by_id(session, drift.release_id) if drift else GONE
    if drift is None or isinstance(about, Refused):
        return
    adopted = drift.change_id == release.change_id and drift.found == release.new_version
    if state is DriftState.OVERTAKEN and adopted:
        state = DriftState.ADOPTED
    settled(session, drift, about[1], state, now=now)
