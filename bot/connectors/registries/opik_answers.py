"""What Opik answers about prompts, as far as it is looked at.

It must never read another system's 404 as "nothing is live".
"""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, Field, StrictStr

from bot.connectors.asking import Answer
from bot.connectors.protocol import Version

NOT_FOUND: Final = 404
NOTHING: Final = ("Prompt not found", "Prompt version not found")
"""Opik's words where there is no such prompt, or none of its versions."""


class Held(BaseModel):
    """One version, as far as it is looked at."""

    id: UUID
    prompt_id: UUID
    version_number: StrictStr = Field(pattern="^v[1-9][0-9]{0,8}$")
    commit: str | None = None
    template: StrictStr
    template_structure: str | None = None
    type: str | None = None
    metadata: Any = None
    environments: list[StrictStr] | None = None
    tags: list[StrictStr] | None = None
    change_description: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """What goes along to the version after it: how placeholders are written, and the metadata."""
        found = {"type": self.type, "metadata": self.metadata}
        return {name: value for name, value in found.items() if value is not None}


class Page(BaseModel):
    """Versions of a prompt, newest first."""

    content: list[Held]


class Prompt(BaseModel):
    """The prompt itself."""

    name: StrictStr
    project_id: UUID | None = None


def words_of(answer: Answer) -> str:
    """What Opik says is wrong, in either of its two shapes."""
    data = answer.data if isinstance(answer.data, dict) else {}
    errors = data.get("errors")
    return "; ".join(map(str, errors)) if isinstance(errors, list) else str(data.get("message") or "")


def lacks(answer: Answer) -> bool:
    """Opik's own word that there is no such prompt or version."""
    return answer.status == NOT_FOUND and words_of(answer) in NOTHING


def as_version(found: Held) -> Version:
    """A version for the list."""
    label = (found.change_description or "").strip().partition("\n")[0] or f"version {found.version_number}"
    at = found.created_at or datetime.fromtimestamp(0, UTC)
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return Version(found.version_number, label, found.created_by or "", at)
