"""Moving a change to another lane by hand: up by any approver, down by an untouched policy owner."""

from datetime import datetime

from bot.changes import tell
from bot.changes.access import change_of_revision
from bot.changes.classifying import classification_of, write_classification
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.review import settle_review
from bot.changes.rights import may_lower_lane, may_raise
from bot.changes.shortage import say_shortage
from bot.changes.standing import standing
from storage import audit
from storage.vocabulary import Lane, State

OPEN = (State.IN_REVIEW, State.APPROVED, State.STALE, State.CHANGES_REQUESTED)
SHORTEST_REASON = 10


def change_lane(
    context: Context, revision_id: int, to: Lane, reason: str, *, actor: Actor, now: datetime
) -> Outcome:
    """Put a change into another lane, with a reason that the card shows for ever."""
    if len(reason.strip()) < SHORTEST_REASON:
        words = f"Say why in at least {SHORTEST_REASON} characters. The card shows it."
        return Refused("The reason is too short.", fields=(("reason", words),))
    with context.transaction() as session:
        found = change_of_revision(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        if change.state not in OPEN:
            return Refused(f"{name_of(change.id)} is {change.state.value.replace('_', ' ')}; its lane stays.")
        before = change.lane or Lane.HIGH
        if to is before:
            return Refused(
                f"It is in the {to.value} lane already.", fields=(("lane", "Choose another lane."),)
            )
        _, policy = policy_in_force(session)
        look = standing(session, policy, change, revision)
        raising = to.rank > before.rank
        refusal = (
            may_raise(policy, look, actor, now=now)
            if raising
            else may_lower_lane(session, policy, look, actor, now=now)
        )
        if refusal:
            return refusal
        # A raise goes on top of what a policy owner lowered; lowering takes back a raise.
        moves = {
            "raised_to": to if raising else None,
            "lowered_to": change.lane_lowered_to if raising else to,
        }
        outcome = classification_of(session, policy, change, revision, now=now, **moves)
        if outcome.lane is not to:
            return Refused(f"The rules do not allow the {to.value} lane here.")
        change.lane_raised_to, change.lane_lowered_to = moves["raised_to"], moves["lowered_to"]
        change.lane_raised_by, change.lane_reason = actor.slack_id, reason.strip()
        write_classification(change, outcome)
        audit.append(
            session,
            "change:lane",
            name_of(change.id),
            actor=actor.slack_id,
            now=now,
            before=before.value,
            after=to.value,
            reason=reason.strip(),
        )
        text = f"{actor.name} moved it from the {before.value} to the {to.value} lane: {reason.strip()}"
        tell.in_thread(session, change, text, now=now, about=f"lane:{change.version}")
        settle_review(session, policy, change, revision, actor=actor.slack_id, now=now)
        say_shortage(session, policy, change, about=f"lane:{change.version}", now=now)
        return Done(f"{name_of(change.id)} is in the {to.value} lane now.", change_id=change.id)
