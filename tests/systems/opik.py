"""A local Opik: of its API what prompts need, written from its sources and its own client (2.2.122)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

PROMPTS = "/v1/private/prompts"
KEY, WORKSPACE, PROJECT = "opik-0123456789-abcdef", "acme", "Default Project"
PROMPT = "support-refunds"
NAMES = ["development", "staging", "production", "canary"]
"""The workspace's environments. The first three are there from the start in each."""


class LocalOpik:
    """One workspace. ``versions`` are those of a prompt of a project, oldest first, as the API tells them."""

    def __init__(self) -> None:
        self.versions: dict[tuple[str | None, str], list[dict[str, Any]]] = {}
        self.key = KEY
        self.count = 0
        acts = {
            ("POST", f"{PROMPTS}/versions/retrieve"): self._retrieve,
            ("PATCH", f"{PROMPTS}/versions/{{version}}/environments"): self._deploy,
            ("POST", f"{PROMPTS}/versions"): self._add,
            ("PATCH", f"{PROMPTS}/versions"): self._tag,
            ("GET", f"{PROMPTS}/{{prompt}}/versions"): self._list,
            ("GET", f"{PROMPTS}/{{prompt}}"): self._prompt,
        }

        def guarded(act: Any) -> Any:
            async def answer(request: Request) -> Response:
                signed = (request.headers.get("Authorization"), request.headers.get("Comet-Workspace"))
                if signed != (self.key, WORKSPACE):
                    return _wrong(401, "User not allowed to access workspace")
                told = await request.json() if request.method != "GET" else dict(request.query_params)
                answered: Response = act(told, **request.path_params)
                return answered

            return answer

        routes = [Route(path, guarded(act), methods=[method]) for (method, path), act in acts.items()]
        self.app = Starlette(routes=routes)

    def add(self, name: str, text: str, *, project: str | None = PROJECT, **more: Any) -> str:
        """A new version, made here or by somebody in the browser: its number."""
        there = self.versions.setdefault((project, name), [])
        self.count += 1
        made = {
            "id": str(UUID(int=(0x7 << 76) + self.count)),
            "prompt_id": there[0]["prompt_id"] if there else str(UUID(int=len(self.versions))),
            "commit": f"{self.count:08x}",
            "version_number": f"v{len(there) + 1}",
            "template": text,
            "type": "mustache",
            "version_type": "prompt_version",
            "template_structure": "text",
            "created_at": (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=len(there))).isoformat(),
            "created_by": "admin",
        }
        there.append({**made, **more})
        return str(made["version_number"])

    def at(self, pointer: str) -> dict[str, Any] | None:
        """The version that is deployed to an environment."""
        there = self.versions[PROJECT, PROMPT]
        return next((each for each in there if pointer in each.get("environments", [])), None)

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        found = self.at(pointer)
        return None if found is None else str(found["template"])

    def put(self, text: str) -> str:
        """Somebody deploys a text in the browser: its version."""
        there = self.versions[PROJECT, PROMPT]
        held = [each["version_number"] for each in there if each["template"] == text]
        number = str(held[0]) if held else self.add(PROMPT, text)
        self._give(there[int(number[1:]) - 1], {"production"}, there)
        return number

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def _give(self, version: dict[str, Any], names: set[str], there: list[dict[str, Any]]) -> None:
        for each in there:
            left = [
                name for name in each.pop("environments", []) if each is not version and name not in names
            ]
            each.update({"environments": left} if left else {})
        version.update({"environments": sorted(names)} if names else {})

    def _retrieve(self, told: dict[str, Any]) -> Response:
        there = self.versions.get((told["project_name"], told["name"]))
        there = there or self.versions.get((None, told["name"]))
        if not there:
            return _wrong(404, "Prompt not found")
        found = there[::-1]
        for asked in ("commit", "version_number"):
            found = [each for each in found if told.get(asked) in {None, each[asked]}]
        if name := told.get("environment"):
            found = [each for each in found if name in each.get("environments", [])]
        return JSONResponse(found[0]) if found else _wrong(404, "Prompt version not found")

    def _add(self, told: dict[str, Any]) -> Response:
        version, place = told["version"], (told["project_name"], told["name"])
        if not version["template"].strip():
            return JSONResponse({"errors": ["version.template must not be blank"]}, 422)
        if not re.fullmatch("[a-zA-Z0-9]{8}", version["commit"]):
            return JSONResponse({"errors": ["version.commit must be 8 characters long"]}, 422)
        there = self.versions.get(place, [])
        if version["commit"] in [each["commit"] for each in there]:
            return JSONResponse({"errors": ["Prompt version already exists"]}, 409)
        kept = {"template_structure": there[0]["template_structure"] if there else told["template_structure"]}
        self.add(told["name"], version.pop("template"), project=told["project_name"], **version, **kept)
        return JSONResponse(self.versions[place][-1])

    def _tag(self, told: dict[str, Any]) -> Response:
        assert told["merge_tags"] is True, "others' tags would be lost"
        for each in (each for there in self.versions.values() for each in there):
            if each["id"] in told["ids"]:
                each["tags"] = [*each.get("tags", []), *told["update"]["tags"]]
        return Response(status_code=204)

    def _deploy(self, told: dict[str, Any], version: str) -> Response:
        if not set(told["environments"]) <= set(NAMES):
            return _wrong(404, "Environment not found")
        for there in self.versions.values():
            for each in there:
                if each["id"] == version:
                    self._give(each, set(told["environments"]), there)
                    return Response(status_code=204)
        return _wrong(404, "Prompt version not found")

    def _list(self, told: dict[str, str], prompt: str) -> Response:
        _place, there = self._of(prompt)
        size = int(told["size"])
        return JSONResponse({"page": 1, "size": size, "total": len(there), "content": there[::-1][:size]})

    def _prompt(self, _told: Any, prompt: str) -> Response:
        (project, name), _there = self._of(prompt)
        more = {} if project is None else {"project_id": str(UUID(int=1))}
        return JSONResponse({"id": prompt, "name": name, **more})

    def _of(self, prompt: str) -> tuple[tuple[str | None, str], list[dict[str, Any]]]:
        return next(found for found in self.versions.items() if found[1][0]["prompt_id"] == prompt)


def _wrong(status: int, message: str) -> Response:
    return JSONResponse({"code": status, "message": message}, status)


@contextmanager
def local_opik(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Opik, in which somebody has made a version already that is deployed nowhere."""
    local = LocalOpik()
    other = local.add(PROMPT, ELSEWHERE)
    another = local.versions[PROJECT, PROMPT][0]["id"]

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return re.sub("[^/]+(?=/environments$)", another, path), body

    def where() -> str | None:
        found = local.at("production")
        return None if found is None else str(found["version_number"])

    door = Faulty(local.app, where, twist, {}, only="/environments")
    with served(door) as url:
        names = {"workspace": WORKSPACE, "api_key_env": "OPIK_API_KEY"}
        spec = {"kind": "opik", "host": url, "prompt": PROMPT, **names, **more}
        yield System(local, spec, {"OPIK_API_KEY": KEY}, door, other, workflow)
        door.heal()
