"""A prompt that is a file in a git repository."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictStr, model_validator

from bot.policy.frozen import Frozen
from bot.policy.targets.parts import Held


def _without_password(repository: str) -> str:
    if re.search(r"://[^/]*@", repository):
        # Not repeated here: a policy is shown to everybody, and so is what is wrong with it.
        raise ValueError("an address with a name or password in it cannot stand in a policy. Leave them out.")
    return repository


def _inside_repository(path: str) -> str:
    parts = path.split("/")
    if not path or path.startswith("/") or "\\" in path or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{path!r} must be a path inside the repository, such as prompts/refunds.md.")
    return path


def _branch(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}", name) or ".." in name or name.endswith("/"):
        raise ValueError(f"{name!r} is no name of a branch. Write one such as production.")
    return name


PathInside = Annotated[StrictStr, AfterValidator(_inside_repository)]
Branch = Annotated[StrictStr, AfterValidator(_branch)]


class GitTarget(Frozen):
    """A file in a git repository; the branch named `pointer` decides which version is live."""

    kind: Literal["git"]
    repository: Annotated[StrictStr, AfterValidator(_without_password)] = Field(
        min_length=1, description="Folder or address of the repository"
    )
    path: PathInside = Field(description="The prompt's file inside the repository")
    pointer: Branch = Field(default="production", description="Branch whose content is live")
    canary: Branch | None = Field(
        default=None, description="Branch for the first stage; <pointer>-canary unless named"
    )

    @model_validator(mode="after")
    def _canary_apart(self) -> Self:
        if self.canary == self.pointer:
            raise ValueError("canary and pointer must be two branches. Name another canary.")
        return self

    @property
    def canary_pointer(self) -> str:
        """The branch of the first stage."""
        return self.canary or f"{self.pointer}-canary"

    @property
    def has_stages(self) -> bool:
        """There is always a branch for the first stage."""
        return True

    def held(self) -> tuple[Held, ...]:
        """Both branches at the path."""
        place = (self.repository.rstrip("/"), self.path)
        return tuple(Held(*place, each) for each in (self.pointer, self.canary_pointer))
