"""One person's screen: what stands in the sidebar, the main pane, the thread and the open modals.

A screen is drawn from the workspace's records at each look and remembers nothing. It must never show a
person what they could not see in Slack: other people's ephemeral messages, modals, private channels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

from markupsafe import Markup

from bot.sandbox.page.blocks import environment, render_blocks
from bot.sandbox.page.forms import prefilled
from bot.sandbox.page.lines import Drawing, Line
from bot.sandbox.page.names import reader_for, visible_channels
from bot.sandbox.page.start import COMMANDS, SHORTCUTS, steps
from bot.sandbox.records import Channel, User, View
from bot.sandbox.workspace import Workspace

HOME = "home"
_SHOWN = 200  # messages; older ones are a long scroll that nobody takes in a sandbox
_HUES = 8


@dataclass(frozen=True)
class Form:
    """One open modal as it is drawn."""

    view: View
    body: Markup
    depth: int


class NotHereError(LookupError):
    """Nobody has this id, or this person cannot see such a place."""


class Screen:
    """What one person sees at one place, with one thread open or none."""

    def __init__(self, workspace: Workspace, user_id: str, place: str, thread_ts: str = "") -> None:
        self.workspace = workspace
        self.user = _user(workspace, user_id)
        self.person = workspace.as_person(user_id)
        self.reader = reader_for(workspace, self.user, datetime.now(UTC))
        self._drawing = Drawing(workspace, self.reader)
        self.place = place
        self.channel = None if place == HOME else self._channel(place)
        self.thread_ts = thread_ts
        self.unread_here = 0

    def _channel(self, channel_id: str) -> Channel:
        allowed = [channel.id for channel in visible_channels(self.workspace, self.user.id)]
        if self.uses_app:
            allowed.append(self.direct.id)
        if channel_id not in allowed:
            raise NotHereError(channel_id)
        return self.workspace.channel(channel_id)

    @property
    def uses_app(self) -> bool:
        """Whether this person can talk with the app: strangers of a shared channel cannot."""
        return not self.user.is_stranger and not self.user.deleted

    @cached_property
    def direct(self) -> Channel:
        """The direct messages of the app with this person."""
        return self.workspace.direct_message(self.user.id)

    @property
    def with_app(self) -> bool:
        """Whether the app's own pane is open, on one of its two tabs."""
        return self.channel is None or self.channel.kind == "im"

    @property
    def joined(self) -> bool:
        """Whether this person may write here."""
        return self.channel is not None and (self.with_app or self.user.id in self.channel.members)

    @property
    def title(self) -> str:
        """The name in the pane's head."""
        return self.workspace.app.name if self.channel is None or self.with_app else self.channel.name

    @property
    def channels(self) -> list[Channel]:
        """The sidebar's channels, also the one looked at without having joined it."""
        return [
            channel
            for channel in visible_channels(self.workspace, self.user.id)
            if self.user.id in channel.members or channel == self.channel
        ]

    @cached_property
    def unread(self) -> dict[str, int]:
        """Unread messages by channel; where one looks, nothing is unread."""
        counts = dict(self.person.unread())
        self.unread_here = counts.pop(self.channel.id if self.channel else "", 0)
        return counts

    def people(self) -> list[tuple[User, int]]:
        """Everybody one can act as, with how much they have not read."""
        return [
            (user, sum(self.workspace.as_person(user.id).unread().values()))
            for user in self.workspace.users()
            if not user.is_bot
        ]

    def hint(self, user: User) -> str:
        """What somebody is here: their title and the user groups that they are in."""
        handles = [f"@{it.handle}" for it in self.workspace.groups() if user.id in it.members]
        return " · ".join(filter(None, [user.title, *handles]))

    def lines(self) -> list[Line]:
        """The messages of the main pane."""
        if self.channel is None:
            return []
        looked_at = self.person.timeline if self.joined else self.workspace.messages
        shown = looked_at(self.channel.id)[-_SHOWN:]
        return [self._drawing.with_replies(line) for line in self._drawing.lines(shown)]

    def thread(self) -> list[Line]:
        """The messages of the thread pane, the parent first."""
        if self.channel is None or not self.thread_ts:
            return []
        try:
            looked_at = self.person.thread if self.joined else self.workspace.thread
            parent, *replies = looked_at(self.channel.id, self.thread_ts)
            return [*self._drawing.lines([parent]), *self._drawing.lines(replies)]
        except (KeyError, ValueError):  # deleted, or nobody has said this
            return []

    def forms(self) -> list[Form]:
        """The open modals, the top one last."""
        return [
            Form(view, self._view_body(view), depth)
            for depth, view in enumerate(self.person.views() if self.uses_app else [])
        ]

    def home(self) -> Markup | None:
        """The Home tab's content, None while the app has published nothing."""
        view = self.person.home()
        return self._view_body(view) if view else None

    def regions(self) -> dict[str, str]:
        """The parts of the page that change while one looks, by name."""
        return {
            name: environment.get_template(f"{name}.html").render(screen=self)
            for name in ("people", "sidebar", "main", "thread", "modals")
        }

    def whole(self, *, start_open: bool, draft: str = "") -> str:
        """The page as the browser first loads it."""
        version = self.workspace.revision
        return environment.get_template("page.html").render(
            screen=self,
            regions={name: Markup(html) for name, html in self.regions().items()},  # noqa: S704 - drawn by us
            version=version,
            steps=steps(self.workspace),
            start_open=start_open,
            commands=COMMANDS,
            draft=draft,
        )

    def file(self, file_id: str) -> tuple[str, str]:
        """Return a shared file's name and the address under which this person reads it."""
        try:
            return self.workspace.file(file_id).name, f"/as/{self.user.id}/files/{file_id}"
        except KeyError:
            return "a deleted file", "#"

    def file_bytes(self, file_id: str) -> bytes:
        """Return a file's content. Raises KeyError where this person neither sent it nor sees where it is."""
        stored = self.workspace.file(file_id)
        seen = {channel.id for channel in visible_channels(self.workspace, self.user.id)}
        if self.uses_app:
            seen.add(self.direct.id)
        if stored.user != self.user.id and not seen.intersection(stored.shared_in):
            raise KeyError(file_id)
        return self.workspace.file_bytes(file_id)

    def shortcuts(self, kind: str) -> Sequence[tuple[str, str]]:
        """Return callback id and label of the app's shortcuts of a kind, `global` or `message`."""
        return [(it.callback_id, it.name) for it in SHORTCUTS if it.kind == kind]

    def _view_body(self, view: View) -> Markup:
        return render_blocks(prefilled(view.blocks, view.typed), self.reader, f"{view.id}/", view.errors)


def first_place(workspace: Workspace, user_id: str = "") -> str:
    """Return the address of the first channel that a person is in, of the first person where it is nobody."""
    people = [user.id for user in workspace.users() if not user.is_bot]
    user_id = user_id if user_id in people else people[0]
    own = [channel.id for channel in workspace.channels() if user_id in channel.members]
    return f"/as/{user_id}/{own[0] if own else HOME}"


def hue(user_id: str) -> int:
    """Return which of the avatar colours an id has."""
    return sum(user_id.encode()) % _HUES


def standing(user: User) -> str:
    """Return what marks an account that is no full member, empty for a member."""
    if user.deleted:
        return "deactivated"
    if user.is_stranger:
        return "external"
    return "guest" if user.is_guest else ""


def _user(workspace: Workspace, user_id: str) -> User:
    try:
        user = workspace.user(user_id)
    except KeyError:
        raise NotHereError(user_id) from None
    if user.is_bot:
        raise NotHereError(user_id)
    return user


environment.globals.update(hue=hue, standing=standing)
