"""What Braintrust answers about prompts, as far as it is looked at.

A version is the id of a transaction. Asked for one that is not the prompt's own, Braintrust may answer with
what was there at that time; so another id than the one that was asked for must never be taken for it.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, StrictStr, StringConstraints

from bot.connectors.protocol import Version

FACTOR: Final = 205_891_132_094_649
"""By which Braintrust's own SDK turns the id of a transaction into what the browser shows."""
SECONDS_ABOVE: Final = 16
"""The bits under the seconds since 1970 in the id of a transaction."""
WITHOUT_TOP: Final = (1 << 48) - 1
LONGEST: Final = 19

Transaction = Annotated[
    str,
    BeforeValidator(lambda given: str(given) if type(given) is int else given),
    StringConstraints(strict=True, pattern=r"^[1-9][0-9]*$", max_length=LONGEST),
]


class Prompt(BaseModel):
    """One version of a prompt."""

    id: StrictStr
    project_id: StrictStr
    slug: StrictStr
    version: Transaction = Field(alias="_xact_id")
    prompt_data: dict[str, Any] | None = None

    @property
    def text(self) -> str | None:
        """The text of a completion prompt; None for anything else."""
        block = (self.prompt_data or {}).get("prompt")
        if not isinstance(block, dict) or block.get("type") != "completion":
            return None
        text = block.get("content")
        return text if isinstance(text, str) else None

    @property
    def settings(self) -> dict[str, Any]:
        """Model, parameters, tools: whatever is stored beside the text."""
        return {name: value for name, value in (self.prompt_data or {}).items() if name != "prompt"}


class Prompts(BaseModel):
    """The prompts that were asked for."""

    objects: list[Prompt]


class Project(BaseModel):
    """One project."""

    id: StrictStr
    name: StrictStr


class Projects(BaseModel):
    """The projects that were asked for."""

    objects: list[Project]


class Association(BaseModel):
    """Which version one environment has."""

    environment_slug: StrictStr
    object_version: Transaction


class Associations(BaseModel):
    """What all environments have of one prompt."""

    objects: list[Association]

    def named(self, slug: str) -> str | None:
        """The version that the environment has."""
        return next((each.object_version for each in self.objects if each.environment_slug == slug), None)


class Audit(BaseModel):
    """What was done to a row."""

    action: StrictStr = ""


class Row(BaseModel):
    """One entry of the audit log of a prompt."""

    version: Transaction = Field(alias="_xact_id")
    audit_data: Audit | None = None


class Log(BaseModel):
    """The audit log of a prompt."""

    data: list[Row]

    def versions(self) -> list[str]:
        """Those that hold the prompt, newest first, each once."""
        held = {
            int(each.version) for each in self.data if each.audit_data and each.audit_data.action in HOLDS
        }
        return [str(each) for each in sorted(held, reverse=True)]


HOLDS: Final = ("upsert", "merge")
"""What is done to a prompt that leaves it there; the third is to delete it."""


def audit_log_of(project: str, prompt: str) -> dict[str, Any]:
    """The question, in Braintrust's own query language, for all that was done to a prompt."""
    prompts = {"op": "ident", "name": ["project_prompts"]}
    which = {"op": "eq", "left": {"op": "ident", "name": ["id"]}, "right": {"op": "literal", "value": prompt}}
    query = {
        "from": {"op": "function", "name": prompts, "args": [{"op": "literal", "value": project}]},
        "select": [{"op": "star"}],
        "filter": which,
    }
    more = {"audit_log": True, "use_columnstore": False, "brainstore_realtime": True, "fmt": "json"}
    return {"query": query, **more}


def shown(version: str) -> str:
    """A version as Braintrust's browser shows it."""
    return f"{int(version) * FACTOR % 2**64:016x}"


def as_version(version: str) -> Version:
    """A version for the list; its time is in the id of its transaction, and who made it is not told."""
    seconds = (int(version) & WITHOUT_TOP) >> SECONDS_ABOVE
    return Version(version, f"version {shown(version)}", "", datetime.fromtimestamp(seconds, UTC))


def merged(there: Any, told: Any) -> Any:  # noqa: ANN401 - whatever JSON it is
    """What Braintrust makes of a change: objects are merged into what is there, all else takes its place."""
    if isinstance(there, dict) and isinstance(told, dict):
        return {**there, **{key: merged(there.get(key), value) for key, value in told.items()}}
    return told
