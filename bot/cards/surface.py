"""Every name by which Slack and the app know a button, a form or a block, in one place.

Listeners are registered under these names and `docs/slack-surface.md` lists them with their labels; a test
compares the two. A name that is in use in a posted message must never change its meaning.
"""

from enum import StrEnum

COMMAND = "/prompt-change"
SHORTCUT = "propose_change"
MESSAGE_SHORTCUT = "propose_change_from_message"


class Action(StrEnum):
    """The action_ids of buttons, menus and the two inputs that redraw their form."""

    APPROVE = "approve"
    APPROVE_AND_DEPLOY = "approve_and_deploy"
    REQUEST_CHANGES = "request_changes"
    REJECT = "reject"
    CHANGE_MENU = "change_menu"
    RECORD_RESULT = "record_result"
    DEPLOY = "deploy"
    ROLL_BACK = "roll_back"
    ROLL_BACK_TO = "roll_back_to"
    ROLL_BACK_ANYWAY = "roll_back_anyway"
    LEAVE_AS_FOUND = "leave_as_found"
    ADVANCE = "advance"
    STOP_RELEASE = "stop_release"
    TASK_DONE = "task_done"
    ACKNOWLEDGE = "acknowledge"
    ADD_REASON = "add_reason"
    RESTORE = "restore"
    ADOPT = "adopt"
    PUT_BACK = "put_back"
    PROPOSE = "propose"
    RESUME_DRAFT = "resume_draft"
    SHOW_CHANGE = "show_change"
    EDIT_WORKFLOW = "edit_workflow"
    EDIT_POLICY = "edit_policy"
    CHOOSE_WORKFLOW = "choose_workflow"
    CHOOSE_HOW = "choose_how"


LABELS: dict[Action, str] = {
    Action.APPROVE: "Approve",
    Action.APPROVE_AND_DEPLOY: "Approve and deploy",
    Action.REQUEST_CHANGES: "Request changes",
    Action.REJECT: "Reject",
    Action.CHANGE_MENU: "More",
    Action.RECORD_RESULT: "Record test result",
    Action.DEPLOY: "Deploy",
    Action.ROLL_BACK: "Roll back",
    Action.ROLL_BACK_TO: "Roll back to…",
    Action.ROLL_BACK_ANYWAY: "Roll back anyway",
    Action.LEAVE_AS_FOUND: "Leave it as it is",
    Action.ADVANCE: "Advance",
    Action.STOP_RELEASE: "Stop and roll back",
    Action.TASK_DONE: "Done, it is set",
    Action.ACKNOWLEDGE: "I've seen this",
    Action.ADD_REASON: "Add reason",
    Action.RESTORE: "Restore",
    Action.ADOPT: "Adopt",
    Action.PUT_BACK: "Restore",
    Action.PROPOSE: "Propose a change",
    Action.RESUME_DRAFT: "Resume",
    Action.SHOW_CHANGE: "Show",
    Action.EDIT_WORKFLOW: "Edit",
    Action.EDIT_POLICY: "Edit",
    Action.CHOOSE_WORKFLOW: "Workflow",
    Action.CHOOSE_HOW: "How do you give the new text?",
}
CONFIRM_NEW_DIFF = "Confirm new diff"
CONFIRM_RESTORE = "Confirm restore"


class Menu(StrEnum):
    """What the overflow menu of a review card offers; its option values are ``word:revision id``."""

    FULL_DIFF = "full_diff"
    EDIT = "edit"
    RAISE_LANE = "raise_lane"
    LOWER_LANE = "lower_lane"
    WITHDRAW = "withdraw"
    HISTORY = "history"


MENU_LABELS: dict[Menu, str] = {
    Menu.FULL_DIFF: "Full diff",
    Menu.EDIT: "Edit",
    Menu.RAISE_LANE: "Raise lane",
    Menu.LOWER_LANE: "Lower lane",
    Menu.WITHDRAW: "Withdraw",
    Menu.HISTORY: "History",
}


class Callback(StrEnum):
    """The callback_ids of the forms."""

    SUBMIT_CHANGE = "submit_change"
    SUBMIT_NOTE = "submit_note"
    DECIDE = "decide"
    ATTEST = "attest"
    ROLLBACK_REASON = "rollback_reason"
    RESTORE = "restore"
    ROLL_BACK_TO = "roll_back_to"
    RAISE_LANE = "raise_lane"
    LOWER_LANE = "lower_lane"
    WITHDRAW = "withdraw"


class Row(StrEnum):
    """The block_ids of rows of buttons."""

    DECIDE = "decide_buttons"
    RELEASE = "release_buttons"
    ROLLBACK = "rollback_buttons"
    DRIFT = "drift_buttons"
    ACKNOWLEDGE = "acknowledge_buttons"
    TASK = "task_buttons"
    HOME = "home_buttons"
    ANSWER = "answer_buttons"


class Field(StrEnum):
    """The fields of the forms. A field's block_id is its name, or its name, a colon and a variant.

    A variant is added where the choice of a workflow replaces what stands in a field: Slack keeps what was
    typed for as long as the block_id stays, and would keep the other workflow's text.
    """

    WORKFLOW = "workflow"
    KINDS = "kinds"
    IMPACTS = "impacts"
    WHY_NOT_VISIBLE = "not_customer_visible_because"
    HOW = "how"
    NEW_TEXT = "new_text"
    OLD_PHRASE = "old_phrase"
    NEW_PHRASE = "new_phrase"
    FILE = "file"
    VERSION = "version"
    WHAT_CHANGED = "what_changed"
    WHY = "why"
    GOOD = "good"
    ROLLBACK_TRIGGER = "rollback_trigger"
    ROLLBACK_OWNER = "rollback_owner"
    ROLLBACK_PLAN = "rollback_plan"
    STOP_CONDITIONS = "stop_conditions"
    FALLBACK_VERSION = "fallback_version"
    FALLBACK_SWITCH_OFF = "fallback_switch_off"
    ASKED = "asked"
    STATEMENT = "statement"
    OUTPUT = "output"
    MARK = "mark"
    REASON = "reason"
    SUITE = "suite"
    TOTAL = "total"
    PASSED = "passed"
    NEWLY_FAILING = "newly_failing"
    SCORED_BY_PEOPLE = "scored_by_people"
    LINK = "link"
    LANE = "lane"
    RETURN_TO = "return_to"


FORM_FIELDS: dict[Callback, tuple[Field, ...]] = {
    Callback.SUBMIT_CHANGE: (
        Field.WORKFLOW,
        Field.KINDS,
        Field.IMPACTS,
        Field.WHY_NOT_VISIBLE,
        Field.HOW,
        Field.NEW_TEXT,
        Field.OLD_PHRASE,
        Field.NEW_PHRASE,
        Field.FILE,
        Field.VERSION,
    ),
    Callback.SUBMIT_NOTE: (
        Field.WHAT_CHANGED,
        Field.WHY,
        Field.GOOD,
        Field.ROLLBACK_TRIGGER,
        Field.ROLLBACK_OWNER,
        Field.ROLLBACK_PLAN,
        Field.STOP_CONDITIONS,
        Field.FALLBACK_VERSION,
        Field.FALLBACK_SWITCH_OFF,
        Field.ASKED,
    ),
    Callback.DECIDE: (Field.STATEMENT, Field.OUTPUT, Field.MARK, Field.REASON),
    Callback.ATTEST: (
        Field.SUITE,
        Field.TOTAL,
        Field.PASSED,
        Field.NEWLY_FAILING,
        Field.SCORED_BY_PEOPLE,
        Field.LINK,
    ),
    Callback.ROLLBACK_REASON: (Field.REASON,),
    Callback.RESTORE: (Field.REASON,),
    Callback.ROLL_BACK_TO: (Field.RETURN_TO,),
    Callback.RAISE_LANE: (Field.LANE, Field.REASON),
    Callback.LOWER_LANE: (Field.LANE, Field.REASON),
    Callback.WITHDRAW: (),
}
