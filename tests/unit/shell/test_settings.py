"""The environment is read once, and what is wrong with it is one line."""

import re
from pathlib import Path

import pytest

from bot.settings import Mode, WrongSettingError, read_settings, settings

BOT = "xoxb-1-zebra"
APP = "xapp-1-zebra"
SECRET = "0123456789abcdef"


def test_nothing_set_is_the_sandbox_with_defaults() -> None:
    """A person with no Slack needs to set nothing."""
    found = read_settings()
    assert found.mode is Mode.SANDBOX
    assert found.database_url.get_secret_value() == "sqlite:///prompt-change.db"
    assert (found.host, found.port, found.policy_file) == ("127.0.0.1", 3000, Path("policy.yml"))
    assert found.slack_api_url == "https://slack.com/api/"


@pytest.mark.parametrize(
    ("values", "mode"),
    [
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP}, Mode.SOCKET),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SECRET}, Mode.HTTP),
        ({"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": SECRET}, Mode.SOCKET),
        ({"SLACK_BOT_TOKEN": "", "SLACK_APP_TOKEN": "  ", "SLACK_SIGNING_SECRET": ""}, Mode.SANDBOX),
        ({"SLACK_BOT_TOKEN": f" {BOT}\n", "SLACK_APP_TOKEN": APP}, Mode.SOCKET),
    ],
)
def test_the_mode_follows_from_what_is_set(
    values: dict[str, str], mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Socket Mode wins, blank counts as not set, and white space around a value is forgiven."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert read_settings().mode is mode


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_APP_TOKEN"),
        ({"SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN"),
        ({"SLACK_SIGNING_SECRET": SECRET}, "SLACK_BOT_TOKEN"),
    ],
)
def test_half_of_what_a_workspace_needs_is_told(
    values: dict[str, str], variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line names the variable that is missing; reading alone does not refuse, for the host's commands."""
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    found = read_settings()
    with pytest.raises(WrongSettingError) as caught:
        _ = found.mode
    assert caught.value.variable == variable


WRONG = {
    "SLACK_BOT_TOKEN": [APP, "zebra", "xoxb-", "xoxb-zebra crossing"],
    "SLACK_APP_TOKEN": [BOT, "zebra"],
    "SLACK_SIGNING_SECRET": ["zebra", BOT + BOT, APP + APP, "zebra crossing zebra crossing"],
    "SLACK_API_URL": [
        "zebra",
        "ftp://zebra/",
        "https://",
        "https://a:zebra@slack.com/api/",
        "http://zebra.example.com/api/",
        "http://127.0.0.1.zebra.example.com/",
        "http://10.0.0.1/zebra/",
    ],
    "DATABASE_URL": ["zebra", "sqlite://", "sqlite:zebra", "mysql://root:zebra@db/x", "postgresql://"],
    "PORT": ["zebra", "-1", "65536", "3000.5"],
    "LOG_LEVEL": ["zebra"],
}


@pytest.mark.parametrize(("variable", "value"), [(k, v) for k, values in WRONG.items() for v in values])
def test_a_wrong_value_is_one_line_without_the_value(
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names the variable and what to do, and shows nothing of what was set."""
    monkeypatch.setenv(variable, value)
    with pytest.raises(WrongSettingError) as caught:
        read_settings()
    line = str(caught.value)
    assert re.fullmatch(rf"{variable} must (be|begin) [^\n]+\.", line)
    assert "zebra" not in line


def test_the_env_file_is_read_and_the_environment_comes_first(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So one value can be changed for one start."""
    (bare / ".env").write_text("PORT=4000\nHOST=0.0.0.0\nOTHER=1\n")
    monkeypatch.setenv("PORT", "5000")
    found = read_settings()
    assert (found.port, found.host) == (5000, "0.0.0.0")  # noqa: S104 - read, not bound


def test_the_example_file_is_a_valid_env_file(bare: Path) -> None:
    """Copied as it is it starts the sandbox, and with every line switched on it holds the defaults."""
    example = (Path(__file__).resolve().parents[3] / ".env.example").read_text()
    before = read_settings()
    (bare / ".env").write_text(re.sub(r"^#(?=[A-Z_]+=)", "", example, flags=re.MULTILINE))
    assert read_settings() == before


def test_an_env_file_that_is_no_text_is_told(bare: Path) -> None:
    """Not with a traceback."""
    (bare / ".env").write_bytes(b"PORT=\xff\xfe")
    with pytest.raises(WrongSettingError, match=r"\.env is not UTF-8"):
        read_settings()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgres_address_gets_its_driver(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Platforms hand out postgres://, and the driver is ours to know."""
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://u:p@db/x")
    assert read_settings().database_url.get_secret_value() == "postgresql+psycopg://u:p@db/x"


@pytest.mark.parametrize(
    "address",
    ["https://slack.example.com/api/", "http://127.0.0.1:3000/api/", "http://localhost/", "http://[::1]:9/"],
)
def test_a_slack_elsewhere_is_asked_over_https_or_on_this_machine(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token goes with every call, so that it crosses no network in the clear."""
    monkeypatch.setenv("SLACK_API_URL", address)
    assert read_settings().slack_api_url == address


def test_secrets_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither tokens nor a database password."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:zebra@db/x")
    assert "zebra" not in repr(read_settings()) + read_settings().model_dump_json()


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that changes later changes nothing."""
    first = settings()
    monkeypatch.setenv("PORT", "5000")
    assert settings() is first
