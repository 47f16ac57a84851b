"""In review or approved: after anything that could matter, the change is put where it stands.

Approved means that quorum and gates are both complete, whichever came last. It must be asked again after a
vote, a result, an edit, a change of lane, of rights or of policy.
"""

from datetime import datetime

from sqlmodel import Session

from bot.changes import tell
from bot.changes.moving import move_state
from bot.changes.rights import deployers
from bot.changes.standing import Standing, standing
from bot.policy.model import Policy
from storage.models import Change, Revision
from storage.queries import changes
from storage.vocabulary import State


def settle_review(
    session: Session, policy: Policy, change: Change, revision: Revision, *, actor: str, now: datetime
) -> Standing:
    """Approve a change that is complete, send one that is no longer complete back to review."""
    session.flush()
    return settle_look(session, standing(session, policy, change, revision), actor=actor, now=now)


def settle_look(session: Session, look: Standing, *, actor: str, now: datetime) -> Standing:
    """The same for a look that was taken in this transaction, after whatever was altered."""
    if not _moves(look):
        changes.next_version(session, look.change)
        return look
    change = changes.whole(session, look.change)
    if change.state is State.STALE:
        move_state(session, change, State.IN_REVIEW, actor=actor, now=now)
    if change.state is State.IN_REVIEW and look.complete:
        _approve(session, change, look, actor=actor, now=now)
    elif change.state is State.APPROVED:
        move_state(session, change, State.IN_REVIEW, actor=actor, now=now)
        text = "No longer approved: what it rested on has changed. The card says what is missing."
        tell.in_thread(session, change, text, now=now, about=f"unapproved:{change.version}")
    return look


def _moves(look: Standing) -> bool:
    """Whether the change has come to another state than the one it is in."""
    if look.change.needs_new_before:
        # The revision that is to be confirmed is not written yet; the votes that stand are on the old diff.
        return False
    return {
        State.STALE: not look.still_needed,
        State.IN_REVIEW: look.complete,
        State.APPROVED: not look.complete,
    }.get(look.change.state, False)


def _approve(session: Session, change: Change, look: Standing, *, actor: str, now: datetime) -> None:
    move_state(
        session,
        change,
        State.APPROVED,
        actor=actor,
        now=now,
        review_digest=look.revision.review_digest,
        content_digest=look.revision.content_digest,
        by=sorted({each.vote.slack_id for each in look.votes if not each.why_not}),
        lane=look.lane.value,
        quorum=look.quorum,
    )
    about = f"approved:{change.revision}:{look.lane}:{change.version}"
    tell.in_thread(session, change, "Approved. It can be deployed.", now=now, about=about)
    tell.submitter(session, change, now=now, what="approved", about=about)
    tell.deployers(session, change, [each.slack_id for each in deployers(session, look)], now=now)
