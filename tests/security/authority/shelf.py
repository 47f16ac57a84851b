"""A target in memory, for what is decided before any target is asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from bot.connectors.protocol import Content, Moved, Version


@dataclass
class Shelf:
    """Two versions from the beginning: the live one, and one to which somebody moves it past the app."""

    texts: dict[str, str] = field(
        default_factory=lambda: {"v0": "You answer questions.", "v9": "Somebody else's text."}
    )
    live: str = "v0"
    live_pointer: ClassVar[str] = "production"
    canary_pointer: ClassVar[str] = "production-canary"
    lag: ClassVar[timedelta] = timedelta()

    def describe(self) -> str:
        """As every target."""
        return "a shelf"

    def read_pointer(self, pointer: str) -> str | None:
        """As every target."""
        return self.live if pointer == self.live_pointer else None

    def list_versions(self, limit: int = 20) -> list[Version]:
        """As every target."""
        at = datetime(2026, 1, 1, tzinfo=UTC)
        return [Version(each, each, "", at) for each in list(self.texts)[:limit]]

    def read_content(self, version: str) -> Content:
        """As every target."""
        return Content(self.texts[version])

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:
        """As every target."""
        version = f"{change_name}/{author}/{key}"
        self.texts[version] = text
        return version

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:
        """Moves are settled by hand in these tests."""
        raise NotImplementedError(pointer, expected, wanted, key, why)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """As every target."""
        return self.read_pointer(pointer) == wanted

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """As every target."""
        return f"Put {wanted} at {pointer}."

    def problems(self) -> list[str]:
        """As every target."""
        return []
