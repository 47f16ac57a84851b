"""Finding what a click is about. Each looks up an opaque id and answers with rows or a refusal in words."""

from typing import Any

from sqlmodel import Session

from bot.changes.moving import name_of
from bot.changes.outcome import Refused
from bot.policy.model import Policy
from bot.policy.workflow import Workflow
from storage.models import Change, Release, Revision, Rollback
from storage.queries import brief, changes, releases
from storage.queries.brief import ChangeInBrief, RevisionInBrief

GONE = Refused("That no longer exists here.", "Open it again with /prompt-change list.")


def change_by_id(session: Session, change_id: int) -> tuple[Change, Revision] | Refused:
    """A submitted change and the revision under review."""
    change = changes.change(session, change_id)
    revision = changes.current_revision(session, change) if change else None
    if change is None or revision is None:
        return GONE
    return change, revision


def change_of_revision(session: Session, revision_id: int) -> tuple[Change, Revision] | Refused:
    """The change that a card's button is about. Refused when it was edited since the card was drawn."""
    found = changes.of_revision(session, revision_id)
    return (_edited_since(*found) or found) if found else GONE


def in_brief(session: Session, revision_id: int) -> tuple[ChangeInBrief, RevisionInBrief] | Refused:
    """The same, as far as a decision looks at it."""
    found = brief.of_revision(session, revision_id)
    return (_edited_since(*found) or found) if found else GONE


def _edited_since(change: Change | ChangeInBrief, revision: Revision | RevisionInBrief) -> Refused | None:
    if revision.number == change.revision:
        return None
    return Refused(
        f"{name_of(change.id)} was edited since this card was drawn.",
        "Look at the new text on the card, then decide.",
    )


def release_by_id(session: Session, release_id: int) -> tuple[Release, Change, Revision] | Refused:
    """A release with its change, and the revision that it released."""
    release = releases.release(session, release_id)
    if release is None:
        return GONE
    found = change_by_id(session, release.change_id)
    return found if isinstance(found, Refused) else (release, *found)


def rollback_by_id(
    session: Session, rollback_id: int
) -> tuple[Rollback, Release, Change, Revision] | Refused:
    """A reversal with its release and change."""
    rollback = releases.rollback(session, rollback_id)
    if rollback is None:
        return GONE
    found = release_by_id(session, rollback.release_id)
    return found if isinstance(found, Refused) else (rollback, *found)


def not_in_policy(policy: Policy, workflow: str) -> Refused | None:
    """A workflow that was taken out of the policy has no rules by which anything more could be decided."""
    if workflow in policy.all_workflows:
        return None
    return Refused(f"{workflow} is no longer in the policy.", "A policy owner can add it again.")


def target_of(workflow: Workflow) -> dict[str, Any]:
    """A workflow's target as the policy describes it, as JSON. Empty where it names none."""
    return workflow.target.model_dump(mode="json") if workflow.target else {}
