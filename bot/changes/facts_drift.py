"""What the card of a pointer that was moved outside the app shows."""

from dataclasses import dataclass
from datetime import datetime

from bot.changes.facts import Who
from storage.models import DriftState


@dataclass(frozen=True, slots=True)
class DriftFacts:
    """One drift. ``change_id``: the change on whose record it is; ``adopting``: the one that adopts it.

    ``by``: who adopted it or had it put back. ``trouble``: why it could not be put back, in words.
    """

    id: int
    change_id: int
    workflow: str
    pointer: str
    state: DriftState
    recorded: str | None
    found: str | None
    seen_at: datetime
    ended_at: datetime | None = None
    by: Who | None = None
    adopting: int | None = None
    due_at: datetime | None = None
    moving: bool = False
    trouble: str = ""
    by_hand: str = ""
