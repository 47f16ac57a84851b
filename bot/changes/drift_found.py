"""What follows where a live pointer is not where the record has it: people are told, or it was a rollback.

Each is called within the transaction that compared the pointer with the record.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.assigned import account_id, answerable, release_places
from bot.changes.broadcast import tell_everyone
from bot.changes.drift import OVER
from bot.changes.force import readable_policy
from bot.changes.landed import finish
from bot.changes.moving import SYSTEM, name_of, release_name, touch
from bot.changes.way_back import ways_back
from storage import audit
from storage.models import Change, Drift, Release, Revision, Rollback
from storage.queries import changes


def announce(session: Session, drift: Drift, release: Release, change: Change, *, now: datetime) -> None:
    """Keep it, and tell it once: in the workflow's channel, to its owner and to the rollback owner."""
    session.add(drift)
    session.flush()
    audit.append(
        session,
        "drift:found",
        release_name(release.id),
        actor=SYSTEM,
        now=now,
        drift=drift.id,
        pointer=drift.pointer,
        recorded=drift.recorded,
        found=drift.found,
    )
    policy = readable_policy(session)
    workflow = policy.all_workflows.get(drift.workflow) if policy else None
    places = release_places(session, workflow, change) if workflow else []
    people = [*answerable(session, workflow), account_id(session, release.rollback_owner)]
    for recipient in dict.fromkeys(each for each in (*places, *people) if each):
        tell.drift(session, change, release, drift, recipient, now=now)
    touch(session, change)


def moved_again(session: Session, drift: Drift, change: Change, found: str | None, *, now: datetime) -> None:
    """To yet another version: the cards show that one, and what was about to adopt the other is let go."""
    drift.found, drift.change_id, drift.due_at = found, None, None
    audit.append(
        session,
        "drift:moved",
        release_name(drift.release_id),
        actor=SYSTEM,
        now=now,
        drift=drift.id,
        found=found,
    )
    where = f"{drift.pointer} of {drift.workflow} was moved once more outside this app"
    text = f"{where}: it is at {found or 'nothing'} now."
    tell.in_thread(session, change, text, now=now, about=f"drift:{drift.id}:{change.version}")
    touch(session, change)


def forget_adoption(session: Session, drift: Drift, change: Change, *, now: datetime) -> None:
    """The change that was to adopt it has ended, or is overdue: both buttons are offered again, once told."""
    adopting = changes.change(session, drift.change_id) if drift.change_id else None
    if adopting is None:
        return
    late = drift.due_at is not None and now >= drift.due_at
    if adopting.state not in OVER and not late:
        return
    why = "is overdue" if late else f"was {adopting.state.value.replace('_', ' ')}"
    audit.append(
        session,
        "drift:not_adopted",
        release_name(drift.release_id),
        actor=SYSTEM,
        now=now,
        drift=drift.id,
        change=adopting.id,
        why=why,
    )
    name = name_of(adopting.id)
    text = f"{name}, which was to adopt what was set outside this app on {drift.workflow}, {why}."
    policy = readable_policy(session)
    workflow = policy.all_workflows.get(drift.workflow) if policy else None
    for person in answerable(session, workflow):
        key = f"not_adopted:{drift.id}:{adopting.id}:{person}"
        tell.privately(session, person, now=now, key=key, text=text, remedy="Restore it, or adopt it anew.")
    drift.change_id = drift.due_at = None
    touch(session, change)


def rolled_back_by_hand(
    session: Session, release: Release, change: Change, revision: Revision, *, now: datetime
) -> None:
    """Somebody put the version before back without the app: it is a rollback, and everyone is told of it."""
    before = next((each for each in ways_back(session, release) if each.version == release.old_version), None)
    rollback = Rollback(
        release_id=release.id or 0,
        workflow=release.workflow,
        from_version=release.new_version,
        to_version=release.old_version,
        to_release_id=before.release.id if before and before.release else None,
        by=SYSTEM,
        at=now,
    )
    session.add(rollback)
    session.flush()
    audit.append(
        session,
        "rollback:by_hand",
        release_name(release.id),
        actor=SYSTEM,
        now=now,
        rollback=rollback.id,
        frm=rollback.from_version,
        to=rollback.to_version,
    )
    tell_everyone(session, change, revision, release, rollback, now=now)
    finish(session, rollback, release, actor=SYSTEM, now=now)
    touch(session, change)
