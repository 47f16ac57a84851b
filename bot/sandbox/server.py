"""The sandbox as an ASGI application, and a way to serve it from a thread.

`/api` is the Web API, `/socket` Socket Mode, `/files` and `/upload` files, `/response` response URLs, `/app`
the app itself if it is given, `/` the page. It must never listen beyond this machine unless told to.
"""

import contextlib
import importlib.util
import json
from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.serving import listening, serving
from bot.sandbox.web_api import WebApi
from bot.sandbox.workspace import Workspace


def create_asgi(workspace: Workspace, *, app_asgi: ASGIApp | None = None) -> Starlette:
    """The whole sandbox; with `app_asgi` the app is mounted at `/app` of the same server."""
    rooms: list[BaseRoute] = [
        Route("/api/{method}", WebApi(workspace).answer, methods=["GET", "POST"]),
        WebSocketRoute("/socket", _Sockets(workspace).serve),
        *_file_routes(workspace),
        Route("/response/{token}", _Responses(workspace).answer, methods=["POST"]),
    ]
    if app_asgi is not None:
        rooms.append(Mount("/app", _at_its_own_root(app_asgi)))
    return Starlette(routes=[*rooms, *_page(workspace)])


@contextlib.contextmanager
def running(
    workspace: Workspace,
    port: int = 0,
    host: str = "127.0.0.1",
    *,
    app_asgi: ASGIApp | None = None,
) -> Iterator[str]:
    """Serve the workspace from a thread; yields its base URL once bound. Port 0 picks a free one."""
    with listening(port, host) as bound:
        workspace.base_url = f"http://{host}:{bound.getsockname()[1]}"
        with serving(create_asgi(workspace, app_asgi=app_asgi), bound) as url:
            yield url


def _at_its_own_root(app: ASGIApp) -> ASGIApp:
    """Starlette's Mount leaves the whole path in the scope; the app knows only its own part of it."""

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix("/app")
        await app({**scope, "path": path, "raw_path": path.encode(), "root_path": ""}, receive, send)

    return mounted


class _Sockets:
    """The Socket Mode endpoint."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def serve(self, websocket: WebSocket) -> None:
        """Serve one connection."""
        await self._workspace.delivery.sockets.serve(websocket, self._workspace.app.app_id)


class _Responses:
    """The endpoint of response URLs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def answer(self, request: Request) -> Response:
        """Take one use of one URL."""
        try:
            content = json.loads(await request.body())
        except ValueError:
            content = None
        if not isinstance(content, dict):
            return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
        try:
            self._workspace.respond(request.path_params["token"], content)
        except SlackRefusesError as refused:
            gone = refused.code in ("used_url", "expired_url")
            return JSONResponse({"ok": False, "error": refused.code}, status_code=404 if gone else 400)
        return PlainTextResponse("ok")


def _file_routes(workspace: Workspace) -> list[BaseRoute]:
    async def download(request: Request) -> Response:
        if request.headers.get("authorization") != f"Bearer {workspace.app.bot_token}":
            return PlainTextResponse("Sign in to see this file.", status_code=403)
        try:
            stored = workspace.file(request.path_params["file_id"])
        except KeyError:
            return PlainTextResponse("There is no such file.", status_code=404)
        return Response(workspace.file_bytes(stored.id), media_type=stored.mimetype)

    async def upload(request: Request) -> Response:
        content = await _uploaded(request)
        taken = await run_in_threadpool(workspace.receive_upload, request.path_params["file_id"], content)
        return PlainTextResponse(f"OK - {len(content)}" if taken else "refused", 200 if taken else 400)

    return [
        Route("/files/{file_id}/{name}", download),
        Route("/upload/{file_id}", upload, methods=["POST"]),
    ]


async def _uploaded(request: Request) -> bytes:
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    form = await request.form()
    for value in form.values():
        if not isinstance(value, str):
            return await value.read()
    return b""


def _page(workspace: Workspace) -> list[BaseRoute]:
    """The page's routes, which stand at the root; a workspace works without any."""
    if importlib.util.find_spec("bot.sandbox.page.routes") is None:
        return []
    from bot.sandbox.page import routes  # noqa: PLC0415 - optional, and it imports this package

    return list(routes(workspace))
