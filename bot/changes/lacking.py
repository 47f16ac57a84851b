"""What a submission still lacks: answers of the release note, plan, owner, approvers, a way back.

It must never refuse without saying under which field and what to write there.
"""

from sqlmodel import Session

from bot.changes.revisions import Note
from bot.changes.rights import rollback_owners
from bot.changes.standing import can_act
from bot.policy.classify import Classification
from bot.policy.model import Policy
from bot.policy.note import ReleaseNote, note_problems
from storage.queries import people
from storage.queries.people import Entitled
from storage.vocabulary import Lane, Role

SHORTEST_PLAN = 10
"""Characters."""


def note_problems_of(
    session: Session,
    policy: Policy,
    workflow: str,
    found: Classification,
    note: Note,
    *,
    first: bool,
    touched: set[int],
) -> list[tuple[str, str]]:
    """What the second step of the form lacks, a sentence for each field. ``first``: nothing is live yet."""
    affected = f"{workflow}, {found.lane.value} lane"
    written = ReleaseNote(note.what_changed, note.why, affected, note.good, note.rollback_trigger)
    names = {"trigger": "rollback_trigger"}
    problems = [(names.get(name, name), words) for name, words in note_problems(written).items()]
    rules = policy.lanes.of(found.lane)
    if rules.rollback_plan_required and len(note.rollback_plan.strip()) < SHORTEST_PLAN:
        problems.append(
            ("rollback_plan", "This lane needs a written plan: what is done, in which order, by whom.")
        )
    if rules.stop_conditions_required and len(note.stop_conditions.strip()) < SHORTEST_PLAN:
        problems.append(
            ("stop_conditions", "This lane needs written conditions under which the release is stopped.")
        )
    owners = {each.slack_id for each in rollback_owners(session, workflow, found.lane)}
    if owners and note.rollback_owner not in owners:
        problems.append(("rollback_owner", "Choose somebody who holds the rollback right in this lane."))
    eligible = _eligible(session, workflow, found.lane, touched)
    if eligible and not note.asked:
        problems.append(("asked", "Choose who will be asked to approve."))
    if set(note.asked) - {each.slack_id for each in eligible}:
        problems.append(("asked", "Somebody in this list cannot approve it. Choose again."))
    switch_off = len(note.fallback_switch_off.strip()) >= SHORTEST_PLAN
    if first and not (note.fallback_version or switch_off):
        words = (
            "Nothing is live yet, so nothing can come back. Name a version, or write how to switch it off."
        )
        problems.append(("fallback_switch_off", words))
    return problems


def _eligible(session: Session, workflow: str, lane: Lane, touched: set[int]) -> list[Entitled]:
    entitled = people.entitled(session, workflow, Role.APPROVE, lane)
    return [each for each in entitled if can_act(each) and each.person_id not in touched]
