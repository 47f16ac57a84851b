"""The real git, used by hand beside the app, and a clock for commits."""

import itertools
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

IDENTITY = {
    "GIT_AUTHOR_NAME": "Hand",
    "GIT_AUTHOR_EMAIL": "hand@example.com",
    "GIT_COMMITTER_NAME": "Hand",
    "GIT_COMMITTER_EMAIL": "hand@example.com",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
}


class GitHand:
    """A person at the command line of the real git, beside the app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.minutes = itertools.count()

    def __call__(self, *words: str, stdin: bytes = b"") -> str:
        """Run one git command in the repository and answer what it printed, without the last newline."""
        return self.raw(*words, stdin=stdin).decode().rstrip("\n")

    def raw(self, *words: str, stdin: bytes = b"") -> bytes:
        """Like a call, but the bytes as they are."""
        when = (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=next(self.minutes))).isoformat()
        environment = IDENTITY | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words],  # noqa: S607 - whatever git there is
            input=stdin,
            capture_output=True,
            check=True,
            env=environment,
        )
        return done.stdout

    def commit(
        self, branch: str, files: Mapping[str, bytes | None], said: str = "by hand", mode: str = "100644"
    ) -> str:
        """Commit these files onto a branch without a working copy; None removes one. Answers the commit."""
        parent = self.head(branch)
        self("read-tree", *([parent] if parent else ["--empty"]))
        for path, content in files.items():
            if content is None:
                nothing = f"0 {'0' * 40}\t{path}\n".encode()
                self("update-index", "--index-info", stdin=nothing)
            else:
                blob = self("hash-object", "-w", "--stdin", stdin=content)
                self("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
        tree = self("write-tree")
        made = self("commit-tree", tree, *(["-p", parent] if parent else []), "-m", said)
        self("update-ref", f"refs/heads/{branch}", made)
        return made

    def head(self, branch: str) -> str:
        """The commit of a branch, or nothing."""
        return self("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def tree(self, branch: str) -> dict[str, tuple[str, str]]:
        """Mode and object of every path on a branch."""
        lines = self("ls-tree", "-r", branch).splitlines()
        return {path: (mode, name) for mode, _, name, path in (line.split(None, 3) for line in lines)}


class Ticking:
    """A clock that goes on by a minute whenever it is read."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The next minute."""
        self.now += timedelta(minutes=1)
        return self.now


def hook(git: GitHand, name: str, script: str) -> Path:
    """Put a hook into the repository."""
    path = git.folder / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)
    return path
