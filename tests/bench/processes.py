"""Servers as processes of their own: started, timed until ready, paused while another is measured, stopped.

Nothing that was started here may outlive the block that started it.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

READY_SECONDS = 30
STOP_SECONDS = 15
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Server:
    """A server on a port of this machine. ``ready_seconds``: from the start of its process to a first 200."""

    process: subprocess.Popen[Any]
    port: int
    ready_seconds: float

    def resident(self) -> float:
        """The memory that its process holds now, in MB."""
        words = Path(f"/proc/{self.process.pid}/statm").read_text().split()
        return int(words[1]) * os.sysconf("SC_PAGE_SIZE") / MEGABYTE

    def pause(self) -> None:
        """Nothing of it runs until it is resumed."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(
    module: str, arguments: Sequence[str], port: int, environment: Mapping[str, str], log: Path
) -> Iterator[Server]:
    """``python -m module`` with these arguments, ready to answer on its port."""
    with log.open("ab") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        server = None
        try:
            _wait_until_ready(process, port)
            server = Server(process, port, time.perf_counter() - began)
            yield server
        finally:
            if server is not None:
                server.resume()
            process.terminate()
            process.wait(STOP_SECONDS)


def _wait_until_ready(process: subprocess.Popen[Any], port: int) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        if _answers(port):
            return
        time.sleep(0.01)
    raise RuntimeError("the server did not become ready; its log says why")


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextmanager
def talking(module: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """``python -m module``, spoken to line by line. It ends when its input does."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        if process.stdin is not None and process.stdout is not None:
            process.stdin.close()
            process.stdout.close()
        process.wait(STOP_SECONDS)
