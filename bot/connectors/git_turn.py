"""Our turn at the branches of a repository, so that a process that is killed locks nobody out.

git locks a branch with a file, and the file stays where its process dies: then no pointer moves until a
person deletes it, rollbacks included. So whoever of us swings a branch takes a turn first, which the kernel
takes back from the dead, and notes which branch goes to which commit. Who gets the next turn and still finds
a note knows that its writer died, and clears away its lock. This module must never remove the lock of
another program.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from dulwich.objects import ObjectID
from dulwich.refs import DiskRefsContainer, Ref
from dulwich.repo import Repo

NOTE = "prompt-change.turn"


@contextmanager
def turn(repo: Repo, ref: Ref, new: ObjectID) -> Iterator[None]:
    """Swing `ref` to `new` in this block, one process of ours at a time. Raises OSError."""
    with Path(repo.commondir(), NOTE).open("a+b") as note:
        fcntl.flock(note, fcntl.LOCK_EX)
        _clear_up(note)
        path = _lock_of(repo, ref)
        _write(note, b"%s %s" % (new, path))
        try:
            yield
        finally:
            _write(note, b"")


def _lock_of(repo: Repo, ref: Ref) -> bytes:
    """Where git locks the branch, or the one that it stands for."""
    assert isinstance(repo.refs, DiskRefsContainer)  # noqa: S101 - others were refused when it was opened
    return os.fsencode(repo.refs.refpath(repo.refs.follow(ref)[0][-1])) + b".lock"


def _clear_up(note: BinaryIO) -> None:
    """Remove the lock that the dead have left: it is still empty, or holds what they meant to write."""
    note.seek(0)
    meant, _, path = note.read().partition(b" ")
    lock = Path(os.fsdecode(path))
    if path and lock.is_file() and lock.read_bytes().strip() in {b"", meant}:
        lock.unlink()


def _write(note: BinaryIO, words: bytes) -> None:
    note.truncate(0)
    note.write(words)
    note.flush()
    if words:  # a note that outlives a power cut finds no lock, and one that does not cannot clear it
        os.fsync(note.fileno())
