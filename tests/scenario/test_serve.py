"""The command `prompt-change serve`, started as a person starts it, in a workspace that is the local one."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from bot.sandbox.seed import SeededWorkspace, seeded_in_memory
from bot.sandbox.server import running
from bot.sandbox.serving import listening

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 20.0


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[SeededWorkspace]:
    """The workspace, and a policy file where the command looks for it."""
    found = seeded_in_memory(tmp_path)
    (tmp_path / "policy.yml").write_text(found.policy_text, encoding="utf-8")
    yield found
    found.workspace.close()


def _environment(folder: Path, api: str, **settings: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    return {
        **own,
        "PYTHONPATH": str(ROOT),
        "SLACK_API_URL": f"{api}/api/",
        "DATABASE_URL": f"sqlite:///{folder / 'app.db'}",
        "POLICY_FILE": str(folder / "policy.yml"),
        "LOG_LEVEL": "WARNING",
        **settings,
    }


def _command(folder: Path) -> list[str]:
    assert folder.is_dir()
    return [sys.executable, "-m", "bot", "serve"]


@contextmanager
def _serving(folder: Path, api: str, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = _environment(folder, api, PORT=str(port), **settings)
    process = subprocess.Popen(
        _command(folder), cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        _until_ready(process, port)
        yield process
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def _until_ready(process: subprocess.Popen[str], port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        assert process.poll() is None, f"it ended with {process.returncode}"
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("it was never ready")


def _free_port() -> int:
    with listening() as bound:
        return int(bound.getsockname()[1])


def test_it_serves_a_workspace_over_http(seeded: SeededWorkspace, tmp_path: Path) -> None:
    """With a signing secret and no app token, Slack's requests come to /slack/events."""
    local, port = seeded.workspace.app, _free_port()
    with (
        running(seeded.workspace) as api,
        _serving(
            tmp_path, api, port, SLACK_BOT_TOKEN=local.bot_token, SLACK_SIGNING_SECRET=local.signing_secret
        ),
    ):
        seeded.workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        ana = seeded.workspace.as_person("U0ANA")
        assert ana.command("/prompt-change help", channel="C0SUPPORT").ok
        assert ana.ephemerals("C0SUPPORT")


def test_it_joins_a_workspace_over_socket_mode(seeded: SeededWorkspace, tmp_path: Path) -> None:
    """With an app token it connects out, and needs no address that Slack could reach."""
    local, port = seeded.workspace.app, _free_port()
    with (
        running(seeded.workspace) as api,
        _serving(tmp_path, api, port, SLACK_BOT_TOKEN=local.bot_token, SLACK_APP_TOKEN=local.app_token),
    ):
        assert seeded.workspace.delivery.sockets.wait_until_open()
        ana = seeded.workspace.as_person("U0ANA")
        assert ana.command("/prompt-change help", channel="C0SUPPORT").ok
        assert ana.ephemerals("C0SUPPORT")


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-wrong", "SLACK_APP_TOKEN": "xapp-local-sandbox"}, "SLACK_BOT_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-local-sandbox", "SLACK_APP_TOKEN": "xapp-wrong"}, "SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": "xoxb-local-sandbox"}, "SLACK_APP_TOKEN"),
        ({}, "SLACK_BOT_TOKEN"),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-local-sandbox",
                "SLACK_APP_TOKEN": "xapp-local-sandbox",
                "SLACK_API_URL": "http://127.0.0.1:9/api/",
            },
            "SLACK_API_URL",
        ),
    ],
)
def test_a_wrong_setting_is_one_clear_line(
    seeded: SeededWorkspace, tmp_path: Path, settings: dict[str, str], named: str
) -> None:
    """It names the variable and what to do, holds no secret, and the exit code is 2."""
    with running(seeded.workspace) as api:
        done = subprocess.run(
            _command(tmp_path),
            cwd=tmp_path,
            env=_environment(tmp_path, api, PORT="0", **settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert re.fullmatch(rf"prompt-change: {named} [^\n]+\n", done.stderr), done.stderr
    assert "wrong" not in done.stderr


def test_a_wrong_policy_file_is_one_clear_line(seeded: SeededWorkspace, tmp_path: Path) -> None:
    """The very first start needs a valid policy; the line says where it is not."""
    (tmp_path / "policy.yml").write_text("workflows:\n  a:\n    lanes: 1\n", encoding="utf-8")
    local = seeded.workspace.app
    with running(seeded.workspace) as api:
        done = subprocess.run(
            _command(tmp_path),
            cwd=tmp_path,
            env=_environment(tmp_path, api, SLACK_BOT_TOKEN=local.bot_token, SLACK_APP_TOKEN=local.app_token),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "POLICY_FILE" in done.stderr
    assert "policy.yml:3" in done.stderr
