"""A local GitHub with a CI: of its REST API what prompts need, written from its published description."""

import base64
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
from tests.systems.github_git import MAIN, Objects, in_base64
from tests.systems.system import ELSEWHERE, System, served

TOKEN = "github_pat_11AAAAAAA0123456789abcdef"
REPOSITORY = "acme/prompts"
PATH = "support/refunds.md"
ROUTES = [
    ("GET", "", "_repository"),
    ("GET", "/contents/{path:path}", "_contents"),
    ("GET", "/commits", "_commits"),
    ("GET", "/git/ref/heads/{name:path}", "_branch"),
    ("GET", "/git/matching-refs/heads/{name:path}", "_branches"),
    ("GET", "/git/blobs/{sha}", "_blob"),
    ("POST", "/git/blobs", "_make_blob"),
    ("POST", "/git/trees", "_make_tree"),
    ("POST", "/git/commits", "_make_commit"),
    ("POST", "/git/refs", "_make_branch"),
    ("GET", "/deployments", "_deployments"),
    ("POST", "/deployments", "_deploy"),
    ("GET", "/deployments/{deployment:int}/statuses", "_statuses"),
    ("POST", "/deployments/{deployment:int}/statuses", "_report"),
    ("POST", "/dispatches", "_dispatch"),
]


class LocalGithub:
    """One repository, whose CI ships what is deployed. ``shipped``: the commit that an environment runs."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, tzinfo=UTC)
        self.git = Objects(self._tick)
        self.git.push("README.md", b"Prompts.\n")
        self.token = TOKEN
        self.deployments: list[dict[str, Any]] = []
        self.statuses: dict[int, list[dict[str, Any]]] = {}
        self.shipped: dict[str, str] = {}
        self.dispatched: list[dict[str, Any]] = []
        self.ci: list[str] = ["in_progress", "success"]
        """What the CI says of a deployment as soon as it is told of it; empty: nothing, it is slow."""
        self.starts_by = "deployment"
        self.instead: dict[tuple[str, str], Response] = {}
        """Odd answers, by method and what stands after the repository."""
        self.asked: list[tuple[str, str]] = []

        def routed(act: str) -> Any:
            async def answer(request: Request) -> Response:
                return self._answered(request, act, await request.body())

            return answer

        base = "/repos/{owner}/{repository}"
        made = [Route(base + rest, routed(act), methods=[method]) for method, rest, act in ROUTES]
        self.app = Starlette(routes=made)

    # What people and the CI do

    def add(self, text: str, path: str = PATH) -> str:
        """Somebody commits a text to the default branch and deploys nothing: the commit."""
        return self.git.push(path, text.encode())

    def put(self, text: str) -> str:
        """Somebody has the CI ship a text, past the app: its version."""
        known = [each for each in self.git.commits if self.git.blob_at(each, PATH)]
        held = [each for each in known if self.git.text(each, PATH) == text]
        version = held[0] if held else self.add(text)
        self.deploy(version)
        return version

    def deploy(self, version: str, environment: str = "production", **more: Any) -> int:
        """Somebody makes a deployment, and the CI does with it as it does: its number."""
        told = {"ref": version, "environment": environment, "payload": "", **more}
        return int(self._deployed(told)["id"])

    def report(self, deployment: int, state: str, description: str = "", log_url: str = "") -> None:
        """The CI says what became of a deployment."""
        made = next(each for each in self.deployments if each["id"] == deployment)
        if state == "success":
            self.shipped[made["environment"]] = made["sha"]
        self._said(made, {"state": state, "description": description, "log_url": log_url})

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        at = self.at(pointer)
        return None if at is None else self.git.text(at, PATH)

    def at(self, pointer: str = "production") -> str | None:
        """The commit that the CI shipped last."""
        return self.shipped.get(pointer)

    def accept(self, *, credential: bool) -> None:
        """Whether the token is still taken."""
        self.token = TOKEN if credential else "another"

    def states(self, deployment: int) -> list[str]:
        """What was said of a deployment, in order."""
        return [each["state"] for each in self.statuses[deployment]]

    # What it answers

    def _answered(self, request: Request, act: str, body: bytes) -> Response:
        rest = request.url.path.removeprefix(f"/repos/{REPOSITORY}")
        self.asked.append((request.method, rest))
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return _no(401, "Bad credentials")
        if (request.method, rest) in self.instead:
            return self.instead[request.method, rest]
        if not request.url.path.startswith(f"/repos/{REPOSITORY}"):
            return _no(404, "Not Found")
        told = json.loads(body) if request.method == "POST" else dict(request.query_params)
        answered: Any = getattr(self, act)({**request.path_params, **told})
        if isinstance(answered, Response):
            return answered
        if isinstance(answered, list):
            return _page(request, answered)
        return JSONResponse(answered, 201 if request.method == "POST" else 200)

    def _repository(self, told: dict[str, Any]) -> Any:
        del told
        return {"full_name": REPOSITORY, "default_branch": MAIN}

    def _contents(self, told: dict[str, Any]) -> Any:
        found = self.git.contents(told["ref"], told["path"])
        return _no(404, "Not Found") if found is None else JSONResponse(found)

    def _commits(self, told: dict[str, Any]) -> Any:
        head = told.get("sha") or self.git.branches.get(MAIN)
        if head is None:
            return _no(409, "Git Repository is empty.")
        return [self.git.shown(each) for each in self.git.log(head, told.get("path"))]

    def _branch(self, told: dict[str, Any]) -> Any:
        name = told["name"]
        return _ref(name, self.git.branches[name]) if name in self.git.branches else _no(404, "Not Found")

    def _branches(self, told: dict[str, Any]) -> Any:
        found = sorted(each for each in self.git.branches.items() if each[0].startswith(told["name"]))
        return [_ref(*each) for each in found]

    def _blob(self, told: dict[str, Any]) -> Any:
        return {"sha": told["sha"], **in_base64(self.git.blobs[told["sha"]])}

    def _make_blob(self, told: dict[str, Any]) -> Any:
        return {"sha": self.git.blob(base64.b64decode(told["content"]))}

    def _make_tree(self, told: dict[str, Any]) -> Any:
        return {"sha": self.git.tree(told["base_tree"], {each["path"]: each["sha"] for each in told["tree"]})}

    def _make_commit(self, told: dict[str, Any]) -> Any:
        made = self.git.commit(told["tree"], told["parents"], told["message"], "prompt-change-app")
        return {"sha": made}

    def _make_branch(self, told: dict[str, Any]) -> Any:
        name = told["ref"].removeprefix("refs/heads/")
        if name in self.git.branches:
            return _no(422, "Reference already exists")
        self.git.branches[name] = told["sha"]
        return _ref(name, told["sha"])

    def _deployments(self, told: dict[str, Any]) -> Any:
        about = {name: told[name] for name in ("environment", "sha") if name in told}
        return [each for each in self.deployments[::-1] if each.items() >= about.items()]

    def _deploy(self, told: dict[str, Any]) -> Any:
        if told["ref"] not in self.git.commits:
            return _no(422, f"No ref found for: {told['ref']}")
        return self._deployed(told)

    def _statuses(self, told: dict[str, Any]) -> Any:
        return self.statuses[told["deployment"]][::-1]

    def _report(self, told: dict[str, Any]) -> Any:
        made = next(each for each in self.deployments if each["id"] == told["deployment"])
        return self._said(made, told)

    def _dispatch(self, told: dict[str, Any]) -> Any:
        assert len(told["client_payload"]) <= 10, "GitHub takes ten names at most"
        self.dispatched.append({name: told[name] for name in ("event_type", "client_payload")})
        if self.starts_by == "dispatch":
            self._run(told["client_payload"]["deployment"])
        return Response(status_code=204)

    def _deployed(self, told: dict[str, Any]) -> dict[str, Any]:
        at = self._tick().isoformat()
        environment = told.get("environment", "production")
        made = {"id": 7_000 + len(self.deployments), "sha": told["ref"], "ref": told["ref"], "created_at": at}
        made |= {"environment": environment, "payload": told.get("payload", ""), "task": told.get("task")}
        made |= {"description": told.get("description"), "updated_at": at}
        made["transient_environment"] = told.get("transient_environment", False)
        made["production_environment"] = told.get("production_environment", environment == "production")
        self.deployments.append(made)
        self.statuses[int(made["id"])] = []
        if self.starts_by == "deployment":
            self._run(int(made["id"]))
        return made

    def _run(self, deployment: int) -> None:
        """The CI is told of a deployment."""
        for state in self.ci:
            self.report(deployment, state)

    def _said(self, made: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
        at = self._tick().isoformat()
        status = {"id": sum(map(len, self.statuses.values())) + 1, "created_at": at, "state": told["state"]}
        status |= {"description": told.get("description", ""), "log_url": told.get("log_url", "")}
        if told["state"] == "success" and told.get("auto_inactive", True):
            self._end_earlier(made, at)
        self.statuses[made["id"]].append(status)
        return status

    def _end_earlier(self, made: dict[str, Any], at: str) -> None:
        """A success makes earlier ones inactive, but not those of production nor transient ones."""
        for each in self.deployments:
            is_earlier = each["id"] < made["id"] and each["environment"] == made["environment"]
            is_kept = each["production_environment"] or each["transient_environment"]
            said = self.statuses[each["id"]]
            if is_earlier and not is_kept and said and said[-1]["state"] == "success":
                number = sum(map(len, self.statuses.values())) + 1
                said.append({"id": number, "created_at": at, "state": "inactive", "description": ""})

    def _tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _no(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "documentation_url": "https://docs.github.com/rest"}, status)


def _ref(name: str, sha: str) -> dict[str, Any]:
    return {"ref": f"refs/heads/{name}", "object": {"type": "commit", "sha": sha}}


def _page(request: Request, items: list[Any]) -> Response:
    size, page = (int(request.query_params.get(name, 30 if name == "per_page" else 1)) for name in PAGING)
    rest = {"Link": f'<{request.url}&page={page + 1}>; rel="next"'} if len(items) > size * page else {}
    return JSONResponse(items[size * (page - 1) : size * page], headers=rest)


PAGING = ("per_page", "page")


@contextmanager
def local_github(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local GitHub, where somebody has committed a text already that is deployed nowhere."""
    local = LocalGithub()
    other = local.add(ELSEWHERE)

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "ref": other}).encode()

    door = Faulty(local.app, local.at, twist, {"id": 1}, only="/deployments")
    with served(door) as url:
        spec = {"kind": "github", "host": url, "repository": REPOSITORY, "path": PATH, **more}
        yield System(local, spec, {"GITHUB_TOKEN": TOKEN}, door, other, workflow)
        door.heal()
