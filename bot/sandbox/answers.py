"""What the app's answer does: a form closes, changes or shows errors, a command's text appears, and so on.

Only an answer in time counts. It must never carry out half of an answer: what is not valid is refused
whole, and the person sees Slack's own words for it.
"""

from typing import TYPE_CHECKING

from bot.sandbox.delivery import Reply
from bot.sandbox.records import Answer, JsonObject, View
from bot.sandbox.refusals import SlackRefusesError

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

TROUBLE = "We had some trouble connecting. Try again?"
LATE = "Operation timed out. Apps need to respond within 3 seconds."
UNREACHABLE = "This app did not respond."


def of_command(workspace: "Workspace", command: str, user_id: str, channel_id: str, reply: Reply) -> Answer:
    """A command's answer: text or blocks, for the person alone unless it says in_channel."""
    if not reply.ok:
        code = reply.problem if reply.problem != "http_error" else "dispatch_failed"
        return _answer(reply, f'{command} failed with the error "{code}"')
    content = reply.content()
    if content is None:
        content = {"text": reply.body.strip()}
    if not content.get("text") and not content.get("blocks"):
        return _answer(reply)
    try:
        workspace.answer_in_channel(content, user_id, channel_id, via="command")
    except SlackRefusesError as refused:
        return _answer(reply, f'{command} failed with the error "{refused.code}"')
    return _answer(reply)


def of_action(reply: Reply) -> Answer:
    """A click's or a shortcut's answer: Slack looks at nothing but whether it came."""
    if reply.ok:
        return _answer(reply)
    if reply.problem == "operation_timeout":
        return _answer(reply, LATE)
    if reply.problem == "http_error":
        return _answer(reply, f"This app responded with Status Code {reply.status}.")
    return _answer(reply, UNREACHABLE)


def of_submission(workspace: "Workspace", view: View, reply: Reply) -> Answer:
    """A submission's answer: nothing closes the form; response_action says errors, update, push or clear."""
    if not reply.ok:
        return _answer(reply, TROUBLE)
    content = reply.content()
    if content is None and reply.body.strip():
        return _answer(reply, TROUBLE)
    try:
        return _carry_out(workspace, view, content or {}, reply)
    except SlackRefusesError as refused:
        reasons = "; ".join(refused.messages) or refused.code
        return _answer(reply, f"{TROUBLE} ({reasons})")


def _carry_out(workspace: "Workspace", view: View, content: JsonObject, reply: Reply) -> Answer:
    act = content.get("response_action")
    if act is None:
        workspace.drop_view(view.id)
    elif act == "clear":
        workspace.drop_stack(view.user)
    elif act == "update":
        workspace.update_view(view.id, content.get("view"))
    elif act == "push":
        workspace.push_on(view.user, content.get("view"))
    elif act == "errors":
        return _show_errors(workspace, view, content.get("errors"), reply)
    else:
        raise SlackRefusesError("invalid_response_action")
    return _answer(reply)


def _show_errors(workspace: "Workspace", view: View, errors: object, reply: Reply) -> Answer:
    inputs = {each["block_id"] for each in view.blocks if each["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not inputs.issuperset(errors):
        raise SlackRefusesError("invalid_errors", ["[ERROR] errors must name the block_ids of input blocks"])
    if not all(isinstance(each, str) and each for each in errors.values()):
        raise SlackRefusesError("invalid_errors", ["[ERROR] errors must be sentences"])
    workspace.show_errors(view.id, errors)
    return _answer(reply, errors=errors)


def _answer(reply: Reply, error: str = "", errors: dict[str, str] | None = None) -> Answer:
    return Answer(
        ok=not error and not errors,
        error=error,
        errors=errors or {},
        status=reply.status,
        seconds=reply.seconds,
        body=reply.body,
    )
