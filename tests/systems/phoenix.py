"""A local Arize Phoenix: of its REST API what prompts need, with the odd answers that a real 20.26 gave.

The contract suite runs against a real server too where TEST_PHOENIX_URL names one; the two must agree.
"""

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

KEY = "px-0123456789-abcdef"
PROMPT = "support-refunds"
NAME = re.compile("[a-z0-9]([a-z0-9_-]*[a-z0-9])?")
SETTINGS: dict[str, Any] = {
    "model_provider": "OPENAI",
    "model_name": "gpt-x",
    "template_format": "MUSTACHE",
    "invocation_parameters": {"type": "openai", "openai": {}},
}


def version_id(number: int) -> str:
    """How Phoenix names its version of a number."""
    return b64encode(f"PromptVersion:{number}".encode()).decode()


class LocalPhoenix:
    """One server. ``versions`` are those of all prompts; ``tags`` say where each is, with its words."""

    def __init__(self) -> None:
        self.versions: dict[str, dict[str, Any]] = {}
        self.prompts: dict[str, list[str]] = {}
        self.tags: dict[str, dict[str, tuple[str, str]]] = {}
        self.key = KEY
        acts = {
            ("GET", "/v1/prompts/{prompt}/tags/{tag}"): self._tagged,
            ("GET", "/v1/prompts/{prompt}/versions"): self._list,
            ("POST", "/v1/prompts/{prompt}/versions"): self._add,
            ("POST", "/v1/prompts"): self._make,
            ("GET", "/v1/prompt_versions/{version}/tags"): self._tags,
            ("POST", "/v1/prompt_versions/{version}/tags"): self._tag,
            ("DELETE", "/v1/prompt_versions/{version}/tags/{tag}"): self._take,
        }

        def guarded(act: Any) -> Any:
            async def answer(request: Request) -> Response:
                if request.headers.get("Authorization") != f"Bearer {self.key}":
                    return PlainTextResponse("Invalid token", 401)
                body = await request.body()
                answered: Response = act(request, json.loads(body) if body else {})
                return answered

            return answer

        routes = [Route(path, guarded(act), methods=[method]) for (method, path), act in acts.items()]
        self.app = Starlette(routes=routes)

    def add(self, prompt: str, text: str, *, role: str = "system", **more: Any) -> str:
        """A new version, made here or by somebody in the browser: its name."""
        template = {"type": "chat", "messages": [{"role": role, "content": [{"type": "text", "text": text}]}]}
        return self._kept(prompt, {**SETTINGS, "template": template, "template_type": "CHAT", **more})

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        at = self.tags[PROMPT].get(pointer)
        return None if at is None else _text(self.versions[at[0]])

    def put(self, text: str) -> str:
        """Somebody puts a text live in the browser: its version."""
        held = [each for each in self.prompts[PROMPT] if _text(self.versions[each]) == text]
        version = held[0] if held else self.add(PROMPT, text)
        self.tags[PROMPT]["production"] = (version, "")
        return version

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def _kept(self, prompt: str, version: dict[str, Any]) -> str:
        name = version_id(len(self.versions) + 1)
        self.versions[name] = {**version, "id": name}
        self.prompts.setdefault(prompt, []).append(name)
        self.tags.setdefault(prompt, {})
        return name

    def _tagged(self, request: Request, _told: Any) -> Response:
        prompt, tag = request.path_params["prompt"], request.path_params["tag"]
        if not NAME.fullmatch(tag):
            return PlainTextResponse("Invalid tag name", 422)
        at = self.tags.get(prompt, {}).get(tag)
        return _missing() if at is None else JSONResponse({"data": self.versions[at[0]]})

    def _list(self, request: Request, _told: Any) -> Response:
        there = self.prompts.get(request.path_params["prompt"], [])[::-1]
        cursor = request.query_params.get("cursor")
        if cursor is not None:
            if (first := _number(cursor)) is None:
                return PlainTextResponse(f"Invalid cursor format: {cursor}", 422)
            there = [each for each in there if (_number(each) or 0) <= first]
        limit = int(request.query_params.get("limit", 100))
        data = [self.versions[each] for each in there[:limit]]
        return JSONResponse({"data": data, "next_cursor": there[limit] if there[limit:] else None})

    def _add(self, request: Request, told: dict[str, Any]) -> Response:
        prompt = request.path_params["prompt"]
        if prompt not in self.prompts:
            return PlainTextResponse("Prompt not found", 404)
        answer = self._stored(prompt, told["version"], 201)
        for tag in told["tags"] if answer.status_code == 201 else []:
            self.tags[prompt][tag["name"]] = (self.prompts[prompt][-1], tag["description"])
        return answer

    def _make(self, _request: Request, told: dict[str, Any]) -> Response:
        return self._stored(told["prompt"]["name"], told["version"], 200)

    def _stored(self, prompt: str, version: dict[str, Any], status: int) -> Response:
        if version["template_type"] != "CHAT":
            return PlainTextResponse("Only CHAT template type is supported for prompts", 422)
        lacks = [each for each in (*SETTINGS, "template") if each not in version]
        if lacks:
            return JSONResponse({"detail": [{"type": "missing", "loc": ["body", "version", *lacks]}]}, 422)
        return JSONResponse({"data": self.versions[self._kept(prompt, version)]}, status)

    def _tags(self, request: Request, _told: Any) -> Response:
        version = request.path_params["version"]
        prompt = self._prompt_of(version)
        if prompt is None:
            return PlainTextResponse("Prompt version not found", 404)
        found = [(name, said) for name, (at, said) in self.tags[prompt].items() if at == version]
        data = [{"name": name, **({"description": said} if said else {})} for name, said in found]
        return JSONResponse({"data": data, "next_cursor": None})

    def _tag(self, request: Request, told: dict[str, Any]) -> Response:
        version = request.path_params["version"]
        prompt = self._prompt_of(version)  # the version's own, whichever the caller means
        if prompt is None:
            return _missing()
        if not NAME.fullmatch(told["name"]):
            return JSONResponse({"detail": [{"type": "string_pattern_mismatch"}]}, 422)
        self.tags[prompt][told["name"]] = (version, told.get("description") or "")
        return Response(status_code=204)

    def _take(self, request: Request, _told: Any) -> Response:
        prompt = self._prompt_of(request.path_params["version"])
        # Also where the tag is on another version of the same prompt.
        if prompt is None or self.tags[prompt].pop(request.path_params["tag"], None) is None:
            return _missing()
        return Response(status_code=204)

    def _prompt_of(self, version: str) -> str | None:
        return next((name for name, there in self.prompts.items() if version in there), None)


def _text(version: dict[str, Any]) -> str:
    content = version["template"]["messages"][0]["content"]
    return str(content if isinstance(content, str) else content[0]["text"])


def _number(name: str) -> int | None:
    try:
        return int(b64decode(name, validate=True).decode().partition(":")[2])
    except ValueError:
        return None


def _missing() -> Response:
    return PlainTextResponse("Not Found", 404)


@contextmanager
def local_phoenix(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Phoenix, in which somebody has made a version already that nobody fetches."""
    server = LocalPhoenix()
    other = server.add(PROMPT, ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return re.sub("[^/]+(?=/tags$)", other, path), body

    def where() -> str | None:
        return server.tags[PROMPT].get("production", (None, ""))[0]

    door = Faulty(server.app, where, twist, {}, only="/tags", about=b'"name": "production"')
    with served(door) as url:
        spec = {"kind": "phoenix", "host": url, "prompt": PROMPT, "api_key_env": "PHOENIX_API_KEY", **more}
        yield System(server, spec, {"PHOENIX_API_KEY": KEY}, door, other, workflow)
        door.heal()
