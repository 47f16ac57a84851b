"""Prompts that somebody else moves: a person, or a receiver of the team's own. And the policy itself."""

from typing import Literal

from pydantic import Field, StrictBool, StrictStr

from bot.policy.frozen import Frozen
from bot.policy.principals import PersonName
from bot.policy.targets.parts import Address, Held, LagSeconds, VariableName


class ManualTarget(Frozen):
    """A prompt that a person moves by hand, and then confirms that it is done."""

    kind: Literal["manual"]
    person: PersonName | None = Field(
        default=None, description="Who is told; the workflow owner unless named"
    )
    instructions: StrictStr = Field(
        default="Put this version live where the prompt lives, then confirm here.",
        min_length=1,
        description="What that person is told to do",
    )

    @property
    def has_stages(self) -> bool:
        """Nobody is asked to set a share of the traffic by hand."""
        return False

    def held(self) -> tuple[Held, ...]:
        """Nothing that a machine moves."""
        return ()


class WebhookTarget(Frozen):
    """A receiver of your own, told by signed requests which version is to be live; docs/targets.md has it."""

    kind: Literal["webhook"]
    url: Address = Field(description="Where the receiver listens; https except on this machine")
    secret_env: VariableName = Field(
        description="Name of the environment variable with the secret that requests are signed with"
    )
    stages: StrictBool = Field(
        default=False, description="The receiver knows a pointer canary beside production"
    )
    lag_seconds: LagSeconds = Field(
        default=0, description="How long after a move clients may still see the version before it"
    )

    @property
    def has_stages(self) -> bool:
        """As the receiver can."""
        return self.stages

    def held(self) -> tuple[Held, ...]:
        """Nothing to share: a receiver is told the workflow in each request."""
        return ()


class PolicyTarget(Frozen):
    """The policy in force. Only the built-in workflow has it; a file cannot name it."""

    kind: Literal["policy"] = "policy"
    pointer: Literal["in_force"] = "in_force"

    @property
    def has_stages(self) -> bool:
        """A policy binds everybody at once."""
        return False

    def held(self) -> tuple[Held, ...]:
        """Its pointer is in the database."""
        return ()
