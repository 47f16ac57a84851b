"""A local Langfuse: its v2 API for prompts as it is documented, with the odd answers that it is known for.

Written from the published API description and from what Langfuse's server does: labels are unique across the
versions of a prompt, a PATCH adds labels and takes none away, every new version becomes `latest`, and what is
not there is a 404 of a certain shape. It is no Langfuse: where the two differ, this one is wrong.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

PUBLIC, SECRET = "pk-lf-town", "sk-lf-town-0123456789"
LABEL = re.compile(r"[a-z0-9_.-]{1,36}")
PROMPTS = "/api/public/v2/prompts"
PROMPT = "support/refunds"


class LocalLangfuse:
    """One project. ``versions`` maps a prompt's name to its versions, oldest first."""

    def __init__(self) -> None:
        self.versions: dict[str, list[dict[str, Any]]] = {}
        self.secret = SECRET
        routes = [
            Route(PROMPTS, self._listed, methods=["GET"]),
            Route(PROMPTS, self._created, methods=["POST"]),
            Route(PROMPTS + "/{name:path}/versions/{version:int}", self._labelled, methods=["PATCH"]),
            Route(PROMPTS + "/{name:path}", self._one, methods=["GET"]),
        ]
        self.app = Starlette(routes=routes)

    def labelled(self, name: str, label: str) -> int | None:
        """The version that carries a label."""
        found = [each["version"] for each in self.versions.get(name, []) if label in each["labels"]]
        assert len(found) <= 1, "labels are unique"
        return found[0] if found else None

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        number = self.labelled(PROMPT, pointer)
        return None if number is None else self.versions[PROMPT][number - 1]["prompt"]

    def put(self, text: str) -> str:
        """Somebody puts a text live in the browser: its version."""
        for each in self.versions.get(PROMPT, []):
            if each["prompt"] == text:
                self.give(PROMPT, each["version"], ["production"])
                return str(each["version"])
        return str(self.add(PROMPT, text, labels=("production",))["version"])

    def accept(self, *, credential: bool) -> None:
        """Whether the secret key is still taken."""
        self.secret = SECRET if credential else "another"

    def give(self, name: str, version: int, labels: list[str]) -> dict[str, Any]:
        """Add labels to a version, and so take them from the others."""
        for each in self.versions[name]:
            each["labels"] = [label for label in each["labels"] if label not in labels]
        found = self.versions[name][version - 1]
        found["labels"] = [*found["labels"], *labels]
        return found

    def add(self, name: str, prompt: Any, *, labels: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
        """A new version, made here or by somebody in the browser."""
        there = self.versions.setdefault(name, [])
        number = len(there) + 1
        at = (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=number)).isoformat()
        made = {"type": "text", "config": {}, "tags": [], "createdBy": "API", "commitMessage": None, **more}
        made |= {"name": name, "version": number, "prompt": prompt, "labels": [], "createdAt": at}
        there.append(made)
        return self.give(name, number, [*dict.fromkeys([*labels, "latest"])])

    async def _one(self, request: Request) -> JSONResponse:
        refused = self._refused(request)
        if refused:
            return refused
        name, asked = request.path_params["name"], request.query_params
        version, label = asked.get("version"), asked.get("label")
        if version and label:
            return _error(400, "InvalidRequestError", "Cannot specify both version and label")
        for each in self.versions.get(name, []):
            if str(each["version"]) == version or (not version and (label or "production") in each["labels"]):
                return JSONResponse(each)
        which = f"version {version}" if version else f"label '{label or 'production'}'"
        return _error(404, "LangfuseNotFoundError", f"Prompt not found: '{name}' with {which}")

    async def _listed(self, request: Request) -> JSONResponse:
        refused = self._refused(request)
        if refused:
            return refused
        wanted = request.query_params.get("name", "")
        # Older servers took the name as a part of names.
        data = [
            {
                "name": name,
                "versions": [each["version"] for each in there],
                "labels": sorted({label for each in there for label in each["labels"]}),
                "tags": [],
                "lastUpdatedAt": there[-1]["createdAt"],
            }
            for name, there in self.versions.items()
            if wanted in name
        ]
        meta = {"page": 1, "limit": 100, "totalItems": len(data), "totalPages": 1}
        return JSONResponse({"data": data, "meta": meta})

    async def _created(self, request: Request) -> JSONResponse:
        refused = self._refused(request)
        if refused:
            return refused
        told = await request.json()
        there = self.versions.get(told["name"], [])
        if not all(LABEL.fullmatch(each) for each in told.get("labels", [])):
            return _error(400, "Invalid request data", "label")
        if len(told.get("commitMessage") or "") > 500 or not isinstance(told["prompt"], str | list):
            return _error(400, "Invalid request data", "commitMessage or prompt")
        if "\0" in str(told["prompt"]):
            return _error(500, "Internal Server Error", "unsupported Unicode escape sequence")
        if there and there[-1]["type"] != told.get("type", "text"):
            return _error(400, "InvalidRequestError", "Previous versions have different prompt type.")
        more = {key: told[key] for key in ("type", "config", "commitMessage") if key in told}
        made = self.add(told["name"], told["prompt"], labels=tuple(told.get("labels", [])), **more)
        return JSONResponse(made, 201)

    async def _labelled(self, request: Request) -> JSONResponse:
        refused = self._refused(request)
        if refused:
            return refused
        name, number = request.path_params["name"], request.path_params["version"]
        labels = (await request.json())["newLabels"]
        if not 1 <= number <= len(self.versions.get(name, [])):
            return _error(404, "LangfuseNotFoundError", f"Prompt not found: {name}")
        if not all(LABEL.fullmatch(each) and each != "latest" for each in labels):
            return _error(400, "Invalid request data", "label")
        return JSONResponse(self.give(name, number, labels))  # an empty list gives nothing, with 200

    def _refused(self, request: Request) -> JSONResponse | None:
        right = "Basic " + b64encode(f"{PUBLIC}:{self.secret}".encode()).decode()
        if request.headers.get("Authorization") == right:
            return None
        return _error(
            401, "UnauthorizedError", "Invalid credentials. Confirm that you've configured the host."
        )


def _error(status: int, error: str, message: str) -> JSONResponse:
    return JSONResponse({"message": message, "error": error}, status)


@contextmanager
def local_langfuse(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Langfuse, in which somebody has made a version already that nobody fetches."""
    project = LocalLangfuse()
    other = str(project.add(PROMPT, ELSEWHERE)["version"])

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return f"{path.rpartition('/')[0]}/{other}", body

    nothing = {"name": PROMPT, "version": 1, "labels": ["production"], "prompt": ELSEWHERE}
    door = Faulty(project.app, lambda: str(project.labelled(PROMPT, "production")), twist, nothing)
    with served(door) as url:
        spec = {"kind": "langfuse", "host": url, "prompt": PROMPT, **more}
        environment = {"LANGFUSE_PUBLIC_KEY": PUBLIC, "LANGFUSE_SECRET_KEY": SECRET}
        yield System(project, spec, environment, door, other, workflow)
        door.heal()
