"""Messages as a conversation draws them: author, time, days between them, replies below them.

A line is drawn for one reader. What that reader may see is decided by whoever chooses the messages, never
here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from bot.sandbox.page.blocks import render_blocks
from bot.sandbox.page.dates import clock, day_name, day_title, moment
from bot.sandbox.page.mrkdwn import mrkdwn
from bot.sandbox.page.reader import Reader
from bot.sandbox.records import Message, User
from bot.sandbox.workspace import Workspace

_RUN_SECONDS = 300  # Slack draws the author once for messages that follow each other within five minutes


@dataclass(frozen=True)
class Line:
    """One message as it is drawn."""

    message: Message
    author: User
    body: Markup
    time: str
    full_time: str
    day: str
    follows: bool
    """Whether the author stands above already."""
    replies: int = 0
    last_reply: str = ""
    repliers: tuple[User, ...] = ()


class Drawing:
    """Draws messages of a workspace for one reader."""

    def __init__(self, workspace: Workspace, reader: Reader) -> None:
        self.workspace = workspace
        self.reader = reader

    def lines(self, messages: Sequence[Message]) -> Iterator[Line]:
        """Yield the messages in order, each knowing what stands above it."""
        before: Message | None = None
        for message in messages:
            line = self._line(message, before)
            if line:
                yield line
                before = message

    def _line(self, message: Message, before: Message | None) -> Line | None:
        at = moment(message.ts, self.reader)
        if at is None:
            return None
        earlier = moment(before.ts, self.reader) if before else None
        new_day = earlier is None or earlier.date() != at.date()
        return Line(
            message,
            author=self._author(message),
            body=self._body(message),
            time=clock(at),
            full_time=f"{at:%A}, {at.day} {at:%B %Y}, {clock(at)}",
            day=day_title(at, self.reader) if new_day else "",
            follows=not new_day and before is not None and _same_run(before, message),
        )

    def _body(self, message: Message) -> Markup:
        if message.blocks:
            return render_blocks(message.blocks, self.reader, f"{message.ts}/")
        return Markup('<div class="text">{}</div>').format(mrkdwn(message.text, self.reader))

    def _author(self, message: Message) -> User:
        try:
            return self.workspace.user(message.user)
        except KeyError:
            return User(
                message.user, "", self.workspace.name_of(message.user), "", is_bot=bool(message.bot_id)
            )

    def with_replies(self, line: Line) -> Line:
        """Return the line with the count of its replies and who wrote them."""
        if line.message.is_reply or line.message.ephemeral_to:
            return line
        replies = self.workspace.thread(line.message.channel, line.message.ts)[1:]
        if not replies:
            return line
        last = moment(replies[-1].ts, self.reader)
        repliers = dict.fromkeys(reply.user for reply in replies)
        return replace(
            line,
            replies=len(replies),
            last_reply=f"{day_name(last, self.reader)} at {clock(last)}" if last else "",
            repliers=tuple(
                self._author(next(r for r in replies if r.user == user)) for user in [*repliers][:3]
            ),
        )


def _same_run(before: Message, message: Message) -> bool:
    return (
        before.user == message.user
        and before.ephemeral_to == message.ephemeral_to
        and not message.ephemeral_to
        and float(message.ts) - float(before.ts) < _RUN_SECONDS
    )
