"""A system beyond this machine as the suites of targets see it: on loopback, behind a door that can fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic import SecretStr
from starlette.types import ASGIApp

from bot.sandbox.serving import listening, serving
from tests.systems.faulty import Faulty

ELSEWHERE = "Somebody else's text."


class Local(Protocol):
    """What stands in for a system; each kind has its own."""

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""

    def put(self, text: str) -> str:
        """Somebody puts a text live, past the app: its version."""

    def accept(self, *, credential: bool) -> None:
        """Whether the credential that the app has is still taken."""


@dataclass
class System:
    """``spec`` is what a policy says of it; ``environment`` holds its credentials by their names."""

    local: Any
    """A Local, of its own kind."""
    spec: dict[str, Any]
    environment: dict[str, str]
    door: Faulty
    other: str
    """The version of the text ELSEWHERE, which it holds and nobody fetches."""
    workflow: str

    @property
    def kind(self) -> str:
        """What the policy calls it."""
        return str(self.spec["kind"])

    def secret(self, name: str) -> SecretStr | None:
        """A credential as the app looks it up."""
        return SecretStr(self.environment[name]) if name in self.environment else None

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        local: Local = self.local
        return local.live(pointer)

    def put(self, text: str) -> str:
        """Somebody puts a text live, past the app: its version."""
        local: Local = self.local
        return local.put(text)

    def expire(self) -> None:
        """The system takes the credential no more."""
        self.local.accept(credential=False)

    def renew(self) -> None:
        """It takes it again."""
        self.local.accept(credential=True)


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve it on loopback; yields the address to write into a policy."""
    with listening() as bound, serving(app, bound) as url:
        yield url
