"""Who is told to do a move by hand and may confirm that it is done, and who answers for a workflow."""

from sqlmodel import Session

from bot.changes.force import policy_in_force
from bot.policy.model import RELEASE_POLICY
from bot.policy.workflow import Workflow
from storage.models import Change, Move, Release
from storage.queries import people, releases
from storage.vocabulary import Lane, Role


def people_for_task(session: Session, move: Move, release: Release) -> list[str]:
    """Slack ids: whom the target names, else the workflow's owner, and whoever started the move."""
    named = str(move.target.get("person") or "") or _owner(session, release.workflow)
    rollback = releases.rollback(session, move.rollback_id) if move.rollback_id else None
    started = rollback.by if rollback else release.deployer
    found = [account_id(session, each) for each in (named, started)]
    return list(dict.fromkeys(each for each in found if each))


def release_places(session: Session, workflow: Workflow, change: Change) -> list[str]:
    """Where a release's message stands: the workflow's channel, or with each owner of the policy."""
    if workflow.channel:
        return [workflow.channel]
    owners = people.entitled(session, change.workflow, Role.ROLL_BACK, change.lane or Lane.HIGH)
    return sorted({each.slack_id for each in owners if each.active})


def answerable(session: Session, workflow: Workflow | None, *, without: str = "") -> list[str]:
    """Who answers for a workflow: its owner, or the owners of the policy where that one has left as well.

    ``without`` is somebody who cannot be reached.
    """
    owner = account_id(session, workflow.owner) if workflow and workflow.owner else ""
    account = people.accounts(session, [owner]).get(owner)
    if account is not None and account.active and owner != without:
        return [owner]
    owners = people.entitled(session, RELEASE_POLICY, Role.APPROVE, Lane.HIGH)
    return sorted({each.slack_id for each in owners if each.active and each.slack_id != without})


def account_id(session: Session, principal: str) -> str:
    """The Slack id of a person named by id or e-mail address; empty where nobody answers to it."""
    if "@" not in principal:
        return principal
    account = people.account_by_email(session, principal)
    return account.slack_id if account else ""


def _owner(session: Session, workflow: str) -> str:
    _, policy = policy_in_force(session)
    found = policy.all_workflows.get(workflow)
    return (found.owner or "") if found else ""
