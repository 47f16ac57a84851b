"""The words of the product as types, shared by the rules, the tables and the screens.

Every identifier that appears in a file, a row or a test is spelled here and nowhere else. This module
imports nothing of ours, so that the pure rules may use it. It must never hold behaviour.
"""

from enum import StrEnum


class Kind(StrEnum):
    """What sort of thing a change alters; a change may be of several kinds."""

    SYSTEM_PROMPT = "system_prompt"
    POLICY_INSTRUCTIONS = "policy_instructions"
    RETRIEVAL_WEIGHTING = "retrieval_weighting"
    TOOL_PERMISSIONS = "tool_permissions"
    EVAL_THRESHOLD = "eval_threshold"
    MODEL_ROUTING = "model_routing"
    WORKFLOW_STEPS = "workflow_steps"


class Impact(StrEnum):
    """What a change does to the people and the money around it."""

    POLICY_MEANING = "policy_meaning"
    ACTION_AUTHORITY = "action_authority"
    APPROVAL_BOUNDARY = "approval_boundary"
    MONEY = "money"
    LEGAL = "legal"
    CUSTOMER_VISIBLE = "customer_visible"
    SOURCE_AUTHORITY = "source_authority"
    ANSWER_BEHAVIOR = "answer_behavior"
    CROSSES_WORKFLOWS = "crosses_workflows"


class Touch(StrEnum):
    """What a workflow deals with, beyond being read by customers."""

    MONEY = "money"
    LEGAL = "legal"


class Lane(StrEnum):
    """The release controls that a change must pass, by risk."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """0 for low, 1 for medium, 2 for high."""
        return list(Lane).index(self)


class State(StrEnum):
    """Where a change is in its life."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    STALE = "stale"
    APPROVED = "approved"
    SCHEDULED = "scheduled"
    RELEASING = "releasing"
    LIVE = "live"
    SUPERSEDED = "superseded"
    ROLLED_BACK = "rolled_back"
    FAILED = "failed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Role(StrEnum):
    """A right, or a duty to be told, that the policy gives to people per workflow and lane."""

    APPROVE = "approve"
    DEPLOY = "deploy"
    ROLL_BACK = "roll_back"
    INFORM = "inform"
    EMERGENCY = "emergency"


class Decision(StrEnum):
    """What an approver says of a change."""

    APPROVE = "approve"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"


class AccountKind(StrEnum):
    """What a Slack account is to this workspace. Only members hold rights."""

    MEMBER = "member"
    GUEST = "guest"
    BOT = "bot"
    EXTERNAL = "external"
