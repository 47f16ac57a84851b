"""A prompt that is a file in a git repository."""

import re
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    StrictStr,
    model_serializer,
    model_validator,
)

from bot.policy.frozen import Frozen
from bot.policy.targets.parts import Held, VariableName, address


def _without_password(repository: str) -> str:
    if re.search(r"://[^/]*@", repository):
        # Not repeated here: a policy is shown to everybody, and so is what is wrong with it.
        raise ValueError("an address with a name or password in it cannot stand in a policy. Leave them out.")
    return repository


def _remote(place: str) -> str:
    place = _without_password(place)
    if re.match(r"https?://", place):
        return address(place)
    if place.startswith("file:///") or not re.match(r"[^/]*:", place):
        return place
    # Not repeated here: whatever it is, a password may stand in it.
    raise ValueError(
        "a remote is an address such as https://git.example.com/prompts.git, or a folder. ssh is not spoken: "
        "use https with a token."
    )


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

    REMOTE_ONLY: ClassVar = ("remote", "token_env", "username_env", "sign_key_env")

    kind: Literal["git"]
    repository: Annotated[StrictStr, AfterValidator(_without_password)] | None = Field(
        default=None, min_length=1, description="Folder of a repository on this machine; or name a remote"
    )
    remote: Annotated[StrictStr, AfterValidator(_remote)] | None = Field(
        default=None, min_length=1, description="Address or folder of a repository that is pushed to"
    )
    token_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the token or password for the remote"
    )
    username_env: VariableName | None = Field(
        default=None,
        description="Name of the environment variable with the user, where the remote asks for it",
    )
    sign_key_env: VariableName | None = Field(
        default=None,
        description="Name of the environment variable with the path of an SSH key that signs tags",
    )
    path: PathInside = Field(description="The prompt's file inside the repository")
    pointer: Branch = Field(default="production", description="Branch whose content is live")
    canary: Branch | None = Field(
        default=None, description="Branch for the first stage; <pointer>-canary unless named"
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.repository is None) == (self.remote is None):
            raise ValueError("name either a repository on this machine or a remote.")
        if self.token_env and not (self.remote or "").startswith("http"):
            raise ValueError("token_env is for a remote over https. Name one, or leave it out.")
        if self.sign_key_env and not self.remote:
            raise ValueError("sign_key_env is for a remote. Name one, or leave it out.")
        if self.username_env and not self.token_env:
            raise ValueError("username_env goes with token_env. Name both, or only token_env.")
        return self

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
        place = ((self.remote or self.repository or "").rstrip("/"), self.path)
        return tuple(Held(*place, each) for each in (self.pointer, self.canary_pointer))

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # What was released is recognised by these settings, also by a release from before there were remotes.
        unset = {each for each in ("repository", *self.REMOTE_ONLY) if getattr(self, each) is None}
        return {name: value for name, value in handler(self).items() if name not in unset}
