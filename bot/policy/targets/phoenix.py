"""A prompt in Arize Phoenix."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _identifier(name: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9_-]{0,198}[a-z0-9])?", name):
        raise ValueError(
            f"{name!r} is no name in Phoenix. Use a-z, 0-9, '_' and '-', with a letter or digit at both ends."
        )
    return name


Identifier = Annotated[StrictStr, AfterValidator(_identifier)]


class PhoenixTarget(Registry):
    """A prompt of one message in Arize Phoenix; the version with the tag `tag` is live."""

    POINTERS: ClassVar = ("tag", "canary_tag")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["phoenix"]
    host: Address = Field(description="Address of Phoenix; in its cloud with the space: .../s/acme")
    prompt: Identifier = Field(description="Name of the prompt")
    tag: Identifier = Field(default="production", description="The tag that clients fetch")
    canary_tag: Identifier | None = Field(
        default=None, description="The tag of the first stage; none unless named"
    )
    api_key_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the API key, where Phoenix asks"
    )
    first_model: Annotated[StrictStr, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="The OpenAI model to write beside the first version of a new prompt"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long clients keep a prompt: Phoenix's own client does not"
    )
