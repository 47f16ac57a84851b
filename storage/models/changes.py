"""A change and what people said of it: revisions, touches, votes, evidence, who was asked."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, json_column, word
from storage.vocabulary import Decision, Lane, State


class Change(SQLModel, table=True):
    """One proposal. ``version`` grows with each transaction that touches it; cards are drawn up to it.

    ``form`` holds what the submitter typed, by field name, so that nothing typed is lost while the change
    is a draft or is being edited. ``revision`` is the number of the revision under review, 0 in a
    draft. ``classification`` is the policy's last word on it as JSON: reasons, gate_reasons, signals.
    ``adopts``: the drift whose found version it approves after the fact.
    """

    id: int | None = Field(default=None, primary_key=True)
    workflow: str = Field(index=True)
    state: State = Field(default=State.DRAFT, sa_type=word(State), index=True)
    state_since: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    version: int = 1
    submitter: str = Field(foreign_key="account.slack_id", index=True)
    kinds: list[str] = Field(default_factory=list, sa_column=json_column())
    impacts: list[str] = Field(default_factory=list, sa_column=json_column())
    not_customer_visible_because: str = ""
    lane: Lane | None = Field(default=None, sa_type=word(Lane))
    lane_raised_to: Lane | None = Field(default=None, sa_type=word(Lane))
    lane_raised_by: str | None = None
    lane_lowered_to: Lane | None = Field(default=None, sa_type=word(Lane))
    lane_reason: str = ""
    quorum: int = 0
    gate_required: bool = False
    classification: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    policy_version: int | None = Field(default=None, foreign_key="policyversion.id")
    revision: int = 0
    form: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    moved_to: str | None = None
    needs_new_before: bool = False
    adopts: int | None = None
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = ({"sqlite_autoincrement": True},)


class Revision(SQLModel, table=True):
    """One text of a change with its note and plan. Never altered: an edit writes another row."""

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id")
    number: int
    author: str = Field(foreign_key="account.slack_id")
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    before_version: str | None = None
    after_version: str
    before_text: str
    after_text: str
    boundary: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    before_boundary: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    """The settings of what it replaces; None where neither these nor the new ones were read."""
    what_changed: str
    why: str
    good: str
    rollback_trigger: str
    rollback_owner: str
    rollback_plan: str = ""
    stop_conditions: str = ""
    stages: list[str] = Field(default_factory=list, sa_column=json_column())
    fallback_version: str | None = None
    fallback_switch_off: str = ""
    content_digest: str
    review_digest: str

    __table_args__ = (UniqueConstraint("change_id", "number"), {"sqlite_autoincrement": True})


class Touch(SQLModel, table=True):
    """This person wrote content, note or plan of this change, and so cannot approve it."""

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    slack_id: str
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class Ask(SQLModel, table=True):
    """The submitter asked this account to approve."""

    change_id: int = Field(foreign_key="change.id", primary_key=True)
    slack_id: str = Field(foreign_key="account.slack_id", primary_key=True)


class Vote(SQLModel, table=True):
    """A person's decision on one review digest. The latest one counts; earlier ones stay on record."""

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    review_digest: str
    person_id: int = Field(foreign_key="person.id")
    slack_id: str = Field(foreign_key="account.slack_id")
    decision: Decision = Field(sa_type=word(Decision))
    lane: Lane = Field(sa_type=word(Lane))
    statement: str = ""
    marks: list[dict[str, Any]] = Field(default_factory=list, sa_column=json_column())
    counting: bool = True
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = (
        Index(
            "one_counting_vote",
            "change_id",
            "review_digest",
            "person_id",
            unique=True,
            sqlite_where=text("counting"),
            postgresql_where=text("counting"),
        ),
        {"sqlite_autoincrement": True},
    )


class Evidence(SQLModel, table=True):
    """A recorded evaluation result, bound to the content that it judged."""

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    content_digest: str
    suite: str
    total: int
    passed: int
    newly_failing: int
    scored_by_people: bool = False
    link: str = ""
    attested_by: str = Field(foreign_key="account.slack_id")
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = ({"sqlite_autoincrement": True},)
