"""The product's identifiers as people read them.

One wording for each, used by cards, forms and answers alike. It must never explain code.
"""

from storage.vocabulary import Decision, Impact, Kind, Lane, Role, State

LANES: dict[Lane, str] = {Lane.LOW: "Low lane", Lane.MEDIUM: "Medium lane", Lane.HIGH: "High lane"}

STATES: dict[State, str] = {
    State.DRAFT: "Draft",
    State.IN_REVIEW: "In review",
    State.CHANGES_REQUESTED: "Changes requested",
    State.STALE: "The target has moved",
    State.APPROVED: "Approved",
    State.SCHEDULED: "Scheduled",
    State.RELEASING: "Releasing",
    State.LIVE: "Live",
    State.SUPERSEDED: "Replaced by a newer release",
    State.ROLLED_BACK: "Rolled back",
    State.FAILED: "Failed, nothing moved",
    State.REJECTED: "Rejected",
    State.WITHDRAWN: "Withdrawn",
    State.EXPIRED: "Expired",
}

KINDS: dict[Kind, tuple[str, str]] = {
    Kind.SYSTEM_PROMPT: ("System prompt", "Wording, tone, formatting"),
    Kind.POLICY_INSTRUCTIONS: ("Policy instructions", "What the agent is told about your policies"),
    Kind.RETRIEVAL_WEIGHTING: ("Retrieval weighting", "Which sources come first"),
    Kind.TOOL_PERMISSIONS: ("Tool permissions", "Which tools the agent may use, and how"),
    Kind.EVAL_THRESHOLD: ("Evaluation threshold", "When an answer counts as good enough"),
    Kind.MODEL_ROUTING: ("Model or routing", "Which model answers, and with what settings"),
    Kind.WORKFLOW_STEPS: ("Workflow steps", "The order of steps, handovers, approvals"),
}

IMPACTS: dict[Impact, str] = {
    Impact.POLICY_MEANING: "It changes what a policy means",
    Impact.ACTION_AUTHORITY: "It changes what the agent may do by itself",
    Impact.APPROVAL_BOUNDARY: "It changes when a human reviews, approves or takes over",
    Impact.MONEY: "It touches refunds, billing or pricing",
    Impact.LEGAL: "It touches legal or compliance duties",
    Impact.CUSTOMER_VISIBLE: "Customers will read different answers",
    Impact.SOURCE_AUTHORITY: "It changes which sources are used or believed",
    Impact.ANSWER_BEHAVIOR: "A model or routing change makes answers differ",
    Impact.CROSSES_WORKFLOWS: "It moves traffic from one workflow to another",
}

DECISIONS: dict[Decision, str] = {
    Decision.APPROVE: "approved",
    Decision.REQUEST_CHANGES: "requested changes",
    Decision.REJECT: "rejected",
}

ROLES: dict[Role, str] = {
    Role.APPROVE: "Approve",
    Role.DEPLOY: "Deploy",
    Role.ROLL_BACK: "Roll back",
    Role.INFORM: "Informed",
    Role.EMERGENCY: "Emergency",
}
