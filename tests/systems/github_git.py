"""What a local GitHub keeps of git: blobs, trees, commits and branches, with names like those of git."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

MAIN = "main"
LONG = 1_000_000
"""Above this many bytes a file comes without its content."""


class Objects:
    """One repository. A tree is kept flat, as its paths with their blobs; a branch as its head."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, dict[str, str]] = {}
        self.commits: dict[str, dict[str, Any]] = {}
        self.branches: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        """What is at a path, where it is no plain file: "dir", "symlink" or "submodule"."""

    def blob(self, raw: bytes) -> str:
        """Store bytes: their name in git."""
        sha = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
        self.blobs[sha] = raw
        return sha

    def tree(self, base: str | None, entries: dict[str, str]) -> str:
        """Store a tree: another one with other blobs at some paths."""
        files = {**(self.trees[base] if base else {}), **entries}
        sha = _name("tree", files)
        self.trees[sha] = files
        return sha

    def commit(self, tree: str, parents: list[str], message: str, author: str) -> str:
        """Store a commit."""
        made = {"tree": tree, "parents": parents, "message": message, "author": author}
        made["date"] = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        sha = _name("commit", made)
        self.commits[sha] = made
        return sha

    def push(self, path: str, raw: bytes, *, branch: str = MAIN, author: str = "Ben Ito") -> str:
        """Somebody commits a file and pushes it: the commit."""
        head = self.branches.get(branch) or self.branches.get(MAIN)
        base = self.commits[head]["tree"] if head else None
        tree = self.tree(base, {path: self.blob(raw)})
        self.branches[branch] = self.commit(tree, [head] if head else [], f"Change {path}", author)
        return self.branches[branch]

    def blob_at(self, commit: str, path: str) -> str | None:
        """The name of the bytes that a commit has at a path."""
        return self.trees[self.commits[commit]["tree"]].get(path)

    def text(self, commit: str, path: str) -> str:
        """What the file says in a commit."""
        return self.blobs[self.blob_at(commit, path) or ""].decode()

    def log(self, head: str, path: str | None) -> list[str]:
        """The commits from a head down, those that changed the path, newest first."""
        found, at = [], head
        while at:
            parent = next(iter(self.commits[at]["parents"]), None)
            before = self.blob_at(parent, path) if parent and path else None
            if path is None or self.blob_at(at, path) != before:
                found.append(at)
            at = parent or ""
        return found

    def shown(self, commit: str) -> dict[str, Any]:
        """A commit as it stands in a list."""
        made = self.commits[commit]
        person = {"name": made["author"], "email": "x@example.com", "date": made["date"]}
        said = {"message": made["message"], "author": person, "committer": person}
        return {"sha": commit, "commit": {**said, "tree": {"sha": made["tree"]}}, "author": None}

    def contents(self, commit: str, path: str) -> Any:
        """What the contents API answers; None where nothing is at the path."""
        kind = self.kinds.get(path, "file")
        if kind == "dir":
            return [{"type": "file", "name": "a.md", "path": f"{path}/a.md", "sha": "0" * 40, "size": 1}]
        sha = self.blob_at(commit, path) if commit in self.commits else None
        if sha is None:
            return None
        raw = self.blobs[sha]
        is_long = len(raw) > LONG
        told = {"encoding": "none", "content": ""} if is_long else in_base64(raw)
        return {"type": kind, "path": path, "sha": sha, "size": len(raw), **told}


def in_base64(raw: bytes) -> dict[str, str]:
    """Bytes as GitHub answers them, in lines."""
    return {"encoding": "base64", "content": base64.encodebytes(raw).decode()}


def _name(kind: str, what: Any) -> str:
    told = f"{kind} {json.dumps(what, sort_keys=True)}".encode()
    return hashlib.sha1(told, usedforsecurity=False).hexdigest()
