"""Putting a rolled-back release live again, within a day, while its quorum still holds."""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import not_in_policy, rollback_by_id
from bot.changes.binding import policies_binding
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of, release_name, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.reading.releases import restorable_until
from bot.changes.rights import may_deploy
from bot.changes.standing import standing
from bot.policy.stricter import rules_of
from storage import audit
from storage.models import Change, Move, Purpose, Release, Revision, Rollback, RollbackState
from storage.queries import people, releases
from storage.vocabulary import State

SHORTEST_REASON = 10


def restore(context: Context, rollback_id: int, *, actor: Actor, now: datetime, reason: str = "") -> Outcome:
    """Ask for a restore with a reason; where the lane wants a second person, their click carries it out."""
    with context.transaction() as session:
        found = rollback_by_id(session, rollback_id)
        if isinstance(found, Refused):
            return found
        rollback, release, change, revision = found
        refusal = _refusal(session, rollback, release, change, revision, actor=actor, now=now)
        if refusal:
            return refusal
        if rollback.restore_by is None:
            if len(reason.strip()) < SHORTEST_REASON:
                words = f"Say in at least {SHORTEST_REASON} characters why it can go live again."
                return Refused("The reason is too short.", fields=(("reason", words),))
            return _ask(session, rollback, release, change, reason.strip(), actor=actor, now=now)
        return _confirm(session, rollback, release, change, actor=actor, now=now)


def restore_refusal(context: Context, rollback_id: int, *, actor: Actor, now: datetime) -> Outcome | None:
    """Why this person cannot ask for the restore now, or that it is done already; None where they can."""
    with context.reading() as session:
        found = rollback_by_id(session, rollback_id)
        return found if isinstance(found, Refused) else _refusal(session, *found, actor=actor, now=now)


def waits_for_confirmation(context: Context, rollback_id: int) -> bool:
    """Whether somebody asked for this restore already, so that one more click carries it out."""
    with context.reading() as session:
        rollback = releases.rollback(session, rollback_id)
        return rollback is not None and rollback.restore_by is not None and rollback.restored_at is None


def _refusal(
    session: Session,
    rollback: Rollback,
    release: Release,
    change: Change,
    revision: Revision,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome | None:
    """Each condition on a line of its own."""
    name = name_of(change.id)
    if rollback.restored_at or release.state is State.LIVE:
        return Done(
            f"{name} is live again already.", already=True, change_id=change.id, release_id=release.id
        )
    if rollback.state is not RollbackState.DONE or release.state is not State.ROLLED_BACK:
        return Refused(f"{name} is not rolled back, so there is nothing to restore.")
    newest = releases.newest_rollback(session, release.id or 0)
    if release.live_at is None:
        return Refused(f"{name} was never live, so it cannot be restored.", "Propose the change again.")
    if newest is None or newest.id != rollback.id:
        return Refused(f"{name} was rolled back once more since.", "Use the card of that rollback.")
    if restorable_until(session, rollback, now=now) is None:
        return Refused(f"The time in which {name} could be restored is over.", "Propose the change again.")
    busy = _busy(session, rollback, release)
    if busy:
        return busy
    _, policy = policy_in_force(session)
    unknown = not_in_policy(policy, release.workflow)
    if unknown:
        return unknown
    look = standing(session, policy, change, revision)
    refusal = may_deploy(session, policy, look, actor, now=now)
    if refusal:
        return refusal
    if not look.complete:
        return Refused("Its approvals no longer hold.", "Propose the change again.")
    return None


def _busy(session: Session, rollback: Rollback, release: Release) -> Refused | None:
    """What was approved is the step from the version that came back, and from no other."""
    if releases.under_way(session, release.workflow) or releases.reversing(session, release.workflow):
        return Refused("Another release of this workflow is on its way.", "Finish or stop that one first.")
    move = releases.restoring(session, release.workflow)
    if move is not None and move.release_id != release.id:
        return Refused(f"{name_of(releases.change_of(session, move.release_id))} is being restored already.")
    if _version_now(session, rollback) != rollback.to_version:
        return Refused(
            f"What came back then is no longer what is live on {release.workflow}.",
            "Propose the change again, or restore first what was rolled back after it.",
        )
    return None


def _version_now(session: Session, rollback: Rollback) -> str | None:
    """What the workflow serves by the record: its live release, or else what came back last."""
    live = releases.live(session, rollback.workflow)
    if live is not None:
        return live.new_version
    last = next(each for each in releases.rollbacks_of(session, rollback.workflow) if not each.restored_at)
    return last.to_version


def _ask(
    session: Session,
    rollback: Rollback,
    release: Release,
    change: Change,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    rollback.restore_by, rollback.restore_reason, rollback.restore_asked_at = actor.slack_id, reason, now
    audit.append(
        session, "release:restore", release_name(release.id), actor=actor.slack_id, now=now, reason=reason
    )
    touch(session, change)
    _, policy = policy_in_force(session)
    rules = rules_of(policies_binding(session, policy, change), release.lane)
    if not rules.restore_confirmed_by_second:
        return _start(session, rollback, release, change, actor=actor, now=now)
    text = f"{actor.name} asks to restore it: {reason} Another deployer has to confirm."
    tell.in_thread(session, change, text, now=now, about=f"restore:{rollback.id}:{change.version}")
    return Done("A second person has to confirm it.", change_id=change.id, rollback_id=rollback.id)


def _confirm(
    session: Session, rollback: Rollback, release: Release, change: Change, *, actor: Actor, now: datetime
) -> Outcome:
    if rollback.restore_confirmed_by:
        return Done("It is being restored already.", already=True, change_id=change.id, release_id=release.id)
    if _is_the_same_person(session, rollback.restore_by, actor):
        return Refused("You asked for this restore, so another deployer has to confirm it.")
    rollback.restore_confirmed_by = actor.slack_id
    audit.append(
        session, "release:restore_confirmed", release_name(release.id), actor=actor.slack_id, now=now
    )
    return _start(session, rollback, release, change, actor=actor, now=now)


def _is_the_same_person(session: Session, slack_id: str | None, actor: Actor) -> bool:
    """One person counts once, with however many accounts."""
    account = people.accounts(session, [slack_id or ""]).get(slack_id or "")
    return slack_id == actor.slack_id or (account is not None and account.person_id == actor.person_id)


def _start(
    session: Session, rollback: Rollback, release: Release, change: Change, *, actor: Actor, now: datetime
) -> Outcome:
    rollback.restore_confirmed_by = rollback.restore_confirmed_by or actor.slack_id
    attempt = len(
        [each for each in releases.moves_of(session, release.id or 0) if each.purpose is Purpose.RESTORE]
    )
    session.add(
        Move(
            key=f"{release_name(release.id)}-restore-{rollback.id}-{attempt + 1}",
            workflow=release.workflow,
            target=release.target,
            purpose=Purpose.RESTORE,
            release_id=release.id or 0,
            pointer=release.pointer,
            expected=rollback.to_version,
            wanted=release.new_version,
            why=f"{name_of(release.change_id)} restored by {actor.name}",
            due_at=now,
            created_at=now,
        )
    )
    touch(session, change)
    return Done("Restoring.", change_id=change.id, release_id=release.id, rollback_id=rollback.id)
