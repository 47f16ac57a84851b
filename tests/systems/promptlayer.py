"""A local PromptLayer: of its API for prompts what this app asks, with the odd answers that it is known for.

Written from the published API description and from what PromptLayer's own SDK has recorded: labels are moved
by their own ids and made by the prompt's, a new version is made from another by what changes, versions are
not listed, and a deleted label is answered with nothing. It is no PromptLayer: where the two differ, this one
is wrong.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

KEY = "pl_town_0123456789"
PROMPT = "support/refunds"
PROMPT_ID = 17
PRODUCTION_ID = 1


def completion(text: str, **more: Any) -> dict[str, Any]:
    """A completion prompt with one text."""
    made = {"type": "completion", "template_format": "jinja2", "input_variables": []}
    return {**made, "content": [{"type": "text", "text": text}], **more}


class LocalPromptlayer:
    """One workspace. ``versions`` has a prompt's versions, oldest first; ``labels`` where each label is."""

    def __init__(self) -> None:
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.labels: dict[str, dict[str, int]] = {}
        self.ids: list[tuple[str, str]] = []
        self.key = KEY
        routes = [
            Route("/prompt-templates", self._signed(self._listed), methods=["GET"]),
            Route("/prompt-templates/{name:path}/labels", self._signed(self._labelled), methods=["GET"]),
            Route("/prompt-templates/{name:path}", self._signed(self._one), methods=["GET"]),
            Route("/rest/prompt-templates", self._signed(self._published), methods=["POST"]),
            Route("/rest/prompt-templates/{name:path}", self._signed(self._patched), methods=["PATCH"]),
            Route("/prompts/{id:int}/label", self._signed(self._made), methods=["POST"]),
            Route("/prompt-labels/{id:int}", self._signed(self._moved), methods=["PATCH", "DELETE"]),
        ]
        self.app = Starlette(routes=routes)

    def add(self, name: str, template: dict[str, Any], **more: Any) -> int:
        """A new version, made here or by somebody in the browser: its number."""
        there = self.versions.setdefault(name, [])
        labels, number = self.labels.setdefault(name, {}), len(there) + 1
        at = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat()
        about = {"metadata": {}, "tags": [], "commit_message": None, **more}
        labels |= dict.fromkeys(about.pop("release_labels", None) or [], number)
        made = {"success": True, "id": PROMPT_ID + list(self.versions).index(name), "prompt_name": name}
        there.append({**made, "version": number, "prompt_template": template, "created_at": at, **about})
        return number

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        number = self.labels[PROMPT].get(pointer)
        held = self.versions[PROMPT][number - 1] if number else None
        return str(held["prompt_template"]["content"][0]["text"]) if held else None

    def put(self, text: str) -> str:
        """Somebody puts a text live in the browser: its version."""
        there = self.versions[PROMPT]
        held = [each for each in there if each["prompt_template"]["content"][0]["text"] == text]
        number = held[0]["version"] if held else self.add(PROMPT, completion(text))
        self.labels[PROMPT]["production"] = number
        return str(number)

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def id_of(self, name: str, label: str) -> int:
        """A label's own id, which stays with it."""
        if (name, label) not in self.ids:
            self.ids.append((name, label))
        return PRODUCTION_ID if label == "production" else 100 + self.ids.index((name, label))

    def _signed(self, act: Any) -> Any:
        async def answer(request: Request) -> Response:
            if request.headers.get("X-API-KEY") != self.key:
                return JSONResponse({"success": False, "message": "Invalid API key."}, 401)
            has_body = request.method in {"POST", "PATCH"}
            told = await request.json() if has_body else dict(request.query_params)
            found: Response = act(told | request.path_params)
            return found

        return answer

    def _listed(self, told: dict[str, Any]) -> Response:
        items = [there[-1] for name, there in self.versions.items() if told["name"].lower() in name.lower()]
        return JSONResponse({"items": items, "page": 1, "total": len(items)})

    def _labelled(self, told: dict[str, Any]) -> Response:
        if told["name"] not in self.versions:
            return _error(404, "Prompt not found")
        there = self.labels[told["name"]]
        shown = [
            {
                "release_label": label,
                "release_label_id": self.id_of(told["name"], label),
                "prompt_version_number": number,
                "prompt_version_id": 1_000 + number,
            }
            for label, number in there.items()
        ]
        return JSONResponse({"success": True, "release_labels": shown})

    def _one(self, told: dict[str, Any]) -> Response:
        there = self.versions.get(told["name"], [])
        number = int(told.get("version", len(there)))
        if not 0 < number <= len(there) or there[number - 1].get("deleted"):
            return _error(404, "Prompt template not found")
        return JSONResponse(there[number - 1])

    def _published(self, told: dict[str, Any]) -> Response:
        version = told["prompt_version"]
        more = {"commit_message": version["commit_message"], "release_labels": told["release_labels"]}
        return self._stored(told["prompt_template"]["prompt_name"], version["prompt_template"], more)

    def _patched(self, told: dict[str, Any]) -> Response:
        """A new version from another one, with what is told in the place of what it had."""
        base = self.versions[told["name"]][told["version"] - 1]
        if base["prompt_template"]["type"] != "completion":
            return _error(400, "content applies to completion templates only")
        template = {**base["prompt_template"], "content": told["content"]}
        kept = {key: base[key] for key in ("metadata", "tags")}
        more = {"commit_message": told["commit_message"], "release_labels": told["release_labels"]}
        return self._stored(told["name"], template, {**kept, **more})

    def _stored(self, name: str, template: dict[str, Any], more: dict[str, Any]) -> Response:
        if "\0" in json.dumps(template, ensure_ascii=False):
            return _error(500, "unsupported Unicode escape sequence")
        if len(more["commit_message"]) > 72:
            return JSONResponse({"detail": [{"msg": "at most 72 characters"}]}, 422)
        number = self.add(name, template, **more)
        return JSONResponse({"id": PROMPT_ID, "prompt_name": name, "version_number": number}, 201)

    def _made(self, told: dict[str, Any]) -> Response:
        name = list(self.versions)[told["id"] - PROMPT_ID]
        if told["name"] in self.labels[name]:
            return _error(400, "Label already exists")
        self.labels[name][told["name"]] = told["prompt_version_number"]
        return JSONResponse({"id": self.id_of(name, told["name"]), "name": told["name"]}, 201)

    def _moved(self, told: dict[str, Any]) -> Response:
        at = {self.id_of(name, label): (name, label) for name, each in self.labels.items() for label in each}
        if told["id"] not in at:
            return _error(404, "Label not found")
        name, label = at[told["id"]]
        if "prompt_version_number" not in told:
            del self.labels[name][label]
            return Response(status_code=204)
        self.labels[name][label] = told["prompt_version_number"]
        return JSONResponse({"id": told["id"], "name": label})


def _error(status: int, words: str) -> JSONResponse:
    return JSONResponse({"success": False, "message": words}, status)


@contextmanager
def local_promptlayer(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local PromptLayer, in which somebody has made a version already that nobody fetches."""
    workspace = LocalPromptlayer()
    other = workspace.add(PROMPT, completion(ELSEWHERE))

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "prompt_version_number": other}).encode()

    def where() -> str | None:
        number = workspace.labels[PROMPT].get("production")
        return None if number is None else str(number)

    door = Faulty(workspace.app, where, twist, {}, only=f"/prompt-labels/{PRODUCTION_ID}")
    with served(door) as url:
        spec = {"kind": "promptlayer", "host": url, "prompt": PROMPT, **more}
        yield System(workspace, spec, {"PROMPTLAYER_API_KEY": KEY}, door, str(other), workflow)
        door.heal()
