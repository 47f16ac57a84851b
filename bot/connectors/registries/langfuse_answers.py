"""What Langfuse answers about prompts, as far as it is looked at.

It must never read another system's 404 as "nothing is live".
"""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from bot.connectors.asking import Answer
from bot.connectors.protocol import Version

NOT_FOUND: Final = 404


class Prompt(BaseModel):
    """One version, as far as it is looked at. ``createdAt`` and ``createdBy`` are sent and not documented."""

    model_config = ConfigDict(extra="ignore")

    name: StrictStr
    version: StrictInt
    type: StrictStr = "text"
    prompt: Any
    labels: list[StrictStr]
    config: Any = None
    commit_message: str | None = Field(default=None, alias="commitMessage")
    created_at: datetime | None = Field(default=None, alias="createdAt")
    created_by: str = Field(default="", alias="createdBy")

    @property
    def settings(self) -> dict[str, Any]:
        """Its config, which may be any JSON."""
        config = self.config or {}
        return config if isinstance(config, dict) else {"config": config}


class Meta(BaseModel):
    """One line of the list of prompts."""

    name: StrictStr
    versions: list[StrictInt]
    last_updated_at: datetime | None = Field(default=None, alias="lastUpdatedAt")


class Listed(BaseModel):
    """The list of prompts."""

    data: list[Meta]


def is_missing(answer: Answer) -> bool:
    """Langfuse's own word that there is no such version; any other 404 says that this is no Langfuse."""
    told = answer.data if isinstance(answer.data, dict) else {}
    return answer.status == NOT_FOUND and (
        told.get("error") == "LangfuseNotFoundError"
        or str(told.get("message")).startswith("Prompt not found")
    )


def as_version(found: Prompt, updated: datetime | None) -> Version:
    """A version for the list; ``updated``, when any version was last changed, stands in for its own time."""
    at = found.created_at or updated or datetime.fromtimestamp(0, UTC)
    label = (found.commit_message or "").strip().partition("\n")[0] or f"version {found.version}"
    return Version(str(found.version), label, found.created_by, at.astimezone(UTC))
