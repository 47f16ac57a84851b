"""What the targets in a policy file are made of: addresses, names of variables, and what a registry needs.

A credential stands here by the name of its environment variable only. A secret itself must never come into a
policy, which is kept with every version and shown to everybody.
"""

import re
from typing import Annotated, ClassVar, NamedTuple, Self

from pydantic import AfterValidator, Field, StrictInt, StrictStr, model_validator

from bot.loopback import is_loopback_name
from bot.policy.frozen import Frozen


class Held(NamedTuple):
    """A pointer that a workflow moves. No other workflow may move it too."""

    place: str
    prompt: str
    pointer: str


def address(url: str) -> str:
    """The address again, if it can be one of a system. Raises ValueError, which does not repeat it."""
    found = re.fullmatch(r"(https?)://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?(/[^\s?#]*)?", url)
    if found is None:
        # Not repeated here: a password may stand in it, and a policy is shown to everybody.
        raise ValueError(
            "an address such as https://registry.example.com is needed, with no user, query or fragment."
        )
    if found[1] == "http" and not is_loopback_name(found[2]):
        raise ValueError(f"{found[2]} is reached over https only. Write https:// before it.")
    return url


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]{2,99}", name):
        # Not repeated: somebody may have written the secret itself.
        raise ValueError("the NAME of an environment variable is needed, such as REFUNDS_WEBHOOK_SECRET.")
    if name.startswith("SLACK_") or name in _OWN_SETTINGS:
        raise ValueError(f"{name} is a setting of this app, and is sent to no other system. Name another.")
    return name


_OWN_SETTINGS = {"DATABASE_URL", "POLICY_FILE", "REPOSITORIES", "SANDBOX_DATA", "HOST", "PORT", "LOG_LEVEL"}

Address = Annotated[StrictStr, AfterValidator(address)]
VariableName = Annotated[StrictStr, AfterValidator(_variable)]
LagSeconds = Annotated[StrictInt, Field(ge=0, le=86_400)]


class Registry(Frozen):
    """A prompt registry that is reached over the network.

    Each registry has its own word for what clients fetch (label, alias, tag) and its own credentials, so the
    settings have those names, and the two tables below say which they are.
    """

    POINTERS: ClassVar[tuple[str, str]]
    """The settings that name the live pointer and the one of the first stage."""
    CREDENTIALS: ClassVar[tuple[str, ...]]
    """The settings that name variables with credentials."""

    host: Address
    prompt: StrictStr
    lag_seconds: LagSeconds = Field(
        default=60, description="How long after a move clients may still see the version before it"
    )

    @property
    def live_pointer(self) -> str:
        """What every client fetches."""
        return str(getattr(self, self.POINTERS[0]))

    @property
    def canary_pointer(self) -> str | None:
        """What the clients of the first stage fetch instead; None where there are none."""
        found = getattr(self, self.POINTERS[1])
        return None if found is None else str(found)

    @property
    def credentials(self) -> tuple[str, ...]:
        """The names of the variables with credentials, those that are set."""
        return tuple(name for each in self.CREDENTIALS if (name := getattr(self, each)) is not None)

    @property
    def place(self) -> str:
        """What tells one registry, project or workspace from another."""
        return self.host.rstrip("/")

    @model_validator(mode="after")
    def _canary_apart(self) -> Self:
        if self.canary_pointer == self.live_pointer:
            live, canary = self.POINTERS
            raise ValueError(f"{canary} and {live} must be two names. Write another {canary}.")
        return self

    @property
    def has_stages(self) -> bool:
        """Only with a second name that some clients fetch instead."""
        return self.canary_pointer is not None

    def held(self) -> tuple[Held, ...]:
        """Both pointers of the prompt."""
        pointers = (self.live_pointer, self.canary_pointer)
        return tuple(Held(self.place, self.prompt, each) for each in pointers if each)
