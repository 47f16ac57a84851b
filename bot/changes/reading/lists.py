"""Lists: the Home tab, what is on its way, what was released of late, what can be rolled back."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session

from bot.changes.assigned import people_for_task
from bot.changes.context import Context
from bot.changes.facts import ChangeFacts, HomeFacts, Line, Who
from bot.changes.force import policy_in_force
from bot.changes.outcome import Actor
from bot.changes.reading.changes import change_facts
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts
from bot.changes.rights import may_roll_back
from storage.models import Change, Release
from storage.queries import changes, people, record, releases
from storage.vocabulary import State

MOST = 25


def home_facts(context: Context, actor: Actor, *, now: datetime) -> HomeFacts:
    """What waits for this person, what is theirs, what is live."""
    with context.reading() as session:
        names = Names(session)
        waiting = _by_hand_lines(context, session, actor, names, now=now)
        waiting += _unconfirmed_lines(context, session, actor, names, now=now)
        waiting += [line for line in _open_lines(context, session, actor, now=now) if line.waiting_for]
        mine = [
            _line(context, session, each, names, now=now)
            for each in changes.changes_of(session, actor.slack_id)
        ]
        live = [
            _release_line(context, session, each, actor, names, now=now)
            for each in releases.all_live(session)
        ]
        _, policy = policy_in_force(session)
        owners = {names(each).id for each in policy.policy_owners}
        return HomeFacts(
            person=Who(actor.slack_id, actor.name),
            waiting=tuple(waiting),
            mine=tuple(mine),
            live=tuple(live),
            undelivered=record.undelivered(session) if actor.slack_id in owners else 0,
        )


def open_lines(context: Context, actor: Actor, *, now: datetime) -> list[Line]:
    """Every change on its way, newest first, saying what waits for this person."""
    with context.reading() as session:
        return _open_lines(context, session, actor, now=now)


def recent_lines(context: Context, actor: Actor, *, span: timedelta, now: datetime) -> list[Line]:
    """Every release that started within a span, newest first."""
    with context.reading() as session:
        names = Names(session)
        found = releases.since(session, now - span)[:MOST]
        return [_release_line(context, session, each, actor, names, now=now) for each in found]


def reversible_lines(context: Context, actor: Actor, *, now: datetime) -> list[Line]:
    """What this person may roll back now."""
    with context.reading() as session:
        names = Names(session)
        lines = [
            _release_line(context, session, each, actor, names, now=now)
            for each in releases.all_live(session)
        ]
        return [line for line in lines if line.can_roll_back]


def history(context: Context, workflow: str, *, now: datetime) -> list[ChangeFacts] | None:
    """The change log of a workflow, newest first; None where the policy knows no such workflow."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        if workflow not in policy.all_workflows:
            return None
        facts = [
            change_facts(context, session, each.id or 0, now=now)
            for each in changes.changes_in(session, workflow)
        ]
        return [each for each in facts if each is not None]


def _by_hand_lines(
    context: Context, session: Session, actor: Actor, names: Names, *, now: datetime
) -> list[Line]:
    """What this person was told to set by hand."""
    found = []
    for move in releases.waiting_moves(session):
        release = releases.release(session, move.release_id)
        if release and actor.slack_id in people_for_task(session, move, release):
            line = _release_line(context, session, release, actor, names, now=now)
            found.append(replace(line, waiting_for="you to set it by hand and confirm"))
    return found


def _unconfirmed_lines(
    context: Context, session: Session, actor: Actor, names: Names, *, now: datetime
) -> list[Line]:
    """The rollbacks that this person, or a group of theirs, has not confirmed yet."""
    own = {
        actor.slack_id,
        *people.groups_of(session, actor.slack_id),
        *people.addresses_of(session, actor.slack_id),
    }
    found = []
    for rollback in releases.unconfirmed_by(session, own)[:MOST]:
        release = releases.release(session, rollback.release_id)
        if release:
            line = _release_line(context, session, release, actor, names, now=now)
            found.append(
                replace(line, at=rollback.at, waiting_for="you to confirm that you saw its rollback")
            )
    return found


def _open_lines(context: Context, session: Session, actor: Actor, *, now: datetime) -> list[Line]:
    names = Names(session)
    return [
        _line(context, session, each, names, now=now, actor=actor)
        for each in changes.open_changes(session)[:MOST]
    ]


def _line(
    context: Context,
    session: Session,
    change: Change,
    names: Names,
    *,
    now: datetime,
    actor: Actor | None = None,
) -> Line:
    revision = changes.current_revision(session, change)
    summary = revision.what_changed if revision else "A draft that was not submitted."
    facts = change_facts(context, session, change.id or 0, now=now) if actor else None
    return Line(
        change_id=change.id or 0,
        workflow=change.workflow,
        lane=change.lane,
        state=change.state,
        summary=summary,
        submitter=names(change.submitter),
        at=change.state_since,
        waiting_for=_waits_for(facts, actor) if facts and actor else "",
    )


def _waits_for(facts: ChangeFacts, actor: Actor) -> str:
    """What this person is asked to do with it; empty where nothing is."""
    if facts.state is State.CHANGES_REQUESTED and facts.submitter.id == actor.slack_id:
        return "your edit"
    if facts.state in {State.IN_REVIEW, State.STALE} and any(
        each.id == actor.slack_id for each in facts.asked
    ):
        return "your decision"
    if facts.state is State.APPROVED and any(each.id == actor.slack_id for each in facts.deployers):
        return "its deployment"
    if facts.state is State.RELEASING and facts.release and facts.release.deployer.id == actor.slack_id:
        return "the next stage" if facts.release.stages > 1 else ""
    return ""


def _release_line(
    context: Context, session: Session, release: Release, actor: Actor, names: Names, *, now: datetime
) -> Line:
    facts = release_facts(context, session, release, now=now, names=names)
    change = changes.change(session, release.change_id)
    able = release.state in {State.LIVE, State.RELEASING} and may_roll_back(session, release, actor) is None
    running = facts.rollback is not None and facts.rollback.done_at is None
    return Line(
        change_id=release.change_id,
        workflow=release.workflow,
        lane=release.lane,
        state=release.state,
        summary=facts.summary,
        submitter=names(change.submitter) if change else facts.deployer,
        at=release.live_at or release.started_at,
        release=facts,
        can_roll_back=able and not running,
    )
