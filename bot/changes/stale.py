"""The target has moved under a change: its diff is no longer true, so its approvals do not hold.

The new text stays as it was approved; what it replaces is different. So a revision with the new "before" is
written, and each needed approver confirms it with one click.
"""

from datetime import datetime

import structlog
from sqlmodel import Session, col, select

from bot.changes import tell
from bot.changes.access import target_of
from bot.changes.classifying import classify_again
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import SYSTEM, move_state, name_of, touch
from bot.changes.proposal import Live, read_live
from bot.changes.review import settle_review
from bot.changes.revisions import sealed
from bot.changes.standing import standing
from bot.changes.submit import ask_instead
from bot.connectors.protocol import Target, TargetError
from bot.policy.model import Policy, UnknownWorkflowError
from storage import audit
from storage.models import Change, Revision
from storage.queries import changes
from storage.vocabulary import Lane, State

log = structlog.get_logger(__name__)

_OWN = {
    "id", "number", "created_at", "before_version", "before_text", "before_boundary", "content_digest",
    "review_digest",
}  # fmt: skip
"""What sets a revision apart from the one before it when only the target has moved."""


def become_stale(session: Session, change: Change, found: str | None, *, now: datetime) -> None:
    """Note what the pointer shows now. ``renew_diffs`` then reads that version and writes the revision."""
    change.moved_to, change.needs_new_before = found, True
    move_state(session, change, State.STALE, actor=SYSTEM, now=now, found=found)


def renew_diffs(context: Context, *, now: datetime) -> int:
    """Write the revision with the new "before" for each stale change that lacks it. Returns how many.

    One whose target cannot be read waits for the next call, and holds up no other.
    """
    with context.reading() as session:
        waiting = session.exec(
            select(Change).where(Change.state == State.STALE, col(Change.needs_new_before).is_(True))
        ).all()
        if not waiting:
            return 0
        _, policy = policy_in_force(session)
    return sum(_renewed(context, policy, change, now=now) for change in waiting)


def _renewed(context: Context, policy: Policy, change: Change, *, now: datetime) -> bool:
    try:
        target = context.open_target(change.workflow, target_of(policy.workflow(change.workflow)))
        live = read_live(target)
    except (TargetError, UnknownWorkflowError) as error:
        log.warning("a stale change waits for its target", change=name_of(change.id), why=str(error))
        return False
    with context.transaction() as session:
        _renew(session, change.id or 0, live, target, now=now)
    return True


def _renew(session: Session, change_id: int, live: Live, target: Target, *, now: datetime) -> None:
    change = changes.change(session, change_id)
    earlier = changes.current_revision(session, change) if change else None
    if change is None or earlier is None or change.state is not State.STALE or not change.needs_new_before:
        return
    _, policy = policy_in_force(session)
    values = earlier.model_dump(exclude=_OWN - {"content_digest", "review_digest"})
    revision = Revision(
        **values,
        number=earlier.number + 1,
        created_at=now,
        before_version=live.version,
        before_text=live.text,
        before_boundary=dict(live.settings),
    )
    kind = str(target_of(policy.workflow(change.workflow)).get("kind", ""))
    look = standing(session, policy, change, earlier)
    approved = list(dict.fromkeys(each.vote.slack_id for each in look.votes if each.approves))
    change.revision, change.needs_new_before, change.moved_to = revision.number, False, live.version
    # It was lowered for another difference than this one.
    change.lane_lowered_to = None
    classify_again(session, policy, change, revision, now=now)
    sealed(revision, change.workflow, change.lane or Lane.HIGH, kind, target.live_pointer)
    session.add(revision)
    audit.append(
        session,
        "change:new_before",
        name_of(change.id),
        actor=SYSTEM,
        now=now,
        revision=revision.number,
        before=live.version,
        content_digest=revision.content_digest,
        review_digest=revision.review_digest,
        lane=change.lane.value if change.lane else "",
    )
    session.flush()
    touch(session, change)
    text = "The live text has moved. Whoever approved is asked to confirm the new diff."
    tell.in_thread(session, change, text, now=now, about=f"stale:{revision.number}")
    tell.submitter(session, change, now=now, what="stale", about=f"stale:{revision.number}")
    if approved:
        ask_instead(session, change, approved)
    tell.ask(session, change, changes.asked(session, change_id), now=now)
    # Where the target has moved back to what was approved, nobody needs to confirm anything.
    settle_review(session, policy, change, revision, actor=SYSTEM, now=now)


def digests_of_same_text(session: Session, change_id: int) -> set[str]:
    """The review digests of the revisions that differ from the current one in what they replace, and no more.

    Whoever approved one of those has looked at everything but the new "before".
    """
    newest, *earlier = changes.revisions(session, change_id)
    digests = {newest.review_digest}
    for each in earlier:
        if each.model_dump(exclude=_OWN) != newest.model_dump(exclude=_OWN):
            break
        digests.add(each.review_digest)
    return digests
