"""What a failed call of Slack's means for the message that it carried.

The one question that matters is whether Slack may have done it all the same. This module must never call a
failure certain that is not: a message that may have arrived is looked for before it is sent again.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from http import HTTPStatus
from http.client import HTTPException
from typing import Final
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

WITHOUT_A_FIGURE: Final = timedelta(seconds=30)
"""How long to wait where Slack says "too fast" and not for how long: its usual Retry-After."""

FAILED_CALL: Final = (SlackApiError, OSError, HTTPException)
"""Everything that a call of ``WebClient`` raises when Slack or the way there is at fault."""


class Means(Enum):
    """What to do about a failure."""

    LATER = auto()
    """Slack did not do it. Try again."""
    UNSURE = auto()
    """Slack may have done it. Look first, then try again."""
    SLOWER = auto()
    """Slack did not do it, and says how long to wait."""
    NEVER = auto()
    """Slack will never do it as it stands."""
    TOKEN = auto()
    """Slack takes nothing from this app at all until somebody repairs the token."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One failure. ``code`` is Slack's own word for it, empty where no answer came.

    ``method`` is the method of which Slack said "slower".
    """

    means: Means
    words: str
    code: str = ""
    wait: timedelta = timedelta(0)
    method: str = ""


TOKEN_CODES: Final = {
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "not_allowed_token_type",
    "token_expired",
    "token_revoked",
}
SLOWER_CODES: Final = {"rate_limited", "ratelimited"}
# Slack's page on errors: "It's possible some aspect of the operation succeeded before the error was raised".
UNSURE_CODES: Final = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
LATER_CODES: Final = {
    "accesslimited",
    "external_channel_migrating",
    "message_limit_exceeded",
    "missing_scope",  # an installation with the right scopes repairs it, and the message is still wanted
    "org_login_required",
    "streaming_state_conflict",
    "team_added_to_org",
    "update_failed",
}

_WORDS: Final = {
    "account_inactive": "Slack says that the app was removed from the workspace. Install it again.",
    "cannot_dm_bot": "This account is a bot, and bots get no direct messages.",
    "cant_update_message": "Slack does not let the app change this message.",
    "channel_not_found": "Slack knows no such channel, or it is private and the app is not in it.",
    "edit_window_closed": "The workspace's settings do not let old messages be changed.",
    "invalid_auth": "Slack does not know the app's token.",
    "invalid_blocks": "Slack does not accept how this message is drawn.",
    "is_archived": "The channel is archived.",
    "is_inactive": "The channel is archived or deleted.",
    "message_not_found": "The message was deleted in Slack.",
    "messages_tab_disabled": "The app's Messages tab is switched off in its settings.",
    "missing_scope": "The app lacks a scope. Install it again with the current manifest.",
    "msg_blocks_too_long": "The message is longer than Slack takes.",
    "msg_too_long": "The message is longer than Slack takes.",
    "not_in_channel": "The app is not in the channel. Invite it there.",
    "restricted_action": "The workspace's settings do not let the app post there.",
    "token_expired": "The app's token has expired.",
    "token_revoked": "The app's token was revoked.",
    "user_disabled": "This account is deactivated.",
    "user_not_found": "Slack knows no such person.",
    "user_not_visible": "Slack does not let the app see this person.",
}


def judge(error: SlackApiError | OSError | HTTPException) -> Trouble:
    """Say what a failed call means."""
    if isinstance(error, SlackApiError):
        return _answered(error)
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return Trouble(Means.LATER, "Slack could not be reached.")
    if isinstance(reason, TimeoutError):
        return Trouble(Means.UNSURE, "Slack did not answer in time.")
    return Trouble(Means.UNSURE, "The connection to Slack broke.")


def in_words(code: str) -> str:
    """Slack's error code as a sentence for people."""
    return _WORDS.get(code, f"Slack refused with {code}.")


def _answered(error: SlackApiError) -> Trouble:
    response = error.response
    status, data = int(response.status_code), response.data
    code = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in SLOWER_CODES:
        wait = _retry_after(response.headers)
        method = response.api_url.rpartition("/")[2]
        words = f"Slack asked to wait {wait.total_seconds():.0f} s."
        return Trouble(Means.SLOWER, words, code or "ratelimited", wait, method)
    if code in TOKEN_CODES:
        return Trouble(Means.TOKEN, in_words(code), code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in UNSURE_CODES or not _is_a_code(code):
        return Trouble(
            Means.UNSURE, f"Slack is not well (status {status}).", code if _is_a_code(code) else ""
        )
    return Trouble(Means.LATER if code in LATER_CODES else Means.NEVER, in_words(code), code)


def _is_a_code(code: str) -> bool:
    """Whether this is an error of Slack's; for an answer that is no JSON the SDK puts prose here."""
    return code.replace("_", "").isalnum() and code.isascii()


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    for name, value in headers.items():
        if name.lower() == "retry-after" and value.strip().isdigit():
            return timedelta(seconds=max(1, int(value)))
    return WITHOUT_A_FIGURE
