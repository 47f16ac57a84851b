"""A Bolt app that does nothing, served as ours is: uvicorn, and an ASGI front that hands to threads.

It is the yardstick: what Bolt itself costs on this machine. It must never do more than acknowledge.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import uvicorn
from slack_bolt import Ack, App, BoltRequest, BoltResponse
from slack_sdk import WebClient

Message = MutableMapping[str, Any]


def bare_app(token: str, secret: str, api_url: str) -> App:
    """Bolt as its documentation starts it, with one listener."""
    app = App(
        client=WebClient(token=token, base_url=api_url),
        signing_secret=secret,
        process_before_response=True,
    )

    @app.action("approve")
    def approve(ack: Ack) -> None:
        ack()

    return app


class Front:
    """The simplest ASGI adapter that does not block the event loop."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Answer one request: Slack's through Bolt in a thread, any other with 200."""
        body, more = b"", True
        while more:
            part = await receive()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        if scope["method"] == "POST":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            request = BoltRequest(body=body.decode(), headers=headers)
            answer = await asyncio.to_thread(self._app.dispatch, request)
        else:
            answer = BoltResponse(status=200)
        out = answer.body.encode()
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [
                    *((name.encode(), ", ".join(values).encode()) for name, values in answer.headers.items()),
                    (b"content-length", str(len(out)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": out})


if __name__ == "__main__":
    given_token, given_secret, given_api_url, given_port = sys.argv[1:]
    uvicorn.run(
        Front(bare_app(given_token, given_secret, given_api_url)),
        host="127.0.0.1",
        port=int(given_port),
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
    )
