"""Who is looking, and by what names they know things: all that drawing a text depends on.

Every drawing function takes a `Reader`, so that one message can be drawn for Berlin and for Denver. This
module must never reach into the workspace: it only says what is asked of one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo


class Choice(NamedTuple):
    """A person or a channel as a select offers it."""

    id: str
    name: str


class Names(Protocol):
    """What mentions and people selects need to know of a workspace."""

    def person(self, user_id: str) -> str | None:
        """Return the display name of a person, or None when nobody has this id."""

    def channel(self, channel_id: str) -> str | None:
        """Return a channel's name without its hash sign, or None."""

    def group(self, group_id: str) -> str | None:
        """Return a user group's handle without its at sign, or None."""

    def people(self) -> list[Choice]:
        """Return everybody whom a users select offers."""

    def channels(self) -> list[Choice]:
        """Return every channel that a channels select offers."""


@dataclass(frozen=True)
class Reader:
    """The person before the screen. `now` is UTC-aware, `zone` is theirs."""

    user_id: str
    zone: ZoneInfo
    now: datetime
    names: Names
