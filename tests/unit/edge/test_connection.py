"""A Socket Mode connection leaves nothing behind: no socket, no thread, and nothing after it was shut.

A socket that is forgotten open fails the test by itself, since warnings are errors here.
"""

import socket as sockets
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_bolt import App
from slack_sdk import WebClient

from bot.edge.socket import SocketMode
from bot.sandbox.server import running
from bot.sandbox.socket_mode import SocketHub
from bot.sandbox.workspace import Workspace


@pytest.fixture
def slack(tmp_path: Path) -> Iterator[Workspace]:
    """A workspace with the app and nobody in it."""
    made = Workspace(tmp_path)
    yield made
    made.close()


@pytest.fixture
def hub(slack: Workspace) -> SocketHub:
    """The workspace's side of all connections."""
    return slack.delivery.sockets


@pytest.fixture
def socket(slack: Workspace, hub: SocketHub) -> Iterator[SocketMode]:
    """One open connection."""
    with running(slack) as url:
        api = f"{url}/api/"
        client = WebClient(slack.app.bot_token, base_url=api)
        bolt = App(client=client, signing_secret="x", token_verification_enabled=False)
        made = SocketMode(bolt, slack.app.app_token, api)
        made.open()
        assert hub.wait_until_open()
        yield made
        made.shut()


def _is_left(hub: SocketHub) -> bool:
    """Whether Slack has no connection any more, or none soon: it hears of an end a moment later."""
    until, moment = time.monotonic() + 10, threading.Event()
    while hub.is_open and time.monotonic() < until:
        moment.wait(0.02)
    return not hub.is_open


def test_what_is_being_opened_when_it_is_shut_does_not_stay(
    slack: Workspace, hub: SocketHub, socket: SocketMode
) -> None:
    """A renewal has asked Slack for an address, and gets it when the app has already left."""
    asked, left = threading.Event(), threading.Event()

    def weather(_: str) -> None:
        asked.set()
        assert left.wait(10)

    slack.faults.weather = weather
    renewal = threading.Thread(target=socket.client.connect_to_new_endpoint, args=(True,))
    renewal.start()
    assert asked.wait(10)
    socket.shut()
    left.set()
    renewal.join(10)
    assert not renewal.is_alive()
    assert slack.calls_of("apps.connections.open")[1:], "it was not renewed at all"
    assert not socket.client.is_connected()
    assert _is_left(hub)


def test_a_handshake_that_slack_refuses_leaves_no_socket(hub: SocketHub, socket: SocketMode) -> None:
    """The ticket was used; the connection before it is gone too, and the next attempt works."""
    socket.client.connect()
    assert not socket.client.is_connected()
    socket.client.connect_to_new_endpoint()
    assert socket.client.is_connected()
    assert hub.wait_until_open()


def test_a_handshake_that_breaks_off_leaves_no_socket(socket: SocketMode, broken: str) -> None:
    """Who answers takes the connection and hangs up in the middle of a line."""
    socket.client.wss_uri = broken
    socket.client.connect()
    assert not socket.client.is_connected()


def test_of_renewals_at_once_one_connection_remains(hub: SocketHub, socket: SocketMode) -> None:
    """Each takes the place of the one before, so that no envelope goes to one that nobody reads."""
    tickets = [f"{str(socket.client.wss_uri).partition('=')[0]}={hub.new_ticket()}" for _ in range(8)]
    start = threading.Barrier(len(tickets))

    def renew(address: str) -> None:
        start.wait()
        socket.client.wss_uri = address
        socket.client.connect()

    threads = [threading.Thread(target=renew, args=(each,)) for each in tickets]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    socket.shut()
    assert _is_left(hub)


@pytest.fixture
def broken() -> Iterator[str]:
    """The address of a server that hangs up during the handshake, every time."""
    with sockets.create_server(("127.0.0.1", 0)) as bound:

        def hang_up() -> None:
            wire, _ = bound.accept()
            with wire:
                wire.recv(4_096)
                wire.sendall(b"HTTP/1.1 101 Swit")

        thread = threading.Thread(target=hang_up)
        thread.start()
        yield f"ws://127.0.0.1:{bound.getsockname()[1]}/socket?ticket=x"
        thread.join(10)
