"""A git server on loopback: the real `git http-backend` of the machine, behind a door that can fail.

The door only decides who gets in and whether an answer comes back; everything that is git is git.
"""

import asyncio
import os
import subprocess
import threading
from base64 import b64encode
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

from starlette.responses import PlainTextResponse, Response
from starlette.types import Message, Receive, Scope, Send

USER, TOKEN = "robot", "5ebe2294ecd0e0f08eab7690d2a6ee69"
VARIABLES = {"GIT_USER": USER, "GIT_TOKEN": TOKEN}
Act = Callable[[], object]
PATIENCE = 30
PUSH = "/git-receive-pack"


class Trouble(StrEnum):
    """What may go wrong with a push."""

    DIES_BEFORE = "breaks the connection off before it did anything"
    DIES_AFTER = "takes the push, and breaks the connection off"
    SILENT_BEFORE = "does nothing, and does not answer"
    SILENT_AFTER = "takes the push, and does not answer"
    LIES = "says that it took the push, and did nothing"
    LATER = "is being mended"
    NONSENSE = "answers with a page for people"


class GitServer:
    """Serves every repository in a folder to one user."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.user, self.token = USER, TOKEN
        self.trouble: Trouble | None = None
        self.meanwhile: list[Act] = []
        """What others do, one thing at each push, after it was sent off and before it arrives."""
        self.beforehand: list[Act] = []
        """The same, before the server tells a push where its branches are."""
        self.sent_on = ""
        """Another address that every request is redirected to."""
        self.asked: list[tuple[str, str]] = []
        """Method and path of every request."""
        self.pushed: list[bytes] = []
        """The bodies of all pushes that arrived."""
        self._healed = threading.Event()

    def heal(self) -> None:
        """From now on all is well; whoever waits for an answer still waits in vain."""
        self.trouble = None
        self._healed.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or do what the trouble is."""
        body = await _all(receive)
        self.asked.append((scope["method"], scope["path"]))
        if self.sent_on:
            await Response(status_code=302, headers={"Location": self.sent_on})(scope, receive, send)
            return
        if not self._is_let_in(scope):
            await Response(status_code=401, headers={"WWW-Authenticate": "Basic"})(scope, receive, send)
            return
        if scope["method"] == "POST" and scope["path"].endswith(PUSH):
            self.pushed.append(body)
            await self._take_push(scope, body, receive, send)
            return
        if self.beforehand and b"service=git-receive-pack" in scope["query_string"]:
            await asyncio.to_thread(self.beforehand.pop(0))
        await (await self._git(scope, body))(scope, receive, send)

    def _is_let_in(self, scope: Scope) -> bool:
        login = b64encode(f"{self.user}:{self.token}".encode())
        return dict(scope["headers"]).get(b"authorization") == b"Basic " + login

    async def _take_push(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        if self.meanwhile:
            await asyncio.to_thread(self.meanwhile.pop(0))
        match self.trouble:
            case Trouble.DIES_BEFORE:
                await _half_an_answer(send)
            case Trouble.DIES_AFTER:
                await self._git(scope, body)
                await _half_an_answer(send)
            case Trouble.SILENT_BEFORE:
                await asyncio.to_thread(self._healed.wait, PATIENCE)
            case Trouble.SILENT_AFTER:
                await self._git(scope, body)
                await asyncio.to_thread(self._healed.wait, PATIENCE)
            case Trouble.LIES:
                ref = body.split(b"\0")[0].split(b" ")[2]
                report = _packet(b"unpack ok\n") + _packet(b"ok " + ref + b"\n") + b"0000"
                told = _packet(b"\x01" + report) + b"0000"
                kind = "application/x-git-receive-pack-result"
                await Response(told, media_type=kind)(scope, receive, send)
            case Trouble.LATER:
                await PlainTextResponse("Back soon", 503)(scope, receive, send)
            case Trouble.NONSENSE:
                await Response("<p>Welcome</p>", media_type="text/html")(scope, receive, send)
            case _:
                await (await self._git(scope, body))(scope, receive, send)

    async def _git(self, scope: Scope, body: bytes) -> Response:
        """What git itself makes of a request, by the rules of CGI."""
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
            "GIT_PROJECT_ROOT": str(self.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REMOTE_USER": USER,
            "REQUEST_METHOD": scope["method"],
            "PATH_INFO": scope["path"],
            "QUERY_STRING": scope["query_string"].decode(),
            "CONTENT_TYPE": headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_GIT_PROTOCOL": headers.get("git-protocol", ""),
        }
        done = await asyncio.to_thread(
            subprocess.run,
            ["git", "http-backend"],
            input=body,
            capture_output=True,
            env=environment,
            check=False,
        )
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        status = int(fields.pop("Status", "200").split()[0])
        return Response(rest, status, headers=fields)


async def _all(receive: Receive) -> bytes:
    found = b""
    while True:
        message: Message = await receive()
        found += message.get("body", b"")
        if not message.get("more_body"):
            return found


async def _half_an_answer(send: Send) -> None:
    """A server that gets less than was announced closes the connection."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})


def _packet(words: bytes) -> bytes:
    return b"%04x%s" % (len(words) + 4, words)
