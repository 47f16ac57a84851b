"""A local Agenta: of its API what prompts need, written from its sources and its own client (0.125.1)."""

import json
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

KEY = "agenta-0123456789-abcdef"
PROMPT = "support-refunds"
SETTINGS: dict[str, Any] = {"template_format": "mustache", "llm_config": {"model": "gpt-x"}}


def revision_id(number: int) -> str:
    """How Agenta names its version of a number."""
    return str(UUID(int=(0xA7 << 76) + number))


class LocalAgenta:
    """One project. ``revisions`` are those of all applications, oldest first; ``commits`` of environments."""

    def __init__(self) -> None:
        self.applications: dict[str, str] = {}
        self.revisions: list[dict[str, Any]] = []
        self.commits: list[dict[str, Any]] = []
        self.key = KEY
        self.broken = False
        """Its database fails, and its reads answer with nothing."""
        self.environments = {
            name: str(UUID(int=100 + at)) for at, name in enumerate(("production", "canary"))
        }
        for name in self.environments:
            self._deployed(name, None, "Initial commit", "")
        acts = {
            ("POST", "/simple/applications/query"): self._applications,
            ("POST", "/simple/environments/query"): self._environments,
            ("POST", "/applications/revisions/query"): self._revisions,
            ("POST", "/applications/revisions/commit"): self._commit,
            ("GET", "/applications/revisions/{revision}"): self._revision,
            ("POST", "/environments/revisions/query"): self._commits,
            ("POST", "/environments/revisions/commit"): self._deploy,
        }

        def guarded(act: Any) -> Any:
            async def answer(request: Request) -> Response:
                if request.headers.get("Authorization") != f"ApiKey {self.key}":
                    return JSONResponse({"detail": "Unauthorized"}, 401)
                told = await request.json() if request.method == "POST" else request.path_params
                if self.broken and "commit" not in request.url.path:
                    return JSONResponse({"count": 0})
                answered: Response = act(told)
                return answered

            return answer

        routes = [Route(path, guarded(act), methods=[method]) for (method, path), act in acts.items()]
        self.app = Starlette(routes=routes)

    def make(self, application: str) -> None:
        """An application with an empty first version, as each has."""
        self.applications[application] = str(UUID(int=len(self.applications) + 1))
        self._kept(application, None, slug=f"initial-{application}", message="Initial commit")

    def add(self, application: str, text: str, **prompt: Any) -> str:
        """A new version, made here or by somebody in the browser: its name."""
        if application not in self.applications:
            self.make(application)
        told = {"messages": [{"role": "system", "content": text}], **SETTINGS, **prompt}
        return self._kept(application, {"uri": "agenta:builtin:chat:v0", "parameters": {"prompt": told}})

    def at(self, pointer: str = "production") -> str | None:
        """The version that is deployed."""
        found = self.references(pointer).get(f"{PROMPT}.revision")
        return None if found is None else str(found["application_revision"]["id"])

    def references(self, pointer: str = "production") -> dict[str, Any]:
        """What is deployed to an environment."""
        last = next(each for each in self.commits[::-1] if each["environment"] == pointer)
        return dict((last["data"] or {}).get("references") or {})

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        at = self.at(pointer)
        return None if at is None else _text(next(each for each in self.revisions if each["id"] == at))

    def put(self, text: str) -> str:
        """Somebody deploys a text in the browser: its version."""
        ours = [each for each in self.revisions if each["application_slug"] == PROMPT and each["data"]]
        held = [each["id"] for each in ours if _text(each) == text]
        version = str(held[0]) if held else self.add(PROMPT, text)
        self.deploy(PROMPT, version)
        return version

    def deploy(self, application: str, version: str, pointer: str = "production") -> None:
        """Somebody deploys a version."""
        named = {"application_revision": {"id": version}}
        references = {**self.references(pointer), f"{application}.revision": named}
        self._deployed(pointer, {"references": references}, "", f"browser-{len(self.commits)}")

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def _kept(self, application: str, data: dict[str, Any] | None, **more: Any) -> str:
        at = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=len(self.revisions))
        ours = [each for each in self.revisions if each["application_slug"] == application]
        made = {"id": revision_id(len(self.revisions) + 1), "data": data, "version": str(len(ours))}
        owner = self.applications[application]
        made |= {"application_id": owner, "application_slug": application, "created_at": at.isoformat()}
        made |= {"application_variant_id": str(UUID(int=UUID(owner).int + 500)), "slug": f"s{at:%H%M}"}
        self.revisions.append({**made, **more})
        return str(made["id"])

    def _deployed(self, pointer: str, data: dict[str, Any] | None, message: str, slug: str) -> None:
        self.commits.append({"environment": pointer, "data": data, "message": message, "slug": slug})

    def _applications(self, told: dict[str, Any]) -> Response:
        (ref,) = told["application_refs"]
        found = [{"id": owner, "slug": name} for name, owner in self.applications.items()]
        return JSONResponse({"applications": [each for each in found if each["slug"] == ref["slug"]]})

    def _environments(self, told: dict[str, Any]) -> Response:
        (ref,) = told["environment_refs"]
        found = self.environments.get(ref["slug"])
        if found is None:
            return JSONResponse({"count": 0, "environments": []})
        references = self.references(ref["slug"])
        shown = {"id": found, "slug": ref["slug"], "variant_id": str(UUID(int=UUID(found).int + 500))}
        shown |= {"data": {"references": references}} if references else {}
        return JSONResponse({"count": 1, "environments": [shown]})

    def _revisions(self, told: dict[str, Any]) -> Response:
        (ref,) = told["application_refs"]
        found = [each for each in self.revisions[::-1] if each["application_id"] == ref["id"]]
        slugs = [each["slug"] for each in told.get("application_revision_refs", [])]
        found = [each for each in found if not slugs or each["slug"] in slugs]
        return JSONResponse({"application_revisions": found[: told["windowing"]["limit"]]})

    def _revision(self, told: dict[str, Any]) -> Response:
        found = [each for each in self.revisions if each["id"] == told["revision"]]
        return JSONResponse({"count": 1, "application_revision": found[0]} if found else {"count": 0})

    def _commit(self, told: dict[str, Any]) -> Response:
        new = told["application_revision"]
        if new["slug"] in [each["slug"] for each in self.revisions]:
            return _conflict()
        name = next(each for each, owner in self.applications.items() if owner == new["application_id"])
        self._kept(name, new["data"], slug=new["slug"], message=new["message"])
        return JSONResponse({"count": 1, "application_revision": self.revisions[-1]})

    def _commits(self, told: dict[str, Any]) -> Response:
        (ref,) = told["environment_revision_refs"]
        return JSONResponse(
            {"environment_revisions": [each for each in self.commits if each["slug"] == ref["slug"]]}
        )

    def _deploy(self, told: dict[str, Any]) -> Response:
        new = told["environment_revision"]
        if new["slug"] in [each["slug"] for each in self.commits]:
            return _conflict()
        name = next(each for each, owner in self.environments.items() if owner == new["environment_id"])
        self._deployed(name, new["data"], new["message"], new["slug"])
        return JSONResponse({"count": 1, "environment_revision": {"slug": new["slug"]}})


def _text(revision: dict[str, Any]) -> str:
    return str(revision["data"]["parameters"]["prompt"]["messages"][0]["content"])


def _conflict() -> Response:
    return JSONResponse({"detail": {"message": "Revision with this slug already exists."}}, 409)


@contextmanager
def local_agenta(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local Agenta, in which somebody has made a version already that is deployed nowhere."""
    local = LocalAgenta()
    other = local.add(PROMPT, ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        told = json.loads(body)
        named = told["environment_revision"]["data"]["references"][f"{PROMPT}.revision"]
        named["application_revision"] = {"id": other}
        return path, json.dumps(told).encode()

    door = Faulty(local.app, local.at, twist, {"count": 0}, only="/environments/revisions/commit")
    with served(door) as url:
        spec = {"kind": "agenta", "host": url, "prompt": PROMPT, **more}
        yield System(local, spec, {"AGENTA_API_KEY": KEY}, door, other, workflow)
        door.heal()
