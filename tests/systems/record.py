"""What the app keeps for targets that keep nothing themselves, without a database."""

from datetime import UTC, datetime, timedelta

from bot.connectors.manual import version_of_text
from bot.connectors.protocol import Version


class RecordInMemory:
    """A ManualRecord without a database."""

    def __init__(self) -> None:
        self.pointers: dict[tuple[str, str], str | None] = {}
        self.texts: dict[str, tuple[str, datetime]] = {}

    def recorded_pointer(self, workflow: str, pointer: str) -> str | None:
        """What was last confirmed."""
        return self.pointers.get((workflow, pointer))

    def content(self, version: str) -> str | None:
        """The text, if kept."""
        kept = self.texts.get(version)
        return kept[0] if kept else None

    def keep_content(self, text: str) -> str:
        """Keep it once."""
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=len(self.texts))
        self.texts.setdefault(version_of_text(text), (text, at))
        return version_of_text(text)

    def versions(self) -> list[Version]:
        """All of them, newest first."""
        found = [Version(id=name, label=name, author="", at=at) for name, (_, at) in self.texts.items()]
        return found[::-1]
