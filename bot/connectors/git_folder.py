"""A git remote that is a folder of this host: the git that is installed there serves it, with all its hooks.

The library could write such a folder itself, and would pass by its hooks and settings. This module must never
hand anything of this process's environment to git beyond what it needs to run.
"""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from dulwich.client import SubprocessWrapper, TraditionalGitClient
from dulwich.protocol import Protocol

from bot.connectors.asking import SECONDS
from bot.connectors.git_line import FETCH_SECONDS, Line
from bot.connectors.protocol import TargetRefused, TargetUnavailable
from bot.pool import step_aside

GRACE: Final = 2.0
"""Seconds in which a git that is asked to stop takes its locks away."""

KEPT: Final = ("PATH", "HOME")
"""What git needs of our environment. All else may be a secret, and hooks are other people's programs."""


class FolderRemote:
    """One repository in a folder. `name` is the folder as people wrote it."""

    def __init__(self, folder: Path, *, name: str, seconds: float = SECONDS) -> None:
        self._folder, self._seconds = folder, seconds
        self.name, self.address = name, str(folder)
        self.who = f"The git repository {name}"

    @contextmanager
    def line(self) -> Iterator[Line]:
        """A line to the git program there, which is started for each thing that is asked."""
        if shutil.which("git") is None:
            raise TargetRefused("The program git is not installed, which a remote in a folder needs.")
        if not self._folder.is_dir():
            raise TargetUnavailable(f"There is no git repository at {self.name}.")
        with ExitStack() as kept:
            yield from self._over(_Client(self._seconds, kept))

    def _over(self, programs: "_Client") -> Iterator[Line]:
        try:
            yield Line(programs, os.fsencode(self._folder), self.who, ())
        except TargetUnavailable as fault:
            if programs.late_after is None:
                raise
            raise TargetUnavailable(
                f"{self.who} did not answer within {programs.late_after:g} seconds. Whether it did what it "
                "was asked is not known yet."
            ) from fault


class _Client(TraditionalGitClient):
    """The library's client, with a program of ours at the other end."""

    def __init__(self, seconds: float, kept: ExitStack) -> None:
        super().__init__(quiet=True)
        self._seconds, self._kept = seconds, kept
        self.late_after: float | None = None
        """The seconds that a program did not answer in; None where all did."""

    def _connect(
        self,
        cmd: bytes,
        path: str | bytes,
        protocol_version: int | None = None,  # noqa: ARG002 - the program is of this host, and any will do
    ) -> tuple[Protocol, Callable[[], bool], IO[bytes] | None]:
        step_aside()
        environment = {each: os.environ[each] for each in KEPT if each in os.environ}
        process = subprocess.Popen(  # noqa: S603 - two words of ours and a folder's full path
            ["git", cmd.decode(), os.fsdecode(path)],  # noqa: S607 - whatever git there is
            bufsize=0,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**environment, "LC_ALL": "C"},
            start_new_session=True,
        )
        seconds = max(self._seconds, FETCH_SECONDS) if cmd == b"upload-pack" else self._seconds
        timer = threading.Timer(seconds, self._stop, [process, seconds])
        timer.daemon = True
        timer.start()
        wrapped = SubprocessWrapper(process)

        def close() -> None:
            timer.cancel()
            with suppress(BrokenPipeError):
                wrapped.close(timeout=int(GRACE))

        spoken = Protocol(wrapped.read, wrapped.write, close)
        self._kept.callback(spoken.close)  # the library leaves it open where the program says nothing
        return spoken, wrapped.can_read, process.stderr

    def _stop(self, process: "subprocess.Popen[bytes]", seconds: float) -> None:
        """Ask git and its hooks to stop, so that it takes its locks away; then make it."""
        self.late_after = seconds
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(GRACE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
