"""Ten thousand hostile unsigned requests to a served edge: no 5xx, no word of a body kept, no growth."""

import gc
import io
import logging
import random
import re
import socket
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot import logs
from bot.edge.gate import MAX_BODY
from tests.scenario.town import Town, running_town
from tests.security.mutation import FORM, JSON
from tests.sizes import sized

CANARY = "zebra-crossing-at-midnight"
"""Stands in every body and in every odd header."""
KINDS = (
    FORM,
    JSON,
    f"{FORM}; charset=utf-16",
    f"{JSON}; charset=\u00fftf",
    "text/plain",
    "",
    "multipart/form-data",
    "application/xml",
    "APPLICATION/JSON",
    f"{JSON}\t",
    "a/b;" * 200,
)
STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
PATHS = (
    "/slack/events",
    "/slack/events/",
    "/slack/events?x=1",
    "/",
    "/metrics",
    "/healthz",
    "//",
    "/%00",
    "/..%2f",
)
BODIES = (
    b"payload=null",
    b"payload={",
    b"payload=[]",
    b"payload=%ff%fe",
    b"payload=",
    b"&" * 500,
    b"=" * 500,
    b"%" * 500,
    b"payload={}&payload={}",
    b"[" * 5_000,
    b'{"a":' * 2_000,
    b'{"type": ' + b"9" * 5_000 + b"}",
    b"\x00" * 300,
    b"\xff\xfe\x00\xd8" * 50,
    '{"type":"\u202e\U0001f469"}'.encode(),
    b'{"type":"\\ud800"}',
    b"ssl_check=1",
    b'{"type":"url_verification","challenge":"x"}',
    b"command=%2Fprompt-change&text=list&user_id=U0BEN&team_id=T0ACME",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
    b"",
)


@dataclass
class Flood:
    """Where the edge listens, what was logged meanwhile, and what was answered."""

    port: int
    logged: io.StringIO
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def send(self, data: bytes, *, pieces: int = 1, seconds: float = 10) -> None:
        """Write bytes as they are, whole or in pieces, and judge what comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as wire:
            try:
                step = max(1, len(data) // pieces)
                for place in range(0, len(data), step):
                    wire.sendall(data[place : place + step])
                wire.shutdown(socket.SHUT_WR)
                answer = _read(wire)
            except OSError:  # refused at the first bytes and closed, or too slow
                answer = b""
        self._judge(answer, data)

    def _judge(self, answer: bytes, data: bytes) -> None:
        # The last one: "100 Continue" may stand before what counts.
        status = int((STATUS.findall(answer) or [b"0"])[-1])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status >= 500:
            self.wrong.append(f"{status} for {data[:300]!r}")
        if CANARY.encode() in answer:
            self.wrong.append(f"the body came back: {answer[:300]!r}")


def _read(wire: socket.socket) -> bytes:
    answer = b""
    while part := wire.recv(65_536):
        answer += part
    return answer


def request(rng: random.Random, secret: str) -> bytes:
    """One hostile request, unsigned or badly signed, as bytes of HTTP that a server may or may not take."""
    body = rng.choice(BODIES) + CANARY.encode() * rng.choice((1, 1, 1, 40))
    lines = [f"{rng.choice(('POST', 'POST', 'POST', 'PUT', 'GET', 'BREW'))} {rng.choice(PATHS)} HTTP/1.1"]
    if rng.random() < 0.8:
        lines[0] = "POST /slack/events HTTP/1.1"
    lines += ["host: x", f"content-type: {rng.choice(KINDS)}", *_signature(rng, body, secret), *_odd(rng)]
    if rng.random() < 0.2:
        chunks = [body[place : place + 97] for place in range(0, len(body), 97)]
        framed = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + b"0\r\n\r\n"
        return _head([*lines, "transfer-encoding: chunked"]) + framed
    length = len(body) if rng.random() < 0.9 else rng.choice((0, 3, -1, 10**20, MAX_BODY + 1, len(body) + 5))
    return _head([*lines, f"content-length: {length}"]) + body


def _head(lines: list[str]) -> bytes:
    return "\r\n".join([*lines, "connection: close", "", ""]).encode("latin-1", "replace")


def _signature(rng: random.Random, body: bytes, secret: str) -> list[str]:
    """Any but a good one."""
    import hmac

    stamp = rng.choice(
        (str(int(time.time())), "0", "abc", "-1", "9" * 30, "1e9", str(int(time.time()) - 400), "")
    )
    wrong = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":x" + body, "sha256").hex()
    given = rng.choice(
        (f"v0={wrong}", f"v1={wrong}", "v0=" + "0" * 64, "v0=", "", "\xe9" * 67, "v0=" + "z" * 5_000)
    )
    found = [f"x-slack-request-timestamp: {stamp}", f"x-slack-signature: {given}"]
    return rng.choice((found, found, found, found[:1], found[1:], [], [*found, found[1]]))


def _odd(rng: random.Random) -> list[str]:
    """Headers that mean something to Bolt or to a proxy, and none at all to us."""
    return rng.sample(
        (
            "x-slack-bolt-lazy-only: 1",
            "x-slack-bolt-lazy-function-name: approve",
            f"x-canary: {CANARY}",
            "x-slack-retry-num: 99",
            "x-forwarded-for: 127.0.0.1",
            "expect: 100-continue",
            "cookie: " + "a=b;" * 300,
            "content-encoding: gzip",
            "upgrade: websocket",
            "x-http-method-override: GET",
            "te: trailers",
        ),
        k=rng.randrange(4),
    )


_POST = b"POST /slack/events HTTP/1.1\r\nhost: x\r\n"
BROKEN = (
    b"\r\n\r\n" + CANARY.encode(),
    b"\x16\x03\x01\x02\x00\x01" + CANARY.encode(),
    CANARY.encode() + b"\r\n\r\n",
    b"POST /slack/events HTTP/9.9\r\nhost: x\r\n\r\n",
    b"POST /slack/events\r\n\r\n",
    b"GET " + b"/" * 9_000 + b" HTTP/1.1\r\n\r\n",
    _POST + b"content-length: 3\r\ncontent-length: 5\r\n\r\n" + CANARY.encode(),
    _POST + b"transfer-encoding: chunked\r\ncontent-length: 4\r\n\r\n" + CANARY.encode(),
    _POST + b"transfer-encoding: chunked\r\n\r\nffffffffffffffff1\r\n" + CANARY.encode(),
    b"POST /slack/events HTTP/1.1\r\n" + b"x: y\r\n" * 3_000 + b"\r\n",
    _POST + b"na me: x\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    _POST + b"content-length: 100\r\n\r\n" + CANARY.encode(),
)
"""What is hardly HTTP."""


def attacked(flood: Flood, secret: str, numbers: range, workers: int = 6) -> None:
    """So many requests, from a few senders at once."""

    def sender(mine: range) -> None:
        for number in mine:
            rng = random.Random(number)  # noqa: S311  the same requests in every run
            broken = number % 10 == 0
            data = rng.choice(BROKEN) if broken else request(rng, secret)
            flood.send(data, pieces=rng.choice((1, 1, 1, 1, 7)))

    threads = [threading.Thread(target=sender, args=(numbers[first::workers],)) for first in range(workers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


@contextmanager
def everything_logged() -> Iterator[io.StringIO]:
    """The app's own log at its loudest, and whatever any library logs, uvicorn's among it, in raw form."""
    heard = io.StringIO()
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    logs.set_up("DEBUG", stream=heard)
    raw = logging.StreamHandler(heard)
    root.addHandler(raw)
    for name in (
        "uvicorn",
        "uvicorn.error",
        "uvicorn.access",
        "uvicorn.asgi",
        "slack_bolt",
        "asyncio",
        "httptools",
    ):
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield heard
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        logs.set_up("WARNING")


@contextmanager
def under_attack(folder: Path) -> Iterator[tuple[Flood, Town]]:
    """A town whose app is served, with all its logs caught."""
    with running_town(folder) as town, everything_logged() as heard:
        address = town.workspace.delivery.request_url or ""
        yield Flood(int(address.split(":")[2].split("/")[0]), heard), town


def assert_nothing_happened(flood: Flood, town: Town) -> None:
    """No 5xx, nothing of a body in a log or an answer, nothing in the database, and the app still serves."""
    assert flood.wrong == []
    assert CANARY not in flood.logged.getvalue()
    assert "Traceback" not in flood.logged.getvalue()
    assert {401, 415} <= set(flood.statuses)
    with town.app.store.reading() as session:
        from storage.queries import changes

        assert changes.open_changes(session) == []
    assert town.person("U0MIRA").command("/prompt-change help").ok


def test_hostile_unsigned_requests_do_nothing(tmp_path: Path) -> None:
    """A few hundred; the slow suite has the numbers."""
    with under_attack(tmp_path) as (flood, town):
        attacked(flood, "another secret", range(150))
        assert_nothing_happened(flood, town)


@pytest.mark.slow
def test_ten_thousand_of_them_leave_memory_as_it_was(tmp_path: Path) -> None:
    """What Python holds after the second half is what it held after the first, within a little."""
    half = sized(5_000)
    with under_attack(tmp_path) as (flood, town):
        attacked(flood, "another secret", range(1_000, 1_500))
        tracemalloc.start()
        held = []
        for start in (10_000, 10_000 + half):
            attacked(flood, "another secret", range(start, start + half))
            assert_nothing_happened(flood, town)
            flood.logged.seek(0)
            flood.logged.truncate()
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        assert held[1] - held[0] < 2_000_000, f"grew from {held[0]:,} to {held[1]:,} bytes"
        assert sum(flood.statuses.values()) == 2 * half + 500


@pytest.mark.slow
def test_slow_bodies_hold_up_nobody_else(tmp_path: Path) -> None:
    """Two hundred senders that stop in the middle of a body; meanwhile a click is answered."""
    with under_attack(tmp_path) as (flood, town):
        head = _head(
            ["POST /slack/events HTTP/1.1", "host: x", f"content-type: {FORM}", "content-length: 5000"]
        )
        wires = [socket.create_connection(("127.0.0.1", flood.port)) for _ in range(200)]
        for wire in wires:
            wire.sendall(head + CANARY.encode())
        assert town.person("U0MIRA").command("/prompt-change help").ok
        for wire in wires:
            wire.close()
        assert town.person("U0MIRA").command("/prompt-change help").ok
        assert CANARY not in flood.logged.getvalue()
