"""The git target: a version is the blob at one path, a move is one commit on a branch.

The branch is swung by compare-and-swap, here or on a remote, so that any number of processes and people may
write to the same repository. A move must never change another path, and never a branch that somebody has
checked out.
"""

import re
import shlex
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePath

from dulwich.objects import Blob, Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.connectors.git_branches import Branches, LocalPlace, Place
from bot.connectors.git_history import (
    BY,
    CHANGE,
    KEY,
    PATH,
    POINTER,
    message,
    one_line,
    versions,
    was_made,
)
from bot.connectors.git_names import (
    branch,
    checked_author,
    checked_path,
    checked_pointers,
    encoded,
    proposal,
    renewed,
    short,
)
from bot.connectors.git_objects import (
    PLAIN_FILE,
    Entry,
    carried,
    entry_at,
    store_text,
    tree_of,
    with_path,
)
from bot.connectors.git_signing import tag_of
from bot.connectors.protocol import (
    Content,
    Moved,
    PointerElsewhere,
    TargetError,
    TargetRefused,
    Version,
    VersionMissing,
)

AUTHOR = "Prompt Change <prompt-change@localhost>"


def utc_now() -> datetime:
    """The time that goes into a commit."""
    return datetime.now(UTC)


class GitTarget:
    """One path in one git repository, with a branch for each pointer.

    `repository` is a folder on this machine, bare or not, or a remote; `name` is the folder as people wrote
    it; `author` is the git identity of the app's own commits. Raises TargetMisconfigured for a path or a
    branch that git could not hold.
    """

    def __init__(
        self,
        repository: Path | Place,
        path: str,
        pointer: str = "production",
        canary: str | None = None,
        *,
        name: str = "",
        author: str = AUTHOR,
        lag: timedelta = timedelta(0),
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.place: Place = (
            LocalPlace(repository, name or str(repository)) if isinstance(repository, Path) else repository
        )
        self.path = checked_path(path)
        self.live_pointer, self.canary_pointer = checked_pointers(pointer, canary)
        self.lag = lag
        self._author = checked_author(author)
        self._clock = clock
        self._key_path = self.path.encode()

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        folder = PurePath(self.place.name).name  # where it lies on the host says nothing to a reader
        return f"{self.path} in the git repository {folder}, branch {self.live_pointer}"

    def read_pointer(self, pointer: str) -> str | None:
        """The blob at the path on the pointer's branch; None where the branch or the path is missing."""
        ref = self._ref(pointer)
        with self._opened() as branches:
            entry = self._entry(branches.repo, branches.head(ref))
        return None if entry is None else entry.blob.decode()

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the pointer is at `wanted` now."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The texts on the pointers' branches and on all proposals, newest first."""
        with self._opened() as branches:
            proposals = branches.proposals()
            heads = [head for head in map(branches.head, self._refs()) if head is not None]
            return versions(branches.repo, [*heads, *proposals], self._key_path, limit)

    def read_content(self, version: str) -> Content:
        """The text of a blob, exactly as stored. TargetRefused where it is not UTF-8."""
        with self._opened() as branches:
            content = self._blob(branches, version).data
        try:
            return Content(content.decode("utf-8"))
        except UnicodeDecodeError as fault:
            raise TargetRefused(
                f"Version {version[:10]} of {self.path} is not UTF-8 text (byte {fault.start + 1}). "
                "Save the file as UTF-8 and commit it again."
            ) from fault

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:
        """Commit the text on the branch `prompt-change/<change_name>` and return its blob."""
        ref = proposal(change_name)
        with self._opened() as branches:
            repo = branches.repo
            blob = store_text(repo, encoded(text))
            said = message(
                f"{change_name}: propose {self.path}",
                f"Proposed by {one_line(author)}.",
                {CHANGE: change_name, BY: author, PATH: self.path, KEY: key},
            )

            def plan(head: ObjectID | None) -> Commit | None:
                base = head or branches.head(self._ref(self.live_pointer))
                entry = self._entry(repo, base)
                if entry is not None and entry.blob == blob:
                    return None
                self._refuse_hindered(branches, ref)
                tree = with_path(repo, tree_of(repo, base), self._key_path, renewed(entry, blob))
                return self._commit(tree, [base] if base else [], said)

            branches.advance(ref, plan)
        return blob.decode()

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:
        """Make one commit on the pointer's branch that puts `wanted` at the path, or removes the path.

        A canary branch starts as a copy of the live branch, and each commit on it carries along what the
        live branch has changed since; paths that other workflows have staged there stay.
        """
        ref = self._ref(pointer)
        marks = {PATH: self.path, POINTER: pointer, KEY: key}
        said = message(self._act(pointer, wanted), why, marks)
        found: str | None = None
        with self._opened() as branches:
            repo = branches.repo
            blob = None if wanted is None else self._blob(branches, wanted).id

            def plan(head: ObjectID | None) -> Commit | None:
                nonlocal found
                entry = self._entry(repo, head)
                found = None if entry is None else entry.blob.decode()
                if found == wanted:
                    return None
                tree, parents = self._ground(branches, pointer, head)
                start = entry_at(repo, tree, self._key_path)
                if head is None and start is not None and expected == start.blob.decode():
                    found = expected  # a canary that is not there yet is a copy of the live branch
                self._refuse_elsewhere(pointer, found, expected, again=was_made(repo, head, marks))
                self._refuse_hindered(branches, ref)
                now = None if blob is None else renewed(entry or start, blob)
                return self._commit(with_path(repo, tree, self._key_path, now), parents, said)

            made = branches.advance(ref, plan, tag_of(self.path, key))
        reference = made.id.decode() if made else ""
        return Moved(pointer, before=found, now=wanted, already=made is None, reference=reference)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """The git commands that make the same move, on any machine that can reach the repository."""
        entry = shlex.quote(f"{PLAIN_FILE:o},{wanted},{self.path}")
        path, onto = shlex.quote(self.path), shlex.quote(pointer)
        change = f"git rm -q --cached -- {path}"
        if wanted is not None:
            change = f"git update-index --add --cacheinfo {entry}"
        said = shlex.quote(f"{self._act(pointer, wanted)} by hand")
        lines = [
            f"git clone -q -b {onto} {shlex.quote(self.place.address)} by-hand",
            "cd by-hand",
            change,
            f"git commit -q -m {said}",
            f"git push -q origin {onto}",
        ]
        return "\n".join(lines)

    def problems(self) -> list[str]:
        """What stands in the way: no repository, a checked-out branch, no right to write, a wrong path."""
        try:
            with self._opened() as branches:
                found = branches.problems(self._refs())
            live = self.read_pointer(self.live_pointer)
            if live is not None:
                self.read_content(live)
        except TargetError as fault:
            return [str(fault)]
        return found

    def _opened(self) -> AbstractContextManager[Branches]:
        return self.place.opened(self._refs())

    def _act(self, pointer: str, wanted: str | None) -> str:
        if wanted is None:
            return f"Remove {self.path} from {pointer}"
        return f"Put {self.path} on {pointer} at {short(wanted)}"

    def _pointers(self) -> list[str]:
        return [self.live_pointer, *([self.canary_pointer] if self.canary_pointer else [])]

    def _refs(self) -> list[Ref]:
        return [branch(pointer) for pointer in self._pointers()]

    def _ref(self, pointer: str) -> Ref:
        if pointer not in self._pointers():
            names = " and ".join(self._pointers())
            raise TargetRefused(f"{self.path} has no pointer called {pointer}. It has {names}.")
        return branch(pointer)

    def _entry(self, repo: Repo, head: ObjectID | None) -> Entry | None:
        return entry_at(repo, tree_of(repo, head), self._key_path)

    def _blob(self, branches: Branches, version: str) -> Blob:
        # A name that is no full lower-case SHA-1 could be anything, so it is never looked up.
        if re.fullmatch(r"[0-9a-f]{40}", version):
            name = ObjectID(version.encode())
            branches.bring(name)
            store = branches.repo.object_store
            if name in store and isinstance(found := store[name], Blob):
                return found
        raise VersionMissing(
            version,
            f"The git repository {self.place.name} holds no text {version}. It may never have been pushed.",
        )

    def _ground(
        self, branches: Branches, pointer: str, head: ObjectID | None
    ) -> tuple[ObjectID | None, list[ObjectID]]:
        """The tree that a move starts from, and the parents of its commit."""
        repo, live = branches.repo, branches.head(self._ref(self.live_pointer))
        if pointer == self.canary_pointer and live is not None:
            return (tree_of(repo, live), [live]) if head is None else carried(repo, head, live)
        return tree_of(repo, head), [head] if head else []

    def _refuse_elsewhere(
        self, pointer: str, found: str | None, expected: str | None, *, again: bool
    ) -> None:
        if again:
            raise PointerElsewhere(
                found,
                f"This move of {self.path} was made once already, and {pointer} was moved since: it is now "
                f"at {short(found)}.",
            )
        if found != expected:
            raise PointerElsewhere(
                found,
                f"{pointer} of {self.path} is at {short(found)}, where {short(expected)} was expected.",
            )

    def _refuse_hindered(self, branches: Branches, ref: Ref) -> None:
        if problem := branches.hindrance(ref):
            raise TargetRefused(problem)

    def _commit(self, tree: ObjectID, parents: list[ObjectID], said: bytes) -> Commit:
        commit = Commit()
        commit.tree, commit.parents, commit.message = tree, parents, said
        commit.author = commit.committer = self._author
        commit.author_time = commit.commit_time = int(self._clock().timestamp())
        commit.author_timezone = commit.commit_timezone = 0
        return commit
