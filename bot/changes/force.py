"""Which policy is in force, and putting another one there.

The policy in force lives in the database with every version kept. It must never be read from a file here: a
file that differs changes nothing until somebody with the right loads it or deploys it.
"""

import hashlib
from datetime import datetime
from functools import lru_cache

from sqlalchemy import and_, delete, insert, not_
from sqlmodel import Session, col

from bot.policy.load import PolicyError, parse_policy
from bot.policy.model import Policy, rights
from storage import audit
from storage.models import Grant, PolicyInForce, PolicyVersion
from storage.queries import record, releases
from storage.vocabulary import Role

PARSED_VERSIONS = 16


class NoPolicyError(RuntimeError):
    """The database holds no policy yet: the app was never started, or its first start did not end well."""


@lru_cache(maxsize=PARSED_VERSIONS)
def parsed(text: str) -> Policy:
    """A version's text as a policy. A version never changes, so the answer may be kept."""
    return parse_policy(text, name="policy")


def policy_in_force(session: Session) -> tuple[int, Policy]:
    """The version that binds now, and what it says. Raises NoPolicyError before the first start."""
    found = record.text_in_force(session)
    if found is None:
        raise NoPolicyError("no policy is in force")
    number, text = found
    return number, parsed(text)


def readable_policy(session: Session) -> Policy | None:
    """The policy in force, or None: for what must go on where it cannot be read, by the rows alone."""
    try:
        return policy_in_force(session)[1]
    except (NoPolicyError, PolicyError):
        return None


def keep_version(session: Session, text: str, *, source: str, now: datetime) -> int:
    """Keep a policy text for ever and return its number; the same text is kept once."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = record.policy_by_digest(session, digest)
    if found is None:
        found = PolicyVersion(text=text, digest=digest, source=source, created_at=now)
        session.add(found)
        session.flush()
    if found.id is None:
        raise RuntimeError("a flushed row has a number")
    return found.id


def put_in_force(session: Session, version_id: int, *, actor: str, now: datetime, why: str = "") -> Policy:
    """Make a kept version bind, and write its rights as rows. Raises PolicyError where it is not valid."""
    version = record.policy_version(session, version_id)
    if version is None:
        raise NoPolicyError(f"policy version {version_id} was never kept")
    policy = parsed(version.text)
    pointer = record.policy_in_force(session)
    before = pointer.version_id if pointer else None
    if pointer is None:
        session.add(PolicyInForce(version_id=version_id, since=now))
    else:
        pointer.version_id, pointer.since = version_id, now
    audit.append(
        session,
        "policy:in_force",
        f"policy {version_id}",
        actor=actor,
        now=now,
        before=before,
        after=version_id,
        why=why,
    )
    _write_grants(session, policy)
    return policy


def _write_grants(session: Session, policy: Policy) -> None:
    """The rights of this policy as rows, in the place of those before.

    A workflow that the policy names no more may still have a release out: then those who could reverse it
    still can, and those who must hear of it still do.
    """
    session.flush()
    connection = session.connection()
    orphans = [each for each in releases.workflows_with_releases(session) if each not in policy.all_workflows]
    to_undo = and_(col(Grant.workflow).in_(orphans), col(Grant.role).in_((Role.ROLL_BACK, Role.INFORM)))
    connection.execute(delete(Grant).where(not_(to_undo)))
    rows = [
        {"workflow": each.workflow, "role": each.role, "lane": each.lane, "principal": each.principal}
        for each in rights(policy)
    ]
    if rows:
        connection.execute(insert(Grant), rows)
