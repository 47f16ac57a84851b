"""A revision: one text of a change with its note and plan, and the digests that evidence and votes bind to.

Written once, never altered. It must never be built in two ways, or the same content had two digests.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.changes.access import target_of
from bot.changes.outcome import Actor
from bot.changes.proposal import Live
from bot.connectors.protocol import Target
from bot.policy.classify import Classification
from bot.policy.digests import Content, Reviewed, content_digest, review_digest, served_digest
from bot.policy.model import Policy
from bot.policy.note import ReleaseNote
from bot.policy.settings import ChangedSetting, changed_settings
from storage.models import Change, Revision
from storage.vocabulary import Lane


@dataclass(frozen=True, slots=True)
class Note:
    """The second step of the form as it was typed. ``asked`` are the Slack ids of those who will be asked."""

    what_changed: str
    why: str
    good: str
    rollback_trigger: str
    rollback_owner: str
    rollback_plan: str = ""
    stop_conditions: str = ""
    fallback_version: str = ""
    fallback_switch_off: str = ""
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProposedText:
    """The proposed text where the target keeps it, and what it replaces."""

    before: Live
    after: Live


def revision_of(
    policy: Policy,
    change: Change,
    workflow: str,
    found: Classification,
    note: Note,
    text: ProposedText,
    target: Target,
    *,
    actor: Actor,
    now: datetime,
) -> Revision:
    """The revision with its two digests."""
    rules = policy.lanes.of(found.lane)
    stages = rules.stages if target.canary_pointer else ("full",)
    spec = target_of(policy.workflow(workflow))
    revision = Revision(
        change_id=change.id or 0,
        number=change.revision + 1,
        author=actor.slack_id,
        created_at=now,
        before_version=text.before.version,
        after_version=text.after.version or "",
        before_text=text.before.text,
        after_text=text.after.text,
        boundary=dict(text.after.settings),
        before_boundary=dict(text.before.settings),
        what_changed=note.what_changed.strip(),
        why=note.why.strip(),
        good=note.good.strip(),
        rollback_trigger=note.rollback_trigger.strip(),
        rollback_owner=note.rollback_owner,
        rollback_plan=note.rollback_plan.strip(),
        stop_conditions=note.stop_conditions.strip(),
        stages=list(stages),
        fallback_version=note.fallback_version or None,
        fallback_switch_off=note.fallback_switch_off.strip(),
        content_digest="",
        review_digest="",
    )
    return sealed(revision, workflow, found.lane, str(spec.get("kind", "")), target.live_pointer)


def settings_of(revision: Revision) -> tuple[ChangedSetting, ...]:
    """The settings that change with the text."""
    return changed_settings(revision.before_boundary or {}, revision.boundary)


def served_by(revision: Revision) -> str:
    """The digest of what has to go live."""
    known = None if revision.before_boundary is None else revision.boundary
    return served_digest(revision.after_text, known)


def sealed(revision: Revision, workflow: str, lane: Lane, target_kind: str, pointer: str) -> Revision:
    """Write both digests onto a revision that is otherwise complete."""
    revision.content_digest = content_digest(
        Content(
            workflow=workflow,
            target_kind=target_kind,
            pointer=pointer,
            after_version=revision.after_version,
            after_text=revision.after_text,
            boundary=revision.boundary,
        )
    )
    revision.review_digest = review_digest(
        Reviewed(
            content_digest=revision.content_digest,
            before_version=revision.before_version,
            note=ReleaseNote(
                revision.what_changed,
                revision.why,
                f"{workflow}, {lane.value} lane",
                revision.good,
                revision.rollback_trigger,
            ),
            stages=tuple(revision.stages),
            stop_conditions=revision.stop_conditions,
            rollback_plan=revision.rollback_plan,
            rollback_owner=revision.rollback_owner,
            fallback=revision.fallback_version or revision.fallback_switch_off or None,
        )
    )
    return revision
