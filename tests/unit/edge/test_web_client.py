"""A call whose answer breaks off raises what it raised before, and lets go of the connection at once."""

import gc
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from bot.app import slack_client

HALF = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ok":'
RESET = struct.pack("ii", 1, 0)


@contextmanager
def _breaking_off(ends: list[bytes], *, reset: bool) -> Iterator[str]:
    """A Slack that answers half: the address. ``ends``: what it reads afterwards, b"" for an orderly end."""
    with socket.create_server(("127.0.0.1", 0)) as bound:

        def answer() -> None:
            wire, _ = bound.accept()
            with wire:
                wire.settimeout(10)
                wire.recv(65_536)
                wire.sendall(HALF)
                if reset:
                    wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                else:
                    ends.append(wire.recv(1))

        thread = threading.Thread(target=answer)
        thread.start()
        yield f"http://127.0.0.1:{bound.getsockname()[1]}/api/"
        thread.join(20)


@pytest.fixture
def _no_collector() -> Iterator[None]:
    """Nobody tidies up."""
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_no_collector")
def test_an_answer_that_never_ends_is_let_go() -> None:
    """The other side sees the end although the exception is still looked at and nothing was collected."""
    ends: list[bytes] = []
    with _breaking_off(ends, reset=False) as url, pytest.raises(TimeoutError) as caught:
        slack_client(SecretStr("xoxb-x"), url, 1).auth_test()
    assert ends == [b""]
    assert caught.value


def test_a_connection_that_is_reset_leaves_no_socket() -> None:
    """Collected now, it would warn of one."""
    with _breaking_off([], reset=True) as url, pytest.raises(ConnectionResetError):
        slack_client(SecretStr("xoxb-x"), url, 1).auth_test()
    gc.collect()
