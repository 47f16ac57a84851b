"""Where a change stands: who may approve it, whose votes count, which gates are open.

Read from the rows each time it matters, at the vote and again at the deployment, so that a right that was
lost takes its vote's weight with it. It must never remember anything between two calls.
"""

from dataclasses import dataclass, replace

from sqlmodel import Session

from bot.changes.binding import policies_binding
from bot.policy import gates
from bot.policy.gates import GateState
from bot.policy.model import Policy
from bot.policy.sections import LaneRules
from bot.policy.stricter import rules_of
from bot.policy.targets import PolicyTarget
from bot.policy.workflow import Workflow
from storage.models import Account, Change, Revision
from storage.queries import changes, people
from storage.queries.brief import ChangeInBrief, RevisionInBrief
from storage.queries.changes import Cast, Result, Writer
from storage.queries.people import Entitled
from storage.vocabulary import AccountKind, Decision, Lane, Role


@dataclass(frozen=True, slots=True)
class Weighed:
    """A recorded decision, and why it has no weight (empty: it has)."""

    vote: Cast
    why_not: str

    @property
    def approves(self) -> bool:
        """Whether this is an approval that counts."""
        return self.vote.decision is Decision.APPROVE and not self.why_not


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at a change. ``eligible``: who could still approve; ``approvals``: distinct people who did."""

    change: Change | ChangeInBrief
    revision: Revision | RevisionInBrief
    lane: Lane
    rules: LaneRules
    workflow: Workflow
    entitled: tuple[Entitled, ...]
    touched: tuple[Writer, ...]
    votes: tuple[Weighed, ...]
    evidence: tuple[Result, ...]
    gates: tuple[GateState, ...]
    quorum: int

    @property
    def touched_people(self) -> frozenset[int]:
        """Who wrote any of it."""
        return frozenset(each.person_id for each in self.touched)

    @property
    def approvals(self) -> int:
        """How many distinct people approve of exactly this, with weight."""
        return len({each.vote.person_id for each in self.votes if each.approves})

    @property
    def still_needed(self) -> int:
        """Approvals missing to the quorum."""
        return max(0, self.quorum - self.approvals)

    @property
    def complete(self) -> bool:
        """Whether quorum and gates are both complete. That, and nothing else, is approved."""
        return self.still_needed == 0 and all(gate.met for gate in self.gates)

    @property
    def eligible(self) -> tuple[Entitled, ...]:
        """Who could approve it: entitled, active members who touched nothing of it, one account a person."""
        found: dict[int, Entitled] = {}
        for each in self.entitled:
            if can_act(each) and each.person_id not in self.touched_people:
                found.setdefault(each.person_id, each)
        return tuple(found.values())


def can_act(account: Entitled) -> bool:
    """Whether an account holds rights at all: an active full member."""
    return account.active and account.kind is AccountKind.MEMBER


def can_be_told(account: Entitled | Account) -> bool:
    """Whether an account can confirm having seen something: members and guests, while they are active."""
    return account.active and account.kind in {AccountKind.MEMBER, AccountKind.GUEST}


def standing(
    session: Session,
    policy: Policy,
    change: Change | ChangeInBrief,
    revision: Revision | RevisionInBrief,
) -> Standing:
    """Look at everything that decides about a change."""
    lane = change.lane or Lane.HIGH
    workflow = policy.workflow(change.workflow)
    rules = rules_of(policies_binding(session, policy, change), lane)
    entitled = people.entitled(session, change.workflow, Role.APPROVE, lane)
    touched = changes.touches(session, change.id or 0)
    look = Standing(
        change=change,
        revision=revision,
        lane=lane,
        rules=rules,
        workflow=workflow,
        entitled=tuple(entitled),
        touched=tuple(touched),
        votes=(),
        evidence=tuple(changes.evidence(session, change.id or 0)),
        gates=(),
        quorum=rules.approvals,
    )
    return after_vote(session, look)


def after_vote(session: Session, look: Standing) -> Standing:
    """The same look with the votes as they are now, in the transaction in which nothing else was altered."""
    touched = look.touched_people
    votes = tuple(
        Weighed(vote, _why_no_weight(vote, look.entitled, touched, look.rules))
        for vote in changes.counting_votes(session, look.change.id or 0, look.revision.review_digest)
    )
    return replace(look, votes=votes, gates=_gates(look, votes))


def as_decided(look: Standing) -> Standing:
    """The same look at a change whose review is over: what counted then is not taken back by what came later.

    Who may still act is nobody; whoever goes on with the change takes a look of today.
    """
    votes = tuple(Weighed(each.vote, "") for each in look.votes)
    quorum = look.change.quorum
    return replace(look, votes=votes, entitled=(), quorum=quorum, gates=_gates(look, votes))


def _why_no_weight(
    vote: Cast, entitled: tuple[Entitled, ...], touched: frozenset[int], rules: LaneRules
) -> str:
    """Why a decision does not count now; each condition on its own line."""
    accounts = [each for each in entitled if each.person_id == vote.person_id]
    if not accounts:
        return "is no longer on the list"
    if not any(each.active for each in accounts):
        return "was deactivated in Slack"
    if not any(can_act(each) for each in accounts):
        return "is not a full member"
    if vote.person_id in touched:
        return "wrote part of the change"
    if rules.statement_required and not vote.statement.strip():
        return "gave no statement, which this lane needs"
    if rules.spot_check and not vote.marks:
        return "marked no example cases, which this lane needs"
    return ""


def _gates(look: Standing, votes: tuple[Weighed, ...]) -> tuple[GateState, ...]:
    """The gates in their order, from evidence on exactly this content and the marks of votes with weight."""
    if isinstance(look.workflow.target, PolicyTarget):
        # A policy has no cases to run. It was parsed and checked whole before it could be submitted.
        return (GateState("policy_check", met=True, text="Policy check: the new text is a valid policy."),)
    marks = [bool(mark.get("good")) for each in votes if each.approves for mark in each.vote.marks]
    states = gates.gate_states(
        look.rules,
        gate_required=look.change.gate_required,
        evidence=[
            gates.Evidence(each.suite, each.total, each.passed, each.newly_failing, each.scored_by_people)
            for each in look.evidence
            if each.content_digest == look.revision.content_digest
        ],
        spot_check=gates.SpotCheck(tuple(marks)) if marks else None,
        target_has_stages=has_stages(look.workflow),
    )
    return (*states, *_plan(look))


def _plan(look: Standing) -> tuple[GateState, ...]:
    """A change that came into this lane later (raised, or by another policy) was never asked for its plan."""
    missing = []
    if look.rules.rollback_plan_required and not look.revision.rollback_plan.strip():
        missing.append("rollback plan")
    if look.rules.stop_conditions_required and not look.revision.stop_conditions.strip():
        missing.append("stop conditions")
    if not missing:
        return ()
    text = f"Plan: no {' and no '.join(missing)} yet. Edit the change to write them down."
    return (GateState("plan", met=False, text=text),)


def has_stages(workflow: Workflow) -> bool:
    """Whether the target has a pointer for a first stage, or, as the policy itself, needs none."""
    return workflow.target is not None and workflow.target.has_stages
