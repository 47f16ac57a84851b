"""A git remote over https: the library speaks git, and its requests go through the one door, `bot.outgoing`.

It must never send a credential anywhere but to the configured address, nor follow an answer elsewhere.
"""

import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from dulwich.client import AbstractHttpGitClient, default_user_agent_string

from bot.connectors.asking import SECONDS, System
from bot.connectors.credentials import Credential
from bot.connectors.git_line import FETCH_SECONDS, IN_MEMORY, Line
from bot.connectors.protocol import TargetRefused, TargetUnavailable
from bot.outgoing import client

MOST_BYTES: Final = 256_000_000
"""Of one answer: the history of a repository of prompts, many times over."""

ANY_USER: Final = "x-access-token"
"""The user that GitHub names for tokens; most others look at the token only."""


class HttpsRemote:
    """One repository on a git server. Raises TargetMisconfigured for an impossible address."""

    def __init__(
        self,
        address: str,
        token: Credential | None,
        user: Credential | None = None,
        *,
        seconds: float = SECONDS,
    ) -> None:
        self._token, self._user = token, user
        self._credentials = [each for each in (user, token) if each is not None]
        self.system = System(address, self._credentials, seconds=seconds)
        self.address, self.who = address, self.system.host
        self.name = f"{PurePath(urlsplit(address).path).name} at {self.who}"

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A line to the server, over one connection where it keeps it."""
        headers = {
            "User-Agent": default_user_agent_string(),  # some servers give git to nothing but a git
            "Accept-Encoding": "identity",
            **self._login(),
        }
        with ExitStack() as kept:
            ways = kept.enter_context(client(self.address, headers=headers, seconds=self.system.seconds))
            yield Line(_Client(self.system, self.address, ways, kept), b"", self.who, self._credentials)

    def _login(self) -> dict[str, str]:
        if self._token is None:
            return {}
        pair = f"{self._user.value() if self._user else ANY_USER}:{self._token.value()}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the library looks at in an answer, beside its bytes."""

    content_type: str
    close: Callable[[], None]
    redirect_location: str = ""


class _Client(AbstractHttpGitClient):
    """The library's client with our way of making a request, which is what it leaves to a subclass."""

    def __init__(self, system: System, address: str, line: httpx.Client, kept: ExitStack) -> None:
        super().__init__(address, quiet=True)
        self._system, self._line, self._kept = system, line, kept

    def _http_request(
        self,
        url: str,
        headers: dict[str, str] | None = None,
        data: bytes | Iterator[bytes] | None = None,
        raise_for_status: bool = True,  # noqa: ARG002, FBT001, FBT002 - only for servers that are refused here
    ) -> tuple[Any, Callable[[int], bytes]]:
        seconds = FETCH_SECONDS if url.endswith("/git-upload-pack") else self._system.seconds
        with self._system.understood():
            status, kind, body = self._made(url, headers or {}, data, seconds)
        self._system.refuse_status(status)
        host = self._system.host
        if status == httpx.codes.NOT_FOUND:
            held = f"the credential in {self._system.variables}" if self._system.variables else "nobody"
            raise TargetRefused(
                f"{host} has no repository at {self._base_url.rstrip('/')}, or {held} may not see it (404)."
            )
        if status != httpx.codes.OK:
            raise TargetRefused(f"{host} refuses ({status}).")
        if not kind.startswith("application/x-git-"):
            raise TargetUnavailable(f"{host} does not answer as a git server. Is its address the right one?")
        return _Answer(kind, body.close), body.read

    def _made(
        self, url: str, headers: dict[str, str], data: bytes | Iterator[bytes] | None, seconds: float
    ) -> "tuple[int, str, SpooledTemporaryFile[bytes]]":
        """Status, kind and bytes of the answer, within the time and the size that any answer may take."""
        until, size = time.monotonic() + seconds, 0
        body = self._kept.enter_context(SpooledTemporaryFile(IN_MEMORY))  # noqa: SIM115 - it is one
        method = "GET" if data is None else "POST"
        with self._line.stream(method, url, content=data, headers=headers) as response:
            for piece in response.iter_raw():
                size += len(piece)
                body.write(piece)
                if size > MOST_BYTES:
                    raise TargetUnavailable(
                        f"{self._system.host} answers with more than {MOST_BYTES // 1_000_000} MB, which is "
                        "no repository of prompts. Give them one of their own."
                    )
                if time.monotonic() > until:
                    raise TargetUnavailable(
                        f"{self._system.host} needs more than {seconds:g} seconds for one answer."
                    )
            body.seek(0)
            return response.status_code, response.headers.get("Content-Type", ""), body
