"""A process that is killed in the middle of a move locks nobody out, and nobody else's lock is removed."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from git_hand import GitHand

from bot.connectors import git_objects
from bot.connectors.git import GitTarget
from bot.connectors.protocol import TargetUnavailable

DIES = """
import os, signal, sys
from pathlib import Path
from bot.connectors.git import GitTarget

really = os.replace
def replace(old, new):
    if os.fsdecode(new).endswith("/heads/production"):
        os.kill(os.getpid(), signal.SIGKILL)
    really(old, new)
os.replace = replace
folder, expected, wanted = sys.argv[1:]
GitTarget(Path(folder), "one.md").move("production", expected=expected, wanted=wanted, key="k", why="")
"""


@pytest.fixture
def dead(git: GitHand) -> tuple[GitTarget, str, Path]:
    """A target, the version that a dead process was moving it to, and the lock that it left."""
    git.commit("production", {"one.md": b"old"})
    target = GitTarget(git.folder, "one.md")
    wanted = target.propose("new", change_name="PC-1", author="Ana", key="p")
    words = (str(git.folder), target.read_pointer("production") or "", wanted)
    ended = subprocess.run([sys.executable, "-c", DIES, *words], check=False)
    assert ended.returncode == -signal.SIGKILL
    lock = git.folder / git("rev-parse", "--git-path", "refs/heads/production.lock")
    assert lock.is_file()
    return target, wanted, lock


def test_the_next_process_makes_the_move_at_once(dead: tuple[GitTarget, str, Path], git: GitHand) -> None:
    """The lock of the dead is cleared away, and the move is one commit."""
    target, wanted, lock = dead
    moved = target.move(
        "production", expected=target.read_pointer("production"), wanted=wanted, key="k", why=""
    )
    assert not moved.already
    assert target.read_pointer("production") == wanted
    assert not lock.exists()
    assert git("rev-list", "--count", "production") == "2"


def test_another_programs_lock_is_left_alone(
    dead: tuple[GitTarget, str, Path], git: GitHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where somebody else has locked the branch since, the move waits and says what is in the way."""
    monkeypatch.setattr(git_objects, "ATTEMPTS", 3)
    target, wanted, lock = dead
    lock.write_text(git.head("production"))
    with pytest.raises(TargetUnavailable, match=r"production\.lock"):
        target.move("production", expected=target.read_pointer("production"), wanted=wanted, key="k", why="")
    assert lock.read_text() == git.head("production")
