"""The command `prompt-change serve`, started as a person starts it, in a workspace that is the local one."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.sandbox.seed import SeededWorkspace, seeded_in_memory
from bot.sandbox.server import running
from tests.serving import command, environment, free_port, serving


@pytest.fixture
def seeded(tmp_path: Path) -> Iterator[SeededWorkspace]:
    """The workspace, and a policy file where the command looks for it."""
    found = seeded_in_memory(tmp_path)
    (tmp_path / "policy.yml").write_text(found.policy_text, encoding="utf-8")
    yield found
    found.workspace.close()


def test_it_serves_a_workspace_over_http(seeded: SeededWorkspace, tmp_path: Path) -> None:
    """With a signing secret and no app token, Slack's requests come to /slack/events."""
    local, port = seeded.workspace.app, free_port()
    with (
        running(seeded.workspace) as api,
        serving(
            tmp_path, api, port, SLACK_BOT_TOKEN=local.bot_token, SLACK_SIGNING_SECRET=local.signing_secret
        ),
    ):
        seeded.workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        ana = seeded.workspace.as_person("U0ANA")
        assert ana.command("/prompt-change help", channel="C0SUPPORT").ok
        assert ana.ephemerals("C0SUPPORT")


def test_it_joins_a_workspace_over_socket_mode(seeded: SeededWorkspace, tmp_path: Path) -> None:
    """With an app token it connects out, and needs no address that Slack could reach."""
    local, port = seeded.workspace.app, free_port()
    with (
        running(seeded.workspace) as api,
        serving(tmp_path, api, port, SLACK_BOT_TOKEN=local.bot_token, SLACK_APP_TOKEN=local.app_token),
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
            command(tmp_path),
            cwd=tmp_path,
            env=environment(tmp_path, api, PORT="0", **settings),
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
            command(tmp_path),
            cwd=tmp_path,
            env=environment(tmp_path, api, SLACK_BOT_TOKEN=local.bot_token, SLACK_APP_TOKEN=local.app_token),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 2
    assert "POLICY_FILE" in done.stderr
    assert "policy.yml:3" in done.stderr
