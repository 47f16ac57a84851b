"""One Slack workspace with one app installed: everything that the Web API, the page and the tests act on.

Each room of rules is its own module, and this class is all of them together:

- `people.py`: users(), user(id), add_user, change_user, rename_user, deactivate_user, reactivate_user,
  groups(), group(id), add_group, set_group_members, disable_group
- `conversations.py`: channels(), channel(id), add_channel, join, leave, archive, direct_message(user)
- `messages.py`: messages(channel), thread(channel, ts), message(channel, ts), ephemerals(channel, user),
  unread(user), mark_read(user, channel)
- `surfaces.py`: views(user), view(id), home(user)
- `files.py`: file(id), files(), file_bytes(id), add_file
- `core.py`: revision, wait_for_change(since, timeout), calls, rendered, faults

Thread-safe. What is read is a frozen value. It must never know what the app is about.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.sandbox.delivery import Delivery
from bot.sandbox.events import EventFeed
from bot.sandbox.files import Files
from bot.sandbox.inputs import initial_state
from bot.sandbox.person import SlackPerson
from bot.sandbox.records import AppProfile, Call, JsonObject, Message, Team, User, View
from bot.sandbox.responses import Responses
from bot.sandbox.surfaces import Surfaces


class Workspace(Surfaces, Files, Responses):
    """A local Slack. `folder` makes it survive a restart; without one it lives in memory."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        team: Team | None = None,
        app: AppProfile | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(folder, team=team, app=app, clock=clock)
        self.delivery = Delivery(self)
        self.events = EventFeed(self, self.delivery)
        self._message_states: dict[str, JsonObject] = {}
        self._install_app()

    def close(self) -> None:
        """Stop events, drop connections, let go of the folder."""
        self.events.close()
        self.delivery.close()
        super().close()

    def as_person(self, user_id: str, *, hostile: bool = False) -> SlackPerson:
        """This person at a Slack client. Raises KeyError for an unknown id.

        A hostile person skips what the client would have stopped, clicks on a screen that has changed
        since, and forges values: for tests of what the app believes.
        """
        self.user(user_id)
        return SlackPerson(self, user_id, hostile=hostile)

    def deliver_to(self, request_url: str | None) -> None:
        """Send commands, interactions and events to this URL; None: to open Socket Mode connections."""
        self.delivery.request_url = request_url

    @property
    def app_is_connected(self) -> bool:
        """Whether an interaction has somewhere to go."""
        return self.delivery.is_connected

    def emit(self, event: JsonObject) -> None:
        """Tell the app of an event, in the background."""
        self.events.publish(event)

    def name_of(self, some_id: str) -> str:
        """What Slack shows for an id, without @ or #; the id itself when it is unknown."""
        if some_id in self._users.held:
            return self._users.held[some_id].real_name
        if some_id in self._groups.held:
            return self._groups.held[some_id].handle
        channel = self._channels.held.get(some_id)
        if channel is not None:
            return channel.name or self.name_of(channel.with_user)
        return self.app.name if some_id == self.app.bot_id else some_id

    def calls_of(self, method: str) -> list[Call]:
        """The logged calls of one Web API method, oldest first."""
        return [each for each in list(self.calls) if each.method == method]

    def find_message(self, channel_id: str, ts: str) -> Message | None:
        """One message, or None where there is none (any more)."""
        return self._messages.held.get(f"{channel_id}/{ts}")

    def find_view(self, view_id: str) -> View | None:
        """One open view, or None once it is closed."""
        return self._views.held.get(view_id)

    def share_as_app(
        self, channel_id: str, file_ids: Sequence[str], text: str = "", thread_ts: str = ""
    ) -> Message:
        """The app posts files that it has uploaded."""
        self.share_files(file_ids, channel_id)
        names = [self.file(each).name for each in file_ids]
        message = self.post_as_app(channel_id, text=text or ", ".join(names), thread_ts=thread_ts)
        return self.replace_message(replace(message, text=text, files=tuple(file_ids)))

    def typed_in_message(self, user_id: str, message: Message, typed: Mapping[str, JsonObject]) -> JsonObject:
        """Enter values into a message's controls; returns the state of all of them for this person."""
        key = f"{user_id}/{message.channel}/{message.ts}"
        with self._lock:
            state = initial_state(message.blocks)
            known = self._message_states.get(key, {})
            for source in (known, typed):
                for block_id, inputs in source.items():
                    if block_id in state:
                        state[block_id] = {**state[block_id], **inputs}
            if typed:
                self._message_states[key] = state
            return state

    def _install_app(self) -> None:
        if self.app.bot_user_id not in self._users.held:
            bot = User(
                id=self.app.bot_user_id,
                name=self.app.name.lower().replace(" ", "-"),
                real_name=self.app.name,
                team_id=self.team.id,
                is_bot=True,
                updated=self.now(),
            )
            self._users.put(bot.id, bot)
