"""The SDK's Socket Mode client, made to leave no socket and no thread behind.

The SDK's own forgets the socket of a handshake that fails, keeps two connections where two threads renew it
at once, opens one more when it is closed meanwhile, and may read on from one that was replaced. After
``close()`` a client must never have a connection again.
"""

import contextlib
import socket
import threading
import time
from typing import Any, Final
from urllib.parse import urlsplit

from slack_sdk.errors import SlackClientNotConnectedError
from slack_sdk.socket_mode.builtin import SocketModeClient
from slack_sdk.socket_mode.builtin.connection import Connection, ConnectionState
from slack_sdk.socket_mode.builtin.internals import (
    _establish_new_socket_connection,
    _generate_sec_websocket_key,
    _parse_handshake_response,
    _validate_sec_websocket_accept,
)

SWITCHED: Final = 101
"""The status of an answer that turns HTTP into a WebSocket."""


class Client(SocketModeClient):
    """One thread connects at a time, and none once it was closed."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  what the SDK's own takes
        super().__init__(**settings)
        self._connecting = threading.Lock()

    def connect(self) -> None:
        """Open a connection in place of the one before."""
        with self._connecting:
            if self.closed:
                return
            made = self._new_connection()
            made.connect()
            before, self.current_session = self.current_session, made
            if before is not None:
                before.close()
            self.auto_reconnect_enabled = self.default_auto_reconnect_enabled
            if not self.current_app_monitor_started:
                self.current_app_monitor_started = True
                self.current_app_monitor.start()

    def close(self) -> None:
        """Leave, for good. Whoever is connecting ends first, so that what they open is closed too."""
        with self._connecting:
            self.closed = True
        super().close()

    def _new_connection(self) -> "_Connection":
        self.wss_uri = self.wss_uri or self.issue_new_wss_url()
        return _Connection(
            url=self.wss_uri,
            logger=self.logger,
            ping_interval=self.ping_interval,
            receive_buffer_size=self.receive_buffer_size,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            on_message_listener=self._on_message,
            on_error_listener=self._on_error,
            on_close_listener=self._on_close,
            ssl_context=self.web_client.ssl,
        )


class _Connection(Connection):
    """Its socket is closed whatever happens, and once."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401  what the SDK's own takes
        super().__init__(**settings)
        self.is_left = False
        self._leaving = threading.Lock()

    def connect(self) -> None:
        """Open it. Where that fails it stays inactive, and the client's monitor tries another."""
        try:
            opened = self._opened()
            try:
                self._shake_hands(opened)
            except BaseException:
                self.sock = None
                opened.close()
                raise
        except Exception as error:  # noqa: BLE001  the SDK raises plain Exception for what a proxy says
            self.logger.error(f"A Socket Mode connection could not be opened: {error}")  # noqa: G004, TRY400

    def disconnect(self) -> None:
        """Close it. Whoever waits for its messages is woken, since they hold what closing needs."""
        self.is_left = True
        with self._leaving:
            if self.sock is not None:
                with contextlib.suppress(OSError):  # the other side was quicker
                    socket.socket.shutdown(self.sock, socket.SHUT_RD)
            super().disconnect()

    def run_until_completion(self, state: ConnectionState) -> None:
        """Receive for as long as this connection is there, whatever became of the client's state."""
        del state
        super().run_until_completion(_Open(self))

    def _opened(self) -> Any:  # noqa: ANN401  a socket with or without TLS
        to = urlsplit(self.url.strip())
        return _establish_new_socket_connection(
            session_id=self.session_id,
            server_hostname=to.hostname or "",
            server_port=to.port or (443 if to.scheme == "wss" else 80),
            logger=self.logger,
            sock_send_lock=self.sock_send_lock,
            receive_timeout=self.receive_timeout,
            proxy=self.proxy,
            proxy_headers=self.proxy_headers,
            trace_enabled=False,
            ssl_context=self.ssl_context,
        )

    def _shake_hands(self, opened: Any) -> None:  # noqa: ANN401
        key = _generate_sec_websocket_key()
        opened.sendall(_request(self.url, key))
        status, headers, _ = _parse_handshake_response(opened)
        if status != SWITCHED or not _validate_sec_websocket_accept(key, headers):
            raise SlackClientNotConnectedError(f"Slack answered the handshake with status {status}.")
        self.sock = opened
        self.ping(f"{self.session_id}:{time.time()}")


class _Open(ConnectionState):
    """Ends the receiving when its connection ends, and not before."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection

    @property
    def terminated(self) -> bool:
        """Whether there is nothing more to receive."""
        return self._connection.is_left or not self._connection.is_active()

    @terminated.setter
    def terminated(self, _: bool) -> None:
        """Nobody else decides."""


def _request(url: str, key: str) -> bytes:
    to = urlsplit(url.strip())
    lines = (
        f"GET {to.path}?{to.query} HTTP/1.1",
        f"Host: {to.hostname}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()
