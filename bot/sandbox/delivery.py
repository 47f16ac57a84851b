"""How what people do reaches the app: a signed HTTP request, or an envelope over Socket Mode.

The app has `answer_seconds` (3, as in Slack) to answer; later counts as failure. It must never be called
with the workspace's lock held, nor on the event loop that serves the Web API: the app calls back.
"""

import contextlib
import hashlib
import hmac
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

import httpx

from bot.sandbox.core import Core
from bot.sandbox.records import JsonObject
from bot.sandbox.socket_mode import NotConnectedError, SocketHub

Problem = Literal["", "dispatch_failed", "operation_timeout", "http_error"]
SocketKind = Literal["slash_commands", "interactive", "events_api"]
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the app said, or how it failed to."""

    problem: Problem = ""
    status: int | None = None
    seconds: float = 0.0
    body: str = ""
    no_retry: bool = False

    @property
    def ok(self) -> bool:
        """Whether the app answered 2xx in time."""
        return not self.problem

    def content(self) -> JsonObject | None:
        """The JSON object in the answer, or None where there is none."""
        try:
            found = json.loads(self.body) if self.body.lstrip().startswith("{") else None
        except ValueError:
            return None
        return found if isinstance(found, dict) else None


class Delivery:
    """The way to the app: to `request_url` when it is set, else to open Socket Mode connections."""

    def __init__(self, core: Core) -> None:
        self.request_url: str | None = None
        self.sockets = SocketHub()
        self._core = core
        self._http: httpx.Client | None = None
        self._closed = False
        self._sending = 0
        self._opening = threading.Lock()

    @property
    def is_connected(self) -> bool:
        """Whether there is somewhere to send to; an HTTP address counts without being asked."""
        return self.request_url is not None or self.sockets.is_open

    @property
    def is_expected(self) -> bool:
        """Whether there is an app to which events are due, also while its connections are down."""
        return self.request_url is not None or self.sockets.is_expected

    def command(self, fields: dict[str, str]) -> Reply:
        """A slash command."""
        if self.request_url is not None:
            return self._deliver(lambda: self._post(urlencode(fields), _FORM))
        return self._deliver(lambda: self._over_socket("slash_commands", dict(fields)))

    def interaction(self, payload: JsonObject) -> Reply:
        """A click, a submission, a closed view, a shortcut."""
        if self.request_url is not None:
            return self._deliver(lambda: self._post(urlencode({"payload": json.dumps(payload)}), _FORM))
        return self._deliver(lambda: self._over_socket("interactive", payload))

    def event(self, body: JsonObject, retry: int = 0, reason: str = "") -> Reply:
        """An event, once; `retry` counts from one on the second attempt."""
        if self.request_url is not None:
            headers = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason} if retry else {}
            return self._deliver(lambda: self._post(json.dumps(body), "application/json", headers))
        extra = {"retry_attempt": retry, "retry_reason": reason}
        return self._deliver(lambda: self._over_socket("events_api", body, extra))

    def verify_url(self) -> bool:
        """The handshake that Slack does when a request URL is entered: the challenge must come back."""
        challenge = secrets.token_urlsafe(32)
        asked = {"token": self._core.app.verification_token, "challenge": challenge}
        body = json.dumps({"type": "url_verification", **asked})
        reply = self._post(body, "application/json")
        return reply.ok and challenge in reply.body

    def signed_headers(self, body: str, *, timestamp: int | None = None) -> dict[str, str]:
        """The two headers of Slack's v0 signature over a body."""
        when = str(self._core.now() if timestamp is None else timestamp)
        key = self._core.app.signing_secret.encode()
        signature = hmac.new(key, f"v0:{when}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": when, "x-slack-signature": f"v0={signature}"}

    def close(self) -> None:
        """Drop connections, for good. Who is sending at the time ends first; who comes later opens none."""
        with self._opening:
            self._closed = True
            self._drop()

    def _deliver(self, send: Callable[[], Reply]) -> Reply:
        """Send; twice where Slack repeats itself; and hear nothing where the app's answer gets lost."""
        faults = self._core.faults
        reply = send()
        if faults.twice:
            send()
        return reply if faults.is_heard() else Reply("operation_timeout", seconds=reply.seconds)

    def _post(self, body: str, content_type: str, headers: dict[str, str] | None = None) -> Reply:
        url = self.request_url  # once: it may be taken away at any time
        if url is None:
            return Reply("dispatch_failed")
        sent = {"content-type": content_type, "user-agent": "Slackbot 1.0", **(headers or {})}
        start = time.perf_counter()
        try:
            with self._client() as client:
                answer = client.post(
                    url,
                    content=body.encode(),
                    headers=sent | self.signed_headers(body),
                    timeout=self._core.answer_seconds,
                )
        except httpx.TimeoutException:
            return Reply("operation_timeout", seconds=time.perf_counter() - start)
        except httpx.HTTPError:
            return Reply("dispatch_failed", seconds=time.perf_counter() - start)
        return self._judge(answer, time.perf_counter() - start)

    def _judge(self, answer: httpx.Response, seconds: float) -> Reply:
        problem: Problem = "" if answer.is_success else "http_error"
        if seconds > self._core.answer_seconds:
            problem = "operation_timeout"
        no_retry = answer.headers.get("x-slack-no-retry") == "1"
        return Reply(problem, answer.status_code, seconds, answer.text, no_retry)

    def _over_socket(self, kind: SocketKind, payload: JsonObject, extra: JsonObject | None = None) -> Reply:
        envelope: JsonObject = {"type": kind, "payload": payload}
        envelope |= {"accepts_response_payload": kind != "events_api", **(extra or {})}
        start = time.perf_counter()
        try:
            answer = self.sockets.send(envelope, self._core.answer_seconds)
        except TimeoutError:
            return Reply("operation_timeout", seconds=time.perf_counter() - start)
        except NotConnectedError:
            return Reply("dispatch_failed", seconds=time.perf_counter() - start)
        body = answer if isinstance(answer, str) else json.dumps(answer) if answer else ""
        return Reply(seconds=time.perf_counter() - start, body=body)

    @contextlib.contextmanager
    def _client(self) -> Iterator[httpx.Client]:
        """The one client, for as long as something is sent. Raises httpx.ConnectError after `close`."""
        with self._opening:
            if self._closed:
                raise httpx.ConnectError("Nothing is delivered any more.")
            self._http = self._http or _new_client()
            self._sending += 1
            client = self._http
        try:
            yield client
        finally:
            with self._opening:
                self._sending -= 1
                self._drop()

    def _drop(self) -> None:
        """A pool that is closed under a request keeps what that request opens."""
        if self._closed and self._http is not None and not self._sending:
            self._http.close()
            self._http = None


def _new_client() -> httpx.Client:
    # Building the default TLS context reads every root certificate; the app is next door.
    return httpx.Client(
        verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
        trust_env=False,
    )
