"""A prompt in Opik."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName

Environment = Annotated[StrictStr, Field(pattern="^[A-Za-z0-9_-]{1,150}$")]
Name = Annotated[StrictStr, Field(min_length=1, max_length=150, pattern=r"^[!-~]([ -~]*[!-~])?$")]
"""Of a workspace or a project; a workspace's goes into a header, so it is ASCII."""


class OpikTarget(Registry):
    """A text prompt in Opik; the version that is deployed to the environment `environment` is live."""

    POINTERS: ClassVar = ("environment", "canary_environment")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["opik"]
    host: Address = Field(
        default="https://www.comet.com/opik/api",
        description="Address of Opik's API, with its /api; Comet's cloud unless named",
    )
    workspace: Name | None = Field(default=None, description="Name of the workspace; Comet's cloud needs it")
    project: Name = Field(
        default="Default Project", description="Name of the project that the prompt belongs to"
    )
    prompt: Annotated[StrictStr, Field(min_length=1, max_length=255)] = Field(
        description="Name of the prompt"
    )
    environment: Environment = Field(
        default="production", description="The environment for which clients fetch the prompt"
    )
    canary_environment: Environment | None = Field(
        default=None, description="The environment of the first stage; none unless named"
    )
    api_key_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the API key, where Opik asks"
    )
    lag_seconds: LagSeconds = Field(
        default=300, description="How long clients keep a prompt: 300 seconds in Opik's own SDKs"
    )

    @property
    def place(self) -> str:
        """A prompt's name is its own in one project of one workspace."""
        return f"{super().place} {self.workspace or ''} {self.project}"
