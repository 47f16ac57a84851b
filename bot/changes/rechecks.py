"""When the policy changes, or people leave: every change on its way is looked at again.

A change that could no longer go its whole way is not stopped silently; the list to fill is named on its card.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.assigned import answerable
from bot.changes.binding import UNDECIDED, bind_also
from bot.changes.classifying import classify_again
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import SYSTEM, name_of
from bot.changes.review import settle_review
from bot.changes.shortage import say_shortage
from bot.policy.model import Policy
from storage import audit
from storage.models import Change
from storage.queries import changes, people, releases
from storage.vocabulary import Lane


def after_new_policy(session: Session, *, now: datetime) -> None:
    """Classify every change in review again under the policy that has just come into force."""
    version, policy = policy_in_force(session)
    for change in _undecided(session, policy):
        revision = changes.current_revision(session, change)
        if revision is None:
            continue
        before = change.lane
        bind_also(change, version)
        classify_again(session, policy, change, revision, now=now)
        if change.lane is not before and change.lane is not None:
            _say_lane(session, change, before, version, now=now)
        settle_review(session, policy, change, revision, actor=SYSTEM, now=now)
        say_shortage(session, policy, change, about=f"policy:{version}", now=now)


def after_people_changed(context: Context, slack_ids: Iterable[str], *, now: datetime) -> None:
    """Count again where these accounts could matter, and tell owners whose rollback owner has gone."""
    with context.transaction() as session:
        count_again(session, now=now)
        _, policy = policy_in_force(session)
        _tell_workflow_owners(session, policy, set(slack_ids), now=now)


def count_again(session: Session, *, now: datetime) -> None:
    """Weigh the votes on every change on its way by the people as they are now."""
    _, policy = policy_in_force(session)
    for change in _undecided(session, policy):
        revision = changes.current_revision(session, change)
        if revision is None:
            continue
        settle_review(session, policy, change, revision, actor=SYSTEM, now=now)
        say_shortage(session, policy, change, about=f"people:{now:%Y-%m-%d}", now=now)


def _undecided(session: Session, policy: Policy) -> list[Change]:
    return [
        each
        for each in changes.open_changes(session)
        if each.state in UNDECIDED and each.workflow in policy.all_workflows
    ]


def _say_lane(session: Session, change: Change, before: Lane | None, version: int, *, now: datetime) -> None:
    lane = change.lane.value if change.lane else ""
    old = before.value if before else ""
    audit.append(
        session,
        "change:lane",
        name_of(change.id),
        actor=SYSTEM,
        now=now,
        before=old,
        after=lane,
        reason=f"policy version {version}",
    )
    text = f"Policy version {version} is in force: this moved from the {old} to the {lane} lane."
    tell.in_thread(session, change, text, now=now, about=f"policy:{version}:lane")


def _tell_workflow_owners(session: Session, policy: Policy, gone: set[str], *, now: datetime) -> None:
    """The rollback owner of a live release was deactivated: the workflow owner hears it that day."""
    for release in releases.all_live(session):
        if release.rollback_owner not in gone:
            continue
        account = people.accounts(session, [release.rollback_owner]).get(release.rollback_owner)
        workflow = policy.all_workflows.get(release.workflow)
        if account is None or account.active:
            continue
        what = f"{name_of(release.change_id)} on {release.workflow}"
        text = f"{account.name}, the rollback owner of {what}, was deactivated in Slack."
        remedy = (
            "Others with the rollback right can still reverse it. Name another owner with the next change."
        )
        for person in answerable(session, workflow):
            key = f"owner_left:{release.id}:{release.rollback_owner}:{person}"
            tell.privately(session, person, now=now, key=key, text=text, remedy=remedy)
