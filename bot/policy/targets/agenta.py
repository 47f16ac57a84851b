"""A prompt in Agenta."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName

Slug = Annotated[StrictStr, Field(pattern="^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,199}$")]


class AgentaTarget(Registry):
    """A prompt of one message in Agenta; the version deployed to the environment `environment` is live."""

    POINTERS: ClassVar = ("environment", "canary_environment")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["agenta"]
    host: Address = Field(
        default="https://cloud.agenta.ai/api",
        description="Address of Agenta's API, with its /api; the cloud in the EU unless named",
    )
    prompt: Slug = Field(description="Slug of the application that holds the prompt")
    environment: Slug = Field(
        default="production", description="The environment for which clients fetch the prompt"
    )
    canary_environment: Slug | None = Field(
        default=None, description="The environment of the first stage; none unless named"
    )
    api_key_env: VariableName = Field(
        default="AGENTA_API_KEY", description="Name of the environment variable with a project's API key"
    )
    first_model: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The model to write beside the first prompt of an empty application"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long clients keep a prompt: Agenta's own SDK does not"
    )
