"""A change as its card shows it."""

from datetime import datetime

from sqlmodel import Session

from bot.changes.classifying import reasons_of, signals_of
from bot.changes.context import Context
from bot.changes.facts import (
    ChangeFacts,
    DecisionFacts,
    EvidenceFacts,
    ExampleCase,
    GateFacts,
    RevisionFacts,
    SpotMark,
    Who,
)
from bot.changes.force import policy_in_force
from bot.changes.reading.names import Names
from bot.changes.reading.releases import release_facts, target_for
from bot.changes.revisions import settings_of
from bot.changes.rights import deployers
from bot.changes.standing import Standing, as_decided, has_stages, standing
from storage.models import Revision, Vote
from storage.queries import changes, releases
from storage.queries.changes import Result
from storage.queries.people import Entitled
from storage.vocabulary import Impact, Kind, State

DECIDED = frozenset(State) - {
    State.DRAFT,
    State.IN_REVIEW,
    State.CHANGES_REQUESTED,
    State.STALE,
    State.APPROVED,
    State.SCHEDULED,
    State.FAILED,
}
"""Until a release a lost right takes its vote's weight away; from then on the card shows what was decided."""
GATE_NAMES = {
    "regression": "Regression set",
    "scored_sample": "Scored sample",
    "policy_check": "Policy check",
    "plan": "Plan",
}


def change_facts(context: Context, session: Session, change_id: int, *, now: datetime) -> ChangeFacts | None:
    """Everything that the cards of a submitted change show; None for a draft or an unknown one."""
    change = changes.change(session, change_id)
    revision = changes.current_revision(session, change) if change else None
    if change is None or revision is None:
        return None
    _, policy = policy_in_force(session)
    if change.workflow not in policy.all_workflows:
        return None
    look = standing(session, policy, change, revision)
    decided = change.state in DECIDED
    may_deploy = [] if decided else deployers(session, look)
    look = as_decided(look) if decided else look
    names = Names(session)
    newest = releases.newest_of_change(session, change_id)
    ready = {each.person_id for each in may_deploy}
    asked = changes.asked(session, change_id)
    target = target_for(
        context, change.workflow, look.workflow.target.model_dump() if look.workflow.target else {}
    )
    return ChangeFacts(
        id=change_id,
        version=change.version,
        workflow=change.workflow,
        channel=look.workflow.channel or "",
        customer_visible=look.workflow.customer_visible,
        state=change.state,
        state_since=change.state_since,
        created_at=change.created_at,
        submitter=names(change.submitter),
        touched_by=names.all(each.slack_id for each in look.touched),
        kinds=tuple(Kind(each) for each in change.kinds),
        impacts=tuple(Impact(each) for each in change.impacts),
        not_customer_visible_because=change.not_customer_visible_because,
        lane=look.lane,
        reasons=reasons_of(change),
        signals=signals_of(change),
        gate_required=change.gate_required,
        gate_reasons=reasons_of(change, "gate_reasons"),
        lane_changed_by=names(change.lane_raised_by) if change.lane_raised_by else None,
        lane_change_reason=change.lane_reason,
        quorum=look.quorum,
        revision=_revision(revision, names),
        decisions=_decisions(session, look, names),
        approvals=look.approvals,
        still_needed=look.still_needed,
        asked=_waiting(look, asked, names),
        eligible=names.of(_could(look)),
        deployers=names.of(may_deploy),
        may_also_deploy=names.of(each for each in _could(look) if each.person_id in ready),
        gates=tuple(GateFacts(GATE_NAMES[g.name], g.met, g.text) for g in look.gates if g.name in GATE_NAMES),
        evidence=tuple(_evidence(each, revision, names) for each in look.evidence),
        statement_required=look.rules.statement_required,
        spot_check=look.rules.spot_check,
        examples=tuple(ExampleCase(each.input, each.good) for each in look.workflow.examples),
        without_stages=len(look.rules.stages) > 1 and not has_stages(look.workflow),
        target=target.describe() if target else "",
        moved_to=change.moved_to,
        release=release_facts(context, session, newest, now=now, names=names) if newest else None,
    )


def _could(look: Standing) -> list[Entitled]:
    """Who could still give an approval that is missing."""
    given = {each.vote.person_id for each in look.votes if not each.why_not}
    return [each for each in look.eligible if each.person_id not in given]


def _waiting(look: Standing, asked: list[str], names: Names) -> tuple[Who, ...]:
    able = {each.slack_id for each in _could(look)}
    return names.all(each for each in asked if each in able)


def _revision(revision: Revision, names: Names) -> RevisionFacts:
    return RevisionFacts(
        id=revision.id or 0,
        number=revision.number,
        author=names(revision.author),
        created_at=revision.created_at,
        before_version=revision.before_version,
        after_version=revision.after_version,
        before_text=revision.before_text,
        after_text=revision.after_text,
        settings=settings_of(revision),
        what_changed=revision.what_changed,
        why=revision.why,
        good=revision.good,
        rollback_trigger=revision.rollback_trigger,
        rollback_owner=names(revision.rollback_owner),
        rollback_plan=revision.rollback_plan,
        stop_conditions=revision.stop_conditions,
        stages=tuple(revision.stages),
        fallback_version=revision.fallback_version,
        fallback_switch_off=revision.fallback_switch_off,
    )


def _decisions(session: Session, look: Standing, names: Names) -> tuple[DecisionFacts, ...]:
    """Every decision, newest last; those on another text, replaced ones and those without weight say why."""
    weight = {each.vote.id: each.why_not for each in look.votes}
    return tuple(
        _decision(vote, _why_not(vote, weight, look), names)
        for vote in changes.votes(session, look.change.id or 0)
    )


def _why_not(vote: Vote, weight: dict[int, str], look: Standing) -> str:
    if vote.review_digest != look.revision.review_digest:
        return "on an earlier text"
    if not vote.counting:
        return "decided again later"
    return weight.get(vote.id or 0, "")


def _decision(vote: Vote, why_not: str, names: Names) -> DecisionFacts:
    return DecisionFacts(
        who=names(vote.slack_id),
        decision=vote.decision,
        at=vote.at,
        statement=vote.statement,
        marks=tuple(
            SpotMark(str(each.get("input", "")), str(each.get("output", "")), bool(each.get("good")))
            for each in vote.marks
        ),
        counts=not why_not,
        why_not=why_not,
    )


def _evidence(each: Result, revision: Revision, names: Names) -> EvidenceFacts:
    return EvidenceFacts(
        suite=each.suite,
        total=each.total,
        passed=each.passed,
        newly_failing=each.newly_failing,
        scored_by_people=each.scored_by_people,
        link=each.link,
        attested_by=names(each.attested_by),
        at=each.at,
        current=each.content_digest == revision.content_digest,
    )
