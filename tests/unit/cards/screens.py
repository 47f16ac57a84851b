"""Facts of whole screens: the Home tab, a workflow, the policy, the two steps of the form."""

from dataclasses import replace
from typing import Any

from factory import ANA, BEN, DEV, LEADS, NOW, change, line, release, revision

from bot.changes.facts import (
    Choice,
    HomeFacts,
    Looked,
    NoteFacts,
    PeopleOf,
    PolicyFacts,
    ProposalFacts,
    ReverseFacts,
    TargetCheck,
    Who,
    WorkflowFacts,
)
from storage.vocabulary import Lane, Role, State


def home(**changed: Any) -> HomeFacts:
    """Return a Home tab with something in every part."""
    waiting = (line(state=State.IN_REVIEW, release=None),)
    mine = (line(state=State.DRAFT, lane=None, release=None),)
    return replace(HomeFacts(ANA, waiting, mine, (line(), line(can_roll_back=False))), **changed)


def workflow(**changed: Any) -> WorkflowFacts:
    """Return a workflow with its people."""
    holders: tuple[Who, ...] = (BEN, LEADS)
    same = dict.fromkeys(Lane, holders)
    made = WorkflowFacts(
        name="refunds",
        description="Answers and actions on refund requests",
        customer_visible=True,
        touches=("money",),
        tools=("issue_refund", "lookup_order"),
        channel="C0REFUNDS",
        owner="ana@example.com",
        target=TargetCheck(
            "git prompts.git refunds.md", Looked("v18"), Looked("v17"), ("The credential has expired.",)
        ),
        people=(PeopleOf(Role.APPROVE, {Lane.LOW: (BEN,)}), PeopleOf(Role.DEPLOY, same)),
        policy_version=3,
        live=release(),
        open_changes=(line(state=State.IN_REVIEW),),
    )
    return replace(made, **changed)


def policy(**changed: Any) -> PolicyFacts:
    """Return the policy in force."""
    rules = ((Lane.HIGH, "Tool permissions change"), (Lane.LOW, "Nothing above"))
    return replace(
        PolicyFacts(3, NOW, "PC-12", (ANA, BEN), ("Fewer than three.",), ("refunds",), rules), **changed
    )


def reverse(**changed: Any) -> ReverseFacts:
    """Return how a release would be reversed."""
    made = ReverseFacts(
        workflow="refunds",
        live=release(),
        returns_to="v17",
        readable=True,
        unreadable_why="",
        who_can=(BEN, LEADS),
        by_hand="Set the pointer.",
    )
    return replace(made, **changed)


def proposal(**changed: Any) -> ProposalFacts:
    """Return the first step of the form for a customer-visible workflow."""
    made = ProposalFacts(
        change_id=42,
        workflows=(Choice("refunds", "refunds", "Refund requests"), Choice("notes", "notes")),
        workflow="refunds",
        customer_visible=True,
        before=revision().before_text,
        before_version="v17",
        versions=(Choice("v16", "v16", "last week"),),
        resumable=(Choice("40", "PC-40 notes"),),
        will_void=2,
        cannot_approve_after=True,
    )
    return replace(made, **changed)


def note(**changed: Any) -> NoteFacts:
    """Return the second step of the form in the high lane, for a first release."""
    made = NoteFacts(
        change_id=42,
        workflow="refunds",
        lane=Lane.HIGH,
        reasons=change().reasons,
        signals=change().signals,
        gate_required=True,
        gate_reasons=change().gate_reasons,
        quorum=2,
        approvers=(Choice("U0BEN", "Ben Okoro"), Choice("U0CHLOE", "Chloe Roy"), Choice("U0DEV", "Dev Rao")),
        proposed=("U0BEN", "U0CHLOE"),
        rollback_owners=(Choice("U0DEV", "Dev Rao"),),
        deployers=(DEV,),
        before_text="",
        after_text="New.",
        first_release=True,
        needs_plan=True,
        needs_stop_conditions=True,
        without_stages=True,
        versions=(Choice("v16", "v16"),),
    )
    return replace(made, **changed)
