"""What PromptLayer answers about prompts, as far as it is looked at.

What is not there is answered with a 404 whose words are documented nowhere. So it must never be read from a
404 alone that nothing is live: the list of prompts has to say so too.
"""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, Field, StrictInt, StrictStr

from bot.connectors.asking import Answer
from bot.connectors.protocol import Version

NOT_FOUND: Final = 404


class Template(BaseModel):
    """What a version holds. Its content is a list, of which a text is the only member."""

    type: StrictStr
    template_format: StrictStr = "f-string"
    content: list[dict[str, Any]] | None = None

    @property
    def text(self) -> str | None:
        """The text of a completion prompt that is nothing but a text."""
        if self.type != "completion" or not self.content or len(self.content) > 1:
            return None
        only = self.content[0]
        text = only.get("text") if only.get("type", "text") == "text" else None
        return text if isinstance(text, str) else None


class Held(BaseModel):
    """One version of a prompt, and the id of the prompt."""

    id: StrictInt
    prompt_name: StrictStr
    version: StrictInt = Field(gt=0)
    prompt_template: Template
    commit_message: str | None = None
    created_at: datetime | None = None
    metadata: dict[str, Any] | None = None

    @property
    def settings(self) -> dict[str, Any]:
        """How its variables are written, and its metadata, of which the model is a part."""
        return {"template_format": self.prompt_template.template_format, **(self.metadata or {})}

    def as_version(self) -> Version:
        """A version for the list; PromptLayer does not tell who made it."""
        at = self.created_at or datetime.fromtimestamp(0, UTC)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        label = (self.commit_message or "").strip().partition("\n")[0] or f"version {self.version}"
        return Version(str(self.version), label, "", at.astimezone(UTC))


class Label(BaseModel):
    """One release label and where it is."""

    release_label: StrictStr
    release_label_id: StrictInt
    prompt_version_number: StrictInt


class Labels(BaseModel):
    """All release labels of a prompt."""

    release_labels: list[Label]

    def named(self, name: str) -> Label | None:
        """The label of that name."""
        return next((each for each in self.release_labels if each.release_label == name), None)


class Listed(BaseModel):
    """One prompt in the list of them."""

    prompt_name: StrictStr


class Prompts(BaseModel):
    """Some of the prompts of a workspace."""

    items: list[Listed]


def is_missing(answer: Answer) -> bool:
    """That something is not there, or that this is no PromptLayer."""
    return answer.status == NOT_FOUND
