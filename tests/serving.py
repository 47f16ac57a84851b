"""The command `prompt-change serve` as a process of its own, started as a person starts it.

Nothing that was started here may outlive the block that started it.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.sandbox.serving import listening

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 120.0
"""Seconds for a start; a machine that does much else at the same time takes long."""


def command(folder: Path) -> list[str]:
    """What is started in this folder."""
    assert folder.is_dir()
    return [sys.executable, "-m", "bot", "serve"]


def environment(folder: Path, api: str, **settings: str) -> dict[str, str]:
    """The settings of an app whose rows, policy and prompts are in this folder."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": f"{api}/api/",
        "DATABASE_URL": f"sqlite:///{folder / 'app.db'}",
        "POLICY_FILE": str(folder / "policy.yml"),
        "REPOSITORIES": str(folder),
        "LOG_LEVEL": "WARNING",
        **settings,
    }


@contextmanager
def starting(folder: Path, api: str, port: int, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that may not be ready yet."""
    process = subprocess.Popen(
        command(folder),
        cwd=folder,
        env=environment(folder, api, PORT=str(port), **settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


@contextmanager
def serving(folder: Path, api: str, port: int, **settings: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that is ready."""
    with starting(folder, api, port, **settings) as process:
        until_ready(process, port)
        yield process


def until_ready(process: "subprocess.Popen[str]", port: int) -> None:
    """Wait for /readyz."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"it ended with {process.returncode}"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("it was never ready")


def free_port() -> int:
    """A port that nobody listens on."""
    with listening() as bound:
        return int(bound.getsockname()[1])
