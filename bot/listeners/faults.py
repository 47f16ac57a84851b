"""What nobody foresaw: the log explains it under an id, and the person sees the id where they are."""

from typing import Any

import structlog
from slack_bolt import App, BoltResponse
from slack_sdk.errors import SlackApiError

from bot.cards.modals.form import errors_for
from bot.listeners.desk import Desk, channel_of, user_of
from bot.logs import fault_id
from bot.policy.model import UnknownWorkflowError

log = structlog.get_logger(__name__)

TOO_LATE = {
    "expired_trigger_id",
    "exchanged_trigger_id",
    "invalid_trigger_id",
    "trigger_expired",
    "trigger_exchanged",
    "invalid_trigger",
    "push_limit_reached",
    "hash_conflict",
    "not_found",
    "view_not_found",
}
"""What Slack says where a form cannot open any more, or is another one by now. It is nobody's fault."""


def register(app: App, desk: Desk) -> None:
    """One handler for every listener."""

    @app.error
    def fault(error: Exception, body: dict[str, Any]) -> BoltResponse:
        if isinstance(error, UnknownWorkflowError):
            # No fault of ours: the policy has changed under a card that is still on somebody's screen.
            words = "Its workflow is no longer in the policy. A policy owner can add it again."
            return _answer(desk, body, words, status=200)
        if isinstance(error, SlackApiError) and error.response["error"] in TOO_LATE:
            words = "Slack could not show the form any more. Nothing was decided; click again."
            return _answer(desk, body, words, status=200)
        number = fault_id()
        log.error("a listener failed", fault=number, type=body.get("type") or "command", exc_info=error)
        words = f"Something failed here ({number}). Nothing was lost; try again. The log says more."
        return _answer(desk, body, words, status=500)


def _answer(desk: Desk, body: dict[str, Any], words: str, *, status: int) -> BoltResponse:
    """``status`` is that of a click's answer: Slack marks a button whose click got a 500."""
    if "command" in body:
        return BoltResponse(status=200, body={"response_type": "ephemeral", "text": words})
    if body.get("type") == "view_submission":
        errors = errors_for({"": words}, body["view"]["blocks"])
        return BoltResponse(status=200, body={"response_action": "errors", "errors": errors})
    _tell(desk, body, words)
    return BoltResponse(status=status, body="")


def _tell(desk: Desk, body: dict[str, Any], words: str) -> None:
    """Straight to Slack and at once: the database may be what failed."""
    channel, user = channel_of(body), user_of(body)
    try:
        if channel and user:
            desk.client.chat_postEphemeral(channel=channel, user=user, text=words)
        elif user:
            desk.client.chat_postMessage(channel=user, text=words)
    except (SlackApiError, OSError):
        log.warning("a fault could not be told", user=user)
