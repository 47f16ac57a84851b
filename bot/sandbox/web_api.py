"""Slack's Web API over HTTP: tokens, arguments, the table of methods, and the log of every call.

Calls are answered on the event loop, because each takes microseconds in memory. It must never block: a slow
answer waits without holding anything.
"""

import asyncio
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from bot.sandbox.faults import Fault
from bot.sandbox.methods import METHODS, Args, Method
from bot.sandbox.records import Call, JsonObject
from bot.sandbox.refusals import SlackRefusesError

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

LARGEST_CALL = 4_000_000
_SECRETS = ("token",)


class LostAnswer(Response):
    """An answer whose connection breaks before its body: the caller cannot know what happened."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise a body and send none."""
        del scope, receive
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


class WebApi:
    """The endpoint `/api/{method}` of one workspace."""

    def __init__(self, workspace: "Workspace") -> None:
        self.workspace = workspace

    async def answer(self, request: Request) -> Response:
        """Answer one call."""
        if not self.workspace.base_url:
            self.workspace.base_url = str(request.base_url).rstrip("/")
        name = request.path_params["method"]
        given = await _arguments(request)
        fault = self.workspace.faults.next(name, str(given.get("channel", "")))
        if fault is not None:
            return await self._spoil(name, given, request, fault)
        return self._log(name, given, self._outcome(name, given, request), 200)

    async def _spoil(self, name: str, given: JsonObject, request: Request, fault: Fault) -> Response:
        carry_out = not (fault.status or fault.error or fault.reset) or fault.carried_out
        outcome = self._outcome(name, given, request) if carry_out else {"ok": False}
        if fault.delay:
            await asyncio.sleep(fault.delay)
        if fault.error:
            return self._log(name, given, {"ok": False, "error": fault.error}, 200)
        if fault.lost or fault.reset:
            self._log(name, given, outcome, 0)
            return LostAnswer()
        if not fault.status:
            return self._log(name, given, outcome, 200)
        too_fast = fault.status == 429  # noqa: PLR2004 - Too Many Requests
        body = {"ok": False, "error": "ratelimited"} if too_fast else outcome
        answer = self._log(name, given, body, fault.status)
        if too_fast:
            answer.headers["retry-after"] = str(fault.retry_after)
        return answer

    def _outcome(self, name: str, given: JsonObject, request: Request) -> JsonObject:
        method = METHODS.get(name)
        if method is None:
            return {"ok": False, "error": "unknown_method", "req_method": name}
        try:
            self._authenticate(method, given, request)
            return {"ok": True, **method.handler(self.workspace, Args(given))}
        except SlackRefusesError as refused:
            return _refusal(refused, self.workspace)

    def _authenticate(self, method: Method, given: JsonObject, request: Request) -> None:
        header = request.headers.get("authorization", "")
        token = header[7:].strip() if header.lower().startswith("bearer ") else str(given.get("token", ""))
        app = self.workspace.app
        if not token:
            raise SlackRefusesError("not_authed")
        if token not in (app.bot_token, app.app_token):
            raise SlackRefusesError("invalid_auth")
        if token != (app.app_token if method.by == "app" else app.bot_token):
            raise SlackRefusesError("not_allowed_token_type")
        if method.scopes and not app.scopes.intersection(method.scopes):
            raise SlackRefusesError("missing_scope", [method.scopes[0]])

    def _log(self, name: str, given: JsonObject, outcome: JsonObject, status: int) -> Response:
        args = {key: value for key, value in given.items() if key not in _SECRETS}
        self.workspace.calls.append(Call(name, args, outcome, status))
        headers = {"x-oauth-scopes": ",".join(sorted(self.workspace.app.scopes))}
        return JSONResponse(outcome, status_code=status or 200, headers=headers)


def _refusal(refused: SlackRefusesError, workspace: "Workspace") -> JsonObject:
    said: JsonObject = {"ok": False, "error": refused.code}
    if refused.code == "missing_scope":
        return said | {"needed": refused.messages[0], "provided": ",".join(sorted(workspace.app.scopes))}
    if refused.messages:
        said["response_metadata"] = {"messages": refused.messages}
    return said


async def _arguments(request: Request) -> JsonObject:
    """Query, form and JSON body as one; a body that cannot be read gives nothing."""
    given: JsonObject = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if len(body) > LARGEST_CALL:
        return given
    if kind == "application/json":
        return given | _json_object(body)
    if kind == "multipart/form-data":
        form = await request.form()
        return given | {key: value for key, value in form.items() if isinstance(value, str)}
    return given | dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _json_object(body: bytes) -> JsonObject:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
