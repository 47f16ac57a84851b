"""A prompt in Braintrust."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _slug(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", name):
        raise ValueError(f"{name!r} is no slug of Braintrust. Use up to 100 letters, digits, '_' and '-'.")
    return name


class BraintrustTarget(Registry):
    """A completion prompt in Braintrust; the version that the environment `environment` has is live."""

    POINTERS: ClassVar = ("environment", "canary_environment")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["braintrust"]
    host: Address = Field(
        default="https://api.braintrust.dev",
        description="Address of Braintrust's API; cloud in the US unless named",
    )
    project: Annotated[StrictStr, Field(min_length=1, max_length=200)] = Field(
        description="Name of the project that the prompt is in"
    )
    prompt: Annotated[StrictStr, AfterValidator(_slug)] = Field(description="Slug of the prompt")
    environment: Annotated[StrictStr, AfterValidator(_slug)] = Field(
        default="production", description="Slug of the environment that clients load from"
    )
    canary_environment: Annotated[StrictStr, AfterValidator(_slug)] | None = Field(
        default=None, description="Slug of the environment of the first stage; none unless named"
    )
    api_key_env: VariableName = Field(
        default="BRAINTRUST_API_KEY", description="Name of the environment variable with the API key"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long clients keep a prompt: not at all in Braintrust's own SDK"
    )

    @property
    def place(self) -> str:
        """The address and the project."""
        return f"{super().place} {self.project}"
