"""Everyone who must know of a rollback: who that is, who owes a confirmation, and giving one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import rollback_by_id
from bot.changes.assigned import account_id, release_places
from bot.changes.context import Context
from bot.changes.force import readable_policy
from bot.changes.moving import SYSTEM, release_name, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.standing import can_be_told
from bot.policy.model import Policy
from storage import audit
from storage.models import Acknowledgement, Change, Release, Revision, Rollback
from storage.queries import changes, people, releases
from storage.vocabulary import Decision, Lane, Role


@dataclass(frozen=True, slots=True)
class Audience:
    """``people`` get a direct message, each for a principal: themselves, or the group that they are in.

    ``owing`` are the people and groups that must confirm.
    """

    channels: tuple[str, ...]
    people: dict[str, str]
    owing: tuple[str, ...]


def tell_everyone(
    session: Session,
    change: Change,
    revision: Revision,
    release: Release,
    rollback: Rollback,
    *,
    now: datetime,
) -> None:
    """Write the rollback's card, a message for each informed channel and one for each person."""
    # A rollback is never blocked by a policy that cannot be read; then the rows alone say who is told.
    policy = readable_policy(session)
    workflow = policy.all_workflows.get(change.workflow) if policy else None
    audience = audience_of(session, policy, change, revision, release)
    knows = {rollback.by, *people.groups_of(session, rollback.by)}
    for principal in audience.owing:
        itself = principal in knows
        session.add(
            Acknowledgement(
                rollback_id=rollback.id or 0,
                principal=principal,
                acknowledged_by=rollback.by if itself else None,
                acknowledged_at=now if itself else None,
            )
        )
    session.flush()
    cards = release_places(session, workflow, change) if workflow else []
    asked = [] if rollback.by == SYSTEM else [rollback.by]
    for place in cards if workflow and workflow.channel else dict.fromkeys([*asked, *cards]):
        tell.rollback_card(session, change, rollback, place, now=now)
    informed = [each for each in audience.channels if each not in cards]
    told = {each: for_ for each, for_ in audience.people.items() if each != rollback.by}
    tell.broadcast(session, change, rollback, channels=informed, people=told, now=now)


def audience_of(
    session: Session, policy: Policy | None, change: Change, revision: Revision, release: Release
) -> Audience:
    """The informed of the release's lane, and the submitter, approvers, deployer and workflow owner."""
    informed = people.principals(session, change.workflow, Role.INFORM, release.lane)
    channels = [each for each in informed if each.startswith(("C", "G"))]
    groups = [each for each in informed if each.startswith("S")]
    named = [_reachable(session, each) for each in informed if each not in {*channels, *groups}]
    members = {
        group: [each.slack_id for each in people.members(session, group) if can_be_told(each)]
        for group in groups
    }
    workflow = policy.all_workflows.get(change.workflow) if policy else None
    owner = _reachable(session, workflow.owner) if workflow and workflow.owner else ""
    involved = [change.submitter, *_approvers(session, change, revision), release.deployer, owner]
    gone = {
        each.slack_id
        for each in people.accounts(session, [*named, *involved]).values()
        if not can_be_told(each)
    }
    personally = list(dict.fromkeys(each for each in (*named, *involved) if each and each not in gone))
    everyone = {each: group for group, inside in members.items() for each in inside}
    everyone |= {each: each for each in personally}
    owing = [*personally, *_owing_of_groups(policy, release.lane, members)]
    return Audience(tuple(channels), everyone, tuple(dict.fromkeys(owing)))


def _reachable(session: Session, principal: str) -> str:
    """A Slack id; an address that nobody is known to have yet stays, so that the outbox looks for it."""
    return account_id(session, principal) or principal


def _owing_of_groups(policy: Policy | None, lane: Lane, members: dict[str, list[str]]) -> Iterable[str]:
    if policy is not None and policy.lanes.of(lane).acknowledgement_from_groups == "all":
        return [each for group in members.values() for each in group]
    return [group for group, inside in members.items() if inside]


def _approvers(session: Session, change: Change, revision: Revision) -> list[str]:
    cast = changes.counting_votes(session, change.id or 0, revision.review_digest)
    return [each.slack_id for each in cast if each.decision is Decision.APPROVE]


def acknowledge(context: Context, rollback_id: int, *, actor: Actor, now: datetime) -> Outcome:
    """Confirm having seen a rollback, for oneself and for each group that one is in. Again is harmless."""
    with context.transaction() as session:
        found = rollback_by_id(session, rollback_id)
        if isinstance(found, Refused):
            return found
        rollback, release, change, _ = found
        groups, addresses = (
            people.groups_of(session, actor.slack_id),
            people.addresses_of(session, actor.slack_id),
        )
        own = {actor.slack_id, *groups, *addresses}
        asked = [each for each in releases.acknowledgements(session, rollback_id) if each.principal in own]
        if not asked:
            return Refused("Nobody asked you to confirm this rollback.", "You need not do anything.")
        open_ones = [each for each in asked if each.acknowledged_at is None]
        for each in open_ones:
            each.acknowledged_by, each.acknowledged_at = actor.slack_id, now
        if open_ones:
            audit.append(
                session,
                "rollback:acknowledge",
                release_name(release.id),
                actor=actor.slack_id,
                now=now,
                rollback=rollback.id,
                for_=[each.principal for each in open_ones],
            )
            touch(session, change)
        return Done("Thank you, noted.", change_id=change.id, release_id=release.id, rollback_id=rollback.id)
