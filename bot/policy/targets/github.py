"""A prompt in a GitHub repository, which the team's CI ships when it is told to deploy."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictStr, model_validator

from bot.policy.frozen import Frozen
from bot.policy.targets.git import Branch, PathInside
from bot.policy.targets.parts import Address, Held, LagSeconds, VariableName


def _repository(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}", name):
        raise ValueError(f"{name!r} is no repository of GitHub. Write its owner and its name: acme/prompts.")
    return name


def _environment(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", name):
        raise ValueError(
            f"{name!r} is no environment here. Use up to 100 letters, digits, '.', '_', '/' and '-'."
        )
    return name


Environment = Annotated[StrictStr, AfterValidator(_environment)]


class GithubTarget(Frozen):
    """A file in a GitHub repository; what was last deployed to `environment` with success is live."""

    kind: Literal["github"]
    host: Address = Field(
        default="https://api.github.com",
        description="Address of GitHub's REST API; a server of your own has it under /api/v3",
    )
    repository: Annotated[StrictStr, AfterValidator(_repository)] = Field(
        description="Owner and name of the repository: acme/prompts"
    )
    path: PathInside = Field(description="The prompt's file inside the repository")
    environment: Environment = Field(
        default="production", description="The environment whose deployments decide what is live"
    )
    canary_environment: Environment | None = Field(
        default=None, description="The environment of the first stage; none unless named"
    )
    branch_prefix: Branch = Field(
        default="prompt-change",
        description="What the branches of proposed texts begin with, before the workflow",
    )
    via: Literal["deployment", "dispatch"] = Field(
        default="deployment",
        description="What starts the CI: the deployment itself, or a repository_dispatch that names it",
    )
    event_type: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9._-]{1,100}$")] = Field(
        default="prompt-change", description="Name of the repository_dispatch event"
    )
    token_env: VariableName = Field(
        default="GITHUB_TOKEN", description="Name of the environment variable with the token"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long after the CI's success clients may still see the version before it"
    )

    @model_validator(mode="after")
    def _canary_apart(self) -> Self:
        # GitHub does not tell capital letters in the names of environments apart.
        if self.canary_environment and self.canary_environment.lower() == self.environment.lower():
            raise ValueError(
                "canary_environment and environment must be two names. Write another canary_environment."
            )
        return self

    @property
    def has_stages(self) -> bool:
        """Only with a second environment."""
        return self.canary_environment is not None

    def held(self) -> tuple[Held, ...]:
        """Both environments, whatever the path: a deployment puts the whole commit there."""
        place = f"{self.host.rstrip('/')}/{self.repository}".lower()
        pointers = (self.environment, self.canary_environment)
        return tuple(Held(place, "the deployments", each.lower()) for each in pointers if each)
