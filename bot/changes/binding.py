"""Which policies bind a change: the one in force, and each that was in force since it was last submitted.

A decision is given under the policy that the card showed. It must never come to be enough because a later
policy asks for less; an edit is submitted anew, and begins with the policy of that moment.
"""

from sqlmodel import Session

from bot.changes.force import parsed
from bot.policy.model import Policy
from storage.models import Change
from storage.queries import record
from storage.queries.brief import ChangeInBrief
from storage.vocabulary import State

UNDECIDED = (State.IN_REVIEW, State.APPROVED, State.STALE, State.CHANGES_REQUESTED)
"""While a change is in one of these, each new version is written down with it, the one in force last."""


def versions_of(change: Change | ChangeInBrief) -> list[int]:
    """The policy versions that were in force since the revision under review was submitted, oldest first."""
    return list(change.classification.get("policies", []))


def bind(change: Change, version: int) -> None:
    """A revision was submitted under this version: nothing that was in force before matters any more."""
    change.policy_version = version
    change.classification = {**change.classification, "policies": [version]}


def bind_also(change: Change, version: int) -> None:
    """Another version came into force while the change was on its way."""
    change.policy_version = version
    versions = [each for each in versions_of(change) if each != version]
    change.classification = {**change.classification, "policies": [*versions, version]}


def policies_binding(session: Session, policy: Policy, change: Change | ChangeInBrief) -> list[Policy]:
    """The policy in force, and after it those earlier ones that bind as well."""
    versions = versions_of(change)
    if change.state in UNDECIDED:
        versions = versions[:-1]
    elif versions:
        pointer = record.policy_in_force(session)
        versions = [each for each in versions if pointer is None or each != pointer.version_id]
    kept = [record.policy_version(session, each) for each in versions]
    earlier = [parsed(each.text) for each in kept if each is not None]
    return [policy, *(each for each in earlier if change.workflow in each.all_workflows)]
