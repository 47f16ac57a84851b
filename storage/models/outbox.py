"""What must leave the process: messages to Slack and moves of pointers.

A row is written in the transaction of its cause and settled after the fact. Rows are claimed by lease, so
that several processes share the work and a dead one loses nothing.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime, json_column, word


class MessageState(StrEnum):
    """``parked``: Slack will never take it; kept and shown as undelivered."""

    PENDING = "pending"
    SENT = "sent"
    PARKED = "parked"


class Message(SQLModel, table=True):
    """One message to one recipient; after it was posted, a projection that is redrawn.

    ``kind`` names the drawing in ``bot.cards``; ``key`` makes it unique, so that the same thing is never
    told twice to the same recipient. ``recipient`` is a channel (C…) or a person (U…, told directly).
    ``only_for``: an ephemeral message in the channel, for this person alone. ``thread_of`` is the message
    under which it stands. ``drawn_version`` is the change's version that its present text shows; NULL for
    what is said once and never redrawn. ``details`` holds what the drawing needs beyond the rows.
    ``priority`` 0 leaves first. ``blind_sends``: how often it was sent again though it may have arrived.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    recipient: str
    only_for: str | None = None
    change_id: int | None = Field(default=None, foreign_key="change.id")
    release_id: int | None = Field(default=None, foreign_key="release.id")
    rollback_id: int | None = Field(default=None, foreign_key="rollback.id")
    thread_of: int | None = Field(default=None, foreign_key="message.id")
    details: dict[str, Any] = Field(default_factory=dict, sa_column=json_column())
    redrawn: bool = True
    priority: int = 5
    state: MessageState = Field(default=MessageState.PENDING, sa_type=word(MessageState))
    channel: str | None = None
    ts: str | None = None
    drawn_version: int | None = None
    drawn_hash: str = ""
    attempts: int = 0
    ambiguous: bool = False
    blind_sends: int = 0
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    last_error: str = ""
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))

    __table_args__ = (
        Index("messages_next", "state", "priority", "id"),
        Index("messages_of_change", "change_id", "recipient"),
        Index("message_place", "channel", "ts"),
        {"sqlite_autoincrement": True},
    )


class Purpose(StrEnum):
    """Why a pointer is moved."""

    CANARY = "canary"
    PRODUCTION = "production"
    ROLL_BACK = "roll_back"
    ROLL_BACK_CANARY = "roll_back_canary"
    RESTORE = "restore"
    PUT_BACK = "put_back"
    """After somebody moved it outside the app."""


class MoveState(StrEnum):
    """``waiting``: a person was told to do it and has not confirmed. ``elsewhere``: people are asked."""

    PENDING = "pending"
    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"
    ELSEWHERE = "elsewhere"
    CANCELLED = "cancelled"


class Move(SQLModel, table=True):
    """One move of one pointer. ``key`` is the idempotency key that the target is given each time.

    ``expected_known`` false: the pointer is read and kept in ``expected`` before anything moves.
    ``content_digest``: sha-256 of the approved text in hex; what is read at ``wanted`` must match it. Empty:
    nothing to compare (a way back is taken as it is).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    workflow: str = Field(index=True)
    target: dict[str, Any] = Field(sa_column=json_column())
    purpose: Purpose = Field(sa_type=word(Purpose))
    release_id: int = Field(foreign_key="release.id", index=True)
    rollback_id: int | None = Field(default=None, foreign_key="rollback.id")
    pointer: str
    expected: str | None = None
    expected_known: bool = True
    wanted: str | None = None
    content_digest: str = ""
    why: str = ""
    instructions: str = ""
    state: MoveState = Field(default=MoveState.PENDING, sa_type=word(MoveState))
    attempts: int = 0
    due_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    lease_until: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))
    last_error: str = ""
    found: str | None = None
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    done_at: datetime | None = Field(default=None, sa_column=Column(UtcDateTime))

    __table_args__ = (Index("moves_due", "state", "due_at"), {"sqlite_autoincrement": True})
