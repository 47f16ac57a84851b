"""A local MLflow: of its model registry what prompts need, with the odd answers that a real 3.17 server gave.

The contract suite runs against a real server too where TEST_MLFLOW_URL names one; the two must agree.
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

API = "/api/2.0/mlflow"
USER, PASSWORD = "prompt-change", "town-0123456789"
MODEL = "support-refunds"
IS_PROMPT, TEXT = "mlflow.prompt.is_prompt", "mlflow.prompt.text"


class LocalMlflow:
    """One registry. ``versions`` has a prompt's versions, oldest first; ``aliases`` what each names."""

    def __init__(self) -> None:
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.aliases: dict[str, dict[str, str]] = {}
        self.password = PASSWORD
        acts = {
            ("GET", "/registered-models/alias"): self._alias,
            ("POST", "/registered-models/alias"): self._give,
            ("DELETE", "/registered-models/alias"): self._take,
            ("POST", "/registered-models/create"): self._make,
            ("GET", "/model-versions/get"): self._get,
            ("GET", "/model-versions/search"): self._search,
            ("POST", "/model-versions/create"): self._add,
            ("POST", "/model-versions/set-tag"): self._tag,
        }
        self._acts = acts
        routes = [Route(API + path, self._any, methods=[method]) for method, path in acts]
        self.app = Starlette(routes=routes)

    def add(self, name: str, text: str, **tags: str) -> str:
        """A new version, made here or by somebody with MLflow's own client: its number."""
        self.aliases.setdefault(name, {})
        there = self.versions.setdefault(name, [])
        number = str(len(there) + 1)
        made = {
            "name": name,
            "version": number,
            "creation_timestamp": 1_772_323_200_000 + 60_000 * len(there),
        }
        there.append({**made, "description": "", "tags": {IS_PROMPT: "true", TEXT: text, **tags}})
        return number

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        at = self.aliases[MODEL].get(pointer)
        return None if at is None else str(self.versions[MODEL][int(at) - 1]["tags"][TEXT])

    def put(self, text: str) -> str:
        """Somebody puts a text live with MLflow's own client: its version."""
        held = [each for each in self.versions[MODEL] if each["tags"][TEXT] == text]
        number = str(held[0]["version"]) if held else self.add(MODEL, text)
        self.aliases[MODEL]["production"] = number
        return number

    def accept(self, *, credential: bool) -> None:
        """Whether the password is still taken."""
        self.password = PASSWORD if credential else "another"

    async def _any(self, request: Request) -> JSONResponse:
        right = "Basic " + b64encode(f"{USER}:{self.password}".encode()).decode()
        if request.headers.get("Authorization") != right:
            return JSONResponse({"message": "You are not authenticated."}, 401)
        told = dict(request.query_params) if request.method == "GET" else await request.json()
        return self._acts[request.method, request.url.path.removeprefix(API)](told)

    def _alias(self, told: dict[str, Any]) -> JSONResponse:
        if told["name"] not in self.versions:
            return _missing(f"Registered Model with name={told['name']} not found")
        number = self.aliases[told["name"]].get(told["alias"])
        if number is None:
            return _wrong(f"Registered model alias {told['alias']} not found.")
        return self._shown(told["name"], number)

    def _give(self, told: dict[str, Any]) -> JSONResponse:
        if not self._held(told):
            return _no_version(told)
        if told["alias"].lower() == "latest":
            return _wrong("'latest' alias name (case insensitive) is reserved.")
        self.aliases[told["name"]][told["alias"]] = told["version"]
        return JSONResponse({})

    def _take(self, told: dict[str, Any]) -> JSONResponse:
        self.aliases[told["name"]].pop(told["alias"], None)
        return JSONResponse({})  # also where there was none

    def _make(self, told: dict[str, Any]) -> JSONResponse:
        if told["name"] in self.versions:
            code = "RESOURCE_ALREADY_EXISTS"
            return JSONResponse(
                {"error_code": code, "message": f"Prompt (name={told['name']}) already exists."}, 400
            )
        self.versions[told["name"]], self.aliases[told["name"]] = [], {}
        return JSONResponse({"registered_model": {"name": told["name"]}})

    def _get(self, told: dict[str, Any]) -> JSONResponse:
        if not told["version"].isdecimal():
            return _wrong(f"Parameter 'version' must be an integer, got '{told['version']}'.")
        return self._shown(told["name"], told["version"]) if self._held(told) else _no_version(told)

    def _search(self, told: dict[str, Any]) -> JSONResponse:
        name = re.search(r"name = '([^']*)'", told["filter"])
        wanted = dict(re.findall(r"tags\.`([^`]*)` = '([^']*)'", told["filter"]))
        there = self.versions.get(name[1], []) if name else []
        # Without the tag of prompts in the filter it finds models only.
        found = [each for each in there if IS_PROMPT in wanted and wanted.items() <= each["tags"].items()]
        newest = [_as_json(each) for each in reversed(found)][: int(told["max_results"])]
        return JSONResponse({"model_versions": newest} if newest else {})

    def _add(self, told: dict[str, Any]) -> JSONResponse:
        if told["name"] not in self.versions:
            return _missing(f"Registered Model with name={told['name']} not found")
        if told["source"] != "dummy-source":
            return _wrong(
                f"Invalid prompt source: '{told['source']}'. Prompt sources must use an MLflow placeholder."
            )
        tags = {each["key"]: each["value"] for each in told["tags"]}
        if len(tags[TEXT]) > 100_000:
            return _wrong("Prompt text exceeds max length of 100000 characters.")
        number = self.add(told["name"], tags.pop(TEXT), **tags)
        self.versions[told["name"]][-1]["description"] = told.get("description", "")
        return self._shown(told["name"], number)

    def _tag(self, told: dict[str, Any]) -> JSONResponse:
        found = self._held(told)
        if not found:
            return _no_version(told)
        found["tags"][told["key"]] = told["value"]
        return JSONResponse({})

    def _held(self, told: dict[str, Any]) -> dict[str, Any] | None:
        there = self.versions.get(told["name"], [])
        return next((each for each in there if each["version"] == told["version"]), None)

    def _shown(self, name: str, number: str) -> JSONResponse:
        return JSONResponse({"model_version": _as_json(self.versions[name][int(number) - 1])})


def _as_json(held: dict[str, Any]) -> dict[str, Any]:
    return {**held, "tags": [{"key": key, "value": value} for key, value in held["tags"].items()]}


def _missing(message: str) -> JSONResponse:
    return JSONResponse({"error_code": "RESOURCE_DOES_NOT_EXIST", "message": message}, 404)


def _no_version(told: dict[str, Any]) -> JSONResponse:
    return _missing(f"Model Version (name={told['name']}, version={told['version']}) not found")


def _wrong(message: str) -> JSONResponse:
    return JSONResponse({"error_code": "INVALID_PARAMETER_VALUE", "message": message}, 400)


@contextmanager
def local_mlflow(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local MLflow, in which somebody has made a version already that nobody loads."""
    registry = LocalMlflow()
    other = registry.add(MODEL, ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "version": other}).encode()

    door = Faulty(
        registry.app,
        lambda: registry.aliases[MODEL].get("production"),
        twist,
        {},
        only="/registered-models/alias",
    )
    with served(door) as url:
        names = {"username_env": "MLFLOW_USER", "password_env": "MLFLOW_PASSWORD"}
        spec = {"kind": "mlflow", "host": url, "prompt": MODEL, **names, **more}
        environment = {"MLFLOW_USER": USER, "MLFLOW_PASSWORD": PASSWORD}
        yield System(registry, spec, environment, door, other, workflow)
        door.heal()
