"""What MLflow answers about prompts, as far as it is looked at.

It must never read another system's 404, or another 400 of MLflow's, as "nothing is live".
"""

import json
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import BaseModel, Field, StrictStr

from bot.connectors.asking import Answer
from bot.connectors.protocol import Version

SETTINGS: Final = "_mlflow_prompt_"
"""What the names of MLflow's own tags on a version begin with."""


class Tag(BaseModel):
    """One tag of a version."""

    key: StrictStr
    value: StrictStr = ""


class Held(BaseModel):
    """One version in the registry; a time is in milliseconds since 1970."""

    name: StrictStr
    version: StrictStr = Field(pattern="^[1-9][0-9]*$")
    creation_timestamp: int = 0
    description: str = ""
    user_id: str = ""
    tags: list[Tag] = []

    @property
    def settings(self) -> dict[str, Any]:
        """MLflow's own tags that say with what a text is used, without their common beginning."""
        own = {
            each.key.removeprefix(SETTINGS): each.value for each in self.tags if each.key.startswith(SETTINGS)
        }
        return {name: _read(value) for name, value in own.items() if name != "type"}

    def tag(self, key: str) -> str | None:
        """The value of one tag."""
        return next((each.value for each in self.tags if each.key == key), None)


class One(BaseModel):
    """The answer about one version."""

    model_version: Held


class Found(BaseModel):
    """The answer to a search. Where nothing is found, MLflow leaves the list out."""

    model_versions: list[Held] = []


def _read(value: str) -> Any:  # noqa: ANN401 - whatever JSON it is
    """The value of such a tag; what is no JSON is a text."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def code_of(answer: Answer) -> str:
    """MLflow's own name for what is wrong."""
    return str(answer.data.get("error_code")) if isinstance(answer.data, dict) else ""


def lacks(answer: Answer) -> bool:
    """MLflow's own word that there is no such prompt or version."""
    return not answer.ok and code_of(answer) == "RESOURCE_DOES_NOT_EXIST"


def lacks_alias(answer: Answer) -> bool:
    """The same for an alias, which is told with 400 as if the question were wrong."""
    if answer.ok or code_of(answer) != "INVALID_PARAMETER_VALUE":
        return False
    words = str(answer.data.get("message"))
    return words.startswith("Registered model alias ") and words.endswith(" not found.")


def as_tags(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as MLflow is told them."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def as_version(found: Held) -> Version:
    """A version for the list."""
    label = found.description.strip().partition("\n")[0] or f"version {found.version}"
    at = datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
    return Version(found.version, label, found.user_id, at)
