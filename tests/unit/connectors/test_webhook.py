"""The webhook target, against the receiver that the documents show and against others."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.connectors.credentials import Credential
from bot.connectors.manual import version_of_text
from bot.connectors.protocol import (
    Moved,
    PointerElsewhere,
    TargetRefused,
    TargetUnavailable,
    VersionMissing,
)
from bot.connectors.webhook import SIGNATURE, TIMESTAMP, WebhookTarget, signature
from tests.systems.receiver import SECRET, VARIABLE, documented, receiver, receiving
from tests.systems.record import RecordInMemory

NOW = 1_800_000_000


def target_at(url: str, secret: str = SECRET, **more: Any) -> WebhookTarget:
    """A target with an empty record."""
    held = Credential(VARIABLE, {VARIABLE: SecretStr(secret)}.get)
    return WebhookTarget("refunds", url, held, RecordInMemory(), **more)


@pytest.fixture
def names() -> dict[str, Any]:
    """What the documented receiver holds."""
    return receiver()


@pytest.fixture
def url(names: dict[str, Any]) -> Iterator[str]:
    """Where it listens."""
    with receiving(names["app"]) as found:
        yield found


@contextmanager
def answering(outcome: dict[str, Any], status: int = 200, *, version: str | None = None) -> Iterator[Any]:
    """A receiver that serves one version and answers every move alike; yields address and requests."""
    heard: list[dict[str, Any]] = []

    async def receive(request: Request) -> JSONResponse:
        body = await request.body()
        heard.append({"query": request.url.query, "headers": request.headers, "body": body})
        if request.method == "GET":
            return JSONResponse({"version": version, "text": None})
        return JSONResponse(outcome, status)

    app = Starlette(routes=[Route("/prompt-change", receive, methods=["GET", "POST"])])
    with receiving(app) as found:
        yield found, heard


def move(target: WebhookTarget, new: str | None, old: str | None = None, **more: Any) -> Moved:
    """One move of the live pointer."""
    return target.move(
        more.get("pointer", "production"), expected=old, wanted=new, key="R-1-production", why="PC-1, by Ben"
    )


def test_the_documented_receiver_is_about_twenty_lines() -> None:
    """Small enough to be read before it is copied."""
    assert len([line for line in documented().splitlines() if line.strip()]) <= 30


def test_what_is_sent_is_signed_and_whole() -> None:
    """Both versions, the exact text and its digest, key and reason; time and signature beside."""
    text = "Zahle höchstens 50 €.\r\n"
    with answering({"status": "accepted"}, 202) as (url, heard):
        target = target_at(url, clock=lambda: NOW)
        version = target.propose(text, change_name="PC-1", author="Ana", key="p")
        with pytest.raises(TargetUnavailable):
            move(target, version)
    sent = next(each for each in heard if each["body"])
    assert json.loads(sent["body"]) == {
        "workflow": "refunds",
        "pointer": "production",
        "old": None,
        "new": version,
        "text": text,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "key": "R-1-production",
        "why": "PC-1, by Ben",
    }
    for each in heard:
        asked = each["body"] or each["query"].encode()
        right = hmac.new(SECRET.encode(), b"1800000000." + asked, hashlib.sha256).hexdigest()
        assert (each["headers"][TIMESTAMP], each["headers"][SIGNATURE]) == ("1800000000", right)


def test_an_unapproved_text_is_not_sent(url: str, names: dict[str, Any]) -> None:
    """What was proposed stays here until it is to be live."""
    target_at(url).propose("one", change_name="PC-1", author="Ana", key="p")
    assert names["texts"] == {}


@pytest.mark.parametrize("clock", [lambda: 0.0, lambda: 4_000_000_000.0])
def test_the_receiver_takes_no_old_request(url: str, clock: Any) -> None:
    """Nor one from the future: whoever recorded one cannot play it again tomorrow."""
    with pytest.raises(TargetRefused, match="wrong or too old"):
        target_at(url, clock=clock).read_pointer("production")


def test_the_receiver_takes_no_signature_of_another_or_for_another_request(url: str) -> None:
    """A wrong secret, no signature, and the signature of one request on another."""
    with pytest.raises(TargetRefused, match=VARIABLE):
        target_at(url, "another").read_pointer("production")
    now = str(int(time.time()))
    signed = {TIMESTAMP: now, SIGNATURE: signature(SECRET, now, b"workflow=refunds&pointer=production")}
    asked = {"workflow": "refunds", "pointer": "production"}
    assert httpx.get(url, params=asked, headers=signed).status_code == 200
    assert httpx.get(url, params={**asked, "pointer": "canary"}, headers=signed).status_code == 401
    assert httpx.post(url, json={**asked, "old": None, "new": None}, headers=signed).status_code == 401
    assert httpx.get(url, params=asked).status_code == 401


def test_accepted_is_not_done_until_the_pointer_shows_it(names: dict[str, Any]) -> None:
    """It is asked again under the same key, and found done once the receiver has moved."""
    with answering({"status": "accepted"}, 202) as (url, heard):
        target = target_at(url)
        version = target.propose("one", change_name="PC-1", author="Ana", key="p")
        for _ in range(2):
            with pytest.raises(
                TargetUnavailable, match="accepted the move of production and has not made it"
            ):
                move(target, version)
    assert {json.loads(each["body"])["key"] for each in heard if each["body"]} == {"R-1-production"}
    names["live"]["refunds", "production"] = "one"
    with receiving(names["app"]) as url:
        later = target_at(url)
        later.propose("one", change_name="PC-1", author="Ana", key="p")
        assert move(later, version).already


@pytest.mark.parametrize(
    ("outcome", "status", "error", "says"),
    [
        ({"status": "refused", "words": "Not on Fridays"}, 422, TargetRefused, "It says: Not on Fridays."),
        ({"status": "refused", "words": "Not on Fridays"}, 200, TargetRefused, "It says: Not on Fridays."),
        ({"status": "done"}, 404, TargetRefused, "refuses (404)."),
        ({"status": "done"}, 200, TargetUnavailable, "is still at nothing."),
        ({"status": "elsewhere"}, 409, PointerElsewhere, "makes no move twice"),
        ({"status": "elsewhere"}, 200, PointerElsewhere, "makes no move twice"),
        ({"status": "perhaps"}, 200, TargetUnavailable, "otherwise than documented (at status)"),
        ({}, 200, TargetUnavailable, "otherwise than documented (at status)"),
    ],
)
def test_what_a_receiver_may_answer(
    outcome: dict[str, Any], status: int, error: type[Exception], says: str
) -> None:
    """Its words reach people; nothing that it says is taken for a move that cannot be read back."""
    with answering(outcome, status) as (url, _):
        target = target_at(url)
        version = target.propose("one", change_name="PC-1", author="Ana", key="p")
        with pytest.raises(error) as raised:
            move(target, version)
    assert says in str(raised.value)


def test_what_was_live_before_the_app_came_can_be_read_and_brought_back(
    url: str, names: dict[str, Any]
) -> None:
    """Under whatever name the receiver gives it, odd signs and all."""
    names["name"] = {"Answer.": "release 12/ä&b"}.get  # what the receiver calls its texts
    names["live"]["refunds", "production"] = "Answer."
    names["texts"]["refunds", "release 12/ä&b"] = "Answer."
    target = target_at(url)
    assert target.read_pointer("production") == "release 12/ä&b"
    assert target.read_content("release 12/ä&b").text == "Answer."
    assert target.problems() == []
    names["name"] = {"Answer.": "release 12/ä&b", "one": "v1"}.get
    names["live"]["refunds", "production"] = "one"
    assert move(target, "release 12/ä&b", "v1").now == "release 12/ä&b"


def test_an_edit_in_place_shows_as_another_version(url: str, names: dict[str, Any]) -> None:
    """The receiver names what it serves by its text."""
    target = target_at(url)
    version = target.propose("one", change_name="PC-1", author="Ana", key="p")
    move(target, version)
    names["live"]["refunds", "production"] = "one, edited"
    assert target.read_pointer("production") == version_of_text("one, edited")
    assert "holds" in target.problems()[0]


def test_another_text_under_a_version_of_ours_is_refused(url: str, names: dict[str, Any]) -> None:
    """The name is made from the text, so it tells."""
    names["texts"]["refunds", "m-000000000000"] = "one"
    with pytest.raises(TargetRefused, match="another text for m-000000000000"):
        target_at(url).read_content("m-000000000000")
    with pytest.raises(VersionMissing):
        target_at(url).read_content("m-000000000001")


def test_the_stage_travels_with_the_move(url: str, names: dict[str, Any]) -> None:
    """Canary and production are two pointers; without stages there is no canary to move."""
    staged = target_at(url, stages=True, lag=timedelta(seconds=30))
    version = staged.propose("one", change_name="PC-1", author="Ana", key="p")
    move(staged, version, pointer="canary")
    assert names["live"] == {("refunds", "canary"): "one"}
    assert staged.read_pointer("production") is None
    assert staged.lag == timedelta(seconds=30)
    with pytest.raises(TargetRefused, match="no pointer called canary"):
        target_at(url).read_pointer("canary")


def test_the_way_by_hand_needs_nobody() -> None:
    """The receiver is away, and the secret is not set."""
    target = WebhookTarget(
        "refunds", "https://x.example/a", Credential(VARIABLE, {}.get), RecordInMemory(), stages=True
    )
    assert "m-1" in target.by_hand("production", "m-1")
    assert "x.example" in target.describe()
