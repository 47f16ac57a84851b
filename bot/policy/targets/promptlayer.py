"""A prompt in PromptLayer."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _name(name: str) -> str:
    if name.isdecimal() or name != name.strip():
        raise ValueError(
            f"{name!r} is no name that PromptLayer finds again: digits alone are an id to it, and no space "
            "may stand at an end. Name another prompt."
        )
    return name


def _label(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", name):
        raise ValueError(
            f"{name!r} is no release label here. Use up to 64 letters, digits, '_', '-' and '.'."
        )
    return name


class PromptlayerTarget(Registry):
    """A completion prompt in PromptLayer; the version with the release label `label` is live."""

    POINTERS: ClassVar = ("label", "canary_label")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["promptlayer"]
    host: Address = Field(
        default="https://api.promptlayer.com",
        description="Address of PromptLayer's API; the cloud unless named",
    )
    prompt: Annotated[StrictStr, Field(min_length=1, max_length=512), AfterValidator(_name)] = Field(
        description="Name of the prompt template, without its folder"
    )
    label: Annotated[StrictStr, AfterValidator(_label)] = Field(
        default="production", description="The release label that clients fetch"
    )
    canary_label: Annotated[StrictStr, AfterValidator(_label)] | None = Field(
        default=None, description="The release label of the first stage; none unless named"
    )
    api_key_env: VariableName = Field(
        default="PROMPTLAYER_API_KEY", description="Name of the environment variable with the API key"
    )
    lag_seconds: LagSeconds = Field(
        default=0,
        description="How long clients keep a prompt: not at all in PromptLayer's own SDK unless told",
    )
