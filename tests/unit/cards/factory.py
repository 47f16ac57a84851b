"""Facts of one ordinary story, as cards take them: a high change on refunds, its release, its rollback."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.changes.facts import (
    AcknowledgementFacts,
    ChangeFacts,
    DecisionFacts,
    EvidenceFacts,
    ExampleCase,
    GateFacts,
    Line,
    ReleaseFacts,
    RevisionFacts,
    RollbackFacts,
    TaskFacts,
    Who,
)
from bot.changes.facts_drift import DriftFacts
from bot.policy.classify import Reason
from bot.policy.signals import Signal
from storage.models import DriftState, MoveState, RollbackState
from storage.vocabulary import Decision, Impact, Kind, Lane, State

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
ANA, BEN, CHLOE, DEV = (
    Who("U0ANA", "Ana Lima"),
    Who("U0BEN", "Ben Okoro"),
    Who("U0CHLOE", "Chloe Roy"),
    Who("U0DEV", "Dev Rao"),
)
LEADS = Who("S0LEADS", "Support leads")
LEGAL = Who("legal@example.com", "legal@example.com")
SUPPORT = Who("C0SUPPORT", "#support")


def after(minutes: int) -> datetime:
    """Return a moment so many minutes after the story began."""
    return NOW + timedelta(minutes=minutes)


def revision(**changed: Any) -> RevisionFacts:
    """Return the text under review."""
    made = RevisionFacts(
        id=7,
        number=1,
        author=ANA,
        created_at=NOW,
        before_version="1f3c5a9e0b7d2c4e6f8091a2b3c4d5e6f7081920",
        after_version="9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a291807",
        before_text="You help with refunds. You may refund up to $50 by yourself. Be kind.",
        after_text="You help with refunds. You may refund up to $500 by yourself. Be kind.",
        what_changed="Agents may refund up to $500 without asking.",
        why="Nine in ten escalations under $500 were approved anyway.",
        good="Refund escalations fall by half, complaints do not rise.",
        rollback_trigger="More than two wrong refunds in a day.",
        rollback_owner=DEV,
        rollback_plan="Roll back, then tell the support leads.",
        stop_conditions="Any refund above $500 in the canary.",
        stages=("canary", "production"),
    )
    return replace(made, **changed)


def change(**changed: Any) -> ChangeFacts:
    """Return a high change in review, with one of two approvals and an open gate."""
    made = ChangeFacts(
        id=42,
        version=3,
        workflow="refunds",
        channel="C0REFUNDS",
        customer_visible=True,
        state=State.IN_REVIEW,
        state_since=NOW,
        created_at=NOW,
        submitter=ANA,
        touched_by=(ANA,),
        kinds=(Kind.POLICY_INSTRUCTIONS,),
        impacts=(Impact.MONEY, Impact.CUSTOMER_VISIBLE),
        not_customer_visible_because="",
        lane=Lane.HIGH,
        reasons=(Reason("impact.money", "It touches refunds, billing or pricing (impact.money)."),),
        signals=(Signal(Impact.MONEY, ("refund", "$500")),),
        gate_required=True,
        gate_reasons=(Reason("gate.workflow", "The workflow touches money."),),
        lane_changed_by=None,
        lane_change_reason="",
        quorum=2,
        revision=revision(),
        decisions=(DecisionFacts(BEN, Decision.APPROVE, after(5), "Read every line and the ledger rules."),),
        approvals=1,
        still_needed=1,
        asked=(CHLOE,),
        eligible=(CHLOE, DEV),
        deployers=(DEV,),
        may_also_deploy=(DEV,),
        gates=(GateFacts("Regression set", met=False, text="At least 50 cases, 98 % pass."),),
        evidence=(),
        statement_required=True,
        spot_check=False,
        examples=(ExampleCase("Where is my refund", "Asks for the order number"),),
        without_stages=False,
        target="git prompts.git refunds.md, pointer production",
    )
    return replace(made, **changed)


def evidence(**changed: Any) -> EvidenceFacts:
    """Return a passing result."""
    made = EvidenceFacts(
        suite="refunds-60",
        total=60,
        passed=60,
        newly_failing=0,
        scored_by_people=False,
        link="https://ci.example.com/runs/1",
        attested_by=CHLOE,
        at=after(9),
        current=True,
    )
    return replace(made, **changed)


def complete(**changed: Any) -> ChangeFacts:
    """Return a change whose approvals and gates are complete."""
    voted = (
        DecisionFacts(BEN, Decision.APPROVE, after(5), "Read every line."),
        DecisionFacts(CHLOE, Decision.APPROVE, after(6), "Tried ten cases."),
    )
    met = (GateFacts("Regression set", met=True, text="60 of 60 passed."),)
    made = change(state=State.APPROVED, decisions=voted, approvals=2, still_needed=0, asked=(), gates=met)
    return replace(made, **({"evidence": (evidence(),)} | changed))


def low(**changed: Any) -> ChangeFacts:
    """Return a low change on an internal workflow, in review."""
    made = change(
        workflow="notes",
        lane=Lane.LOW,
        quorum=1,
        decisions=(),
        approvals=0,
        gates=(),
        gate_required=False,
        gate_reasons=(Reason("gate.none", "No regression gate is needed (gate.none)."),),
        statement_required=False,
        spot_check=True,
        reasons=(Reason("lane.low", "A system prompt change with none of the above."),),
        signals=(),
        kinds=(Kind.SYSTEM_PROMPT,),
        impacts=(),
    )
    return replace(made, **changed)


def release(**changed: Any) -> ReleaseFacts:
    """Return a live release of two stages."""
    made = ReleaseFacts(
        id=9,
        change_id=42,
        workflow="refunds",
        lane=Lane.HIGH,
        state=State.LIVE,
        stage=2,
        stages=2,
        stage_names=("canary", "production"),
        old_version="v17",
        new_version="v18",
        deployer=DEV,
        rollback_owner=BEN,
        started_at=after(20),
        live_at=after(30),
        ended_at=None,
        by_hand="Point the branch production at v17.",
        lag_seconds=60,
        summary="Agents may refund up to $500 without asking.",
    )
    return replace(made, **changed)


def rollback(**changed: Any) -> RollbackFacts:
    """Return a rollback that is done, seen by two of four."""
    made = RollbackFacts(
        id=4,
        release_id=9,
        change_id=42,
        workflow="refunds",
        state=RollbackState.DONE,
        from_version="v18",
        to_version="v17",
        by=BEN,
        at=after(60),
        done_at=after(61),
        reason="",
        reason_by=None,
        by_hand="Point the branch production at v17.",
        restorable_until=after(60 + 24 * 60),
        summary="Agents may refund up to $500 without asking.",
        acknowledgements=(
            AcknowledgementFacts(ANA, ANA, after(62)),
            AcknowledgementFacts(LEADS, CHLOE, after(63)),
            AcknowledgementFacts(DEV, None, None),
            AcknowledgementFacts(LEGAL, None, None),
        ),
    )
    return replace(made, **changed)


def drift(**changed: Any) -> DriftFacts:
    """Return a pointer that somebody moved outside the app an hour ago."""
    made = DriftFacts(
        id=6,
        change_id=42,
        workflow="refunds",
        pointer="production",
        state=DriftState.OPEN,
        recorded="v18",
        found="v99",
        seen_at=after(60),
        by_hand="Point the branch production at v18.",
    )
    return replace(made, **changed)


def task(**changed: Any) -> TaskFacts:
    """Return a move that a person must make by hand."""
    return replace(TaskFacts(3, "Open the console and set the prompt to v18.", MoveState.WAITING), **changed)


def line(**changed: Any) -> Line:
    """Return one row of a list."""
    made = Line(
        change_id=42,
        workflow="refunds",
        lane=Lane.HIGH,
        state=State.LIVE,
        summary="Refund up to $500.",
        submitter=ANA,
        at=NOW,
        waiting_for="Chloe",
        release=release(),
        can_roll_back=True,
    )
    return replace(made, **changed)
