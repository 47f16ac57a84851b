"""Who may do what, read from the grants of the policy in force."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, String, bindparam, cast, null, select, union_all
from sqlmodel import Session, SQLModel, col

from storage.columns import UtcDateTime
from storage.models import Account, EmailPin, Grant, GroupMember, UserGroup
from storage.prepared import Glance, Prepared
from storage.vocabulary import AccountKind, Lane, Role


@dataclass(frozen=True, slots=True)
class Entitled:
    """An account that the policy in force names for a role, itself or through a group.

    ``group`` is the one that it was found through, None for somebody named directly; ``rows_from`` is when
    that group's members were last read (None with a group: never).
    """

    slack_id: str
    person_id: int
    name: str
    kind: AccountKind
    active: bool
    group: str | None
    rows_from: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What a click needs to know of an account."""

    slack_id: str
    person_id: int
    name: str
    kind: AccountKind
    active: bool


def _entitled() -> CompoundSelect[Any]:
    account: tuple[Any, ...] = (
        Account.slack_id,
        Account.person_id,
        Account.name,
        Account.kind,
        Account.active,
    )
    directly: tuple[Any, ...] = (
        cast(null(), String).label("grp"),
        cast(null(), UtcDateTime).label("rows_from"),
    )
    asked = (
        col(Grant.workflow) == bindparam("workflow"),
        col(Grant.role) == bindparam("role"),
        col(Grant.lane) == bindparam("lane"),
    )
    by_id = (
        select(*account, *directly).join(Grant, col(Grant.principal) == col(Account.slack_id)).where(*asked)
    )
    by_email = (
        select(*account, *directly)
        .join(EmailPin, col(EmailPin.slack_id) == col(Account.slack_id))
        .join(Grant, col(Grant.principal) == col(EmailPin.email))
        .where(*asked)
    )
    by_group = (
        select(*account, col(GroupMember.group_id), col(UserGroup.refreshed_at))
        .join(GroupMember, col(GroupMember.slack_id) == col(Account.slack_id))
        .join(Grant, col(Grant.principal) == col(GroupMember.group_id))
        .join(UserGroup, col(UserGroup.id) == col(GroupMember.group_id))
        .where(*asked)
    )
    return union_all(by_id, by_email, by_group)


_ENTITLED = Prepared(_entitled())
_accounts = SQLModel.metadata.tables[str(Account.__tablename__)]
_KNOWN = Prepared(
    select(*(_accounts.c[field.name] for field in fields(Known))).where(
        _accounts.c.slack_id == bindparam("slack_id")
    )
)


def entitled(session: Session, workflow: str, role: Role, lane: Lane) -> list[Entitled]:
    """Every account named for this role, once each; a direct naming goes before one through a group.

    Inactive accounts and guests are among them, so that a refusal can say why.
    """
    found: dict[str, Entitled] = {}
    for row in _ENTITLED.rows(session, workflow=workflow, role=role, lane=lane):
        each = Entitled(*row)
        if each.slack_id not in found or each.group is None or _fresher(each, found[each.slack_id]):
            found[each.slack_id] = each
    return list(found.values())


def _fresher(one: Entitled, other: Entitled) -> bool:
    if other.group is None or one.rows_from is None:
        return False
    return other.rows_from is None or one.rows_from > other.rows_from


def principals(session: Session, workflow: str, role: Role, lane: Lane) -> list[str]:
    """The names on the list as the policy wrote them: people, groups, channels, addresses."""
    statement = select(col(Grant.principal)).where(
        col(Grant.workflow) == workflow, col(Grant.role) == role, col(Grant.lane) == lane
    )
    return sorted(session.connection().execute(statement).scalars())


def known(where: Session | Glance, slack_id: str) -> Known | None:
    """Who is behind an account, as last seen."""
    rows = _KNOWN.rows(where, slack_id=slack_id)
    return Known(*rows[0]) if rows else None


def accounts(session: Session, slack_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts with these ids, by id; unknown ids are left out."""
    statement = select(Account).where(col(Account.slack_id).in_(set(slack_ids)))
    return {account.slack_id: account for account in session.execute(statement).scalars()}


def account_by_email(session: Session, email: str) -> Account | None:
    """The account pinned to this address, or else the only one that carries it."""
    email = email.lower()
    pin = session.get(EmailPin, email)
    if pin:
        return session.get(Account, pin.slack_id)
    found = session.execute(select(Account).where(col(Account.email) == email)).scalars().all()
    return found[0] if len(found) == 1 else None


def group(session: Session, group_id: str) -> UserGroup | None:
    """A user group as last read."""
    return session.get(UserGroup, group_id)


def members(session: Session, group_id: str) -> list[Account]:
    """The accounts in a group, as last read."""
    statement = (
        select(Account)
        .join(GroupMember, col(GroupMember.slack_id) == col(Account.slack_id))
        .where(col(GroupMember.group_id) == group_id)
        .order_by(col(Account.slack_id))
    )
    return list(session.execute(statement).scalars())


def groups_of(session: Session, slack_id: str) -> set[str]:
    """The groups that an account is in, as last read."""
    statement = select(col(GroupMember.group_id)).where(col(GroupMember.slack_id) == slack_id)
    return set(session.connection().execute(statement).scalars())


def addresses_of(session: Session, slack_id: str) -> set[str]:
    """The e-mail addresses pinned to an account."""
    statement = select(col(EmailPin.email)).where(col(EmailPin.slack_id) == slack_id)
    return set(session.connection().execute(statement).scalars())
