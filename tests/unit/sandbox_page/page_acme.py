"""The seeded workspace as a test looks at it: through the page's own addresses."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.responses import JSONResponse, Response

from bot.sandbox.workspace import Workspace

Json = dict[str, Any]


@dataclass
class Acme:
    """The seeded workspace with its page served, and an app that answers as a test tells it to."""

    workspace: Workspace
    url: str
    browser: httpx.Client
    heard: list[Json] = field(default_factory=list)
    reply: Callable[[Json], Json | None] = lambda _: None

    def look(self, user: str, place: str, **query: str) -> str:
        """The page's HTML."""
        answer = self.browser.get(f"/as/{user}/{place}", params=query)
        assert answer.status_code == 200, answer.status_code
        return answer.text

    def act(self, user: str, place: str, act: str, **fields: str | list[str]) -> Json:
        """Post what the page's script would post, and return what came of it."""
        told: Json = self.browser.post(f"/as/{user}/{place}/do/{act}", data=fields).json()
        return told

    def hear(self, request_form: Mapping[str, str]) -> Response:
        """Be the app: keep the payload and answer with what the test planned."""
        payload = json.loads(request_form["payload"]) if "payload" in request_form else dict(request_form)
        self.heard.append(payload)
        answer = self.reply(payload)
        return JSONResponse(answer) if answer else Response()
