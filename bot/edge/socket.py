"""Slack over Socket Mode: the same shapes as over HTTP, the same Bolt app behind them.

What Slack sends here is not signed; the connection itself is what is trusted. A payload of another shape is
acknowledged, so that it is not sent again, and never reaches a listener.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk.socket_mode.client import BaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.edge import web_client
from bot.edge.connection import Client
from bot.edge.shapes import Rejected, accept

RECONNECTING: Final = timedelta(seconds=30)
"""Slack renews each connection every few hours; so long the new one may take before it is a problem."""

log = structlog.get_logger(__name__)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class SocketMode:
    """One Socket Mode connection, which reconnects by itself. Slack allows ten of them an app.

    ``ping_interval``: every so many seconds it looks whether the connection stands, and reconnects if not.
    """

    def __init__(
        self,
        app: App,
        app_token: str,
        api_url: str,
        *,
        now: Callable[[], datetime] = _utc_now,
        ping_interval: float = 10,
    ) -> None:
        self._app = app
        self.client = Client(
            app_token=app_token,
            logger=app.logger,
            web_client=web_client.Client(token=app_token, base_url=api_url),
            ping_interval=ping_interval,
        )
        self.client.socket_mode_request_listeners.append(self.handle)
        self._now = now
        self._down_since: datetime | None = None

    def handle(self, client: BaseSocketModeClient, req: SocketModeRequest) -> None:
        """Take one envelope."""
        shape = accept(req.payload)
        if isinstance(shape, Rejected):
            log.warning("payload rejected", fault=shape.id, why=shape.why)
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        began = time.time()
        send_response(client, req, run_bolt_app(self._app, req), began)

    def open(self) -> None:
        """Connect; from here on it reconnects by itself."""
        self.client.connect()

    def problem(self) -> str | None:
        """Why nothing that people do arrives, in words for the readiness page, or None."""
        if self.client.is_connected():
            self._down_since = None
            return None
        self._down_since = self._down_since or self._now()
        if self._now() - self._down_since < RECONNECTING:
            return None
        return f"the Socket Mode connection has been down since {self._down_since:%Y-%m-%d %H:%M} UTC"

    def shut(self) -> None:
        """Leave, for good: no connection remains, and none comes back."""
        self.client.close()
