"""What is kept for ever or seen once: policy versions, the audit trail, texts, events already handled."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Column
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, json_column


class PolicyVersion(SQLModel, table=True):
    """One text of the policy, kept for ever. ``source`` says where it came from, for people."""

    id: int | None = Field(default=None, primary_key=True)
    text: str
    digest: str = Field(unique=True)
    source: str
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = ({"sqlite_autoincrement": True},)


class PolicyInForce(SQLModel, table=True):
    """The pointer to the policy version that binds now: one row."""

    id: int = Field(default=1, primary_key=True)
    version_id: int = Field(foreign_key="policyversion.id")
    since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = (CheckConstraint("id = 1", name="one_policy_in_force"),)


class AuditRow(SQLModel, table=True):
    """One thing that happened. ``digest`` covers this row and ``previous``, the digest before it."""

    id: int = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    actor: str
    verb: str
    subject: str = Field(index=True)
    data: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    previous: str = Field(unique=True)
    digest: str = Field(unique=True)


class SeenEvent(SQLModel, table=True):
    """An event or a form of Slack's that has had its effect; a second delivery has none."""

    event_id: str = Field(primary_key=True)
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class KeptText(SQLModel, table=True):
    """A text of a target that stores none itself (manual), by its version."""

    version: str = Field(primary_key=True)
    workflow: str = Field(primary_key=True)
    text: str
    author: str = ""
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ManualPointer(SQLModel, table=True):
    """What a person last confirmed to be live where no machine can look."""

    workflow: str = Field(primary_key=True)
    pointer: str = Field(primary_key=True)
    version: str | None = None
