"""Who may do what: each decision is a refusal in words, or nothing.

A right is looked up at every click and counted again at every deployment, so these functions take what is
known now and remember nothing. What is not known must never count as a right.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.policy.sections import LaneRules
from storage.vocabulary import AccountKind, Decision, Role

_VERBS = {
    Role.APPROVE: "approve changes",
    Role.DEPLOY: "deploy",
    Role.ROLL_BACK: "roll back",
    Role.EMERGENCY: "release in an emergency",
    Role.INFORM: "acknowledge",
}


@dataclass(frozen=True)
class Refusal:
    """Why somebody may not do something, as a sentence for that person."""

    text: str


@dataclass(frozen=True)
class Match:
    """One name on the list that stands for this person.

    `seen_at` is when the membership of a group was last read; None for a person who is named directly.
    """

    principal: str
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """A person as far as one right in one lane of one workflow is concerned.

    `matches` are the names on that right's list which stand for this person, through any of their accounts.
    """

    person_id: str
    account: AccountKind
    active: bool
    matches: tuple[Match, ...] = ()
    touched: bool = False


@dataclass(frozen=True)
class Vote:
    """One recorded decision. `statement` is what the approver wrote that they checked."""

    person_id: str
    decision: Decision
    review_digest: str
    statement: str = ""


@dataclass(frozen=True)
class Shortage:
    """A list of people that is too short for a change to go its whole way."""

    role: Role
    text: str


def may_submit(person: Standing) -> Refusal | None:
    """Any full member may submit."""
    return _full_member(person)


def may_approve(person: Standing, *, fresh_for: timedelta, now: datetime) -> Refusal | None:
    """Decide on approving, requesting changes and rejecting."""
    refusal = _holds(person, Role.APPROVE, fresh_for=fresh_for, now=now)
    if refusal:
        return refusal
    if person.touched:
        return Refusal("You wrote part of this change, so somebody else has to review it.")
    return None


def may_raise(person: Standing, *, fresh_for: timedelta, now: datetime) -> Refusal | None:
    """Decide on raising a lane. Who touched the change may raise it, since that only adds care."""
    return _holds(person, Role.APPROVE, fresh_for=fresh_for, now=now)


def may_lower(person: Standing, *, fresh_for: timedelta, now: datetime) -> Refusal | None:
    """Decide on lowering a lane or dismissing a signal; `matches` come from the list of policy owners."""
    refusal = _full_member(person)
    if refusal:
        return refusal
    if not person.matches:
        return Refusal("Only a policy owner may lower a lane or dismiss a signal.")
    if not _fresh(person.matches, fresh_for, now):
        return _stale_rows()
    if person.touched:
        return Refusal("You wrote part of this change, so another policy owner has to lower it.")
    return None


def may_deploy(
    person: Standing, demands: LaneRules, *, fresh_for: timedelta, now: datetime
) -> Refusal | None:
    """Decide on deploying in a lane with these demands."""
    refusal = _holds(person, Role.DEPLOY, fresh_for=fresh_for, now=now)
    if refusal:
        return refusal
    if demands.deployer_may_not_touch and person.touched:
        return Refusal("You wrote part of this change, and in this lane somebody else has to deploy it.")
    return None


def may_release_first(person: Standing, *, fresh_for: timedelta, now: datetime) -> Refusal | None:
    """Decide on releasing before approval, in an emergency."""
    return _holds(person, Role.EMERGENCY, fresh_for=fresh_for, now=now)


def may_roll_back(person: Standing) -> Refusal | None:
    """Decide on rolling back. Group rows of any age count: a rollback must work when Slack is away."""
    return _holds(person, Role.ROLL_BACK)


def may_acknowledge(person: Standing) -> Refusal | None:
    """Decide on confirming that one has seen a broadcast; informed guests may, too."""
    if not person.active:
        return _deactivated()
    if person.account is AccountKind.BOT:
        return Refusal("An app cannot confirm that a person has seen this.")
    if person.account is AccountKind.EXTERNAL:
        return _outsider()
    if not person.matches:
        return Refusal("You are not among the people who were to be informed of this.")
    return None


def _holds(
    person: Standing, role: Role, *, fresh_for: timedelta | None = None, now: datetime | None = None
) -> Refusal | None:
    refusal = _full_member(person)
    if refusal:
        return refusal
    if not person.matches:
        return Refusal(f"You are not on the list of people who may {_VERBS[role]} here, in this lane.")
    if fresh_for is not None and now is not None and not _fresh(person.matches, fresh_for, now):
        return _stale_rows()
    return None


def _full_member(person: Standing) -> Refusal | None:
    if not person.active:
        return _deactivated()
    if person.account is AccountKind.GUEST:
        return Refusal("Guests have no rights here. Ask a full member of the workspace.")
    if person.account is AccountKind.BOT:
        return Refusal("Apps have no rights here. A person has to do this.")
    if person.account is AccountKind.EXTERNAL:
        return _outsider()
    if person.account is not AccountKind.MEMBER:
        return Refusal("This kind of account has no rights here. Ask a full member of the workspace.")
    return None


def _fresh(matches: Iterable[Match], fresh_for: timedelta, now: datetime) -> bool:
    return any(match.seen_at is None or now - match.seen_at < fresh_for for match in matches)


def _deactivated() -> Refusal:
    return Refusal("This account is deactivated in Slack, so it has no rights here.")


def _outsider() -> Refusal:
    return Refusal("You belong to another organisation, so you have no rights here.")


def _stale_rows() -> Refusal:
    return Refusal(
        "You hold this right through a user group whose members were not read from Slack lately. Try again "
        "in a few minutes, or ask somebody who is named directly."
    )


@dataclass(frozen=True)
class Quorum:
    """How many approvals count, and who decided otherwise."""

    needed: int
    approved_by: tuple[str, ...]
    changes_requested_by: tuple[str, ...]
    rejected_by: tuple[str, ...]

    @property
    def met(self) -> bool:
        """Say whether enough people approved and nobody rejected or asked for changes."""
        return len(self.approved_by) >= self.needed and not self.rejected_by and not self.changes_requested_by


def count_votes(
    votes: Sequence[Vote], *, review_digest: str, eligible: Iterable[str], demands: LaneRules
) -> Quorum:
    """Count the votes on one review digest, in the order in which they were cast.

    The latest decision of a person counts, once, if that person is eligible now. In a lane that asks for a
    statement, an approval without one does not count.
    """
    entitled = set(eligible)
    latest = {
        vote.person_id: vote
        for vote in votes
        if vote.review_digest == review_digest and vote.person_id in entitled
    }

    def whose(decision: Decision) -> tuple[str, ...]:
        return tuple(person for person, vote in latest.items() if vote.decision is decision)

    approved = tuple(
        person
        for person in whose(Decision.APPROVE)
        if latest[person].statement.strip() or not demands.statement_required
    )
    changes_requested, rejected = whose(Decision.REQUEST_CHANGES), whose(Decision.REJECT)
    return Quorum(demands.approvals, approved, changes_requested, rejected)


def eligible_people(refusals: Iterable[tuple[Standing, Refusal | None]]) -> tuple[str, ...]:
    """List the distinct people who were not refused, each once however many accounts they have."""
    return tuple(dict.fromkeys(person.person_id for person, refusal in refusals if refusal is None))


def missing_people(
    demands: LaneRules,
    *,
    approvers: Sequence[Standing],
    deployers: Sequence[Standing],
    rollback_owners: Sequence[Standing],
    informed: int,
    fresh_for: timedelta,
    now: datetime,
) -> list[Shortage]:
    """Find the lists that are too short for this change; empty when it can go its whole way.

    `informed` is how many people and channels the informed list reaches.
    """
    found = []
    able = eligible_people((p, may_approve(p, fresh_for=fresh_for, now=now)) for p in approvers)
    if len(able) < demands.approvals:
        wanted = f"{demands.approvals} people have" if demands.approvals > 1 else "Somebody has"
        text = (
            f"{wanted} to approve this, and {len(able) or 'nobody'} could: who wrote part of it does not "
            "count. Add people to `approve` for this lane."
        )
        found.append(Shortage(Role.APPROVE, text))
    if not eligible_people((p, may_deploy(p, demands, fresh_for=fresh_for, now=now)) for p in deployers):
        found.append(Shortage(Role.DEPLOY, "Nobody could deploy this. Add people to `deploy` for this lane."))
    if not eligible_people((p, may_roll_back(p)) for p in rollback_owners):
        text = "Nobody could roll this back. Add people to `roll_back` for this lane."
        found.append(Shortage(Role.ROLL_BACK, text))
    if informed < 1:
        text = "Nobody would be informed. Add people, groups or channels to `inform` for this lane."
        found.append(Shortage(Role.INFORM, text))
    return found
