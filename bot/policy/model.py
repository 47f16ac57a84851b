"""The policy as a value: everything that decides, in one frozen object made from one text.

Made by `bot.policy.load.parse_policy` and by nothing else. It must never answer "allowed" for something
that the policy does not name.
"""

from dataclasses import dataclass

from pydantic import Field

from bot.policy.frozen import Frozen
from bot.policy.principals import ChannelName, HolderName
from bot.policy.sections import Durations, Freeze, Gates, Lanes, Rules, Signals
from bot.policy.targets import GitTarget, ManualTarget, PolicyTarget, Target
from bot.policy.workflow import Audience, Holders, Workflow
from storage.vocabulary import Lane, Role

RELEASE_POLICY = "release-policy"

__all__ = [
    "RELEASE_POLICY",
    "Audience",
    "GitTarget",
    "Grant",
    "Holders",
    "ManualTarget",
    "Policy",
    "PolicyTarget",
    "Target",
    "UnknownWorkflowError",
    "Workflow",
    "rights",
]


class UnknownWorkflowError(LookupError):
    """The policy names no such workflow."""


class Policy(Frozen):
    """One version of the policy."""

    policy_owners: tuple[HolderName, ...] = Field(
        default=(), description="Who approves, deploys and rolls back changes to this policy"
    )
    audit_channel: ChannelName | None = Field(
        default=None, description="Where the head of the audit trail is announced once a day"
    )
    workflows: dict[str, Workflow] = Field(description="The governed workflows, by name")
    rules: Rules
    signals: Signals
    gates: Gates
    lanes: Lanes
    durations: Durations
    freezes: tuple[Freeze, ...]

    @property
    def release_policy(self) -> Workflow:
        """The built-in workflow by which this policy is changed."""
        owners = self.policy_owners
        return Workflow(
            description="Changes to the release policy itself",
            approve=Holders(high=owners),
            deploy=Holders(high=owners),
            roll_back=Holders(high=owners),
            inform=Audience(high=owners),
            target=PolicyTarget(),
        )

    def workflow(self, name: str) -> Workflow:
        """Find a workflow, the built-in one included. Raises UnknownWorkflowError."""
        if name == RELEASE_POLICY:
            return self.release_policy
        if name not in self.workflows:
            known = ", ".join(sorted([*self.workflows, RELEASE_POLICY]))
            raise UnknownWorkflowError(f"There is no workflow {name!r} in the policy. It names: {known}.")
        return self.workflows[name]

    @property
    def all_workflows(self) -> dict[str, Workflow]:
        """Every workflow by name, the built-in one last."""
        return {**self.workflows, RELEASE_POLICY: self.release_policy}

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is allowed and yet worth telling to whoever loads the policy."""
        found = []
        # A group may stand for many, so only a list of single people can be counted.
        if len(self.policy_owners) < 3 and not any(name.startswith("S") for name in self.policy_owners):  # noqa: PLR2004 - the figure is the product's own: three owners
            found.append(
                f"policy_owners names {len(self.policy_owners)}. Name at least three, so that two can still "
                "approve a change of the policy while one is away."
            )
        if not self.workflows:
            found.append("No workflow is governed yet. Add one under `workflows`.")
        return tuple(found)


@dataclass(frozen=True)
class Grant:
    """One row of rights: this principal holds this role on this workflow in this lane."""

    workflow: str
    role: Role
    lane: Lane
    principal: str


def rights(policy: Policy) -> list[Grant]:
    """List every right that the policy gives, to be projected into rows."""
    return [
        Grant(name, role, lane, principal)
        for name, workflow in policy.all_workflows.items()
        for role, holders in _lists(workflow).items()
        for lane in Lane
        for principal in holders.of(lane)
    ]


def _lists(workflow: Workflow) -> dict[Role, Holders | Audience]:
    return {
        Role.APPROVE: workflow.approve,
        Role.DEPLOY: workflow.deploy,
        Role.ROLL_BACK: workflow.roll_back,
        Role.INFORM: workflow.inform,
        Role.EMERGENCY: workflow.emergency,
    }
