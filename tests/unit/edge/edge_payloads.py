"""Payloads as Slack sends them, cut down to what this app reads."""

import json
from typing import Any
from urllib.parse import urlencode

CLICK: dict[str, Any] = {
    "type": "block_actions",
    "user": {"id": "U1", "team_id": "T1"},
    "team": {"id": "T1"},
    "trigger_id": "1.2.3",
    "container": {"type": "message", "channel_id": "C1"},
    "channel": {"id": "C1"},
    "actions": [{"action_id": "approve", "block_id": "b", "type": "button", "value": "42"}],
}
SUBMISSION: dict[str, Any] = {
    "type": "view_submission",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "view": {
        "id": "V1",
        "type": "modal",
        "callback_id": "submit_note",
        "private_metadata": "",
        "state": {"values": {}},
        "blocks": [],
    },
}
CLOSED: dict[str, Any] = {**SUBMISSION, "type": "view_closed", "is_cleared": False}
SHORTCUT: dict[str, Any] = {
    "type": "shortcut",
    "user": {"id": "U1"},
    "team": {"id": "T1"},
    "callback_id": "submit_change",
    "trigger_id": "1.2.3",
}
MESSAGE_ACTION: dict[str, Any] = {
    **SHORTCUT,
    "type": "message_action",
    "callback_id": "submit_change_from_message",
    "channel": {"id": "C1"},
    "message": {"text": "a prompt", "ts": "1.2"},
}
EVENT: dict[str, Any] = {
    "type": "event_callback",
    "team_id": "T1",
    "event_id": "Ev1",
    "event_time": 1,
    "event": {"type": "app_home_opened", "user": "U1", "channel": "D1", "tab": "home"},
}
COMMAND: dict[str, Any] = {
    "command": "/prompt-change",
    "text": "list",
    "user_id": "U1",
    "team_id": "T1",
    "channel_id": "C1",
    "trigger_id": "1.2.3",
}
VERIFICATION: dict[str, Any] = {"type": "url_verification", "challenge": "abc", "token": "x"}

EVERY: dict[str, dict[str, Any]] = {
    "block_actions": CLICK,
    "view_submission": SUBMISSION,
    "view_closed": CLOSED,
    "shortcut": SHORTCUT,
    "message_action": MESSAGE_ACTION,
    "event_callback": EVENT,
    "command": COMMAND,
    "url_verification": VERIFICATION,
}

FORM = "application/x-www-form-urlencoded"


def form(payload: object) -> bytes:
    """An interaction as Slack sends it: JSON in one field of a form."""
    return urlencode({"payload": json.dumps(payload)}).encode()
