"""A prompt in Langfuse."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _label(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9_.-]{1,36}", name):
        raise ValueError(f"{name!r} is no label of Langfuse. Use up to 36 of a-z, 0-9, '_', '-' and '.'.")
    if name == "latest":
        raise ValueError("Langfuse itself moves the label latest at each new version. Name another label.")
    return name


class LangfuseTarget(Registry):
    """A text prompt in Langfuse; the version with the label `label` is live."""

    POINTERS: ClassVar = ("label", "canary_label")
    CREDENTIALS: ClassVar = ("public_key_env", "secret_key_env")

    kind: Literal["langfuse"]
    host: Address = Field(
        default="https://cloud.langfuse.com", description="Address of Langfuse; cloud in the EU unless named"
    )
    prompt: Annotated[StrictStr, Field(min_length=1, max_length=500)] = Field(
        description="Name of the prompt, with its folder: support/refunds"
    )
    label: Annotated[StrictStr, AfterValidator(_label)] = Field(
        default="production", description="The label that clients fetch"
    )
    canary_label: Annotated[StrictStr, AfterValidator(_label)] | None = Field(
        default=None, description="The label of the first stage; none unless named"
    )
    public_key_env: VariableName = Field(
        default="LANGFUSE_PUBLIC_KEY", description="Name of the environment variable with the public key"
    )
    secret_key_env: VariableName = Field(
        default="LANGFUSE_SECRET_KEY", description="Name of the environment variable with the secret key"
    )
    lag_seconds: LagSeconds = Field(
        default=60, description="How long clients keep a prompt: 60 seconds in Langfuse's own SDKs"
    )
