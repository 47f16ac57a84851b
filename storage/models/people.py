"""Who there is and what they may do: people, their Slack accounts, groups, and grants from the policy."""

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, word
from storage.vocabulary import AccountKind, Lane, Role


class Person(SQLModel, table=True):
    """One human being. Votes count by person, so two accounts of one person count once."""

    id: int | None = Field(default=None, primary_key=True)
    email: str | None = Field(default=None, unique=True)


class Account(SQLModel, table=True):
    """A Slack account as last seen. ``refreshed_at`` says when Slack told us so."""

    slack_id: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True)
    team_id: str
    name: str
    email: str | None = Field(default=None, index=True)
    timezone: str = "UTC"
    kind: AccountKind = Field(sa_type=word(AccountKind))
    active: bool = True
    refreshed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class EmailPin(SQLModel, table=True):
    """An e-mail address of the policy, pinned to the Slack id that first answered to it."""

    email: str = Field(primary_key=True)
    slack_id: str


class UserGroup(SQLModel, table=True):
    """A Slack user group that the policy names. NULL ``refreshed_at``: its members were never read."""

    id: str = Field(primary_key=True)
    handle: str = ""
    refreshed_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))


class GroupMember(SQLModel, table=True):
    """One account in one user group."""

    group_id: str = Field(primary_key=True)
    slack_id: str = Field(primary_key=True)


class Grant(SQLModel, table=True):
    """One line of the policy in force: in this workflow and lane this principal has this role.

    ``principal`` is a Slack user id, a user group id, an e-mail address, or (role inform) a channel id.
    The rows are replaced as a whole whenever another policy version comes into force.
    """

    workflow: str = Field(primary_key=True)
    role: Role = Field(sa_type=word(Role), primary_key=True)
    lane: Lane = Field(sa_type=word(Lane), primary_key=True)
    principal: str = Field(primary_key=True)

    __table_args__ = (Index("grant_by_principal", "principal"),)
