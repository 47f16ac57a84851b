"""What is written where: posting, changing and deleting messages, by the app and by people.

Posting means that the rules of Slack were kept: whoever appends to a channel does it here. It must never
look at what a message says beyond Slack's sizes.
"""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sandbox.conversations import Conversations
from bot.sandbox.limits import check_message, with_ids
from bot.sandbox.records import Channel, JsonObject, Message
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.store import Shelf

TEXT_CUT = 40_000
"""chat.postMessage cuts text here (docs.slack.dev, chat.postMessage, "Truncating content")."""
UPDATE_TEXT = 4_000
"""chat.update refuses longer text with msg_too_long."""
METADATA_BYTES = 8_000
"""An event payload of message metadata may be this long."""


@dataclass(frozen=True, slots=True)
class _ReadUpTo:
    """Up to which ts somebody has read a conversation."""

    ts: str


class Messages(Conversations):
    """Messages by channel and ts."""

    def _open_shelves(self, folder: Path | None) -> None:
        super()._open_shelves(folder)
        self._order: dict[str, list[str]] = defaultdict(list)
        for name, message in self._messages.held.items():
            self._order[message.channel].append(name)
            self._last_ts = max(self._last_ts, int(message.ts.replace(".", "")))
        self._read = Shelf(self._store, "read", _ReadUpTo)

    def messages(self, channel_id: str) -> list[Message]:
        """Top-level messages and broadcast replies, oldest first, without ephemerals."""
        return [each for each in self._seen_by_all(channel_id) if not each.is_reply or each.reply_broadcast]

    def thread(self, channel_id: str, ts: str) -> list[Message]:
        """A message and the replies below it, oldest first, without ephemerals."""
        return [each for each in self._seen_by_all(channel_id) if ts in (each.ts, each.thread_ts)]

    def message(self, channel_id: str, ts: str) -> Message:
        """One message, also an ephemeral one. Raises KeyError where there is none."""
        return self._messages.held[f"{channel_id}/{ts}"]

    def ephemerals(self, channel_id: str, user_id: str) -> list[Message]:
        """What only this person was shown in a conversation, oldest first."""
        return [each for each in self._all(channel_id) if each.ephemeral_to == user_id]

    def unread(self, user_id: str) -> dict[str, int]:
        """How many messages of others came since the person last looked, by conversation, zeros left out."""
        with self._lock:
            known = [each for each in self._channels.held.values() if user_id in each.members]
        counted = {channel.id: self._unread_in(channel, user_id) for channel in known}
        return {channel: count for channel, count in counted.items() if count}

    def mark_read(self, user_id: str, channel_id: str) -> None:
        """The person has seen everything in this conversation."""
        with self._lock:
            self._read.put(f"{user_id}/{channel_id}", _ReadUpTo(self.new_ts()))

    def post_as_app(
        self,
        channel_id: str,
        *,
        text: str = "",
        blocks: Sequence[JsonObject] = (),
        thread_ts: str = "",
        metadata: JsonObject | None = None,
        reply_broadcast: bool = False,
        ephemeral_to: str = "",
    ) -> Message:
        """The app posts. Checks content and place; `ephemeral_to` shows it to one person only."""
        self.check_content(text, blocks, metadata)
        if thread_ts:
            self._check_thread(channel_id, thread_ts)
        return self._append(
            Message(
                channel_id,
                "",
                self.app.bot_user_id,
                text[:TEXT_CUT],
                with_ids(blocks),
                thread_ts,
                self.app.bot_id,
                metadata,
                ephemeral_to=ephemeral_to,
                reply_broadcast=reply_broadcast,
            )
        )

    def post_as_person(self, channel_id: str, user_id: str, text: str, thread_ts: str = "") -> Message:
        """A person writes; the message event goes to the app if it asked for it."""
        message = self._append(Message(channel_id, "", user_id, text, thread_ts=thread_ts))
        channel = self.channel(channel_id)
        kinds = {"im": "im", "private": "group", "public": "channel"}
        told: JsonObject = {"type": "message", "channel": channel_id, "user": user_id, "text": text}
        told |= {"ts": message.ts, "channel_type": kinds[channel.kind]}
        if thread_ts:
            told["thread_ts"] = thread_ts
        if self.app.bot_user_id in channel.members:
            self.emit(told)
        return message

    def update_as_app(
        self,
        channel_id: str,
        ts: str,
        *,
        text: str | None,
        blocks: Sequence[JsonObject] | None,
        metadata: JsonObject | None = None,
    ) -> Message:
        """The app changes its own message. Text without blocks wipes the blocks; Slack keeps the metadata."""
        message = self._own_message(channel_id, ts, "cant_update_message")
        if text is not None and len(text) > UPDATE_TEXT:
            raise SlackRefusesError("msg_too_long")
        self.check_content(text or "", blocks or (), metadata)
        changed = replace(
            message,
            text=text or "",
            blocks=with_ids(blocks or ()),
            metadata=metadata if metadata is not None else message.metadata,
            edited_ts=self.new_ts(),
        )
        with self._lock:
            self._messages.put(f"{channel_id}/{ts}", changed)
        self.changed()
        return changed

    def react_as_app(self, channel_id: str, ts: str, name: str) -> Message:
        """The app reacts to a message with an emoji."""
        message = self._messages.held.get(f"{channel_id}/{ts}")
        if message is None or message.ephemeral_to:
            raise SlackRefusesError("message_not_found")
        reaction = (name, self.app.bot_user_id)
        if reaction in message.reactions:
            raise SlackRefusesError("already_reacted")
        return self.replace_message(replace(message, reactions=(*message.reactions, reaction)))

    def delete_as_app(self, channel_id: str, ts: str) -> None:
        """The app deletes its own message."""
        self._own_message(channel_id, ts, "cant_delete_message")
        self.remove_message(channel_id, ts)

    def remove_message(self, channel_id: str, ts: str) -> None:
        """Take a message away, ephemeral or not."""
        with self._lock:
            name = f"{channel_id}/{ts}"
            self._messages.remove(name)
            self._order[channel_id].remove(name)
        self.changed()

    def replace_message(self, message: Message) -> Message:
        """Put a changed message in its place."""
        with self._lock:
            self._messages.put(f"{message.channel}/{message.ts}", message)
        self.changed()
        return message

    def check_content(
        self, text: str, blocks: Sequence[JsonObject], metadata: JsonObject | None = None
    ) -> None:
        """Refuse what Slack refuses in any message."""
        if not text and not blocks:
            raise SlackRefusesError("no_text")
        check_message(blocks)
        if metadata is not None:
            _check_metadata(metadata)

    def _own_message(self, channel_id: str, ts: str, refusal: str) -> Message:
        self.channel_for_app(channel_id)
        message = self._messages.held.get(f"{channel_id}/{ts}")
        if message is None or message.ephemeral_to:
            raise SlackRefusesError("message_not_found")
        if message.bot_id != self.app.bot_id:
            raise SlackRefusesError(refusal)
        return message

    def _check_thread(self, channel_id: str, thread_ts: str) -> None:
        parent = self._messages.held.get(f"{channel_id}/{thread_ts}")
        if parent is None or parent.ephemeral_to or parent.is_reply:
            raise SlackRefusesError("cannot_reply_to_message")

    def _append(self, message: Message) -> Message:
        with self._lock:
            placed = replace(message, ts=self.new_ts())
            if placed.thread_ts:
                self._mark_parent(placed)
            name = f"{placed.channel}/{placed.ts}"
            self._messages.put(name, placed)
            self._order[placed.channel].append(name)
        self.changed()
        return placed

    def _mark_parent(self, reply: Message) -> None:
        name = f"{reply.channel}/{reply.thread_ts}"
        parent = self._messages.held.get(name)
        if parent is not None and not parent.thread_ts and not reply.ephemeral_to:
            self._messages.put(name, replace(parent, thread_ts=parent.ts))

    def _all(self, channel_id: str) -> list[Message]:
        with self._lock:
            return [self._messages.held[name] for name in self._order.get(channel_id, ())]

    def _seen_by_all(self, channel_id: str) -> list[Message]:
        return [each for each in self._all(channel_id) if not each.ephemeral_to]

    def _unread_in(self, channel: Channel, user_id: str) -> int:
        read = self._read.held.get(f"{user_id}/{channel.id}")
        since = read.ts if read else "0"
        count = 0
        for each in reversed(self._all(channel.id)):
            if each.ts <= since:
                break
            count += each.user != user_id and each.ephemeral_to in ("", user_id)
        return count


def _check_metadata(metadata: JsonObject) -> None:
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise SlackRefusesError("invalid_metadata_format")
    if len(json.dumps(payload)) > METADATA_BYTES:
        raise SlackRefusesError("metadata_too_large")
