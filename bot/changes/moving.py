"""The one place where a change's state is altered: the lifecycle is asked, and the audit row is written.

It must never be gone around. A transition that the lifecycle does not know is a fault of ours, not a refusal.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.policy.lifecycle import may_move
from storage import audit
from storage.models import Change
from storage.queries import changes
from storage.vocabulary import State

SYSTEM = "system"
"""Who acts where no person of ours did: the app by itself, or somebody outside it."""


class ImpossibleTransitionError(RuntimeError):
    """Code asked for a transition that the lifecycle does not have."""


def name_of(change_id: int | None) -> str:
    """``PC-42``."""
    return f"PC-{change_id}"


def release_name(release_id: int | None) -> str:
    """``R-7``."""
    return f"R-{release_id}"


def move_state(session: Session, change: Change, to: State, *, actor: str, now: datetime, **why: Any) -> None:
    """Move a change to another state, with one audit row. Raises ImpossibleTransitionError."""
    if not may_move(change.state, to):
        raise ImpossibleTransitionError(f"{name_of(change.id)} cannot go from {change.state} to {to}")
    audit.append(
        session,
        f"change:{to.value}",
        name_of(change.id),
        actor=actor,
        now=now,
        before=change.state.value,
        **why,
    )
    change.state, change.state_since = to, now
    touch(session, change)


def touch(session: Session, change: Change) -> None:
    """Something that cards show has changed: they are drawn again up to this version."""
    changes.next_version(session, change)
