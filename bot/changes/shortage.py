"""Whether a change could go its whole way: enough people to approve, deploy, roll back and be informed."""

from datetime import datetime, timedelta

from sqlmodel import Session

from bot.changes import tell
from bot.changes.rights import as_people
from bot.changes.standing import can_be_told
from bot.policy.model import Policy
from bot.policy.rights import missing_people
from bot.policy.targets import PolicyTarget
from storage.models import Change
from storage.queries import changes, people
from storage.vocabulary import Lane, Role

ANY_AGE = timedelta.max
"""Who could act is asked here, not who may at this moment: Slack may be away while somebody writes."""


def shortage(
    session: Session, policy: Policy, workflow: str, lane: Lane, touched: set[int], *, now: datetime
) -> str:
    """Sentences that name the lists to fill; empty where nothing is missing."""
    attributes = policy.workflow(workflow)
    found = missing_people(
        policy.lanes.of(lane),
        approvers=as_people(people.entitled(session, workflow, Role.APPROVE, lane), touched),
        deployers=as_people(people.entitled(session, workflow, Role.DEPLOY, lane), touched),
        rollback_owners=as_people(people.entitled(session, workflow, Role.ROLL_BACK, lane)),
        informed=_reached(session, workflow, lane),
        fresh_for=ANY_AGE,
        now=now,
    )
    sentences = [each.text for each in found]
    if not attributes.channel and not isinstance(attributes.target, PolicyTarget):
        sentences.append("The workflow names no channel for its cards. Set `channel`.")
    if not sentences:
        return ""
    return f"This change could not go its whole way ({workflow}, {lane.value} lane). {' '.join(sentences)}"


def say_shortage(session: Session, policy: Policy, change: Change, *, about: str, now: datetime) -> None:
    """Name the list to fill on the card's thread and to the submitter, where one has become too short."""
    touched = {each.person_id for each in changes.touches(session, change.id or 0)}
    found = shortage(session, policy, change.workflow, change.lane or Lane.HIGH, touched, now=now)
    if found:
        tell.in_thread(session, change, found, now=now, about=f"shortage:{about}")
        tell.submitter(session, change, now=now, what="shortage", about=f"shortage:{about}", reason=found)


def _reached(session: Session, workflow: str, lane: Lane) -> int:
    """How many channels and active people the informed list reaches."""
    principals = people.principals(session, workflow, Role.INFORM, lane)
    channels = [each for each in principals if each.startswith(("C", "G"))]
    named = people.entitled(session, workflow, Role.INFORM, lane)
    persons = [each for each in named if can_be_told(each)]
    return len(channels) + len(persons)
