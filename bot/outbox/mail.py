"""The calls of Slack's Web API that the outbox makes, and nothing else of Slack.

It must never try anything twice by itself: whether a call may be repeated is decided from the rows.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.drawn import Drawn
from bot.outbox.answers import Means, judge
from bot.outbox.pace import BY_EMAIL, HISTORY, OPEN, REPLIES, WHISPER, Pace
from storage.models import Message

EVENT_TYPE: Final = "prompt_change"
"""Under this name each message carries the id of its row, by which it is found again."""

CLOCKS_DIFFER: Final = timedelta(minutes=2)
"""How far Slack's clock and ours may be apart when looking for a message by its time."""
PAGE: Final = 200
PAGES: Final = 20


class TooMuchToReadError(Exception):
    """The channel has had more messages since than are read to find one."""


class NotYetError(Exception):
    """A call that this message needs has to wait so long. Other messages need not."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands. ``ts`` is None for one that only one person saw and nobody can find again."""

    channel: str
    ts: str | None
    was_there: bool = False


class Mail:
    """Posts, changes and finds messages. Raises what ``answers.FAILED_CALL`` names.

    Whoever posts or changes a message has had a turn at that. The calls on the way there take theirs here,
    and raise NotYetError where there is none.
    """

    def __init__(self, client: WebClient, pace: Pace, now: Callable[[], datetime]) -> None:
        if client.retry_handlers:
            raise ValueError("The outbox's client must not retry by itself: pass retry_handlers=[].")
        self._client, self._pace, self._now = client, pace, now
        self._opened: dict[str, str] = {}
        self._bot: str | None = None

    def post(self, message: Message, channel: str, drawn: Drawn, thread: str | None) -> Posted:
        """Post a message that carries the id of its row."""
        answer = self._client.chat_postMessage(
            channel=channel,
            thread_ts=thread,
            metadata={"event_type": EVENT_TYPE, "event_payload": _mark(message)},
            unfurl_links=False,
            unfurl_media=False,
            link_names=False,
            **_content(drawn),
        )
        posted = Posted(str(answer["channel"]), str(answer["ts"]))
        if posted.channel != channel:
            self._opened[channel] = posted.channel
        return posted

    def whisper(self, channel: str, person: str, drawn: Drawn, thread: str | None) -> Posted:
        """Show a message to one person in a channel. Slack keeps no trace of it."""
        self._in_turn(WHISPER)
        self._client.chat_postEphemeral(
            channel=channel, user=person, thread_ts=thread, link_names=False, **_content(drawn)
        )
        return Posted(channel, None)

    def change(self, channel: str, ts: str, drawn: Drawn) -> None:
        """Show something else in a message's place. Its metadata stays."""
        self._client.chat_update(channel=channel, ts=ts, link_names=False, **_content(drawn))

    def direct_channel(self, person: str) -> str:
        """The direct message with a person, opened if need be.

        While Slack lets none be opened, the person's own id: a message can be posted to that as well, only
        that Slack then takes it for somebody deactivated, too.
        """
        if person not in self._opened:
            try:
                self._in_turn(OPEN)
                self._opened[person] = str(self._client.conversations_open(users=person)["channel"]["id"])
            except NotYetError:
                return person
            except SlackApiError as error:
                trouble = judge(error)
                if trouble.means is not Means.SLOWER:
                    raise
                self._pace.slower(OPEN, person, self._now() + trouble.wait)
                return person
        return self._opened[person]

    def may_look_up(self) -> None:
        """Raises NotYetError while Slack lets nobody be looked up by e-mail address."""
        if wait := self._pace.wait(BY_EMAIL, self._now()):
            raise NotYetError(wait)

    def find(self, message: Message, channel: str, thread: str | None) -> Posted | None:
        """The message, if an earlier attempt has posted it after all. Raises TooMuchToReadError."""
        oldest = f"{(message.created_at - CLOCKS_DIFFER).timestamp():.6f}"
        cursor = None
        for _ in range(PAGES):
            page = self._page(channel, thread, oldest=oldest, cursor=cursor, limit=PAGE)
            for each in page.get("messages", ()):
                if self._is(each, message):
                    return Posted(channel, str(each["ts"]), was_there=True)
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        raise TooMuchToReadError(channel)

    def _page(self, channel: str, thread: str | None, **which: Any) -> Mapping[str, Any]:  # noqa: ANN401  as the SDK has it
        self._in_turn(HISTORY if thread is None else REPLIES)
        if thread is None:
            answer = self._client.conversations_history(channel=channel, include_all_metadata=True, **which)
        else:
            answer = self._client.conversations_replies(
                channel=channel, ts=thread, include_all_metadata=True, **which
            )
        data: Mapping[str, Any] = dict(answer.data) if isinstance(answer.data, Mapping) else {}
        return data

    def _in_turn(self, method: str) -> None:
        if wait := self._pace.take(method, self._now()):
            raise NotYetError(wait)

    def _is(self, found: Mapping[str, Any], message: Message) -> bool:
        """Whether this is the row's message: the same mark, and by us, since anybody may copy a mark."""
        metadata = found.get("metadata") or {}
        if metadata.get("event_type") != EVENT_TYPE or metadata.get("event_payload") != _mark(message):
            return False
        return bool(found.get("bot_id") == self._bot_id())

    def _bot_id(self) -> str:
        if self._bot is None:
            self._bot = str(self._client.auth_test()["bot_id"])
        return self._bot


def _mark(message: Message) -> dict[str, Any]:
    return {"message_id": message.id, "key": message.key}


def _content(drawn: Drawn) -> dict[str, Any]:
    return {"text": drawn.text, "blocks": list(drawn.blocks)}
