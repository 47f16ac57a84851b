"""A prompt in an MLflow prompt registry."""

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, Field, StrictStr, model_validator

from bot.policy.targets.parts import Address, LagSeconds, Registry, VariableName


def _alias(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,255}", name):
        raise ValueError(f"{name!r} is no alias of MLflow. Use letters, digits, '_' and '-'.")
    if re.fullmatch(r"latest|v[0-9]+", name, re.IGNORECASE):
        raise ValueError(f"{name!r} is an alias that MLflow keeps for itself. Name another one.")
    return name


class MlflowTarget(Registry):
    """A text prompt in an MLflow prompt registry; the version with the alias `alias` is live."""

    POINTERS: ClassVar = ("alias", "canary_alias")
    CREDENTIALS: ClassVar = ("username_env", "password_env")

    kind: Literal["mlflow"]
    host: Address = Field(description="Address of the MLflow server")
    prompt: Annotated[StrictStr, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._ -]{0,199}$")] = Field(
        description="Name of the prompt"
    )
    alias: Annotated[StrictStr, AfterValidator(_alias)] = Field(
        default="production", description="The alias that clients load"
    )
    canary_alias: Annotated[StrictStr, AfterValidator(_alias)] | None = Field(
        default=None, description="The alias of the first stage; none unless named"
    )
    username_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the user's name, where MLflow asks"
    )
    password_env: VariableName | None = Field(
        default=None, description="Name of the environment variable with the user's password"
    )
    lag_seconds: LagSeconds = Field(
        default=60, description="How long clients keep what an alias names: 60 seconds in MLflow's own"
    )

    @model_validator(mode="after")
    def _login_whole(self) -> Self:
        if (self.username_env is None) != (self.password_env is None):
            raise ValueError("username_env and password_env go together. Name both, or neither.")
        return self
