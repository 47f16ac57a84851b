"""Hands for the tests of the edge: how Slack signs, the Bolt app behind it, and ways to send bytes."""

import hmac
import io
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from slack_bolt import Ack, App, BoltRequest
from slack_bolt.authorization import AuthorizeResult

from bot.edge import Edge, Problem

SECRET = "0123456789abcdef0123456789abcdef"
LIMIT = 20_000


def sign(body: bytes, *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """The two headers that Slack adds to these bytes."""
    stamp = str(int(time.time() if at is None else at))
    digest = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, "sha256").hex()
    return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}


@dataclass
class Server:
    """Where the edge listens, what reached Bolt, and what was logged."""

    port: int
    edge: Edge
    reached: list[dict[str, Any]]
    headers: list[dict[str, Sequence[str]]]
    problems: dict[str, Problem | None]
    logged: io.StringIO
    client: httpx.Client = field(repr=False)

    def post(self, body: bytes, *, kind: str = "application/json", **headers: str) -> httpx.Response:
        """Post these bytes with these headers (underscores are hyphens) and no others that count."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post("/slack/events", content=body, headers={"content-type": kind, **named})

    def signed(self, body: bytes, *, kind: str = "application/json", **headers: str) -> httpx.Response:
        """Post these bytes as Slack would."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            "/slack/events", content=body, headers={"content-type": kind, **sign(body), **named}
        )

    def raw(self, data: bytes, *, seconds: float = 5) -> bytes:
        """Send bytes as they are and give what comes back until the other side closes or falls silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as wire:
            wire.sendall(data)
            answer = b""
            while b"\r\n\r\n" not in answer:
                part = wire.recv(65536)
                if not part:
                    break
                answer += part
        return answer


def bolt_app(reached: list[dict[str, Any]], headers: list[dict[str, Sequence[str]]]) -> App:
    """A Bolt app as the product wires it, whose listeners write down what reached them."""
    app = App(
        signing_secret=SECRET,
        process_before_response=True,
        request_verification_enabled=False,
        authorize=lambda **_: AuthorizeResult(
            enterprise_id=None, team_id="T1", bot_user_id="UB", bot_id="B1", bot_token="xoxb-local"
        ),
    )

    @app.middleware
    def write_down(body: dict[str, Any], request: BoltRequest, next: Callable[[], None]) -> None:  # noqa: A002 - Bolt's name
        reached.append(body)
        headers.append(dict(request.headers))
        next()

    @app.action("approve")
    def approve(ack: Ack) -> None:
        ack()

    @app.action("break")
    def break_down() -> None:
        raise RuntimeError("a listener broke")

    @app.command("/prompt-change")
    def command(ack: Ack) -> None:
        ack("Here you are: 👍")

    @app.view("submit_note")
    def submit(ack: Ack) -> None:
        ack(response_action="errors", errors={"why": "Say why."})

    @app.event("app_home_opened")
    def opened() -> None:
        pass

    return app
