"""Slack over Socket Mode: the same shapes as over HTTP, the same Bolt app behind them.

What Slack sends here is not signed; the connection itself is what is trusted. A payload of another shape is
acknowledged, so that it is not sent again, and never reaches a listener.
"""

from typing import Any

import structlog
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.edge.shapes import Rejected, accept

log = structlog.get_logger(__name__)


class SocketMode(SocketModeHandler):
    """One Socket Mode connection, which reconnects by itself. Slack allows ten of them an app."""

    def __init__(self, app: App, app_token: str, api_url: str) -> None:
        super().__init__(app, app_token, web_client=WebClient(token=app_token, base_url=api_url))

    def handle(self, client: Any, req: SocketModeRequest) -> None:  # noqa: ANN401  Bolt's own type is too narrow
        """Take one envelope."""
        shape = accept(req.payload)
        if isinstance(shape, Rejected):
            log.warning("payload rejected", fault=shape.id, why=shape.why)
            client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))
            return
        super().handle(client, req)

    def open(self) -> None:
        """Connect; from here on it reconnects by itself."""
        self.client.connect()

    def shut(self) -> None:
        """Leave, for good."""
        self.client.close()
