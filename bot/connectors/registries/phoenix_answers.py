"""What Arize Phoenix answers about prompts, as far as it is looked at.

It must never read a prompt of several messages, or of other things than text, as one text.
"""

from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, Field, StrictStr

from bot.connectors.protocol import Version

KEPT: Final = "prompt_change"
"""Under what the app keeps its own words in a version's metadata."""
KIND: Final = "PromptVersion:"
"""What an identifier of a version says before its number, once it is decoded."""
MOST_DIGITS: Final = 18
"""Of a version's number; a longer one is none that a database can hold."""


class Message(BaseModel):
    """One message of a prompt."""

    role: StrictStr
    content: Any = None

    @property
    def text(self) -> str | None:
        """What it says, where it is text and nothing else; the browser stores it as a list of one part."""
        found = self.content
        if isinstance(found, list) and len(found) == 1 and isinstance(found[0], dict):
            found = found[0].get("text") if found[0].get("type") == "text" else None
        return found if isinstance(found, str) else None


class Template(BaseModel):
    """What a version says. A template of another type has no messages."""

    type: StrictStr
    messages: list[Message] = []


class Held(BaseModel):
    """One version, as far as it is looked at."""

    id: StrictStr
    template: Template
    description: str | None = None
    metadata: dict[str, Any] | None = None
    model_provider: StrictStr
    model_name: StrictStr
    template_format: StrictStr
    invocation_parameters: dict[str, Any]
    tools: Any = None
    response_format: Any = None

    @property
    def only(self) -> Message | None:
        """Its message, where it has one of text."""
        told = self.template.messages
        return told[0] if len(told) == 1 and told[0].text is not None else None

    @property
    def settings(self) -> dict[str, Any]:
        """With what it is used: model, parameters, tools, and how its placeholders are written."""
        names = ("model_provider", "model_name", "template_format", "invocation_parameters")
        more = {"tools": self.tools, "response_format": self.response_format}
        given: dict[str, Any] = {each: getattr(self, each) for each in names}
        return given | {name: value for name, value in more.items() if value is not None}

    def kept(self, name: str) -> str | None:
        """One word that the app left in its metadata."""
        ours = (self.metadata or {}).get(KEPT)
        word = ours.get(name) if isinstance(ours, dict) else None
        return word if isinstance(word, str) else None


class One(BaseModel):
    """The answer about one version."""

    data: Held


class Listed(BaseModel):
    """Versions of a prompt, newest first; empty also for a prompt that does not exist."""

    data: list[Held]


class Tag(BaseModel):
    """A tag of a version."""

    name: StrictStr
    description: str | None = Field(default=None)


class Tags(BaseModel):
    """The tags of a version."""

    data: list[Tag]


def is_version(name: str) -> bool:
    """Whether it is written as Phoenix names a version; that there is one is another question."""
    try:
        said = b64decode(name, validate=True).decode("ascii")
    except ValueError:
        return False
    kind, number = said[: len(KIND)], said[len(KIND) :]
    exact = b64encode(said.encode()).decode() == name and number == number.lstrip("0")
    return kind == KIND and exact and number.isdecimal() and len(number) <= MOST_DIGITS


def as_version(found: Held) -> Version:
    """A version for the list. Its time is the one that the app left; Phoenix's REST API tells none."""
    label = (found.description or "").strip().partition("\n")[0]
    return Version(found.id, label or f"version {found.id}", "", _time(found.kept("at")))


def _time(word: str | None) -> datetime:
    try:
        at = datetime.fromisoformat(word or "")
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
