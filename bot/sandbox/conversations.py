"""Channels and direct messages: who is in them, and which of them the app may see.

It must never let the app see a private channel that it is not in: to an app that channel does not exist.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.people import People
from bot.sandbox.records import Channel, ChannelKind, JsonObject
from bot.sandbox.refusals import SlackRefusesError


class Conversations(People):
    """Conversations by id."""

    def channels(self) -> list[Channel]:
        """Public and private channels in order of creation, without direct messages."""
        with self._lock:
            return [each for each in self._channels.held.values() if each.kind != "im"]

    def conversations(self) -> list[Channel]:
        """Channels and direct messages."""
        with self._lock:
            return list(self._channels.held.values())

    def channel(self, channel_id: str) -> Channel:
        """Any conversation, also a direct message. Raises KeyError for an unknown id."""
        return self._channels.held[channel_id]

    def add_channel(
        self,
        channel_id: str,
        name: str,
        members: Iterable[str] = (),
        *,
        kind: ChannelKind = "public",
        topic: str = "",
        shared: bool = False,
    ) -> Channel:
        """Make a channel with its first members, without events."""
        with self._lock:
            made = Channel(
                channel_id, name, kind, tuple(members), topic=topic, shared=shared, created=self.now()
            )
            self._channels.put(channel_id, made)
        self.changed()
        return made

    def join(self, channel_id: str, user_id: str) -> Channel:
        """Put somebody into a channel; sends member_joined_channel if the app is in it."""
        with self._lock:
            channel = self._channels.held[channel_id]
            if user_id in channel.members:
                return channel
            channel = self._channels.put(channel_id, replace(channel, members=(*channel.members, user_id)))
        self.changed()
        self._tell_of_membership("member_joined_channel", channel, user_id)
        return channel

    def leave(self, channel_id: str, user_id: str) -> Channel:
        """Take somebody out of a channel; sends member_left_channel if the app is in it."""
        with self._lock:
            channel = self._channels.held[channel_id]
            staying = tuple(each for each in channel.members if each != user_id)
            channel = self._channels.put(channel_id, replace(channel, members=staying))
        self.changed()
        self._tell_of_membership("member_left_channel", channel, user_id)
        return channel

    def archive(self, channel_id: str) -> Channel:
        """Close a channel; nothing can be posted there any more."""
        with self._lock:
            channel = self._channels.put(channel_id, replace(self._channels.held[channel_id], archived=True))
        self.changed()
        return channel

    def direct_message(self, user_id: str) -> Channel:
        """The direct message between the app and this person, made when first needed."""
        channel_id = "D" + user_id[1:]
        with self._lock:
            known = self._channels.held.get(channel_id)
            if known is not None:
                return known
            members = (user_id, self.app.bot_user_id)
            made = Channel(channel_id, "", "im", members, created=self.now(), with_user=user_id)
            return self._channels.put(channel_id, made)

    def channel_for_app(self, channel_id: str) -> Channel:
        """A conversation that the app may know of. Refuses with channel_not_found."""
        channel = self._channels.held.get(channel_id)
        if channel is None or (channel.kind == "private" and self.app.bot_user_id not in channel.members):
            raise SlackRefusesError("channel_not_found")
        return channel

    def open_direct_message(self, user_id: str) -> Channel:
        """The app opens a direct message, as conversations.open does, with that method's refusals."""
        user = self._users.held.get(user_id)
        if user is None:
            raise SlackRefusesError("user_not_found")
        if user.is_stranger:
            raise SlackRefusesError("user_not_visible")
        if user.is_bot:
            raise SlackRefusesError("cannot_dm_bot")
        if user.deleted:
            raise SlackRefusesError("user_disabled")
        return self.direct_message(user_id)

    def _tell_of_membership(self, event: str, channel: Channel, user_id: str) -> None:
        if self.app.bot_user_id not in (*channel.members, user_id):
            return
        told: JsonObject = {
            "type": event,
            "user": user_id,
            "channel": channel.id,
            "channel_type": "G" if channel.kind == "private" else "C",
            "team": self.team.id,
        }
        self.emit(told)
