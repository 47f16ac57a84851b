"""A local Braintrust: of its API for prompts what this app asks, with the odd answers that it is known for.

Written from the published API description, a description of environments, and what Braintrust's own command
line asks: any number is taken as a version, a version in between is answered with the one before it, a change
is merged into the newest, a prompt that is there is not made again, and errors are plain text. It is no
Braintrust: where the two differ, this one is wrong.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

KEY = "sk-town-0123456789"
PROJECT, PROJECT_ID = "Support", "0d2c5a4e-0000-4000-8000-000000000001"
PROMPT = "refunds"
FIRST_VERSION = (0x0DE1 << 48) | (1_772_323_200 << 16)


def completion(text: str, **more: Any) -> dict[str, Any]:
    """What a prompt holds: a text, and whatever settings."""
    return {"template_format": "mustache", **more, "prompt": {"type": "completion", "content": text}}


class LocalBraintrust:
    """One project. ``prompts`` has each one's versions by its slug, oldest first."""

    def __init__(self) -> None:
        self.prompts: dict[str, list[dict[str, Any]]] = {}
        self.environments: dict[str, dict[str, str]] = {"production": {}, "canary": {}, "qa": {}}
        self.key, self._last = KEY, FIRST_VERSION
        environment = "/environment-object/prompt/{id}"
        routes = [
            Route("/v1/project", self._signed(self._projects), methods=["GET"]),
            Route("/v1/prompt", self._signed(self._listed), methods=["GET"]),
            Route("/v1/prompt", self._signed(self._made), methods=["POST"]),
            Route("/v1/prompt/{id}", self._signed(self._one), methods=["GET"]),
            Route("/v1/prompt/{id}", self._signed(self._patched), methods=["PATCH"]),
            Route("/btql", self._signed(self._log), methods=["POST"]),
            Route(environment, self._signed(self._associated), methods=["GET"]),
            Route(environment + "/{slug}", self._signed(self._assigned), methods=["PUT"]),
            Route(environment + "/{slug}", self._signed(self._taken), methods=["DELETE"]),
        ]
        self.app = Starlette(routes=routes)

    def add(self, slug: str, data: dict[str, Any] | None) -> str:
        """A new version, made here or by somebody in the browser."""
        self._last += 60 << 16
        made = {"id": str(uuid5(NAMESPACE_URL, slug)), "project_id": PROJECT_ID, "slug": slug, "name": slug}
        there = self.prompts.setdefault(slug, [])
        there.append({**made, "_xact_id": str(self._last), "prompt_data": data, "log_id": "p"})
        return str(self._last)

    def assign(self, environment: str, version: str, slug: str = PROMPT) -> None:
        """Give an environment a version, whether there is such a one or not."""
        self.environments[environment][self.prompts[slug][0]["id"]] = version

    def has(self, environment: str) -> str | None:
        """The version that an environment has."""
        return self.environments[environment].get(self.prompts[PROMPT][0]["id"])

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        at = self.has(pointer)
        held = next((each for each in self.prompts[PROMPT] if each["_xact_id"] == at), None)
        return None if held is None else str(held["prompt_data"]["prompt"]["content"])

    def put(self, text: str) -> str:
        """Somebody puts a text live in the browser: its version."""
        there = self.prompts[PROMPT]
        held = [each for each in there if each["prompt_data"]["prompt"]["content"] == text]
        version = str(held[0]["_xact_id"]) if held else self.add(PROMPT, completion(text))
        self.assign("production", version)
        return version

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def _signed(self, act: Any) -> Any:
        async def answer(request: Request) -> Response:
            if request.headers.get("Authorization") != f"Bearer {self.key}":
                return PlainTextResponse("Invalid authorization token", 401)
            has_body = request.method in {"POST", "PATCH", "PUT"}
            told = await request.json() if has_body else dict(request.query_params)
            found: Response = act(told | request.path_params)
            return found

        return answer

    def _projects(self, told: dict[str, Any]) -> Response:
        is_ours = told["project_name"] == PROJECT
        return JSONResponse({"objects": [{"id": PROJECT_ID, "name": PROJECT}] if is_ours else []})

    def _listed(self, told: dict[str, Any]) -> Response:
        there = self.prompts.get(told["slug"], []) if told["project_name"] == PROJECT else []
        return JSONResponse({"objects": there[-1:]})

    def _made(self, told: dict[str, Any]) -> Response:
        if "\0" in json.dumps(told, ensure_ascii=False):
            return PlainTextResponse("unsupported Unicode escape sequence", 500)
        if told["slug"] not in self.prompts:
            self.add(told["slug"], told["prompt_data"])
        return JSONResponse(self.prompts[told["slug"]][-1])

    def _one(self, told: dict[str, Any]) -> Response:
        """The prompt as it was then; that is another version than the one that was asked for, at times."""
        before = [each for each in self._of(told["id"]) if int(each["_xact_id"]) <= int(told["version"])]
        return JSONResponse(before[-1]) if before else PlainTextResponse("No such prompt", 400)

    def _patched(self, told: dict[str, Any]) -> Response:
        there = self._of(told["id"])
        self.add(there[-1]["slug"], _mixed(there[-1]["prompt_data"], told["prompt_data"]))
        return JSONResponse(there[-1])

    def _log(self, told: dict[str, Any]) -> Response:
        there = self._of(told["query"]["filter"]["right"]["value"])
        rows: list[dict[str, Any]] = [
            {"_xact_id": each["_xact_id"], "audit_data": {"action": "merge" if number else "upsert"}}
            for number, each in enumerate(there)
        ]
        return JSONResponse(
            {"data": [{"_xact_id": str(self._last + 1), "audit_data": {"action": "delete"}}, *rows]}
        )

    def _associated(self, told: dict[str, Any]) -> Response:
        found = [
            {"environment_slug": slug, "object_type": "prompt", "object_version": each[told["id"]]}
            for slug, each in self.environments.items()
            if told["id"] in each
        ]
        return JSONResponse({"objects": found})

    def _assigned(self, told: dict[str, Any]) -> Response:
        if told["slug"] not in self.environments:
            return PlainTextResponse(f"Environment {told['slug']} does not exist", 400)
        self.environments[told["slug"]][told["id"]] = told["object_version"]
        return JSONResponse({"environment_slug": told["slug"], "object_version": told["object_version"]})

    def _taken(self, told: dict[str, Any]) -> Response:
        version = self.environments[told["slug"]].pop(told["id"], None)
        if version is None:
            return PlainTextResponse("No such association", 400)
        return JSONResponse({"environment_slug": told["slug"], "object_version": version})

    def _of(self, key: str) -> list[dict[str, Any]]:
        return next(each for each in self.prompts.values() if each[0]["id"] == key)


def _mixed(there: Any, told: Any) -> Any:
    if not isinstance(there, dict) or not isinstance(told, dict):
        return deepcopy(told)
    return there | {key: _mixed(there.get(key), value) for key, value in told.items()}


@contextmanager
def local_braintrust(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Braintrust, in which somebody has made a version already that no environment has."""
    project = LocalBraintrust()
    other = project.add(PROMPT, completion(ELSEWHERE))

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "object_version": other}).encode()

    door = Faulty(project.app, lambda: project.has("production"), twist, {}, only="/production")
    with served(door) as url:
        spec = {"kind": "braintrust", "host": url, "project": PROJECT, "prompt": PROMPT, **more}
        yield System(project, spec, {"BRAINTRUST_API_KEY": KEY}, door, other, workflow)
        door.heal()
