"""Serving an ASGI application from a thread: bound before it is announced, gone when the block is left.

Exists because the sandbox and the tests start and stop servers often. It must never leave a thread or a
socket behind.
"""

import asyncio
import contextlib
import logging
import socket
import threading
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

SECONDS = 10
"""How long a server may take to start or to stop."""


class _Server(uvicorn.Server):
    """uvicorn looks every tenth of a second whether it should go; this one is told."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._leave = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def main_loop(self) -> None:
        """Serve until told to leave."""
        self._loop = asyncio.get_running_loop()
        await self.on_tick(0)
        self.ready.set()
        await self._leave.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take leave of whoever is connected; where nobody is, at once."""
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for server in self.servers:
            server.close()
        for each in sockets or ():
            each.close()

    def leave(self) -> None:
        """Stop, from any thread."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._leave.set)


@contextlib.contextmanager
def listening(port: int = 0, host: str = "127.0.0.1") -> Iterator[socket.socket]:
    """A listening socket; port 0 picks a free one."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(1_024)
        yield bound


@contextlib.contextmanager
def serving(asgi: ASGIApp, bound: socket.socket) -> Iterator[str]:
    """Serve an application on a listening socket from a thread; yields its base URL once it answers."""
    server = _Server(
        uvicorn.Config(
            asgi,
            log_config=None,
            log_level=logging.CRITICAL,
            access_log=False,
            date_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, args=([bound],), name="sandbox-server", daemon=True)
    thread.start()
    try:
        if not server.ready.wait(SECONDS):
            raise RuntimeError("The server did not start.")
        host, port = bound.getsockname()
        yield f"http://{host}:{port}"
    finally:
        server.leave()
        thread.join(timeout=SECONDS)
