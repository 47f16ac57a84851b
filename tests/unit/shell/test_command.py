"""The command starts fast, says one line when something is wrong, and hands over to what does the work."""

import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import outcome

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ([], "prompt-change: Missing command. See prompt-change --help."),
        (["zebra"], "prompt-change: No such command 'zebra'. See prompt-change --help."),
        (["version", "--zebra"], "prompt-change: No such option: --zebra See prompt-change --help."),
        (["rollback", "PC-1"], "prompt-change: Missing option '--as'. See prompt-change --help."),
        (["policy"], "prompt-change: Missing command. See prompt-change --help."),
        (
            ["serve"],
            (
                "prompt-change: SLACK_BOT_TOKEN is not set. Set it to join a workspace, "
                "or start `prompt-change sandbox`."
            ),
        ),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(
    arguments: list[str], line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """On standard error, with nothing on standard output."""
    assert outcome(arguments) == 2
    assert capfd.readouterr() == ("", line + "\n")


@pytest.mark.parametrize("command", ["serve", "run", "sandbox", "verify-audit"])
def test_a_wrong_setting_is_one_line_and_exit_2(
    command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever command finds it, and without the value."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "zebra")
    assert outcome([command]) == 2
    said = capfd.readouterr()
    assert said.out == ""
    assert said.err.startswith("prompt-change: SLACK_BOT_TOKEN must begin with xoxb-.")
    assert said.err.count("\n") == 1
    assert "zebra" not in said.err


@pytest.mark.parametrize("command", ["serve", "run"])
def test_half_of_a_workspace_does_not_start(
    command: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bot token alone starts neither the workspace nor, by surprise, the sandbox."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    assert outcome([command]) == 2
    assert "SLACK_APP_TOKEN is not set" in capfd.readouterr().err


def test_bad_files_are_refused_without_a_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    """The policy commands are reached, and their refusals keep their exit code."""
    assert outcome(["classify", "--change", "absent.yml"]) == 2
    assert outcome(["check-policy", "absent.yml"]) == 2
    assert "Traceback" not in capfd.readouterr().err


def test_the_schema_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """For editors, as JSON on standard output."""
    assert outcome(["policy-schema"]) == 0
    assert capfd.readouterr().out.startswith("{")


def test_the_module_runs_and_loads_nothing_that_it_does_not_need() -> None:
    """`python -m bot --help` imports no Slack, no database and no server."""
    heavy = "slack_bolt slack_sdk sqlalchemy fastapi uvicorn pydantic dulwich rich.console"
    code = (
        "import sys; from bot.__main__ import outcome; assert outcome(['--help']) == 0; "
        f"sys.exit(' '.join(set({heavy!r}.split()) & set(sys.modules)) or None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "roll" in done.stdout
