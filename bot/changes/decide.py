"""Approve, request changes, reject. A click that Slack saw succeed is in the database.

The right is looked up at each click; what the button says is never believed beyond the id that it carries.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.changes import tell
from bot.changes.access import change_of_revision, in_brief
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import move_state, name_of
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.review import settle_look
from bot.changes.rights import may_approve
from bot.changes.stale import digests_of_same_text
from bot.changes.standing import Standing, after_vote, standing
from storage import audit
from storage.models import Change, Revision
from storage.queries import changes
from storage.queries.brief import ChangeInBrief
from storage.vocabulary import Decision, State

DECIDABLE = (State.IN_REVIEW, State.APPROVED, State.STALE)
SHORTEST_STATEMENT = 10
"""Characters; the same figure as for an answer of the release note."""


def approve(
    context: Context,
    revision_id: int,
    *,
    actor: Actor,
    now: datetime,
    statement: str = "",
    marks: Sequence[dict[str, Any]] = (),
) -> Outcome:
    """Approve exactly this revision. In the high lane with a statement, in the low lane with marked examples.

    On a stale change whoever approved before confirms with one click: their statement and marks carry over.
    """
    with context.transaction() as session:
        found = in_brief(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        over = _nothing_to_decide(change)
        if over:
            return over
        _, policy = policy_in_force(session)
        look = standing(session, policy, change, revision)
        refusal = may_approve(policy, look, actor, now=now)
        if refusal:
            return refusal
        if _said_already(look, actor, Decision.APPROVE):
            return Done(f"You have approved {name_of(change.id)} already.", already=True, change_id=change.id)
        statement, marks = _carried_over(session, change, actor, statement.strip(), marks)
        lacking = _lacking(look, statement, marks)
        if lacking:
            return lacking
        _vote(session, look, Decision.APPROVE, actor=actor, now=now, statement=statement, marks=marks)
        after = settle_look(session, after_vote(session, look), actor=actor.slack_id, now=now)
        return Done(_approved_words(after), change_id=change.id)


def request_changes(
    context: Context, revision_id: int, reason: str, *, actor: Actor, now: datetime
) -> Outcome:
    """Send the change back to its submitter with a reason. It can be edited and come again."""
    return _against(context, revision_id, Decision.REQUEST_CHANGES, reason, actor=actor, now=now)


def reject(context: Context, revision_id: int, reason: str, *, actor: Actor, now: datetime) -> Outcome:
    """End the change, with a reason. One rejection by anyone entitled in the lane is enough."""
    return _against(context, revision_id, Decision.REJECT, reason, actor=actor, now=now)


def _against(
    context: Context, revision_id: int, decision: Decision, reason: str, *, actor: Actor, now: datetime
) -> Outcome:
    with context.transaction() as session:
        found = _decidable(session, revision_id)
        if not isinstance(found, tuple):
            return found
        change, revision = found
        _, policy = policy_in_force(session)
        look = standing(session, policy, change, revision)
        refusal = may_approve(policy, look, actor, now=now)
        if refusal:
            return refusal
        if len(reason.strip()) < SHORTEST_STATEMENT:
            words = (
                f"Say why in at least {SHORTEST_STATEMENT} characters, so that the submitter can act on it."
            )
            return Refused("The reason is too short.", fields=(("statement", words),))
        if change.state is State.APPROVED:
            move_state(session, change, State.IN_REVIEW, actor=actor.slack_id, now=now)
        _vote(session, look, decision, actor=actor, now=now, statement=reason.strip(), marks=())
        _end_review(session, change, decision, reason.strip(), actor=actor, now=now)
        return Done("Noted, and the submitter is told.", change_id=change.id)


def _end_review(
    session: Session, change: Change, decision: Decision, reason: str, *, actor: Actor, now: datetime
) -> None:
    rejected = decision is Decision.REJECT
    to = State.REJECTED if rejected else State.CHANGES_REQUESTED
    if change.state is State.STALE:
        move_state(session, change, State.IN_REVIEW, actor=actor.slack_id, now=now)
    move_state(session, change, to, actor=actor.slack_id, now=now, reason=reason)
    about = f"{decision.value}:{change.revision}:{change.version}"
    verb = "rejected it" if rejected else "asked for changes"
    tell.in_thread(session, change, f"{actor.name} {verb}: {reason}", now=now, about=about)
    tell.submitter(session, change, now=now, what=to.value, about=about, reason=reason, by=actor.slack_id)


def _decidable(session: Session, revision_id: int) -> tuple[Change, Revision] | Outcome:
    found = change_of_revision(session, revision_id)
    if isinstance(found, Refused):
        return found
    return _nothing_to_decide(found[0]) or found


def _nothing_to_decide(change: Change | ChangeInBrief) -> Refused | None:
    if change.state in DECIDABLE:
        return None
    state = change.state.value.replace("_", " ")
    return Refused(f"{name_of(change.id)} is {state}, so there is nothing to decide.")


def _said_already(look: Standing, actor: Actor, decision: Decision) -> bool:
    return any(
        each.vote.person_id == actor.person_id and each.vote.decision is decision and not each.why_not
        for each in look.votes
    )


def _carried_over(
    session: Session,
    change: Change | ChangeInBrief,
    actor: Actor,
    statement: str,
    marks: Sequence[dict[str, Any]],
) -> tuple[str, Sequence[dict[str, Any]]]:
    """On a stale change the text is the one that they looked at; only what it replaces is new."""
    if change.state is not State.STALE or statement or marks:
        return statement, marks
    same = digests_of_same_text(session, change.id or 0)
    earlier = changes.approval_of(session, change.id or 0, actor.person_id, same)
    return (earlier.statement, earlier.marks) if earlier else (statement, marks)


def _lacking(look: Standing, statement: str, marks: Sequence[dict[str, Any]]) -> Refused | None:
    if look.rules.statement_required and len(statement) < SHORTEST_STATEMENT:
        words = f"Say in at least {SHORTEST_STATEMENT} characters what you checked."
        return Refused(
            "This lane needs a written statement of what you checked.", fields=(("statement", words),)
        )
    if look.rules.spot_check and len(marks) < max(1, len(look.workflow.examples)):
        words = "Look at each example case and mark it good or bad."
        return Refused("This lane needs a spot check.", fields=(("mark", words),))
    if any(not mark.get("good") for mark in marks):
        return Refused(
            "You marked an example as bad, so this is not an approval.",
            "Request changes instead, and say what went wrong.",
            fields=tuple((f"mark:{place}", "Bad: request changes instead.") for place in _bad(marks)),
        )
    return None


def _bad(marks: Sequence[dict[str, Any]]) -> list[int]:
    return [place for place, mark in enumerate(marks) if not mark.get("good")]


def _vote(
    session: Session,
    look: Standing,
    decision: Decision,
    *,
    actor: Actor,
    now: datetime,
    statement: str,
    marks: Sequence[dict[str, Any]],
) -> None:
    """The latest decision of a person on a digest counts; the earlier one stays on record."""
    digest = look.revision.review_digest
    if any(each.vote.person_id == actor.person_id for each in look.votes):
        changes.supersede_vote(session, look.change.id or 0, digest, actor.person_id)
    changes.cast_vote(
        session,
        change_id=look.change.id or 0,
        review_digest=digest,
        person_id=actor.person_id,
        slack_id=actor.slack_id,
        decision=decision,
        lane=look.lane,
        statement=statement,
        marks=list(marks),
        at=now,
    )
    audit.append(
        session,
        f"vote:{decision.value}",
        name_of(look.change.id),
        actor=actor.slack_id,
        now=now,
        person=actor.person_id,
        review_digest=digest,
        lane=look.lane.value,
        statement=statement,
    )


def _approved_words(look: Standing) -> str:
    name = name_of(look.change.id)
    if look.complete:
        return f"{name} is approved."
    if look.still_needed:
        return f"Noted. {name} needs {look.still_needed} more."
    return f"Noted. {name} waits for its test result."
