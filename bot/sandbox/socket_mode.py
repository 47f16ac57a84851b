"""The WebSocket side of Socket Mode: tickets, hello, envelopes out, acknowledgements in, disconnects.

Connections are served on the event loop and used from threads. It must never hand one envelope to two
connections: Slack sends each to one of them, in turn.
"""

import asyncio
import contextlib
import json
import secrets
import threading
import uuid
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from itertools import count
from typing import Any, Literal

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.records import JsonObject
from bot.sandbox.refusals import SlackRefusesError

MOST_CONNECTIONS = 10
"""Slack allows ten open connections an app."""

Reason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]
"""Why Slack takes leave: in about ten seconds; now, for a fresh connection; Socket Mode was switched off in
the app's settings; the app has more connections than it may."""


class NotConnectedError(ConnectionError):
    """No Socket Mode connection is open."""


class _Connection:
    """One accepted WebSocket and the envelopes that wait for its answer."""

    def __init__(self, socket: WebSocket) -> None:
        self.socket = socket
        self.loop = asyncio.get_running_loop()
        self.waiting: dict[str, Future[Any]] = {}

    def write(self, message: JsonObject) -> None:
        """Send from any thread; returns when it is written."""
        sending = self.socket.send_text(json.dumps(message))
        try:
            asyncio.run_coroutine_threadsafe(sending, self.loop).result(timeout=5)
        except RuntimeError as gone:
            sending.close()
            raise NotConnectedError from gone


class SocketHub:
    """All open connections of the app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._connected = threading.Condition(self._lock)
        self._connections: list[_Connection] = []
        self._tickets: set[str] = set()
        self._turn = count()
        self._switched_on = True
        self._was_open = False

    @property
    def is_expected(self) -> bool:
        """Whether the app has been here and is to come back: Slack keeps trying to reach it."""
        return self._was_open and self._switched_on

    @property
    def is_open(self) -> bool:
        """Whether at least one connection is open."""
        return bool(self._connections)

    def wait_until_open(self, timeout: float = 5.0, connections: int = 1) -> bool:
        """Block until the app has this many connections; False when the time is up."""
        with self._connected:
            return self._connected.wait_for(lambda: len(self._connections) >= connections, timeout)

    def new_ticket(self) -> str:
        """A ticket for one connection, as apps.connections.open puts it into its URL.

        Refuses while Socket Mode is switched off; Slack does not publish with which word.
        """
        if not self._switched_on:
            raise SlackRefusesError("forbidden_team")
        ticket = secrets.token_urlsafe(16)
        with self._lock:
            self._tickets.add(ticket)
        return ticket

    def send(self, envelope: JsonObject, timeout: float) -> Any:  # noqa: ANN401 - whatever JSON the app answers
        """Send one envelope and wait for its acknowledgement; returns the payload in it, or None.

        Raises NotConnectedError, and TimeoutError after `timeout` seconds.
        """
        connection = self._next_connection()
        envelope_id = str(uuid.uuid4())
        future: Future[Any] = Future()
        connection.waiting[envelope_id] = future
        try:
            connection.write({"envelope_id": envelope_id, **envelope})
            return future.result(timeout)
        except (FutureTimeoutError, CancelledError) as late:
            raise TimeoutError from late
        finally:
            connection.waiting.pop(envelope_id, None)

    def disconnect(self, reason: Reason = "refresh_requested") -> int:
        """Take leave of every connection, as Slack does every few hours. Returns of how many.

        After a warning they stay open, and it is the app that goes. With `link_disabled` none can be opened
        until `switch_on`.
        """
        leaving = self._open_now()
        self._switched_on = self._switched_on and reason != "link_disabled"
        for connection in leaving:
            connection.write(_farewell(reason))
        if reason != "warning":
            self.drop()
        return len(leaving)

    def switch_on(self) -> None:
        """Somebody switches Socket Mode on again in the app's settings."""
        self._switched_on = True

    def drop(self) -> None:
        """Close every connection without a word, as a broken network does."""
        for connection in self._open_now():
            closing = connection.socket.close()
            with contextlib.suppress(RuntimeError):  # the app was quicker
                asyncio.run_coroutine_threadsafe(closing, connection.loop).result(timeout=5)
            self._forget(connection)

    async def serve(self, socket: WebSocket, app_id: str) -> None:
        """Serve one connection until either side goes."""
        if not self._redeem(socket.query_params.get("ticket", "")):
            await socket.close(code=4401)
            return
        await socket.accept()
        connection = _Connection(socket)
        with self._connected:
            number = len(self._connections) + 1
            if number <= MOST_CONNECTIONS:
                self._connections.append(connection)
                self._was_open = True
        if number > MOST_CONNECTIONS:
            await socket.send_text(json.dumps(_farewell("too_many_websockets")))
            await socket.close()
            return
        hello = {"type": "hello", "num_connections": number, "connection_info": {"app_id": app_id}}
        debug = {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060}
        try:
            await socket.send_text(json.dumps({**hello, "debug_info": debug}))
            with self._connected:
                self._connected.notify_all()
            await self._listen(connection)
        finally:
            self._forget(connection)

    async def _listen(self, connection: _Connection) -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                _settle(connection, await connection.socket.receive_text())

    def _open_now(self) -> list[_Connection]:
        with self._lock:
            return list(self._connections)

    def _redeem(self, ticket: str) -> bool:
        with self._lock:
            known = ticket in self._tickets
            self._tickets.discard(ticket)
        return known

    def _next_connection(self) -> _Connection:
        with self._lock:
            if not self._connections:
                raise NotConnectedError
            return self._connections[next(self._turn) % len(self._connections)]

    def _forget(self, connection: _Connection) -> None:
        with self._lock:
            if connection in self._connections:
                self._connections.remove(connection)
        for future in list(connection.waiting.values()):
            future.cancel()


def _farewell(reason: Reason) -> JsonObject:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}}


def _settle(connection: _Connection, text: str) -> None:
    """An acknowledgement settles its envelope; anything else is not for us."""
    try:
        message = json.loads(text)
    except ValueError:
        return
    envelope_id = message.get("envelope_id") if isinstance(message, dict) else None
    future = connection.waiting.get(envelope_id) if isinstance(envelope_id, str) else None
    if future is not None and not future.done():
        future.set_result(message.get("payload"))
