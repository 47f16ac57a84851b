"""No unsigned request, however shaped, gets a 5xx or into a log with its body."""

import json
import re
import socket
import time
from collections.abc import Callable

import httpx
import pytest
from edge_hand import LIMIT, Server, sign
from edge_payloads import CLICK, EVERY, FORM, form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MARK = "zebra-crossing"
"""Stands in every body, so that a body in a log or an answer shows."""

POST = "POST /slack/events HTTP/1.1\r\nhost: x\r\n"
JSON = "application/json"
GOOD = form({**CLICK, "note": MARK})

BODIES: dict[str, tuple[str, bytes]] = {
    "payload is null": (FORM, b"payload=null&x=" + MARK.encode()),
    "payload is cut": (FORM, b"payload={&x=" + MARK.encode()),
    "payload is a list": (FORM, b"payload=[]&x=" + MARK.encode()),
    "payload is a number": (FORM, b"payload=1&x=" + MARK.encode()),
    "payload is empty": (FORM, b"payload=&x=" + MARK.encode()),
    "payload comes twice": (FORM, b"payload={}&payload={}&x=" + MARK.encode()),
    "no UTF-8": (FORM, b"payload=\xff\xfe\x80" + MARK.encode()),
    "no UTF-8 in JSON": (JSON, b'{"a": "\xff\xfe' + MARK.encode() + b'"}'),
    "broken escapes": (FORM, b"payload=%zz%f&%%=" + MARK.encode()),
    "deep JSON": (JSON, b"[" * 9000 + MARK.encode()),
    "deep JSON in a form": (FORM, b"payload=" + b"[" * 9000 + MARK.encode()),
    "a huge number": (JSON, b'{"type": ' + b"9" * 9000 + b"}" + MARK.encode()),
    "a lone surrogate": (JSON, b'{"type": "\\ud800' + MARK.encode() + b'"}'),
    "null bytes": (JSON, b"\0" * 100 + MARK.encode()),
    "empty": (JSON, b""),
    "wrong types": (JSON, json.dumps({"type": ["event_callback"], "event": MARK}).encode()),
    "a verification": (JSON, json.dumps({"type": "url_verification", "challenge": MARK}).encode()),
    "ssl_check": (FORM, b"ssl_check=1&token=" + MARK.encode()),
    "a good click": (FORM, GOOD),
    **{f"a good {name}": (JSON, json.dumps({**good, "note": MARK}).encode()) for name, good in EVERY.items()},
}

Headers = Callable[[bytes], list[tuple[str | bytes, str | bytes]]]


def _with(**changed: str | None) -> Headers:
    def headers(body: bytes) -> list[tuple[str | bytes, str | bytes]]:
        named = {**sign(body), **{name.replace("_", "-"): value for name, value in changed.items()}}
        return [(name, value) for name, value in named.items() if value is not None]

    return headers


def _now(seconds: float = 0) -> str:
    return str(int(time.time() + seconds))


UNSIGNED: dict[str, Headers] = {
    "no headers": lambda _: [],
    "no signature": _with(x_slack_signature=None),
    "no timestamp": _with(x_slack_request_timestamp=None),
    "a timestamp of abc": _with(x_slack_request_timestamp="abc"),
    "an empty timestamp": _with(x_slack_request_timestamp=""),
    "a negative timestamp": _with(x_slack_request_timestamp="-1"),
    "a timestamp with a fraction": _with(x_slack_request_timestamp="1.5"),
    "an endless timestamp": _with(x_slack_request_timestamp="9" * 5000),
    "a timestamp in other digits": lambda b: [
        ("x-slack-signature", sign(b)["x-slack-signature"]),
        (b"x-slack-request-timestamp", "١٢٣".encode()),
    ],
    "too old": lambda b: list(sign(b, at=time.time() - 302).items()),
    "too far ahead": lambda b: list(sign(b, at=time.time() + 302).items()),
    "another secret": lambda b: list(sign(b, secret="f" * 32).items()),
    "another body": lambda b: list(sign(b + b"x").items()),
    "another version": lambda b: [(name, value.replace("v0=", "v1=")) for name, value in sign(b).items()],
    "upper case": lambda b: [(name, value.upper()) for name, value in sign(b, secret="f" * 32).items()],
    "an empty signature": _with(x_slack_signature=""),
    "a short signature": _with(x_slack_signature="v0=abc"),
    "a non-ASCII signature": lambda _: [
        ("x-slack-request-timestamp", _now()),
        (b"x-slack-signature", b"v0=" + b"\xe9" * 64),
    ],
    "two signatures": lambda b: [*sign(b).items(), ("x-slack-signature", "v0=" + "0" * 64)],
    "two timestamps": lambda b: [*sign(b).items(), ("x-slack-request-timestamp", _now(-1))],
    "odd headers": lambda _: [(b"x-odd", b"\x80\xff\xfe"), (b"x-slack-signature", b"\xff" * 67)],
}


@pytest.mark.parametrize("how", UNSIGNED)
@pytest.mark.parametrize("what", BODIES)
def test_an_unsigned_request_is_refused_and_forgotten(server: Server, how: str, what: str) -> None:
    """Whatever its body and headers are, it gets 401, reaches nobody and leaves no word in the log."""
    kind, body = BODIES[what]
    answer = server.client.post(
        "/slack/events", content=body, headers=[("content-type", kind), *UNSIGNED[how](body)]
    )
    assert answer.status_code == 401
    assert server.reached == []
    _nothing_of_it(server, answer.text)


@pytest.mark.parametrize(
    "kind", [None, "", "text/plain", "multipart/form-data; boundary=x", "application/jsonx", "\xff".encode()]
)
def test_another_content_type_is_refused(server: Server, kind: str | bytes | None) -> None:
    """Slack sends forms and JSON; anything else is 415, signed or not."""
    headers = [*sign(GOOD).items(), *([] if kind is None else [("content-type", kind)])]
    answer = server.client.post("/slack/events", content=GOOD, headers=headers)
    assert answer.status_code == 415
    assert server.reached == []
    _nothing_of_it(server, answer.text)


def test_two_content_types_are_refused(server: Server) -> None:
    """Which of the two is meant, nobody knows."""
    kinds = [("content-type", FORM), ("content-type", JSON)]
    answer = server.client.post("/slack/events", content=GOOD, headers=[*sign(GOOD).items(), *kinds])
    assert answer.status_code == 415


def test_a_declared_length_over_the_limit_is_refused_at_once(server: Server) -> None:
    """Not one byte of the body has to arrive for it."""
    head = f"{POST}content-type: {FORM}\r\ncontent-length: {LIMIT + 1}\r\n\r\n"
    answer = server.raw(head.encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


def test_a_chunked_body_over_the_limit_is_refused(server: Server) -> None:
    """Without a declared length what counts is what arrives."""
    chunk = f"{LIMIT + 1:x}\r\n{MARK:{LIMIT + 1}}\r\n"
    head = f"{POST}content-type: {FORM}\r\ntransfer-encoding: chunked\r\n\r\n"
    answer = server.raw((head + chunk).encode())
    assert answer.startswith(b"HTTP/1.1 413 ")
    _nothing_of_it(server, answer.decode())


def test_a_body_that_does_not_arrive_is_given_up(server: Server) -> None:
    """A sender that stops in the middle holds a connection for a bounded time only."""
    head = f"{POST}content-type: {FORM}\r\ncontent-length: 100\r\n\r\n{MARK}"
    answer = server.raw(head.encode())
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    _nothing_of_it(server, answer.decode())


def test_a_body_that_arrives_in_pieces_is_read_whole(server: Server) -> None:
    """Chunks are put together before the signature is checked."""
    signed = "".join(f"{name}: {value}\r\n" for name, value in sign(GOOD).items())
    pieces = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in (GOOD[:7], GOOD[7:])) + b"0\r\n\r\n"
    head = f"{POST}content-type: {FORM}\r\n{signed}transfer-encoding: chunked\r\n\r\n"
    assert server.raw(head.encode() + pieces).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "data",
    [
        POST.encode() + b"content-length: -1\r\n\r\nzebra-crossing",
        POST.encode() + b"content-length: " + b"9" * 5000 + b"\r\n\r\nzebra-crossing",
        POST.encode() + b"content-length: 3\r\ncontent-length: 5\r\n\r\nzebra-crossing",
        POST.encode() + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\nzebra-crossing",
        POST.encode() + b"transfer-encoding: chunked\r\n\r\nzebra-crossing\r\n",
        b"POST /slack/events HTTP/1.1\r\n\r\n",
        b"POST /slack/events HTTP/9.9\r\nhost: x\r\n\r\n",
        b"zebra-crossing\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\nzebra-crossing",
    ],
)
def test_broken_http_is_turned_away(server: Server, data: bytes) -> None:
    """What is not HTTP at all gets a 4xx or a closed connection, and no word of it is logged."""
    answer = server.raw(data)
    assert re.match(rb"HTTP/1\.1 4\d\d |$", answer)
    _nothing_of_it(server, answer.decode("latin-1"))


def test_a_sender_that_hangs_up_does_no_harm(server: Server) -> None:
    """Its connection ends in the middle of the body, and the next request is served."""
    head = f"{POST}content-type: {FORM}\r\ncontent-length: 100\r\n\r\n{MARK}"
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(head.encode())
    assert server.client.get("/healthz").status_code == 200
    _nothing_of_it(server, "")


ODD_VALUE = st.one_of(
    st.binary(max_size=80).map(lambda b: bytes(x for x in b if x not in b"\r\n\0")),
    st.sampled_from([b"v0=" + b"0" * 64, b"0", b"9" * 30, b"application/json", FORM.encode()]),
)
ODD_HEADERS = st.lists(
    st.tuples(
        st.sampled_from([b"content-type", b"x-slack-signature", b"x-slack-request-timestamp", b"x-odd"]),
        ODD_VALUE,
    ),
    max_size=6,
)
ODD_BODY = st.one_of(
    st.binary(max_size=300),
    st.recursive(
        st.none() | st.booleans() | st.text(max_size=9),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=9), x),
        max_leaves=9,
    ).map(lambda found: json.dumps(found).encode()),
    st.text(max_size=200).map(lambda text: b"payload=" + text.encode("utf-8", "replace")),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=ODD_HEADERS, body=ODD_BODY)
def test_no_odd_request_breaks_the_edge(
    server: Server, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    """Random headers and bodies get a 4xx, and the body is nowhere in the log."""
    marked = MARK.encode() + body
    try:
        answer = server.client.post("/slack/events", content=marked, headers=headers)
    except httpx.LocalProtocolError:
        return  # not sendable by this client; the raw requests above stand for those
    assert 400 <= answer.status_code < 500
    assert server.reached == []
    _nothing_of_it(server, answer.text)


def _nothing_of_it(server: Server, answer: str) -> None:
    assert MARK not in answer
    assert MARK not in server.logged.getvalue()
