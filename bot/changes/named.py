"""Everybody whom the policy in force names: in its grants, as workflow owners, for manual targets."""

from sqlmodel import Session, select

from bot.changes.force import NoPolicyError, policy_in_force
from bot.policy.load import PolicyError
from bot.policy.targets import ManualTarget
from storage.models import Grant


def everybody_named(session: Session) -> set[str]:
    """Principals as the policy writes them. A policy that cannot be read leaves the grants."""
    named = set(session.exec(select(Grant.principal).distinct()))
    try:
        _, policy = policy_in_force(session)
    except (NoPolicyError, PolicyError):
        return named
    for workflow in policy.workflows.values():
        person = workflow.target.person if isinstance(workflow.target, ManualTarget) else None
        named |= {each for each in (workflow.owner, person) if each}
    return named
