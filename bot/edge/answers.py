"""What goes back to the sender, and what a request counts as.

An answer to a fault carries its id and must never carry more: what went wrong is told to the log.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from slack_bolt import BoltResponse

from bot.edge.shapes import Rejected
from bot.logs import fault_id

Headers = list[tuple[bytes, bytes]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and a body, ready to be sent."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a signed request: its kind and a word for the metrics, and the answer."""

    kind: str
    name: str
    answer: Answer


def say(status: int, body: object, *extra: tuple[bytes, bytes]) -> Answer:
    """A short answer of our own, as JSON."""
    return Answer(status, [(b"content-type", b"application/json"), *extra], json.dumps(body).encode())


def rejected(why: Rejected) -> Outcome:
    """A payload that Slack signed and that has none of our shapes."""
    log.warning("rejected a signed payload", id=why.id, why=why.why)
    return Outcome("unknown", "rejected", say(HTTPStatus.BAD_REQUEST, {"error": "payload", "id": why.id}))


def failed(kind: str, *, exc_info: bool) -> Outcome:
    """A fault behind the edge. With `exc_info` the exception at hand is logged under the same id."""
    fault = fault_id()
    log.error("a request failed", id=fault, kind=kind, exc_info=exc_info)
    return Outcome(kind, "failed", say(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "fault", "id": fault}))


def from_bolt(kind: str, response: BoltResponse) -> Outcome:
    """Bolt's answer as ours. A failure that Bolt says nothing about gets an id here."""
    broken = response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    if broken and not response.body:
        return failed(kind, exc_info=False)
    unhandled = response.status == HTTPStatus.NOT_FOUND
    headers = [
        (key.encode("latin-1"), str(value).encode("latin-1"))
        for key, values in response.headers.items()
        if key != "content-length"
        for value in values
    ]
    name = "failed" if broken else "unhandled" if unhandled else "answered"
    return Outcome(kind, name, Answer(response.status, headers, response.body.encode()))
