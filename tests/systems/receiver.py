"""The receiver of webhooks that docs/targets.md shows, taken from that page and run as it stands there."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from bot.connectors.webhook import signature
from bot.sandbox.serving import listening, serving
from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System

PAGE = Path(__file__).parents[2] / "docs" / "targets.md"
VARIABLE = "REFUNDS_WEBHOOK_SECRET"
SECRET = "5f1b0c52a8e14b0f9f6f2f1e0c9f7a11"


def documented() -> str:
    """The code on the page; there is one piece of Python."""
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def receiver() -> dict[str, Any]:
    """A fresh one with nothing in it: its names, among them `app`, `live`, `texts` and `spent`."""
    names: dict[str, Any] = {}
    with mock.patch.dict(os.environ, {VARIABLE: SECRET}):
        exec(compile(documented(), str(PAGE), "exec"), names)  # noqa: S102 - our own page, which is the point
    return names


@contextmanager
def receiving(app: Any) -> Iterator[str]:
    """Serve it on loopback; yields the address to write into a policy."""
    with listening() as bound, serving(app, bound) as url:
        yield f"{url}/prompt-change"


class LocalReceiver:
    """The documented receiver, as the suites of targets see it; ``names`` are its own."""

    def __init__(self, workflow: str) -> None:
        self.workflow, self.names = workflow, receiver()

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        found: str | None = self.names["live"].get((self.workflow, pointer))
        return found

    def put(self, text: str) -> str:
        """Somebody puts a text live, past the app: its version."""
        version: str = self.names["name"](text)
        self.names["live"][self.workflow, "production"] = text
        self.names["texts"][self.workflow, version] = text
        return version

    def accept(self, *, credential: bool) -> None:
        """Whether the secret is still the one that requests are checked by."""
        self.names["SECRET"] = SECRET.encode() if credential else b"another"


@contextmanager
def local_receiver(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The receiver of the documents."""
    local = LocalReceiver(workflow)
    other: str = local.names["name"](ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        digest = hashlib.sha256(ELSEWHERE.encode()).hexdigest()
        told = {"new": other, "text": ELSEWHERE, "sha256": digest}
        return path, json.dumps({**json.loads(body), **told}).encode()

    door = Faulty(
        _signing_what_was_twisted(local.names["app"]),
        lambda: local.names["live"].get((workflow, "production")),
        twist,
        {"status": "done"},
    )
    with receiving(door) as url:
        spec = {"kind": "webhook", "url": url, "secret_env": VARIABLE, **more}
        yield System(local, spec, {VARIABLE: SECRET}, door, other, workflow)
        door.heal()


def _signing_what_was_twisted(app: Any) -> Any:
    """A receiver that does another thing than it is told would not check that against the signature."""

    async def front(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("twisted"):
            message = await receive()
            headers = dict(scope["headers"])
            stamp = headers[b"prompt-change-timestamp"].decode()
            headers[b"prompt-change-signature"] = signature(SECRET, stamp, message["body"]).encode()
            headers[b"content-length"] = str(len(message["body"])).encode()

            async def again() -> Any:
                return message

            await app({**scope, "headers": list(headers.items())}, again, send)
        else:
            await app(scope, receive, send)

    return front
