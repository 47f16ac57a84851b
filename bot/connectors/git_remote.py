"""A remote as the place that decides where branches are, with a copy of their history on this machine.

The copy only saves fetching twice, and may be deleted at any time. It must never be believed about where a
branch is, and a branch of the remote is never moved but from where it was read.
"""

import hashlib
import random
import shutil
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import Final

from dulwich.file import FileLocked
from dulwich.objects import Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.connectors.git_branches import Branches, Plan
from bot.connectors.git_history import stands_in
from bot.connectors.git_line import Declined, Line, Moved, Remote
from bot.connectors.git_names import PROPOSALS, branch
from bot.connectors.git_objects import opened
from bot.connectors.git_signing import Signer
from bot.connectors.protocol import TargetRefused, TargetUnavailable

COPIES: Final = "git-copies"
"""The folder, inside that for repositories, with the copies of remotes."""

ATTEMPTS: Final = 10
"""How often a push is planned again because somebody was faster; each takes a second or so."""

PAUSE: Final = (0.05, 0.2)
"""Seconds between two attempts."""


class RemotePlace:
    """One remote. What is fetched from it goes to a folder of its own in `copies`, which is made here.

    With a `signer`, each move of a pointer comes with a signed tag.
    """

    def __init__(self, remote: Remote, copies: Path, signer: Signer | None = None) -> None:
        self._remote, self._copy = remote, copies / _folder_for(remote.address)
        self._signer = signer
        self.name, self.address = remote.name, remote.address

    @contextmanager
    def opened(self, pointers: Sequence[Ref]) -> Iterator[Branches]:
        """The branches of the remote, which is asked once something has to be known."""
        name = f"{self._copy.name}, the copy of {self.name},"
        remedy = f"Delete its folder in {self._copy.parent.name}: it is fetched anew."
        _make(self._copy)
        with opened(self._copy, name, remedy) as repo, self._remote.line() as line:
            yield _RemoteBranches(repo, line, pointers, self._remote.who, self._signer)


class _RemoteBranches:
    def __init__(
        self, repo: Repo, line: Line, pointers: Sequence[Ref], who: str, signer: Signer | None
    ) -> None:
        self.repo, self._line, self._pointers, self._who = repo, line, pointers, who
        self._signer = signer
        self._heads: dict[Ref, ObjectID | None] = {}

    def head(self, ref: Ref) -> ObjectID | None:
        if ref not in self._heads:
            self._read(*self._pointers, ref)
        return self._heads[ref]

    def proposals(self) -> Sequence[ObjectID]:
        under = branch(f"{PROPOSALS}/")
        found = self._read(*self._pointers, under)
        return [tip for ref, tip in sorted(found.items()) if ref.startswith(under)]

    def bring(self, name: ObjectID) -> None:
        # A text is named after its bytes, so what is here already is what it is on the remote.
        if name not in self.repo.object_store:
            self.proposals()

    def hindrance(self, ref: Ref) -> str:  # noqa: ARG002 - the remote says so itself when it is pushed to
        return ""

    def advance(self, ref: Ref, plan: Plan, tag: Ref | None = None) -> Commit | None:
        declined: Declined | None = None
        for _ in range(ATTEMPTS):
            head = self.head(ref)
            commit = plan(head)
            if commit is None:
                return None
            self.repo.object_store.add_object(commit)
            moves = {ref: Moved(head, commit.id), **self._tagged(tag, commit)}
            declined = self._line.push(self.repo, moves, at_once=len(moves) > 1)
            self._heads.clear()
            now = self.head(ref)
            if stands_in(self.repo, now, commit.id):
                return commit
            if declined is None:
                raise TargetUnavailable(
                    f"{self._who} says that it took a commit, and {_named(ref)} is without it."
                )
            if now == head and not declined.may_pass:
                raise TargetRefused(f"{self._who} declines the push to {_named(ref)}: {declined.why}")
            time.sleep(random.uniform(*PAUSE))  # noqa: S311 - only keeps writers out of step
        why = declined.why if declined else ""
        raise TargetUnavailable(f"{self._who} is too busy to move {_named(ref)}: {why}")

    def problems(self, refs: Sequence[Ref]) -> list[str]:  # noqa: ARG002 - who may push where shows at a push
        self._line.push(self.repo, {}, at_once=self._signer is not None)
        return self._signer.problems() if self._signer else []

    def _tagged(self, ref: Ref | None, commit: Commit) -> dict[Ref, Moved]:
        """The signed tag that goes with a commit, where one is wanted. TargetRefused if it cannot be set."""
        if self._signer is None or ref is None:
            return {}
        if self.head(ref) is not None:
            raise TargetRefused(
                f"{self._who} has the tag {_named(ref)} of this move already, and the branch is without the "
                "move: somebody took it off the branch. It is not made again."
            )
        tag = self._signer.tag(ref, commit)
        self.repo.object_store.add_object(tag)
        return {ref: Moved(None, tag.id)}

    def _read(self, *sought: Ref) -> dict[Ref, ObjectID]:
        found = self._line.fetch(self.repo, list(dict.fromkeys(sought)))
        self._heads |= {ref: found.get(ref) for ref in sought if not ref.endswith(b"/")}
        for ref, tip in found.items():
            # From these the next fetch knows what is here. One that cannot be written costs time only.
            with suppress(FileLocked, OSError):
                self.repo.refs.set_if_equals(ref, None, tip)
        return found


def _folder_for(address: str) -> str:
    """A name that a person recognises, and that no two remotes share."""
    known = PurePath(address.rstrip("/")).name.removesuffix(".git")[:50]
    return f"{known}-{hashlib.sha256(address.encode()).hexdigest()[:12]}.git"


def _named(ref: Ref) -> str:
    return ref.split(b"/", 2)[2].decode()


def _make(folder: Path) -> None:
    """An empty repository at `folder`, unless there is one; whole or not at all. Raises TargetUnavailable."""
    if folder.exists():
        return
    unfinished = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        Repo.init_bare(unfinished, mkdir=True).close()
        unfinished.rename(folder)
    except OSError as fault:
        if not folder.exists():
            raise TargetUnavailable(
                f"No folder for a copy of the remote could be made ({fault.strerror})."
            ) from fault
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
