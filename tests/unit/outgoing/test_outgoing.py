"""Requests leave for the configured systems only. What is refused opens no socket at all."""

import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from bot.outgoing import AddressRefusedError, client

PUBLIC = "93.184.215.14"
CONFIGURED = "https://registry.example.com/api"


class Sockets:
    """Hears of every connection that this process opens; a hook of the interpreter cannot be gone around."""

    def __init__(self) -> None:
        self.opened: list[Any] = []
        self.listening = False
        self.stopping = False
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.listening and event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            self.opened.append(arguments[1])
            if self.stopping:
                raise ConnectionRefusedError("no connection leaves a test")


SOCKETS = Sockets()
"""One for the whole run: the interpreter keeps a hook for ever."""


@pytest.fixture
def opened() -> Iterator[list[Any]]:
    """The addresses to which connections were opened in this test; none outside loopback comes about."""
    SOCKETS.opened, SOCKETS.listening, SOCKETS.stopping = [], True, True
    yield SOCKETS.opened
    SOCKETS.listening = SOCKETS.stopping = False


def _resolving(*addresses: str) -> Any:
    def resolve(_host: str, _port: int) -> Sequence[str]:
        return addresses

    return resolve


NEVER_CONFIGURED = [
    "http://registry.example.com/",
    "http://93.184.215.14/",
    "http://169.254.169.254/latest/meta-data/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://metadata.google.internal/",
    "http://localhost.example.com/",
    "http://127.0.0.1.example.com/",
    "http://0.0.0.0/",
    "http://[::]/",
    "http://10.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "ftp://registry.example.com/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:6379/_INFO",
    "unix:///var/run/docker.sock",
    "javascript:alert(1)",
    "//registry.example.com/",
    "registry.example.com",
    "https://",
    "https:///path",
    "https://user@registry.example.com/",
    "https://user:hunter2@registry.example.com/",
    "https://registry.example.com/?next=1",
    "https://registry.example.com/#part",
    "https://registry.example.com:99999/",
    "https://exa mple.com/",
    "https://[::1",
    "",
]


@pytest.mark.parametrize("address", NEVER_CONFIGURED)
def test_what_no_request_may_ever_go_to_is_a_wrong_setting(address: str, opened: list[Any]) -> None:
    """Found while the policy is read, in words, and without the secret that may stand in it."""
    with pytest.raises(AddressRefusedError) as caught:
        client(address)
    assert "hunter2" not in str(caught.value)
    assert opened == []


NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104  an address to refuse
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "169.254.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:93.184.215.14",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_inside_is_not_asked(address: str, opened: list[Any]) -> None:
    """Alone, and hidden behind an address that is public."""
    for found in ((address,), (PUBLIC, address)):
        with (
            client(CONFIGURED, resolve=_resolving(*found)) as asking,
            pytest.raises(AddressRefusedError, match="not public"),
        ):
            asking.get("/prompts")
    assert opened == []


@pytest.mark.parametrize("address", [each for each in NOT_PUBLIC if "%" not in each])
def test_an_inner_address_cannot_be_written_down_itself(address: str, opened: list[Any]) -> None:
    """In the place of a name; only loopback may be named, and for itself alone."""
    written = f"https://[{address}]/" if ":" in address else f"https://{address}/"
    if address in {"127.0.0.1", "127.255.255.254", "::1"}:
        with (
            client(written, resolve=_resolving("10.0.0.1")) as asking,
            pytest.raises(AddressRefusedError, match="not public"),
        ):
            asking.get("/")
    else:
        with client(written) as asking, pytest.raises(AddressRefusedError, match="not public"):
            asking.get("/")
    assert opened == []


OTHER_PLACES = [
    "https://evil.example.com/",
    "https://registry.example.com.evil.example.com/",
    "https://evil.example.com/registry.example.com",
    "https://registry.example.com@evil.example.com/",
    "https://user@registry.example.com/",
    "https://registry.example.com:8443/",
    "http://registry.example.com/",
    "http://registry.example.com:443/",
    "https://registry.example.com./",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::1]/",
    "https://93.184.215.14/",
    "ftp://registry.example.com/",
    "file:///etc/passwd",
    "https:evil.example.com",
]


@pytest.mark.parametrize("address", OTHER_PLACES)
def test_a_client_goes_to_its_own_system_only(address: str, opened: list[Any]) -> None:
    """Whatever address the answer of a registry, or a fault of ours, puts into a request."""
    with (
        client(CONFIGURED, resolve=_resolving(PUBLIC)) as asking,
        pytest.raises((AddressRefusedError, httpx.InvalidURL, httpx.UnsupportedProtocol)),
    ):
        asking.send(httpx.Request("GET", address), follow_redirects=True)
    assert opened == []


def test_the_connection_goes_to_the_address_that_was_checked(opened: list[Any]) -> None:
    """A name that resolves to something else a moment later changes nothing: it is resolved once."""
    answers = [[PUBLIC], ["127.0.0.1"], ["169.254.169.254"]]
    with (
        client(CONFIGURED, resolve=lambda _host, _port: answers.pop(0)) as asking,
        pytest.raises(httpx.ConnectError),
    ):
        asking.get("/prompts")
    assert opened == [(PUBLIC, 443)]
    assert len(answers) == 2


def test_each_request_is_checked_anew(opened: list[Any]) -> None:
    """A client that is kept does not go on with what was right an hour ago."""
    answers = [[PUBLIC], ["10.0.0.1"]]
    with client(CONFIGURED, resolve=lambda _host, _port: answers.pop(0)) as asking:
        with pytest.raises(httpx.ConnectError):
            asking.get("/prompts")
        with pytest.raises(AddressRefusedError):
            asking.get("/prompts")
    assert opened == [(PUBLIC, 443)]


def test_a_name_without_an_address_is_no_connection(opened: list[Any]) -> None:
    """It is told as a system that is away, not as a fault."""

    def nowhere(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror("no such name")

    for resolve in (nowhere, _resolving()):
        with client(CONFIGURED, resolve=resolve) as asking, pytest.raises(httpx.ConnectError):
            asking.get("/prompts")
    assert opened == []


class _Answering(BaseHTTPRequestHandler):
    """Says what was asked of it, and sends on whoever asks for /away."""

    def do_GET(self) -> None:
        """Answer."""
        away = self.path == "/api/away"
        self.send_response(302 if away else 200)
        if away:
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
        self.end_headers()
        self.wfile.write(f"{self.path} at {self.headers['Host']}".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _system() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_configured_system_on_this_machine_answers(host: str) -> None:
    """Over plain http, under its own path, and by the name that was configured."""
    with _system() as port, client(f"http://{host}:{port}/api", resolve=_resolving("127.0.0.1")) as asking:
        assert asking.get("/prompts").text == f"/api/prompts at {host}:{port}"


@pytest.mark.parametrize("follow", [False, True])
def test_a_redirect_is_not_followed_elsewhere(*, follow: bool) -> None:
    """As it is it comes back as an answer; whoever insists is refused, and only the system was asked."""
    with _system() as port, client(f"http://127.0.0.1:{port}/api") as asking:
        SOCKETS.opened, SOCKETS.listening = [], True
        if follow:
            with pytest.raises(AddressRefusedError):
                asking.get("/away", follow_redirects=True)
        else:
            assert asking.get("/away").status_code == 302
        SOCKETS.listening = False
        assert SOCKETS.opened == [("127.0.0.1", port)]


def test_the_environment_names_no_proxy(opened: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would be asked for whatever name, and would resolve it itself."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    with client(CONFIGURED, resolve=_resolving(PUBLIC)) as asking, pytest.raises(httpx.ConnectError):
        asking.get("/prompts")
    assert opened == [(PUBLIC, 443)]


def test_the_certificate_must_carry_the_name_and_not_the_address() -> None:
    """The name goes out in the greeting, though the connection is to an address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        heard: list[bytes] = []

        def hear() -> None:
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(4_096))

        thread = threading.Thread(target=hear)
        thread.start()
        with (
            client(f"https://localhost:{port}/", resolve=_resolving("127.0.0.1")) as asking,
            pytest.raises(httpx.TransportError),
        ):
            asking.get("/")
        thread.join()
    assert b"localhost" in heard[0]


def test_there_are_sixty_hostile_targets_and_more() -> None:
    """What is promised of them is their number as well."""
    assert len({*NEVER_CONFIGURED, *NOT_PUBLIC, *OTHER_PLACES}) >= 60
