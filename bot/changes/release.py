"""Deploy, advance, stop: what starts a pointer moving. The move itself is the outbox's.

Nothing is said to be live from here: that follows in ``settle``, after the pointer was read back.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import change_of_revision, not_in_policy, release_by_id, target_of
from bot.changes.assigned import release_places
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import move_state, name_of, release_name, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.review import settle_review
from bot.changes.revisions import served_by
from bot.changes.rights import may_deploy
from bot.changes.standing import Standing, standing
from storage import audit
from storage.models import Change, Move, Purpose, Release, Revision, Rollback
from storage.queries import releases
from storage.vocabulary import State


def deploy(context: Context, revision_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Start releasing an approved change: its first stage where the lane and the target have stages.

    Votes and gates are counted again here; what no longer holds sends the change back to review.
    """
    with context.transaction() as session:
        found = change_of_revision(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        if change.state is State.RELEASING or change.state is State.LIVE:
            return Done(
                f"{name_of(change.id)} is already {_words(change.state)}.", already=True, change_id=change.id
            )
        if change.state is not State.APPROVED:
            return Refused(f"{name_of(change.id)} is {_words(change.state)}, so it cannot be deployed.")
        _, policy = policy_in_force(session)
        unknown = not_in_policy(policy, change.workflow)
        if unknown:
            return unknown
        look = standing(session, policy, change, revision)
        refusal = may_deploy(session, policy, look, actor, now=now)
        if refusal:
            return refusal
        if not look.complete:
            settle_review(session, policy, change, revision, actor=actor.slack_id, now=now)
            words = "Its approvals no longer hold, so it went back to review."
            return Refused(words, "The card says what is missing.")
        busy = _busy(session, change.workflow)
        if busy:
            return busy
        release = _begin(session, context, change, revision, look, actor=actor, now=now)
        return Done("Deploying.", change_id=change.id, release_id=release.id)


def advance(context: Context, release_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Move production, after the first stage was looked at."""
    with context.transaction() as session:
        found = release_by_id(session, release_id)
        if isinstance(found, Refused):
            return found
        release, change, revision = found
        if release.state is not State.RELEASING:
            return Done(
                f"{name_of(change.id)} is {_words(release.state)}.", already=True, change_id=change.id
            )
        if release.stage >= release.stages:
            return Done(
                "Production is being moved already.", already=True, change_id=change.id, release_id=release.id
            )
        if releases.unsettled(releases.moves_of(session, release_id)):
            return Refused(
                "The first stage is not there yet.", "Wait until the card says that canary is set."
            )
        _, policy = policy_in_force(session)
        unknown = not_in_policy(policy, change.workflow)
        if unknown:
            return unknown
        look = standing(session, policy, change, revision)
        refusal = may_deploy(session, policy, look, actor, now=now)
        if refusal:
            return refusal
        if not look.complete:
            return Refused("Its approvals no longer hold.", "Stop and roll back, or get it approved again.")
        _move_production(session, release, revision, actor=actor, now=now)
        release.stage = release.stages
        touch(session, change)
        audit.append(
            session,
            "release:advance",
            release_name(release.id),
            actor=actor.slack_id,
            now=now,
            stage=release.stage,
        )
        return Done("Moving production.", change_id=change.id, release_id=release.id)


def _busy(session: Session, workflow: str) -> Refused | None:
    """One thing at a time on a workflow, so that no two of them move its pointer against each other."""
    release = releases.under_way(session, workflow)
    if release:
        return Refused(
            f"{name_of(release.change_id)} is being released on {workflow}.",
            "Finish or stop that one first.",
        )
    rollback = releases.reversing(session, workflow)
    if rollback:
        return Refused(
            f"{_change_of(session, rollback)} is being rolled back on {workflow}.",
            "Deploy once its card says that it is back.",
        )
    move = releases.restoring(session, workflow)
    if move:
        return Refused(
            f"{_change_of(session, move)} is being restored on {workflow}.",
            "Deploy once its card says that it is live again.",
        )
    return None


def _change_of(session: Session, under_way: Rollback | Move) -> str:
    return name_of(releases.change_of(session, under_way.release_id))


def _begin(
    session: Session,
    context: Context,
    change: Change,
    revision: Revision,
    look: Standing,
    *,
    actor: Actor,
    now: datetime,
) -> Release:
    spec = target_of(look.workflow)
    target = context.open_target(change.workflow, spec)
    # What is adopted after the fact is with every client already: a first stage would come too late.
    staged = len(look.rules.stages) > 1 and target.canary_pointer is not None and change.adopts is None
    release = Release(
        change_id=change.id or 0,
        workflow=change.workflow,
        lane=look.lane,
        state=State.RELEASING,
        stage=1,
        stages=2 if staged else 1,
        old_version=revision.before_version,
        new_version=revision.after_version,
        target=spec,
        pointer=target.live_pointer,
        canary_pointer=target.canary_pointer if staged else None,
        deployer=actor.slack_id,
        rollback_owner=revision.rollback_owner,
        started_at=now,
    )
    session.add(release)
    session.flush()
    move_state(session, change, State.RELEASING, actor=actor.slack_id, now=now, release=release.id)
    audit.append(
        session,
        "release:start",
        release_name(release.id),
        actor=actor.slack_id,
        now=now,
        change=change.id,
        content_digest=revision.content_digest,
        review_digest=revision.review_digest,
        old=release.old_version,
        new=release.new_version,
        stages=release.stages,
    )
    if staged:
        _move_canary(session, release, revision, actor=actor, now=now)
        for place in release_places(session, look.workflow, change):
            tell.live_message(session, change, release, place, now=now)
    else:
        _move_production(session, release, revision, actor=actor, now=now)
    return release


def _move_canary(
    session: Session, release: Release, revision: Revision, *, actor: Actor, now: datetime
) -> None:
    """Where the canary stands is not known beforehand: it is read and kept before it moves."""
    _add_move(
        session, release, revision, Purpose.CANARY, release.canary_pointer or "", actor=actor, now=now
    ).expected_known = False


def _move_production(
    session: Session, release: Release, revision: Revision, *, actor: Actor, now: datetime
) -> None:
    _add_move(session, release, revision, Purpose.PRODUCTION, release.pointer, actor=actor, now=now)


def _add_move(
    session: Session,
    release: Release,
    revision: Revision,
    purpose: Purpose,
    pointer: str,
    *,
    actor: Actor,
    now: datetime,
) -> Move:
    # A second attempt after a refusal is another move: a key has one effect.
    again = sum(each.purpose is purpose for each in releases.moves_of(session, release.id or 0))
    move = Move(
        key=f"{release_name(release.id)}-{purpose.value}" + (f"-{again + 1}" if again else ""),
        workflow=release.workflow,
        target=release.target,
        purpose=purpose,
        release_id=release.id or 0,
        pointer=pointer,
        expected=release.old_version,
        wanted=release.new_version,
        content_digest=served_by(revision),
        why=f"{name_of(release.change_id)}, released by {actor.name}",
        due_at=now,
        created_at=now,
    )
    session.add(move)
    session.flush()
    return move


def _words(state: State) -> str:
    return state.value.replace("_", " ")
