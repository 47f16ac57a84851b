"""Who is told what: rows for the outbox, written in the transaction of their cause.

One row a recipient, and a key that makes the same telling impossible twice. Nothing is sent from here.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from storage.inserting import insert_new
from storage.models import Change, Drift, Message, Release, Rollback
from storage.queries import record

URGENT = 0
PRIVATE = 1
CARD = 2
ORDINARY = 5


def post(  # a message has that many sides
    session: Session,
    key: str,
    kind: str,
    recipient: str,
    *,
    now: datetime,
    change_id: int | None = None,
    release_id: int | None = None,
    rollback_id: int | None = None,
    thread_of: int | None = None,
    only_for: str | None = None,
    redrawn: bool = True,
    priority: int = ORDINARY,
    **details: Any,
) -> None:
    """Write a message row, unless the same was written before."""
    insert_new(
        session,
        Message,
        key=key,
        kind=kind,
        recipient=recipient,
        change_id=change_id,
        release_id=release_id,
        rollback_id=rollback_id,
        thread_of=thread_of,
        only_for=only_for,
        redrawn=redrawn,
        priority=priority,
        details=details,
        due_at=now,
        created_at=now,
    )


def review_card(session: Session, change: Change, channel: str, *, now: datetime) -> None:
    """The card in the workflow's channel, which lives as long as the change."""
    post(session, f"review:{change.id}", "review", channel, now=now, change_id=change.id, priority=CARD)


def in_thread(
    session: Session, change: Change, text: str, *, now: datetime, about: str, priority: int = ORDINARY
) -> None:
    """A line under the review card. ``about`` makes its key: what happened, and to which row."""
    card = record.place_of(session, f"review:{change.id}")
    if card is None:
        return
    number, channel = card
    post(
        session,
        f"thread:{change.id}:{about}",
        "thread",
        channel,
        now=now,
        change_id=change.id,
        thread_of=number,
        redrawn=False,
        priority=priority,
        text=text,
    )


def ask(session: Session, change: Change, people: Iterable[str], *, now: datetime) -> None:
    """A direct message to each person who is asked to approve this revision."""
    for slack_id in people:
        key = f"ask:{change.id}:{change.revision}:{slack_id}"
        post(session, key, "ask", slack_id, now=now, change_id=change.id, priority=CARD)


def deployers(session: Session, change: Change, people: Iterable[str], *, now: datetime) -> None:
    """A direct card with Deploy to each person who may."""
    for slack_id in people:
        # Approved, sent back and approved again is news to them each time.
        key = f"deploy:{change.id}:{change.version}:{slack_id}"
        post(session, key, "deploy", slack_id, now=now, change_id=change.id)


def submitter(
    session: Session, change: Change, *, now: datetime, what: str, about: str, **details: Any
) -> None:
    """The outcome, directly to whoever proposed the change."""
    post(
        session,
        f"outcome:{change.id}:{about}",
        "outcome",
        change.submitter,
        now=now,
        change_id=change.id,
        redrawn=False,
        what=what,
        **details,
    )


def live_message(session: Session, change: Change, release: Release, place: str, *, now: datetime) -> None:
    """The release's message, with Roll back on it for as long as it is live."""
    post(
        session,
        f"live:{release.id}:{place}",
        "live",
        place,
        now=now,
        change_id=change.id,
        release_id=release.id,
        priority=CARD,
    )


def drift(
    session: Session, change: Change, release: Release, drift: Drift, recipient: str, *, now: datetime
) -> None:
    """The card of a pointer that was moved outside the app, with Adopt and Restore on it while it is open."""
    post(
        session,
        f"drift:{drift.id}:{recipient}",
        "drift",
        recipient,
        now=now,
        change_id=change.id,
        release_id=release.id,
        priority=CARD,
        drift=drift.id,
    )


def rollback_card(session: Session, change: Change, rollback: Rollback, place: str, *, now: datetime) -> None:
    """The rollback's card, which counts who has seen it."""
    post(
        session,
        f"rollback:{rollback.id}:{place}",
        "rollback",
        place,
        now=now,
        change_id=change.id,
        release_id=rollback.release_id,
        rollback_id=rollback.id,
        priority=URGENT,
    )


def broadcast(
    session: Session,
    change: Change,
    rollback: Rollback,
    *,
    channels: Iterable[str],
    people: Mapping[str, str],
    now: datetime,
) -> None:
    """Everyone who must know: each channel a message, each person a direct one to confirm.

    ``people`` says for whom each confirms: for themselves, or for a group that they are in.
    """
    common: dict[str, Any] = {
        "change_id": change.id,
        "release_id": rollback.release_id,
        "rollback_id": rollback.id,
    }
    for channel in channels:
        key = f"rollback_channel:{rollback.id}:{channel}"
        post(session, key, "rollback_channel", channel, now=now, priority=URGENT, **common)
    for slack_id, principal in people.items():
        key = f"rollback_notice:{rollback.id}:{slack_id}"
        post(
            session,
            key,
            "rollback_notice",
            slack_id,
            now=now,
            priority=URGENT,
            principal=principal,
            **common,
        )


def restored(session: Session, rollback: Rollback, text: str, *, now: datetime) -> None:
    """Everyone who was told of the rollback: it is undone. A message that is only redrawn tells nobody."""
    for told in record.messages_of_rollback(session, rollback.id or 0):
        if told.kind in {"rollback_channel", "rollback_notice"}:
            key = f"restored:{rollback.id}:{told.recipient}"
            privately(session, told.recipient, now=now, key=key, text=text, remedy=rollback.restore_reason)


def task(
    session: Session, change: Change, release_id: int, move_id: int, person: str, *, now: datetime
) -> None:
    """A move that a person makes by hand: what to set, and a button to confirm it."""
    post(
        session,
        f"task:{move_id}:{person}",
        "task",
        person,
        now=now,
        change_id=change.id,
        release_id=release_id,
        priority=URGENT,
        move=move_id,
    )


def privately(
    session: Session,
    slack_id: str,
    *,
    now: datetime,
    key: str,
    text: str,
    remedy: str = "",
    channel: str | None = None,
) -> None:
    """An answer for one person's eyes: in the channel where they are, else directly."""
    post(
        session,
        key,
        "private",
        channel or slack_id,
        now=now,
        only_for=slack_id if channel else None,
        redrawn=False,
        priority=PRIVATE,
        reason=text,
        remedy=remedy,
    )
