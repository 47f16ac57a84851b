"""The branches that a git target reads and moves, wherever the repository is that decides where they are.

It must never say where a branch is from anything but the repository that decides.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from dulwich.objects import Commit, ObjectID
from dulwich.refs import Ref
from dulwich.repo import Repo

from bot.connectors.git_names import PROPOSALS, branch
from bot.connectors.git_objects import advance, checked_out_at, head_of, opened

Plan = Callable[[ObjectID | None], Commit | None]
"""The commit to make on top of this head; None where nothing is to be done. Raises what speaks against it."""


class Branches(Protocol):
    """The branches of one repository while it is open. Its methods raise only errors of the protocol."""

    @property
    def repo(self) -> Repo:
        """Where their objects are, as far as they were read."""

    def head(self, ref: Ref) -> ObjectID | None:
        """The commit at the tip of a branch; None where there is no such branch."""

    def proposals(self) -> Sequence[ObjectID]:
        """The tips of the branches with proposed texts."""

    def bring(self, name: ObjectID) -> None:
        """See that an object is in `repo`, if any branch of ours has it."""

    def hindrance(self, ref: Ref) -> str:
        """Why this branch cannot be moved, in sentences; empty where nothing is known to speak against it."""

    def advance(self, ref: Ref, plan: Plan, tag: Ref | None = None) -> Commit | None:
        """Put on the branch what `plan` makes of its head, again from the new head where somebody was faster.

        `tag` is set and signed with it where this is wanted. None where `plan` wants nothing done.
        """

    def problems(self, refs: Sequence[Ref]) -> list[str]:
        """What stands in the way of moving these branches."""


class Place(Protocol):
    """Where the branches are. Making one opens nothing."""

    @property
    def name(self) -> str:
        """What people call the repository."""

    @property
    def address(self) -> str:
        """What a person gives to `git clone`."""

    def opened(self, pointers: Sequence[Ref]) -> AbstractContextManager[Branches]:
        """The branches, of which `pointers` are asked for first."""


class LocalPlace:
    """A repository on this machine, bare or not, which decides itself where its branches are."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name, self.address = folder, name, str(folder)

    @contextmanager
    def opened(self, pointers: Sequence[Ref]) -> Iterator[Branches]:  # noqa: ARG002 - all are at hand
        """The branches as they are on the disk."""
        with opened(self.folder, self.name) as repo:
            yield _LocalBranches(repo, self.name)


class _LocalBranches:
    def __init__(self, repo: Repo, name: str) -> None:
        self.repo, self._name = repo, name

    def head(self, ref: Ref) -> ObjectID | None:
        return head_of(self.repo, ref)

    def proposals(self) -> Sequence[ObjectID]:
        under = branch(f"{PROPOSALS}/")
        found = (self.head(Ref(under + rest)) for rest in sorted(self.repo.refs.subkeys(under)))
        return [head for head in found if head is not None]

    def bring(self, name: ObjectID) -> None:
        """Nothing is anywhere else."""

    def hindrance(self, ref: Ref) -> str:
        copy = checked_out_at(self.repo, ref)
        if copy is None:
            return ""
        name = ref.removeprefix(b"refs/heads/").decode()
        return (
            f"The branch {name} of {self._name} is checked out in a working copy ({copy.name}): the next "
            "commit made there would undo what this app does. Use a bare repository, or check out another "
            "branch there."
        )

    def advance(self, ref: Ref, plan: Plan, tag: Ref | None = None) -> Commit | None:  # noqa: ARG002
        return advance(self.repo, ref, plan, name=self._name)

    def problems(self, refs: Sequence[Ref]) -> list[str]:
        found = [self.hindrance(ref) for ref in refs]
        if not os.access(Path(self.repo.commondir(), "refs", "heads"), os.W_OK):
            found.append(f"This process has no right to write to the git repository {self._name}.")
        return [problem for problem in found if problem]
