"""What the git target needs of a repository: open it, look at a path, replace a path, swing a branch.

Faults of the repository become the errors of the protocol here and nowhere else. This module must never
write a branch other than by comparing and swapping, and never touch a working copy.
"""

import os
import random
import stat
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dulwich.diff_tree import tree_changes
from dulwich.errors import (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    MissingCommitError,
    NotGitRepository,
    WrongObjectException,
)
from dulwich.file import FileLocked
from dulwich.graph import find_merge_base
from dulwich.object_format import SHA1
from dulwich.object_store import DiskObjectStore, commit_tree_changes
from dulwich.objects import Blob, Commit, ObjectID, ShaFile, Tree
from dulwich.refs import DiskRefsContainer, Ref, SymrefLoop
from dulwich.repo import InvalidWorktreeConfiguration, Repo, UnsupportedExtension, UnsupportedVersion

from bot.connectors.git_turn import turn
from bot.connectors.protocol import TargetRefused, TargetUnavailable

PLAIN_FILE = 0o100644
ATTEMPTS = 200  # with pauses of 5 to 15 ms: about two seconds of patience with other writers
DAMAGE = (
    ApplyDeltaError,
    ChecksumMismatch,
    FileFormatException,
    MissingCommitError,
    SymrefLoop,
    WrongObjectException,
    KeyError,
    zlib.error,
)
AnyObject = TypeVar("AnyObject", bound=ShaFile)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree: its mode and the blob that holds its bytes."""

    mode: int
    blob: ObjectID


@contextmanager
def opened(folder: Path, name: str, remedy: str = "Run git fsck on it.") -> Iterator[Repo]:
    """The repository at `folder`, closed again afterwards; `name` is what people call it.

    `remedy` says what to do where it is damaged.
    """
    try:
        with _open(folder, name) as repo:
            yield repo
    except FileLocked as lock:
        raise TargetUnavailable(_locked(name, lock)) from lock
    except OSError as fault:
        told = fault.strerror or str(fault)
        raise TargetUnavailable(f"The git repository {name} could not be used: {told}.") from fault
    except DAMAGE as fault:
        raise TargetUnavailable(
            f"The git repository {name} is damaged or incomplete ({fault}). {remedy}"
        ) from fault


def _open(folder: Path, name: str) -> Repo:
    try:
        repo = Repo(folder)
    except NotGitRepository as fault:
        raise TargetUnavailable(f"There is no readable git repository at {name}.") from fault
    except (UnsupportedVersion, UnsupportedExtension, InvalidWorktreeConfiguration, ValueError) as fault:
        raise TargetRefused(f"The settings of the git repository {name} cannot be read: {fault}.") from fault
    if repo.object_format is not SHA1 or not isinstance(repo.refs, DiskRefsContainer):
        repo.close()
        raise TargetRefused(
            f"The git repository {name} uses SHA-256 names or the reftable format, which this app cannot "
            "write safely. Use a repository in git's default format."
        )
    if isinstance(repo.object_store, DiskObjectStore):
        # A branch that survives a power cut must not point at objects that did not.
        repo.object_store.fsync_object_files = True
    return repo


def _locked(name: str, lock: FileLocked) -> str:
    held = os.path.basename(os.fsdecode(lock.lockfilename))  # noqa: PTH119 - dulwich answers in bytes or text
    return (
        f"The git repository {name} is locked by another program ({held}). Try again; if it stays so and "
        "nothing else is using the repository, delete that file."
    )


def load(repo: Repo, name: ObjectID, kind: type[AnyObject]) -> AnyObject:
    """The object called `name`; KeyError when it is missing or is something else."""
    found = repo.object_store[name]
    if not isinstance(found, kind):
        raise KeyError(name)
    return found


def head_of(repo: Repo, ref: Ref) -> ObjectID | None:
    """The commit at the tip of a branch, or None where there is no such branch."""
    return repo.refs.follow(ref)[1]


def tree_of(repo: Repo, head: ObjectID | None) -> ObjectID | None:
    """The tree of a commit; None for no commit."""
    return None if head is None else load(repo, head, Commit).tree


def entry_at(repo: Repo, tree: ObjectID | None, path: bytes) -> Entry | None:
    """The file at `path`, or None. TargetRefused where something stands there that is not a plain file."""
    if tree is None:
        return None
    *folders, name = path.split(b"/")
    here = load(repo, tree, Tree)
    for folder in folders:
        if folder not in here:
            return None
        mode, sha = here[folder]
        if not stat.S_ISDIR(mode):
            raise TargetRefused(f"{_text(path)} cannot exist: {_text(folder)} is {_kind(mode)} there.")
        here = load(repo, sha, Tree)
    if name not in here:
        return None
    mode, sha = here[name]
    if not stat.S_ISREG(mode):
        raise TargetRefused(f"{_text(path)} is {_kind(mode)}. A prompt must be a plain file.")
    return Entry(mode, sha)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFLNK: "a symbolic link", stat.S_IFDIR: "a folder", stat.S_IFREG: "a file"}
    return kinds.get(stat.S_IFMT(mode), "a submodule")


def _text(name: bytes) -> str:
    return name.decode("utf-8", "replace")


def with_path(repo: Repo, tree: ObjectID | None, path: bytes, entry: Entry | None) -> ObjectID:
    """Store a copy of `tree` in which only `path` differs; None removes it. Answers the new tree's name."""
    mode, blob = (None, None) if entry is None else (entry.mode, entry.blob)
    base = Tree() if tree is None else load(repo, tree, Tree)
    if entry is None and entry_at(repo, tree, path) is None:
        return base.id
    return commit_tree_changes(repo.object_store, base, [(path, mode, blob)])


def carried(repo: Repo, head: ObjectID, from_head: ObjectID) -> tuple[ObjectID, list[ObjectID]]:
    """The tree of `head` with what `from_head` has changed since the two last met, and the new parents.

    A path that `head` itself changed since then stays as it is: that is another workflow's stage.
    """
    bases = find_merge_base(repo, [head, from_head])
    tree = load(repo, head, Commit).tree
    if from_head in bases:
        return tree, [head]
    base = tree_of(repo, bases[0]) if bases else None
    own = {path for path, _ in _changes(repo, base, tree)}
    news = [
        (path, new)
        for path, new in _changes(repo, base, load(repo, from_head, Commit).tree)
        if not any(_overlap(path, mine) for mine in own)
    ]
    # Removals go first, so that a folder may become a file and a file a folder.
    for path, new in sorted(news, key=lambda change: change[1] is not None):
        tree = with_path(repo, tree, path, new)
    return tree, [head, from_head]


def _changes(repo: Repo, before: ObjectID | None, after: ObjectID) -> Iterator[tuple[bytes, Entry | None]]:
    for change in tree_changes(repo.object_store, before, after):
        if change.new is not None and change.new.path is not None:
            assert change.new.mode is not None  # noqa: S101 - an entry with a path has all three
            assert change.new.sha is not None  # noqa: S101
            yield change.new.path, Entry(change.new.mode, change.new.sha)
        elif change.old is not None and change.old.path is not None:
            yield change.old.path, None


def _overlap(one: bytes, other: bytes) -> bool:
    return one == other or one.startswith(other + b"/") or other.startswith(one + b"/")


def store_text(repo: Repo, content: bytes) -> ObjectID:
    """Store the bytes as a blob, once, and answer its name."""
    blob = Blob.from_string(content)
    repo.object_store.add_object(blob)
    return blob.id


def advance(
    repo: Repo, ref: Ref, plan: Callable[[ObjectID | None], Commit | None], *, name: str
) -> Commit | None:
    """Put on the branch what `plan` makes of its head; None when `plan` wants nothing done.

    Whenever another writer was faster or holds a lock, the plan is made again from the new head.
    """
    lock: FileLocked | None = None
    for _ in range(ATTEMPTS):
        try:
            head = head_of(repo, ref)
            commit = plan(head)
            if commit is None:
                return None
            repo.object_store.add_object(commit)
            with turn(repo, ref, commit.id):
                swung = _swap(repo, ref, head, commit.id)
            if swung:
                return commit
        except FileLocked as held:
            lock = held
        time.sleep(random.uniform(0.005, 0.015))  # noqa: S311 - only keeps writers out of step
    if lock is not None:
        raise lock
    raise TargetUnavailable(f"The git repository {name} is too busy: its branch moved at every attempt.")


def _swap(repo: Repo, ref: Ref, old: ObjectID | None, new: ObjectID) -> bool:
    if old is not None:
        return repo.refs.set_if_equals(ref, old, new)
    in_the_way = [other for other in repo.refs.allkeys() if other != ref and _overlap(other, ref)]
    if in_the_way:
        ours, theirs = (_text(name.removeprefix(b"refs/heads/")) for name in (ref, in_the_way[0]))
        raise TargetRefused(
            f"git cannot hold the branches {ours} and {theirs} beside each other. Rename one of them."
        )
    return repo.refs.add_if_new(ref, new)


def checked_out_at(repo: Repo, ref: Ref) -> Path | None:
    """The working copy that has this branch checked out, linked ones included; None when none has."""
    store = Path(repo.commondir())
    wanted = b"ref: " + repo.refs.follow(ref)[0][-1]
    if not _is_bare(repo, store) and _reads(store / "HEAD", wanted):
        return Path(repo.path) if Path(repo.path) != store else store.parent
    for linked in sorted(store.glob("worktrees/*")):
        if _reads(linked / "HEAD", wanted):
            return Path(os.fsdecode((linked / "gitdir").read_bytes().strip())).parent
    return None


def _is_bare(repo: Repo, store: Path) -> bool:
    # What the library calls bare is only how the path was written: prompts/.git has a working copy too.
    bare = repo.get_config().get_boolean(b"core", b"bare", default=store.resolve().name != ".git")
    return bool(bare)


def _reads(head: Path, wanted: bytes) -> bool:
    return head.is_file() and head.read_bytes().strip() == wanted
