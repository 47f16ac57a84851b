"""What the policy file says of a target: where a workflow's prompt lives, and which pointer makes it live.

One module for each kind of place, and `parts` for what they share. A kind that is new is a model with its own
`kind`, added to the union here and to `bot.connectors.opening`.
"""

from bot.policy.targets.agenta import AgentaTarget
from bot.policy.targets.git import GitTarget
from bot.policy.targets.langfuse import LangfuseTarget
from bot.policy.targets.mlflow import MlflowTarget
from bot.policy.targets.opik import OpikTarget
from bot.policy.targets.parts import Held, Registry
from bot.policy.targets.people import ManualTarget, PolicyTarget, WebhookTarget
from bot.policy.targets.phoenix import PhoenixTarget

Target = (
    AgentaTarget
    | GitTarget
    | LangfuseTarget
    | ManualTarget
    | MlflowTarget
    | OpikTarget
    | PhoenixTarget
    | WebhookTarget
    | PolicyTarget
)

__all__ = [
    "AgentaTarget",
    "GitTarget",
    "Held",
    "LangfuseTarget",
    "ManualTarget",
    "MlflowTarget",
    "OpikTarget",
    "PhoenixTarget",
    "PolicyTarget",
    "Registry",
    "Target",
    "WebhookTarget",
]
