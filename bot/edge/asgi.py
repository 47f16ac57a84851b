"""The HTTP side of Prompt Change: four routes, and whatever else the wiring hangs below them.

A request from Slack passes the gate, is read once, is held against the shapes, and goes to Bolt in a thread,
since Bolt and everything behind it is synchronous. What an unsigned request says must never reach a parser,
a log or an answer, and it never gets a 5xx.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final

import structlog
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from pydantic import SecretStr
from slack_bolt import App, BoltRequest

from bot.edge import gate
from bot.edge.answers import Answer, Headers, Outcome, failed, from_bolt, rejected, say
from bot.edge.metrics import Metrics
from bot.edge.readiness import Ask, Readiness
from bot.edge.reading import read
from bot.edge.shapes import Rejected, UrlVerification, accept
from bot.pool import Pool

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApp = Callable[[Scope, gate.Receive, Send], Awaitable[None]]

THREADS: Final = 16
"""Clicks worked on at once. Enough that some may wait for Slack's Web API; far more of them only contend, for
the interpreter and for the one lock around write transactions."""

PASSED_ON: Final = {
    b"x-slack-retry-num": "x-slack-retry-num",
    b"x-slack-retry-reason": "x-slack-retry-reason",
}
"""Headers are not signed, and Bolt obeys some of them (x-slack-bolt-lazy-only). So only these reach it."""

log = structlog.get_logger(__name__)


class Edge:
    """The ASGI application. Make it with create_edge."""

    def __init__(
        self,
        bolt_app: App,
        *,
        signing_secret: SecretStr,
        readiness: Readiness,
        metrics: Metrics,
        now: Callable[[], float],
        max_body: int,
        body_seconds: float,
        threads: int,
        seats: int,
        elsewhere: ASGIApp | None,
    ) -> None:
        self._bolt = bolt_app
        self._key = signing_secret.get_secret_value().encode()
        self._readiness = readiness
        self._metrics = metrics
        self._now = now
        self._max_body = max_body
        self._body_seconds = body_seconds
        self._elsewhere = elsewhere
        self._threads = Pool(threads, seats)
        self._pages: dict[str, tuple[str, Callable[[], Awaitable[Answer]]]] = {
            "/healthz": ("GET, HEAD", self._health),
            "/readyz": ("GET, HEAD", self._ready),
            "/metrics": ("GET, HEAD", self._numbers),
        }

    async def __call__(self, scope: Scope, receive: gate.Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif self._elsewhere is not None:
            await self._elsewhere(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def _http(self, scope: Scope, receive: gate.Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        if path == "/slack/events":
            if method != "POST":
                await _send(send, say(405, {"error": "method"}, (b"allow", b"POST")))
                return
            try:
                answer = await self._slack(scope["headers"], receive)
            except gate.ClientGoneError:
                return
            await _send(send, answer)
        elif page := self._pages.get(path):
            allowed, make = page
            known = method in {"GET", "HEAD"}
            answer = await make() if known else say(405, {"error": "method"}, (b"allow", allowed.encode()))
            await _send(send, answer, head=method == "HEAD")
        elif self._elsewhere is not None:
            await self._elsewhere(scope, receive, send)
        else:
            await _send(send, say(404, {"error": "not found"}), head=method == "HEAD")

    async def _lifespan(self, receive: gate.Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                self.close()
                return

    def close(self) -> None:
        """Finish what is being worked on and let the threads go."""
        self._readiness.close()
        self._threads.shutdown()

    # From Slack

    async def _slack(self, headers: Headers, receive: gate.Receive) -> Answer:
        given = gate.credentials(headers)
        body = await gate.read_body(receive, given.length, limit=self._max_body, seconds=self._body_seconds)
        if isinstance(body, gate.Refused):
            return self._refuse(body)
        kind = gate.content_type(given.content_type)
        if isinstance(kind, gate.Refused):
            return self._refuse(kind)
        refused = gate.check_signature(given, body, key=self._key, now=self._now())
        if refused is not None:
            return self._refuse(refused)
        started = time.perf_counter()
        work = asyncio.get_running_loop().run_in_executor
        outcome = await work(self._threads, self._signed, headers, body, kind)
        self._metrics.answered(outcome.kind, outcome.name, time.perf_counter() - started)
        return outcome.answer

    def _refuse(self, refused: gate.Refused) -> Answer:
        self._metrics.refused(refused.reason)
        log.info("refused at the edge", reason=refused.reason, status=refused.status)
        # Where the body was not read to its end, the connection cannot carry another request.
        unread = refused in {gate.TOO_LARGE, gate.TOO_SLOW, gate.BAD_LENGTH}
        return say(
            refused.status, {"error": refused.reason}, *([(b"connection", b"close")] if unread else [])
        )

    def _signed(self, headers: Headers, body: bytes, content_type: str) -> Outcome:
        """Runs in a thread, so that reading a large body holds nobody up."""
        payload = read(body, content_type)
        if isinstance(payload, Rejected):
            return rejected(payload)
        shape = accept(payload)
        if isinstance(shape, Rejected):
            return rejected(shape)
        if isinstance(shape, UrlVerification):
            return Outcome(shape.kind, "answered", say(200, {"challenge": shape.challenge}))
        passed: dict[str, str | Sequence[str]] = {
            PASSED_ON[name]: value.decode("latin-1") for name, value in headers if name in PASSED_ON
        }
        try:
            # This mode is what makes Bolt take an object that was read already.
            request = BoltRequest(mode="socket_mode", body=payload, headers=passed)
            return from_bolt(shape.kind, self._bolt.dispatch(request))
        except Exception:  # noqa: BLE001 - the last place where a fault still gets its id
            return failed(shape.kind, exc_info=True)

    # Pages

    async def _health(self) -> Answer:
        return say(200, {"status": "alive"})

    async def _ready(self) -> Answer:
        names = await self._readiness.not_well()
        return say(503 if names else 200, {"status": "not ready" if names else "ready", "not_well": names})

    async def _numbers(self) -> Answer:
        return Answer(
            200, [(b"content-type", CONTENT_TYPE_LATEST.encode())], generate_latest(self._metrics.registry)
        )


async def _send(send: Send, answer: Answer, *, head: bool = False) -> None:
    length = (b"content-length", str(len(answer.body)).encode())
    await send({"type": "http.response.start", "status": answer.status, "headers": [*answer.headers, length]})
    await send({"type": "http.response.body", "body": b"" if head else answer.body})


def create_edge(
    bolt_app: App,
    *,
    signing_secret: SecretStr,
    readiness: Ask,
    now: Callable[[], float] = time.time,
    max_body: int = gate.MAX_BODY,
    body_seconds: float = gate.BODY_SECONDS,
    threads: int = THREADS,
    seats: int = 1,
    registry: CollectorRegistry | None = None,
    elsewhere: ASGIApp | None = None,
) -> Edge:
    """The ASGI application in front of a Bolt app whose own request verification is off.

    `now` gives seconds since 1970; `readiness` returns a Problem or None for each part by name; `elsewhere`
    is an ASGI application that gets every other path (the sandbox's pages, the HTTP API). Without it those
    are 404. Raises ValueError for an empty secret, with which anybody could sign.
    """
    if not signing_secret.get_secret_value():
        raise ValueError("the signing secret is empty")
    return Edge(
        bolt_app,
        signing_secret=signing_secret,
        readiness=Readiness(readiness),
        metrics=Metrics(registry),
        now=now,
        max_body=max_body,
        body_seconds=body_seconds,
        threads=threads,
        seats=seats,
        elsewhere=elsewhere,
    )
