"""What can go wrong between the app and a system where prompts live, done on purpose, on the wire.

Nothing of the app is replaced: requests arrive here over HTTP, and what stands behind is asked or is not.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

WORDS = "The freeze of the month is on until Monday"
PATIENCE = 30
WRITES = ("POST", "PUT", "PATCH", "DELETE")

SILENCE, STALL = 1.5, 30.0
"""How long the app waits for an answer, in seconds: where none comes, and where the machine may be slow."""

Twist = Callable[[str, bytes], tuple[str, bytes]]
"""Another version in the place of the one that a write names, by its path and body."""


class Fault(StrEnum):
    """How a system may take a move."""

    REFUSES = "refuses"
    SILENT_BEFORE = "times out before it moved"
    SILENT_AFTER = "times out after it moved"
    BREAKS_OFF = "moves, and breaks the connection off"
    DOES_NOTHING = "accepts and does nothing"
    WRONG_VERSION = "moves to another version"
    EXPIRED = "does not take the credential any more"

    @property
    def patience(self) -> float:
        """How long to wait for an answer, in seconds."""
        return SILENCE if self in {Fault.SILENT_BEFORE, Fault.SILENT_AFTER} else STALL


class Faulty:
    """In front of a system. ``where`` says what its pointer is at; ``moves`` is how often that changed."""

    def __init__(
        self,
        inner: ASGIApp,
        where: Callable[[], str | None],
        twist: Twist,
        nothing: Any,
        *,
        only: str = "",
        about: bytes = b"",
    ) -> None:
        self._inner, self._where, self._twist, self._nothing = inner, where, twist, nothing
        self.only = only
        """What the path of a write ends with that may fail; the system's other writes never do."""
        self.about = about
        """What the body of such a write has in it, where others go to the same path."""
        self.fault: Fault | None = None
        self.moves = 0
        self.writes: list[dict[str, Any]] = []
        """The bodies of all writes that arrived, also of those that were not passed on."""
        self._quiet = threading.Event()
        self.happened = threading.Event()
        """The write that nobody was told of is done."""

    def heal(self) -> None:
        """From now on all is well; whoever waits for an answer still waits in vain."""
        if self.fault is Fault.SILENT_AFTER:
            assert self.happened.wait(PATIENCE), "the write never arrived"
        self.fault = None
        self._quiet.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or do what the fault is."""
        if scope["type"] != "http" or scope["method"] not in WRITES or not scope["path"].endswith(self.only):
            await self._inner(scope, receive, send)
            return
        body = await _all(receive)
        if self.about not in body:
            await self._pass_on(scope, body, send)
            return
        self.writes.append(json.loads(body or b"{}"))
        match self.fault:
            case Fault.REFUSES:
                await JSONResponse({"status": "refused", "words": WORDS, "message": WORDS}, 422)(
                    scope, receive, send
                )
            case Fault.DOES_NOTHING:
                await JSONResponse(self._nothing)(scope, receive, send)
            case Fault.SILENT_BEFORE:
                await self._hang(scope, receive, send)
            case Fault.SILENT_AFTER:
                await self._pass_on(scope, body, _nowhere)
                self.happened.set()
                await self._hang(scope, receive, send)
            case Fault.BREAKS_OFF:
                await self._pass_on(scope, body, _nowhere)
                await _half_an_answer(send)
            case Fault.WRONG_VERSION:
                path, twisted = self._twist(scope["path"], body)
                other = {**scope, "path": path, "raw_path": path.encode(), "twisted": True}
                await self._pass_on(other, twisted, send)
            case _:
                await self._pass_on(scope, body, send)

    async def _pass_on(self, scope: Scope, body: bytes, send: Send) -> None:
        before = self._where()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._inner(scope, receive, send)
        self.moves += self._where() != before

    async def _hang(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.to_thread(self._quiet.wait, PATIENCE)
        await Response(status_code=500)(scope, receive, send)


async def _all(receive: Receive) -> bytes:
    found = b""
    while True:
        message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body"):
            return found


async def _half_an_answer(send: Send) -> None:
    """A server that gets less than was announced closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})


async def _nowhere(message: Message) -> None:
    del message
