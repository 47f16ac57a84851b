"""What Slack signed is held against the shapes, and what fits reaches Bolt."""

import json
import logging
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from edge_hand import LIMIT, SECRET, Server, sign
from edge_payloads import CLICK, COMMAND, EVENT, EVERY, FORM, SUBMISSION, VERIFICATION, form

MARK = "zebra-crossing"


def test_a_click_reaches_its_listener(server: Server) -> None:
    """The listener acknowledges and Slack gets an empty 200."""
    answer = server.signed(form(CLICK), kind=FORM)
    assert (answer.status_code, answer.text) == (200, "")
    assert server.reached == [CLICK]


def test_a_command_is_answered_with_text(server: Server) -> None:
    """Text beyond ASCII arrives whole, with its length in bytes."""
    answer = server.signed(urlencode(COMMAND).encode(), kind=f"{FORM}; charset=utf-8")
    assert (answer.status_code, answer.text) == (200, "Here you are: 👍")


def test_a_submission_is_answered_with_errors(server: Server) -> None:
    """What a listener says of a modal reaches Slack as JSON."""
    answer = server.signed(form(SUBMISSION), kind=FORM)
    assert answer.json() == {"response_action": "errors", "errors": {"why": "Say why."}}
    assert answer.headers["content-type"].startswith("application/json")


def test_an_event_reaches_its_listener_with_its_retry_header(server: Server) -> None:
    """Slack's count of deliveries passes through; other headers do not, since nobody signed them."""
    body = json.dumps(EVENT).encode()
    answer = server.signed(body, x_slack_retry_num="2", x_slack_bolt_lazy_only="1")
    assert answer.status_code == 200
    assert server.reached == [EVENT]
    assert server.headers == [{"x-slack-retry-num": ["2"]}]


def test_an_address_is_verified_at_the_edge(server: Server) -> None:
    """Slack's challenge comes back, and Bolt hears nothing of it."""
    answer = server.signed(json.dumps(VERIFICATION).encode())
    assert answer.json() == {"challenge": "abc"}
    assert server.reached == []


@pytest.mark.parametrize("seconds", [-295, 295])
def test_a_clock_that_is_a_little_off_is_forgiven(server: Server, seconds: int) -> None:
    """Signatures hold for 300 seconds either way."""
    body = form(CLICK)
    headers = sign(body, at=time.time() + seconds)
    answer = server.post(body, kind=FORM, **{k.replace("-", "_"): v for k, v in headers.items()})
    assert answer.status_code == 200


def test_a_body_of_the_largest_size_is_read(server: Server) -> None:
    """The limit itself is allowed, one byte more is not."""
    padded = form(CLICK) + b"&x="
    full = padded + b"x" * (LIMIT - len(padded))
    assert server.signed(full, kind=FORM).status_code == 200
    assert server.signed(full + b"x", kind=FORM).status_code == 413


MALFORMED: dict[str, tuple[str, bytes]] = {
    "null": (FORM, b"payload=null"),
    "cut": (FORM, b"payload={"),
    "a list": (FORM, b"payload=[]"),
    "no UTF-8": (FORM, b"payload=\xff"),
    "no UTF-8 when unescaped": (FORM, b"payload=%ff"),
    "no UTF-8 in a command": (FORM, urlencode(COMMAND).encode() + b"&x=%ff"),
    "a field twice": (FORM, form(CLICK) + b"&" + form(CLICK)),
    "too many fields": (FORM, b"&".join(b"f%d=1" % n for n in range(200))),
    "nothing": (JSON := "application/json", b""),
    "a lone surrogate": (JSON, json.dumps({**EVENT, "x": "\ud800"}).encode()),
    "infinity": (JSON, json.dumps({**EVENT, "x": float("inf")}).encode()),
    "deep": (JSON, b'{"x":' * 2000 + b"1" + b"}" * 2000),
    "a huge number": (JSON, b'{"type": ' + b"9" * 9000 + b"}"),
    "unknown type": (JSON, b'{"type": "zebra-crossing"}'),
    "type is no text": (JSON, b'{"type": ["block_actions"]}'),
    "no type": (JSON, b'{"a": 1}'),
    "an app rate limit": (JSON, b'{"type": "app_rate_limited", "team_id": "T1"}'),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_a_signed_payload_of_another_shape_gets_400_with_an_id(server: Server, what: str) -> None:
    """The same id is in the answer and in the log, and the body is in neither."""
    kind, body = MALFORMED[what]
    answer = server.signed(body, kind=kind)
    assert answer.status_code == 400
    assert server.reached == []
    line = json.loads(server.logged.getvalue().splitlines()[-1])
    assert answer.json() == {"error": "payload", "id": line["id"]}
    assert MARK not in server.logged.getvalue()


WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "no user": ("block_actions", {"user": None}),
    "user is text": ("block_actions", {"user": MARK}),
    "user has no id": ("block_actions", {"user": {"name": MARK}}),
    "user id is empty": ("block_actions", {"user": {"id": ""}}),
    "user id is a number": ("block_actions", {"user": {"id": 1}}),
    "team is text": ("block_actions", {"team": MARK}),
    "no actions": ("block_actions", {"actions": []}),
    "action is text": ("block_actions", {"actions": [MARK]}),
    "action has no id": ("block_actions", {"actions": [{"value": MARK}]}),
    "value is an object": ("block_actions", {"actions": [{"action_id": "a", "value": {"x": MARK}}]}),
    "channel is text": ("block_actions", {"channel": MARK}),
    "message is text": ("block_actions", {"message": MARK}),
    "enterprise is a number": ("block_actions", {"enterprise": 5}),
    "view is text": ("view_submission", {"view": MARK}),
    "view has no id": ("view_submission", {"view": {"callback_id": MARK}}),
    "state is text": ("view_submission", {"view": {"id": "V1", "state": MARK}}),
    "response_urls are text": ("view_submission", {"response_urls": MARK}),
    "response_urls are two": ("view_submission", {"response_urls": [{"response_url": MARK}] * 2}),
    "closed view is absent": ("view_closed", {"view": None}),
    "callback_id is too long": ("shortcut", {"callback_id": "x" * 256}),
    "no trigger": ("shortcut", {"trigger_id": None}),
    "message is a list": ("message_action", {"message": [MARK]}),
    "event is text": ("event_callback", {"event": MARK}),
    "event is null": ("event_callback", {"event": None}),
    "event has no type": ("event_callback", {"event": {"user": MARK}}),
    "event user is a number": ("event_callback", {"event": {"type": "x", "user": 7}}),
    "no event_id": ("event_callback", {"event_id": None}),
    "authorizations are text": ("event_callback", {"authorizations": MARK}),
    "challenge is a number": ("url_verification", {"challenge": 1}),
    "command text is a number": ("command", {"text": 1}),
    "command without user": ("command", {"user_id": ""}),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_field_of_the_wrong_type_gets_400(server: Server, what: str) -> None:
    """The log names the field and never its value, and the right value is accepted."""
    name, change = WRONG[what]
    good = EVERY[name]
    assert server.signed(json.dumps(good).encode()).status_code in {200, 404}
    server.reached.clear()
    answer = server.signed(json.dumps({**good, **change}).encode())
    assert answer.status_code == 400
    assert server.reached == []
    assert f"{name} ({next(iter(change))}" in server.logged.getvalue()
    assert MARK not in server.logged.getvalue()


def test_a_listener_that_breaks_gives_an_id(server: Server) -> None:
    """The answer is a 500 with the id that the log explains, and no payload is in the log."""
    broken = {**CLICK, "actions": [{"action_id": "break", "value": MARK}], "note": MARK}
    answer = server.signed(form(broken), kind=FORM)
    assert answer.status_code == 500
    assert answer.json()["id"] in server.logged.getvalue()
    assert "a listener broke" in server.logged.getvalue()
    assert MARK not in server.logged.getvalue()


def test_a_click_that_nobody_handles_is_not_logged_with_its_payload(server: Server) -> None:
    """Bolt would write the whole payload as a warning; the log says only that it happened."""
    answer = server.signed(form({**CLICK, "actions": [{"action_id": "who", "value": MARK}]}), kind=FORM)
    assert answer.status_code == 404
    assert "Unhandled request" in server.logged.getvalue()
    assert MARK not in server.logged.getvalue()


def test_the_signing_secret_is_never_logged(server: Server) -> None:
    """Not even when our own code hands it to the log."""
    logging.getLogger("anything").error("the secret is %s", SECRET)
    assert "the secret is [withheld]" in server.logged.getvalue()
