"""A local LangSmith: of its API for prompts what this app asks, with the odd answers that it is known for.

Written from the published API description, from LangSmith's own SDK and from errors that people reported:
a commit like the newest one is refused, a tag that is there is not made twice, tags are told ids and not
hashes, and a deleted tag is answered with null. It is no LangSmith: where the two differ, this one is wrong.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.systems.faulty import Faulty
from tests.systems.system import ELSEWHERE, System, served

KEY = "lsv2_town_0123456789"
PROMPT = "support-refunds"
STRING_PROMPT = ["langchain", "prompts", "prompt", "PromptTemplate"]
HASHES = 8
"""Whatever is as long as this may be the beginning of a commit's hash."""


def string_prompt(text: str, **more: Any) -> dict[str, Any]:
    """A string prompt as LangChain writes it down."""
    given = {"input_variables": [], "template": text, "template_format": "mustache", **more}
    return {"lc": 1, "type": "constructor", "id": STRING_PROMPT, "kwargs": given}


class LocalLangsmith:
    """One workspace. ``commits`` has a prompt's commits, oldest first; ``moves`` is the history of a tag."""

    def __init__(self) -> None:
        self.commits: dict[str, list[dict[str, Any]]] = {}
        self.tags: dict[str, dict[str, dict[str, Any]]] = {}
        self.moves: dict[str, list[dict[str, Any]]] = {}
        self.keeps_history = True
        self.key, self._ticks = KEY, 0
        one, tags = "/commits/-/{repo}", "/repos/-/{repo}/tags"
        acts = [
            ("GET", "/repos/", self._repos),
            ("POST", "/repos/", self._make),
            ("GET", one + "/", self._list),
            ("GET", one + "/{commit}", self._read),
            ("POST", one, self._commit),
            ("GET", tags, self._listed_tags),
            ("POST", tags, self._tag),
            ("PATCH", tags + "/{tag}", self._move),
            ("DELETE", tags + "/{tag}", self._take),
            ("GET", tags + "/{tag}/history", self._history),
        ]
        routes = [Route(path, self._signed(act), methods=[method]) for method, path, act in acts]
        self.app = Starlette(routes=routes)
        self.app.router.redirect_slashes = False

    def add(self, repo: str, manifest: dict[str, Any], description: str | None = None) -> dict[str, Any]:
        """A new commit, made here or by somebody in the playground."""
        there = self.commits.setdefault(repo, [])
        self.tags.setdefault(repo, {})
        parent = there[-1]["commit_hash"] if there else ""
        digest = hashlib.sha256((parent + json.dumps(manifest)).encode()).hexdigest()
        made = {"id": str(uuid5(NAMESPACE_URL, digest)), "commit_hash": digest, "manifest": manifest}
        there.append({**made, "description": description, "full_name": "Town", "created_at": self._now()})
        return there[-1]

    def point(self, repo: str, tag: str, commit: dict[str, Any] | None) -> None:
        """Put a tag on a commit, or delete it, and write it into the history."""
        there, now = self.tags[repo], self._now()
        before = there.get(tag)
        if commit is None:
            there.pop(tag, None)
        else:
            kept = {"tag_name": tag, "created_at": before["created_at"] if before else now}
            there[tag] = {**kept, "commit_id": commit["id"], "commit_hash": commit["commit_hash"]}
        step = {"from_commit_hash": before and before["commit_hash"], "created_at": now}
        step["to_commit_hash"] = commit and commit["commit_hash"]
        self.moves.setdefault(f"{repo}/{tag}", []).append(step)

    def live(self, pointer: str = "production") -> str | None:
        """The text that clients get."""
        tag = self.tags[PROMPT].get(pointer)
        found = tag and self._held(PROMPT, tag["commit_hash"])
        return str(found["manifest"]["kwargs"]["template"]) if found else None

    def put(self, text: str) -> str:
        """Somebody puts a text live in the browser: its commit."""
        held = [each for each in self.commits[PROMPT] if each["manifest"]["kwargs"]["template"] == text]
        commit = held[0] if held else self.add(PROMPT, string_prompt(text))
        self.point(PROMPT, "production", commit)
        return str(commit["commit_hash"])

    def accept(self, *, credential: bool) -> None:
        """Whether the key is still taken."""
        self.key = KEY if credential else "another"

    def _now(self) -> str:
        self._ticks += 1
        return (datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=self._ticks)).isoformat()

    def _signed(self, act: Any) -> Any:
        async def answer(request: Request) -> JSONResponse:
            if request.headers.get("X-Api-Key") != self.key:
                return JSONResponse({"error": "Forbidden"}, 403)
            has_body = request.method in {"POST", "PATCH"}
            told = await request.json() if has_body else dict(request.query_params)
            told |= request.path_params
            if request.path_params and told["repo"] not in self.commits:
                return _error(404, "repo not found")
            return act(told)

        return answer

    def _repos(self, told: dict[str, Any]) -> JSONResponse:
        found = [{"repo_handle": name} for name in self.commits if told["query"] in name]
        return JSONResponse({"repos": found, "total": len(found)})

    def _make(self, told: dict[str, Any]) -> JSONResponse:
        name = told["repo_handle"]
        if name in self.commits:
            return _error(409, f"Repo {name} already exists")
        self.commits[name], self.tags[name] = [], {}
        return JSONResponse({"repo": {"repo_handle": name}})

    def _list(self, told: dict[str, Any]) -> JSONResponse:
        newest, start = self.commits[told["repo"]][::-1], int(told["offset"])
        shown = newest[start : start + int(told["limit"])]
        return JSONResponse({"commits": shown, "total": len(newest)})

    def _read(self, told: dict[str, Any]) -> JSONResponse:
        name, tag = told["commit"], self.tags[told["repo"]].get(told["commit"])
        found = self._held(told["repo"], name) if len(name) >= HASHES else None
        found = found or (tag and self._held(told["repo"], tag["commit_hash"]))
        if not found:
            return _error(404, "commit not found")
        manifest = found["manifest"]
        if told.get("include_model") != "true":
            manifest = manifest["kwargs"].get("first", manifest)
        return JSONResponse({"commit_hash": found["commit_hash"], "manifest": manifest, "examples": []})

    def _commit(self, told: dict[str, Any]) -> JSONResponse:
        there = self.commits[told["repo"]]
        newest = there[-1] if there else {"commit_hash": None, "manifest": None}
        if "\0" in json.dumps(told["manifest"], ensure_ascii=False):
            return _error(500, "unsupported Unicode escape sequence")
        if told.get("parent_commit") != newest["commit_hash"]:
            return _error(409, "parent commit is not the latest commit")
        if told["manifest"] == newest["manifest"]:
            return _error(409, "Nothing to commit: prompt has not changed since latest commit")
        return JSONResponse({"commit": self.add(told["repo"], told["manifest"], told["description"])})

    def _listed_tags(self, told: dict[str, Any]) -> JSONResponse:
        return JSONResponse(list(self.tags[told["repo"]].values()))

    def _tag(self, told: dict[str, Any]) -> JSONResponse:
        if told["tag_name"] in self.tags[told["repo"]]:
            return _error(409, f"Tag {told['tag_name']} already exists on commit")
        return self._pointed(told, told["tag_name"])

    def _move(self, told: dict[str, Any]) -> JSONResponse:
        return self._pointed(told, told["tag"])

    def _pointed(self, told: dict[str, Any], tag: str) -> JSONResponse:
        """A tag is told the id of a commit; a hash in its place is a wrong question."""
        there = self.commits[told["repo"]]
        commit = next((each for each in there if each["id"] == told["commit_id"]), None)
        if commit is None:
            return _error(422, "Input should be a valid UUID")
        self.point(told["repo"], tag, commit)
        return JSONResponse(self.tags[told["repo"]][tag])

    def _take(self, told: dict[str, Any]) -> JSONResponse:
        if told["tag"] not in self.tags[told["repo"]]:
            return _error(404, "tag not found")
        self.point(told["repo"], told["tag"], None)
        return JSONResponse(None)

    def _history(self, told: dict[str, Any]) -> JSONResponse:
        found = self.moves.get(f"{told['repo']}/{told['tag']}")
        if found is None or not self.keeps_history:
            return _error(404, "tag not found")
        start = int(told.get("offset", 0))
        shown = found[start : start + int(told["limit"])]
        return JSONResponse({"transitions": shown, "total": len(found)})

    def _held(self, repo: str, name: str) -> dict[str, Any] | None:
        there = self.commits[repo]
        return next((each for each in there if each["commit_hash"].startswith(name)), None)


def _error(status: int, words: str) -> JSONResponse:
    return JSONResponse({"error": words}, status)


@contextmanager
def local_langsmith(workflow: str = "refunds", **more: Any) -> Iterator[System]:
    """The local LangSmith, in which somebody has committed something already that nobody pulls."""
    workspace = LocalLangsmith()
    other = workspace.add(PROMPT, string_prompt(ELSEWHERE))

    def twist(path: str, body: bytes) -> tuple[str, bytes]:
        return path, json.dumps({**json.loads(body), "commit_id": other["id"]}).encode()

    def where() -> str | None:
        tag = workspace.tags[PROMPT].get("production")
        return None if tag is None else str(tag["commit_hash"])

    door = Faulty(workspace.app, where, twist, {}, only="/tags/production")
    with served(door) as url:
        spec = {"kind": "langsmith", "host": url, "prompt": PROMPT, **more}
        environment = {"LANGSMITH_API_KEY": KEY}
        yield System(workspace, spec, environment, door, other["commit_hash"], workflow)
        door.heal()
