"""The SDK's Web API client, made to let go of a connection as soon as its answer breaks off.

The SDK's own keeps it in a circle with the exception, and so until the garbage is collected, which a server
does rarely: while Slack is unwell they add up. It must never change what a call raises.
"""

import traceback
from http.client import HTTPException
from typing import Any
from urllib.request import Request

from slack_sdk import WebClient

from bot.pool import step_aside


class Client(WebClient):
    """Raises what the SDK raises, and holds nothing."""

    def _perform_urllib_http_request_internal(self, url: str, req: Request) -> dict[str, Any]:
        step_aside()
        try:
            return super()._perform_urllib_http_request_internal(url, req)
        except (OSError, HTTPException) as broken:
            # The half-read response is a variable of a frame that ended.
            traceback.clear_frames(broken.__traceback__)
            raise
