"""A prompt in LangSmith."""

import re
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field, StrictStr

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _tag(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,100}", name):
        raise ValueError(f"{name!r} is no commit tag here. Use up to 100 letters, digits, '_', '-' and '.'.")
    if name == "latest" or re.fullmatch(r"[0-9a-f]{8,}", name):
        raise ValueError(f"LangSmith itself knows what {name!r} is: a commit. Name another tag.")
    return name


class LangsmithTarget(Registry):
    """A text prompt in LangSmith; the commit with the tag `tag` is live."""

    POINTERS: ClassVar = ("tag", "canary_tag")
    CREDENTIALS: ClassVar = ("api_key_env",)

    kind: Literal["langsmith"]
    host: Address = Field(
        default="https://api.smith.langchain.com",
        description="Address of LangSmith's API, as in LANGSMITH_ENDPOINT; cloud in the US unless named",
    )
    prompt: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,199}$")] = Field(
        description="Name of the prompt, without an owner: support-refunds"
    )
    tag: Annotated[StrictStr, AfterValidator(_tag)] = Field(
        default="production", description="The commit tag that clients pull"
    )
    canary_tag: Annotated[StrictStr, AfterValidator(_tag)] | None = Field(
        default=None, description="The commit tag of the first stage; none unless named"
    )
    api_key_env: VariableName = Field(
        default="LANGSMITH_API_KEY", description="Name of the environment variable with the API key"
    )
    workspace: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = (
        Field(default=None, description="Id of the workspace, where the key belongs to more than one")
    )
    lag_seconds: LagSeconds = Field(
        default=360, description="How long clients keep a prompt: 300 and 60 seconds in LangSmith's own SDK"
    )

    @property
    def place(self) -> str:
        """The address, and the workspace where one is named."""
        return f"{super().place} {self.workspace}" if self.workspace else super().place
