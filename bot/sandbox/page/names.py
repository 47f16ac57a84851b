"""A workspace's names as one person may know them.

Nothing here draws; it only answers the questions of `reader.Names`. It must never tell the name of a private
channel to somebody outside it.
"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.sandbox.page.reader import Choice, Reader
from bot.sandbox.records import Channel, User
from bot.sandbox.workspace import Workspace


class WorkspaceNames:
    """What mentions and selects show to one person."""

    def __init__(self, workspace: Workspace, user_id: str) -> None:
        self._workspace = workspace
        self._seen = {channel.id: channel.name for channel in visible_channels(workspace, user_id)}

    def person(self, user_id: str) -> str | None:
        """Return the display name of a person or the app."""
        name = self._workspace.name_of(user_id)
        return None if name == user_id else name

    def channel(self, channel_id: str) -> str | None:
        """Return the name of a channel that this person can see."""
        return self._seen.get(channel_id)

    def group(self, group_id: str) -> str | None:
        """Return a user group's handle."""
        name = self._workspace.name_of(group_id)
        return None if name == group_id else name

    def people(self) -> list[Choice]:
        """Return every active person of the workspace and its shared channels."""
        return [
            Choice(user.id, user.real_name)
            for user in self._workspace.users()
            if not user.deleted and not user.is_bot
        ]

    def channels(self) -> list[Choice]:
        """Return the channels that this person can see."""
        return [Choice(channel_id, name) for channel_id, name in self._seen.items()]


def visible_channels(workspace: Workspace, user_id: str) -> list[Channel]:
    """Return the channels that a person may look into: their own and, for full members, all public ones."""
    user = workspace.user(user_id)
    outside = user.is_guest or user.is_stranger
    return [
        channel
        for channel in workspace.channels()
        if user_id in channel.members or (channel.kind == "public" and not outside and not channel.archived)
    ]


def reader_for(workspace: Workspace, user: User, now: datetime | None = None) -> Reader:
    """Return the reader that a person of this workspace is."""
    return Reader(user.id, zone_of(user), now or datetime.now(UTC), WorkspaceNames(workspace, user.id))


def zone_of(user: User) -> ZoneInfo:
    """Return a person's time zone, UTC where theirs is not known here."""
    try:
        return ZoneInfo(user.tz)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
