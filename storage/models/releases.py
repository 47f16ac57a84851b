"""Deployments, their reversal, and who has confirmed that they saw it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, json_column, word
from storage.vocabulary import Lane, State


class Release(SQLModel, table=True):
    """One deployment of a change. ``state`` is one of releasing, live, superseded, rolled_back, failed.

    ``old_version`` is the pointer as it was read before anything moved, ``old_canary`` likewise.
    ``target`` is the target's description as it was then, so that a rollback does not depend on the policy.
    """

    id: int | None = Field(default=None, primary_key=True)
    change_id: int = Field(foreign_key="change.id", index=True)
    workflow: str = Field(index=True)
    lane: Lane = Field(sa_type=word(Lane))
    state: State = Field(sa_type=word(State))
    stage: int = 1
    stages: int = 1
    old_version: str | None = None
    old_canary: str | None = None
    new_version: str
    target: dict[str, Any] = Field(sa_column=json_column())
    pointer: str
    canary_pointer: str | None = None
    deployer: str = Field(foreign_key="account.slack_id")
    rollback_owner: str
    started_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    live_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    __table_args__ = (
        Index(
            "one_live_release",
            "workflow",
            unique=True,
            sqlite_where=text("state = 'live'"),
            postgresql_where=text("state = 'live'"),
        ),
        Index(
            "one_release_under_way",
            "workflow",
            unique=True,
            sqlite_where=text("state = 'releasing'"),
            postgresql_where=text("state = 'releasing'"),
        ),
        {"sqlite_autoincrement": True},
    )


class RollbackState(StrEnum):
    """How far a rollback has come."""

    MOVING = "moving"
    DONE = "done"
    ASKING = "asking"


class Rollback(SQLModel, table=True):
    """One reversal of one release. ``asking``: the pointer is neither the bad nor the wanted version.

    ``left_by``: who decided then that it stays as it was found; from then on ``to_version`` says that.
    """

    id: int | None = Field(default=None, primary_key=True)
    release_id: int = Field(foreign_key="release.id", index=True)
    workflow: str = Field(index=True)
    from_version: str | None = None
    to_version: str | None = None
    to_release_id: int | None = Field(default=None, foreign_key="release.id")
    state: RollbackState = Field(default=RollbackState.MOVING, sa_type=word(RollbackState))
    by: str
    reason: str = ""
    reason_by: str | None = None
    at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    restore_by: str | None = None
    restore_reason: str = ""
    restore_asked_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    restore_confirmed_by: str | None = None
    restored_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    left_by: str | None = None

    __table_args__ = (
        Index(
            "one_rollback_under_way",
            "release_id",
            unique=True,
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
        {"sqlite_autoincrement": True},
    )


class DriftState(StrEnum):
    """How a drift stands. ``returned``: it was moved back outside the app; ``overtaken``: by a release."""

    OPEN = "open"
    ADOPTED = "adopted"
    RESTORED = "restored"
    RETURNED = "returned"
    OVERTAKEN = "overtaken"


class Drift(SQLModel, table=True):
    """A live pointer that somebody moved outside the app, against the release or reversal on record.

    ``recorded`` is what it should show, ``found`` what it shows; None stands for nothing. ``change_id``: the
    change by which ``found`` is adopted after the fact, and ``due_at`` until when. ``by``: who clicked last.
    """

    id: int | None = Field(default=None, primary_key=True)
    workflow: str = Field(index=True)
    release_id: int = Field(foreign_key="release.id")
    pointer: str
    recorded: str | None = None
    found: str | None = None
    state: DriftState = Field(default=DriftState.OPEN, sa_type=word(DriftState))
    seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    change_id: int | None = Field(default=None, foreign_key="change.id")
    due_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    ended_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    by: str | None = None

    __table_args__ = (
        Index(
            "one_open_drift",
            "workflow",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        {"sqlite_autoincrement": True},
    )


class Acknowledgement(SQLModel, table=True):
    """Someone who must confirm having seen a rollback: a person, or a group by any of its members."""

    id: int | None = Field(default=None, primary_key=True)
    rollback_id: int = Field(foreign_key="rollback.id")
    principal: str
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    __table_args__ = (UniqueConstraint("rollback_id", "principal"),)
