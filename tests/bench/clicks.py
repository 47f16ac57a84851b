"""Signed clicks as Slack sends them: one form field with the payload, which carries the clicked card."""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

APPROVERS = ("U0BEN", "U0CHLOE")
"""Named for the medium lane of support-answers in the seeded policy, and neither touched a change."""


@dataclass(frozen=True, slots=True)
class Click:
    """One approver's click on one card. ``subject`` is the change's name in the audit trail."""

    subject: str
    person: str
    body: str


def click_on(card: Mapping[str, Any], number: int, revision: int) -> Click:
    """The approve button of a change's card, clicked by one of those who may."""
    person = APPROVERS[number % len(APPROVERS)]
    payload = {
        "type": "block_actions",
        "team": {"id": "T0ACME", "domain": "acme"},
        "user": {"id": person, "username": person.lower(), "name": person.lower(), "team_id": "T0ACME"},
        "api_app_id": "A0PROMPTCHANGE",
        "token": "local-verification",
        "enterprise": None,
        "is_enterprise_install": False,
        "container": {
            "type": "message",
            "message_ts": card["ts"],
            "channel_id": "C0ANSWERS",
            "is_ephemeral": False,
        },
        "trigger_id": f"trigger.{number}",
        "channel": {"id": "C0ANSWERS", "name": "support-answers"},
        "state": {"values": {}},
        "response_url": f"http://127.0.0.1/response/{number}",
        "message": card,
        "actions": [
            {
                "type": "button",
                "action_id": "approve",
                "block_id": "decide",
                "text": {"type": "plain_text", "text": "Approve"},
                "value": str(revision),
                "action_ts": card["ts"],
            }
        ],
    }
    return Click(f"PC-{number}", person, urlencode({"payload": json.dumps(payload)}))


def request(body: str, secret: str, path: str = "/slack/events") -> bytes:
    """The whole HTTP request, signed now, ready for the wire. The connection stays open."""
    stamp = str(int(time.time()))
    signature = hmac.new(secret.encode(), f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
    lines = (
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "User-Agent: Slackbot 1.0",
        "Content-Type: application/x-www-form-urlencoded",
        f"X-Slack-Request-Timestamp: {stamp}",
        f"X-Slack-Signature: v0={signature}",
        f"Content-Length: {len(body.encode())}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()
