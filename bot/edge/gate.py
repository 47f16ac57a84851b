"""Who may come in: decided on the raw bytes of a request, before anything in it is read.

Size, time, content type, timestamp and signature, in this order. A refusal must never hold, log or answer
with anything that the sender wrote, and nothing here may parse a body.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

CONTENT_TYPES: Final = {b"application/x-www-form-urlencoded": "form", b"application/json": "json"}
"""Slack sends commands and interactivity as forms and events as JSON, and nothing else."""

WINDOW_SECONDS: Final = 300
"""How far a timestamp may be from now, before or after: Slack's own advice against replays."""

MAX_BODY: Final = 2 * 1024 * 1024
"""Bytes. A modal with ten full inputs of emoji comes to about half of it once JSON and the form have escaped
each of them."""

BODY_SECONDS: Final = 10.0
"""How long a body may take to arrive. Slack itself gives up on us after 3."""

SIGNATURE_LENGTH: Final = len("v0=") + 64

TIMESTAMP_LENGTH: Final = 12
"""Digits. Enough for some thirty thousand years of seconds; Python refuses to read some thousand digits."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that is turned away: an HTTP status and a reason from our own list."""

    status: int
    reason: str


TOO_LARGE: Final = Refused(413, "too_large")
TOO_SLOW: Final = Refused(408, "too_slow")
BAD_LENGTH: Final = Refused(400, "length")
BAD_TYPE: Final = Refused(415, "content_type")
BAD_TIMESTAMP: Final = Refused(401, "timestamp")
BAD_SIGNATURE: Final = Refused(401, "signature")


class ClientGoneError(Exception):
    """The sender hung up before its body was whole, so there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """The four headers that decide, each None when absent or given more than once."""

    content_type: bytes | None
    length: bytes | None
    timestamp: bytes | None
    signature: bytes | None


def credentials(headers: Iterable[tuple[bytes, bytes]]) -> Credentials:
    """The deciding headers. One that comes twice counts as absent: which one is meant, nobody knows."""
    found: dict[bytes, bytes | None] = {}
    for name, value in headers:
        if name in _DECIDING:
            found[name] = None if name in found else value
    return Credentials(*(found.get(name) for name in _DECIDING))


_DECIDING: Final = (b"content-type", b"content-length", b"x-slack-request-timestamp", b"x-slack-signature")


async def read_body(
    receive: Receive, length: bytes | None, *, limit: int = MAX_BODY, seconds: float = BODY_SECONDS
) -> bytes | Refused:
    """The whole body, if it is no larger than `limit` bytes and arrives within `seconds`.

    A declared length is believed only as a reason to refuse at once; what counts is what arrives.
    Raises ClientGoneError when the sender hangs up.
    """
    if length is not None:
        if not length.isdigit():
            return BAD_LENGTH
        digits = length.lstrip(b"0") or b"0"
        # The count of digits first: Python refuses to read a number of some thousand digits.
        if len(digits) > len(str(limit)) or int(digits) > limit:
            return TOO_LARGE
    try:
        async with asyncio.timeout(seconds):
            return await _collect(receive, limit)
    except TimeoutError:
        return TOO_SLOW


async def _collect(receive: Receive, limit: int) -> bytes | Refused:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGoneError
        chunk: bytes = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            return TOO_LARGE
        chunks.append(chunk)
        if not message.get("more_body", False):
            return b"".join(chunks)


def content_type(value: bytes | None) -> str | Refused:
    """`form` or `json`; parameters such as a charset are allowed and ignored."""
    if value is None:
        return BAD_TYPE
    return CONTENT_TYPES.get(value.split(b";", 1)[0].strip().lower(), BAD_TYPE)


def check_signature(given: Credentials, body: bytes, *, key: bytes, now: float) -> Refused | None:
    """Whether Slack signed these bytes within the last or next 300 seconds; None when it did.

    The scheme is Slack's `v0`: HMAC-SHA256 over `v0:timestamp:body`
    (https://docs.slack.dev/authentication/verifying-requests-from-slack).
    """
    stamp = given.timestamp
    if (
        stamp is None
        or len(stamp) > TIMESTAMP_LENGTH
        or not stamp.isdigit()
        or abs(now - int(stamp)) > WINDOW_SECONDS
    ):
        return BAD_TIMESTAMP
    if given.signature is None or len(given.signature) != SIGNATURE_LENGTH:
        return BAD_SIGNATURE
    expected = b"v0=" + hmac.digest(key, b"v0:" + stamp + b":" + body, "sha256").hex().encode()
    # Bytes, not text: comparing text raises on anything beyond ASCII.
    return None if hmac.compare_digest(expected, given.signature) else BAD_SIGNATURE
