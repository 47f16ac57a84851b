"""What the policy file says of a target: where a workflow's prompt lives, and which pointer makes it live.

One module for each kind of place, and `parts` for what they share. A kind that is new is a model with its own
`kind`, added to the union here and to `bot.connectors.opening`.
"""

from typing import get_args

from bot.policy.targets.agenta import AgentaTarget
from bot.policy.targets.braintrust import BraintrustTarget
from bot.policy.targets.git import GitTarget
from bot.policy.targets.github import GithubTarget
from bot.policy.targets.langfuse import LangfuseTarget
from bot.policy.targets.langsmith import LangsmithTarget
from bot.policy.targets.mlflow import MlflowTarget
from bot.policy.targets.opik import OpikTarget
from bot.policy.targets.parts import Held, Registry
from bot.policy.targets.people import ManualTarget, PolicyTarget, WebhookTarget
from bot.policy.targets.phoenix import PhoenixTarget
from bot.policy.targets.promptlayer import PromptlayerTarget

Written = (
    AgentaTarget
    | BraintrustTarget
    | GitTarget
    | GithubTarget
    | LangfuseTarget
    | LangsmithTarget
    | ManualTarget
    | MlflowTarget
    | OpikTarget
    | PhoenixTarget
    | PromptlayerTarget
    | WebhookTarget
)
"""What a policy file may name."""

Target = Written | PolicyTarget

KINDS: tuple[str, ...] = tuple(
    get_args(each.model_fields["kind"].annotation)[0] for each in get_args(Written)
)
"""Their names in the file, in the order of the alphabet."""

__all__ = [
    "KINDS",
    "AgentaTarget",
    "BraintrustTarget",
    "GitTarget",
    "GithubTarget",
    "Held",
    "LangfuseTarget",
    "LangsmithTarget",
    "ManualTarget",
    "MlflowTarget",
    "OpikTarget",
    "PhoenixTarget",
    "PolicyTarget",
    "PromptlayerTarget",
    "Registry",
    "Target",
    "WebhookTarget",
]
