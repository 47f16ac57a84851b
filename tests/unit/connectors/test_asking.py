"""What the answers and the silence of another system mean, before any target looks into them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr, StrictStr
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.connectors.asking import MOST_BYTES, Answer, System
from bot.connectors.credentials import Credential
from bot.connectors.protocol import TargetError, TargetMisconfigured, TargetRefused, TargetUnavailable
from tests.systems.system import served


class Text(BaseModel):
    """A shape to be read."""

    text: StrictStr


def credential(value: str = "hunter2-hunter2") -> Credential:
    """One that is set."""
    return Credential("REGISTRY_KEY", {"REGISTRY_KEY": SecretStr(value)}.get)


def ask(app: Any, *, seconds: float = 5.0) -> Answer:
    """One question to an application on loopback."""
    with served(app) as url, System(url, [credential()], seconds=seconds).asking() as asking:
        return asking.ask("GET", "/prompts")


ANSWERS: list[tuple[Response, type[TargetError], str]] = [
    (Response("{}", 401), TargetRefused, "does not accept the credential in REGISTRY_KEY (401)"),
    (Response('{"message": "No right."}', 403), TargetRefused, "(403). It says: No right. It is wrong"),
    (Response(status_code=301, headers={"Location": "https://x.example"}), TargetRefused, "sends on"),
    (Response('{"message": "later"}', 429), TargetUnavailable, "cannot do it now (429). It says: later."),
    (
        Response('{"message": "You have exceeded a secondary rate limit."}', 403),
        TargetUnavailable,
        "cannot do it now (403). It says: You have exceeded a secondary rate limit.",
    ),
    (Response("{}", 403, headers={"Retry-After": "60"}), TargetUnavailable, "cannot do it now (403)."),
    (Response("{}", 403, headers={"X-RateLimit-Remaining": "0"}), TargetUnavailable, "do it now (403)."),
    (Response("{}", 403, headers={"X-RateLimit-Remaining": "9"}), TargetRefused, "the credential in"),
    (Response("{}", 401, headers={"Retry-After": "60"}), TargetRefused, "the credential in"),
    (Response("", 408), TargetUnavailable, "cannot do it now (408)."),
    (Response("<h1>Oh", 500), TargetUnavailable, "cannot do it now (500)."),
    (Response('{"words": "hunter2-hunter2"}', 503), TargetUnavailable, "It says: [withheld]."),
    (Response("<html>", 200), TargetUnavailable, "not JSON"),
    (Response("", 200), TargetUnavailable, "not JSON"),
    (Response("", 201), TargetUnavailable, "not JSON"),
    (Response("9" * (MOST_BYTES + 1), 200), TargetUnavailable, "more than 4 MB"),
]


@pytest.mark.parametrize(("response", "error", "says"), ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_that_means_the_same_everywhere(
    response: Response, error: type[TargetError], says: str
) -> None:
    """What may be tried again is unavailable, what a person has to mend is refused; both are sentences."""
    with pytest.raises(error) as raised:
        ask(response)
    assert says in str(raised.value)
    assert str(raised.value).startswith("127.0.0.1 ")
    assert str(raised.value)[-1] in ".?"


def test_an_answer_without_content_is_a_yes() -> None:
    """Where the status says that there is none."""
    answer = ask(Response(status_code=204))
    assert (answer, answer.ok) == (Answer(204, None), True)


@pytest.mark.parametrize("status", [200, 201, 404, 409, 422])
def test_the_rest_is_for_the_target_to_understand(status: int) -> None:
    """Its JSON as it is, and whether it says yes."""
    answer = ask(Response('{"text": "Answer kindly."}', status))
    assert answer == Answer(status, {"text": "Answer kindly."})
    assert answer.ok is (status < 300)


def test_an_answer_says_whether_there_is_more_of_it() -> None:
    """By the header that lists of several pages have."""
    link = '<https://x.example/a?page=2>; rel="next", <https://x.example/a?page=9>; rel="last"'
    assert ask(Response("[]", headers={"Link": link})).more is True
    assert ask(Response("[]", headers={"Link": '<https://x.example/a?page=1>; rel="first"'})).more is False


@contextmanager
def reading(body: str) -> Iterator[Any]:
    """A line, and an answer on it."""
    with served(Response(body)) as url, System(url, [credential()]).asking() as asking:
        yield lambda: asking.read(asking.ask("GET", ""), Text)


def test_another_shape_than_documented_is_not_believed() -> None:
    """The place is told, and not what stood there."""
    with reading('{"text": 5}') as read, pytest.raises(TargetUnavailable, match=r"\(at text\)"):
        read()
    with reading("[]") as read, pytest.raises(TargetUnavailable, match=r"\(at the top\)"):
        read()
    for no_text in ('{"text": "\\ud800"}', "[" * 100_000):
        with reading(no_text) as read, pytest.raises(TargetUnavailable, match="not JSON"):
            read()
    with reading('{"text": "a", "more": 1}') as read:
        assert read() == Text(text="a")


def test_an_answer_that_drips_is_no_answer() -> None:
    """Each piece comes in time, and the whole never would."""

    async def drip(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(200):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.05)

    with pytest.raises(TargetUnavailable, match=r"did not answer within 0\.5 seconds"):
        ask(drip, seconds=0.5)


def test_a_connection_that_is_broken_off_is_no_answer() -> None:
    """What was sent may have been done."""

    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})

    with pytest.raises(TargetUnavailable, match="broke the connection off"):
        ask(broken)


def test_an_address_that_may_not_be_asked_is_refused() -> None:
    """An impossible one at once; one that leads inside when it is asked."""
    with pytest.raises(TargetMisconfigured, match="https only"):
        System("http://registry.example.com", [])
    with (
        System("https://10.0.0.1", []).asking() as asking,
        pytest.raises(TargetRefused, match="not public"),
    ):
        asking.ask("GET", "/prompts")


def test_a_secret_is_not_in_the_credential_as_it_prints() -> None:
    """Not even in a traceback that shows values."""
    assert "hunter2" not in repr(credential())
