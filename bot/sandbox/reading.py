"""What a person sees in a Slack client: conversations they are in, their own ephemerals, forms and Home tab.

It must never show a person what Slack would hide from them.
"""

from typing import TYPE_CHECKING

from bot.sandbox.records import Channel, Message, User, View

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


class Reader:
    """One person's eyes."""

    def __init__(self, workspace: "Workspace", user_id: str) -> None:
        self.workspace = workspace
        self.user_id = user_id

    @property
    def user(self) -> User:
        """The account as it is now."""
        return self.workspace.user(self.user_id)

    def channels(self) -> list[Channel]:
        """Channels that the person is in, by name."""
        known = [each for each in self.workspace.channels() if self.user_id in each.members]
        return sorted(known, key=lambda each: each.name)

    def messages(self, channel: str) -> list[Message]:
        """Top-level messages of a conversation, oldest first, without ephemerals."""
        return self.workspace.messages(channel) if self._is_in(channel) else []

    def timeline(self, channel: str) -> list[Message]:
        """What the client shows of a conversation: top-level messages and the person's own ephemerals."""
        own = [each for each in self.ephemerals(channel) if not each.thread_ts]
        return sorted([*self.messages(channel), *own], key=lambda each: each.ts)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """A message and the replies below it, oldest first, with the person's own ephemerals there."""
        if not self._is_in(channel):
            return []
        own = [each for each in self.ephemerals(channel) if each.thread_ts == ts]
        return sorted([*self.workspace.thread(channel, ts), *own], key=lambda each: each.ts)

    def direct_channel(self) -> Channel:
        """The direct message with the app."""
        return self.workspace.direct_message(self.user_id)

    def direct_messages(self) -> list[Message]:
        """Everything between the app and this person, replies included, without ephemerals."""
        channel = self.direct_channel().id
        top = self.workspace.messages(channel)
        threads = [each for message in top for each in self.workspace.thread(channel, message.ts)]
        return sorted({each.ts: each for each in [*top, *threads]}.values(), key=lambda each: each.ts)

    def ephemerals(self, channel: str) -> list[Message]:
        """What only this person was shown in a conversation."""
        return self.workspace.ephemerals(channel, self.user_id)

    def views(self) -> list[View]:
        """Open modals, the top one last."""
        return self.workspace.views(self.user_id)

    def view(self) -> View | None:
        """The modal on top, if one is open."""
        stack = self.views()
        return stack[-1] if stack else None

    def home(self) -> View | None:
        """The app's Home tab as it was last published for this person."""
        return self.workspace.home(self.user_id)

    def unread(self) -> dict[str, int]:
        """Conversation id -> messages of others since the person last looked; zeros are left out."""
        return self.workspace.unread(self.user_id)

    def mark_read(self, channel: str) -> None:
        """Have seen everything in this conversation."""
        self.workspace.mark_read(self.user_id, channel)

    def _is_in(self, channel_id: str) -> bool:
        return self.user_id in self.workspace.channel(channel_id).members

    def _can_see(self, message: Message) -> bool:
        """Messages of own conversations; an ephemeral one only when it is theirs."""
        if message.ephemeral_to:
            return message.ephemeral_to == self.user_id
        return self._is_in(message.channel)
