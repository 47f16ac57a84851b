"""The response URLs that come with commands and clicks: five uses in thirty minutes.

They live in memory: a restart ends them, as half an hour would. It must never let one be used for another
message than the one it came with.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bot.sandbox.limits import with_ids
from bot.sandbox.messages import Messages
from bot.sandbox.records import JsonObject, Message
from bot.sandbox.refusals import SlackRefusesError

USES = 5
SECONDS = 30 * 60
KEPT = 1_000
"""Beyond this many, those that have expired are forgotten."""


@dataclass(slots=True)
class _ResponseUrl:
    user: str
    channel: str
    ts: str
    issued: float
    used: int = 0


class Responses(Messages):
    """Answers that are not calls of the Web API."""

    def _open_shelves(self, folder: Path | None) -> None:
        super()._open_shelves(folder)
        self._response_urls: dict[str, _ResponseUrl] = {}

    def new_response_url(self, user_id: str, channel_id: str, ts: str = "") -> str:
        """A URL by which the app can answer this interaction later."""
        token = secrets.token_urlsafe(18)
        with self._lock:
            if len(self._response_urls) > KEPT:
                alive = self.clock() - SECONDS
                kept = {name: each for name, each in self._response_urls.items() if each.issued > alive}
                self._response_urls = kept
            self._response_urls[token] = _ResponseUrl(user_id, channel_id, ts, self.clock())
        return f"{self.base_url}/response/{token}"

    def respond(self, token: str, content: JsonObject) -> None:
        """The app uses a response URL. Refuses with used_url, expired_url or what posting refuses."""
        with self._lock:
            url = self._response_urls.get(token)
            if url is None or self.clock() - url.issued > SECONDS:
                raise SlackRefusesError("expired_url")
            if url.used >= USES:
                raise SlackRefusesError("used_url")
            url.used += 1
        if content.get("delete_original"):
            self.remove_message(url.channel, self._original(url).ts)
        elif content.get("replace_original"):
            self._replace_original(self._original(url), content)
        else:
            self.answer_in_channel(content, url.user, url.channel, via="response_url")

    def answer_in_channel(
        self, content: Mapping[str, object], user_id: str, channel_id: str, *, via: str
    ) -> Message:
        """Post an answer: for the person alone, or for all with `response_type` in_channel."""
        text, blocks = _text_and_blocks(content)
        if blocks:
            self.note_rendered("message", via, blocks)
        thread_ts = content.get("thread_ts")
        return self.post_as_app(
            channel_id,
            text=text,
            blocks=blocks,
            thread_ts=thread_ts if isinstance(thread_ts, str) else "",
            ephemeral_to="" if content.get("response_type") == "in_channel" else user_id,
        )

    def _original(self, url: _ResponseUrl) -> Message:
        message = self._messages.held.get(f"{url.channel}/{url.ts}")
        if message is None:
            raise SlackRefusesError("message_not_found")
        return message

    def _replace_original(self, message: Message, content: JsonObject) -> None:
        text, blocks = _text_and_blocks(content)
        if blocks:
            self.note_rendered("message", "response_url", blocks)
        self.check_content(text, blocks)
        self.replace_message(replace(message, text=text, blocks=with_ids(blocks), edited_ts=self.new_ts()))


def _text_and_blocks(content: Mapping[str, object]) -> tuple[str, list[JsonObject]]:
    text, blocks = content.get("text") or "", content.get("blocks") or []
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise SlackRefusesError("invalid_payload")
    return text, blocks
