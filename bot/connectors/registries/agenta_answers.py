"""What Agenta answers about applications and environments, as far as it is looked at.

Where its database fails at a read, Agenta answers with 200 and with nothing. So an answer without the thing
that was asked for must never be read as "nothing is live".
"""

from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, StrictStr

from bot.connectors.protocol import Version

TEXT: Final = ("messages", "input_keys")
"""What follows from the text, of what is kept as the prompt."""


class Application(BaseModel):
    """The application, as far as it is looked at."""

    id: UUID
    slug: StrictStr


class Applications(BaseModel):
    """The answer to a search for applications."""

    applications: list[Application] = []


class Revision(BaseModel):
    """One version of an application. The first one of each variant is empty."""

    id: UUID
    application_id: UUID | None = None
    artifact_id: UUID | None = None
    application_variant_id: UUID | None = None
    variant_id: UUID | None = None
    slug: str | None = None
    version: str | None = None
    message: str | None = None
    author: str | None = None
    created_at: datetime | None = None
    data: dict[str, Any] | None = None

    @property
    def application(self) -> UUID | None:
        """Whose it is; Agenta has two names for it."""
        return self.application_id or self.artifact_id

    @property
    def variant(self) -> UUID | None:
        """The line of versions that it stands in."""
        return self.application_variant_id or self.variant_id

    @property
    def prompt(self) -> dict[str, Any] | None:
        """What is kept as the prompt, with its model."""
        parameters = (self.data or {}).get("parameters")
        found = parameters.get("prompt") if isinstance(parameters, dict) else None
        return found if isinstance(found, dict) else None

    @property
    def message_of_text(self) -> dict[str, Any] | None:
        """Its message, where it has exactly one of text."""
        told = (self.prompt or {}).get("messages")
        only = told[0] if isinstance(told, list) and len(told) == 1 else None
        return only if isinstance(only, dict) and isinstance(only.get("content"), str) else None

    @property
    def settings(self) -> dict[str, Any]:
        """Model, tools, how variables are written, and what else is stored beside the text."""
        parameters = (self.data or {}).get("parameters")
        beside = parameters if isinstance(parameters, dict) else {}
        own = {name: value for name, value in (self.prompt or {}).items() if name not in TEXT}
        role = (self.message_of_text or {}).get("role")
        return {**{name: value for name, value in beside.items() if name != "prompt"}, "role": role, **own}


class Revisions(BaseModel):
    """Versions of an application."""

    application_revisions: list[Revision] = []


class One(BaseModel):
    """The answer about one version."""

    application_revision: Revision | None = None


class References(BaseModel):
    """What is deployed to an environment: of each application, which version."""

    references: dict[str, dict[str, dict[str, Any]]] | None = None


class Environment(BaseModel):
    """An environment, as far as it is looked at."""

    id: UUID
    slug: StrictStr
    variant_id: UUID
    data: References | None = None

    @property
    def deployed(self) -> dict[str, dict[str, dict[str, Any]]]:
        """By the key of each application."""
        return (self.data.references if self.data else None) or {}


class Environments(BaseModel):
    """The answer to a search for environments."""

    environments: list[Environment] = []


class Commit(BaseModel):
    """A version of an environment, which a deploy makes."""

    slug: str | None = None


class Commits(BaseModel):
    """Versions of an environment."""

    environment_revisions: list[Commit] = []


def as_version(found: Revision) -> Version:
    """A version for the list."""
    label = (found.message or "").strip().partition("\n")[0] or f"version {found.version or found.id}"
    at = found.created_at or datetime.fromtimestamp(0, UTC)
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return Version(str(found.id), label, found.author or "", at)
