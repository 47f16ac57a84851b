"""Secrets that would be recognised anywhere, and faults of many kinds: they turn up nowhere."""

import io
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from bot import logs
from bot.__main__ import outcome
from bot.settings import read_settings, settings
from tests.scenario.release.story import LOW, approved, deploy, lost, proposed, roll_back
from tests.scenario.town import Town, running_town

CANARY = "c4naryThatSings"
BOT, APP = f"xoxb-{CANARY}-bot", f"xapp-{CANARY}-app"
SIGNING, PASSWORD = f"{CANARY}SigningSecret0123", f"{CANARY}Password"


class Echo(BaseHTTPRequestHandler):
    """A Slack that is out of its mind: every answer repeats what it was asked with, secrets included."""

    def do_POST(self) -> None:
        """Repeat headers and body where the error code stands."""
        asked = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        words = f"what is this? {self.headers.get('authorization')} {BOT} {APP} {SIGNING} {asked}"
        said = json.dumps(
            {"ok": False, "error": words, "needed": BOT, "response_metadata": {"messages": [words]}}
        )
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(said.encode())

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the library's own name
        """Say nothing."""


@contextmanager
def echoing() -> Iterator[str]:
    """The address of such a Slack."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/api/"
        server.shutdown()
        thread.join()


class Shell:
    """`prompt-change` in this process, with an environment of its own."""

    def __init__(self, patch: pytest.MonkeyPatch, out: pytest.CaptureFixture[str], folder: Path) -> None:
        self._patch, self._out = patch, out
        patch.chdir(folder)
        for name in ("SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_APP_TOKEN"):
            patch.delenv(name, raising=False)
        patch.setenv("LOG_LEVEL", "DEBUG")

    def says(self, *words: str, **environment: str) -> str:
        """Everything that it prints and logs; it must refuse or fail."""
        for name, value in environment.items():
            self._patch.setenv(name, value)
        settings.cache_clear()
        code = outcome(list(words))
        settings.cache_clear()
        logs.set_up("WARNING")
        said = self._out.readouterr()
        assert code in {1, 2}, said
        return said.out + said.err


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """A shell in an empty folder."""
    return Shell(monkeypatch, capfd, tmp_path)


POSTGRES = f"postgresql://prompt:{PASSWORD}@127.0.0.1:1/prompts"
WRONG = {
    "a token of another kind": {"SLACK_BOT_TOKEN": f"xoxp-{CANARY}"},
    "a signing secret that is a token": {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": APP},
    "a short signing secret": {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": CANARY},
    "an app token of another kind": {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": f"xoxb-{CANARY}"},
    "a token with a space": {"SLACK_BOT_TOKEN": f"{BOT} {CANARY}", "SLACK_SIGNING_SECRET": SIGNING},
    "half of a workspace": {"SLACK_SIGNING_SECRET": SIGNING},
    "another database": {"DATABASE_URL": f"mysql://prompt:{PASSWORD}@db/prompts"},
    "a database that is no address": {"DATABASE_URL": f"{PASSWORD}@db"},
    "an address of Slack with a password": {"SLACK_API_URL": f"https://me:{PASSWORD}@slack.example/api/"},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_setting_is_told_without_its_value(shell: Shell, wrong: str) -> None:
    """One line that names the variable."""
    said = shell.says("serve", **WRONG[wrong])
    assert CANARY not in said
    assert any(name in said for name in (*WRONG[wrong], "SLACK_BOT_TOKEN"))


@pytest.mark.parametrize("words", [("verify-audit",), ("policy", "show"), ("db", "upgrade")], ids=" ".join)
def test_a_database_that_is_away_is_told_without_its_password(shell: Shell, words: tuple[str, ...]) -> None:
    """For each command that needs one, with its traceback in the log."""
    said = shell.says(*words, DATABASE_URL=POSTGRES)
    assert "Traceback" in said
    assert CANARY not in said


def test_a_slack_that_repeats_secrets_gets_them_nowhere(shell: Shell) -> None:
    """At the start: what it says is no code of Slack's, so it is not repeated."""
    with echoing() as address:
        secrets = {"SLACK_BOT_TOKEN": BOT, "SLACK_SIGNING_SECRET": SIGNING, "SLACK_API_URL": address}
        said = shell.says("serve", **secrets)
    assert "SLACK_BOT_TOKEN was refused by Slack" in said
    assert CANARY not in said


def test_the_password_of_the_database_is_withheld_by_its_value() -> None:
    """A driver may repeat it in any form; the log knows it."""
    heard = io.StringIO()
    found = read_settings(database_url=SecretStr(POSTGRES))
    logs.set_up("DEBUG", secrets_held=found.secrets, stream=heard)
    import structlog

    try:
        int(PASSWORD)
    except ValueError:
        structlog.get_logger("bot.test").exception("broke", detail=f"with {PASSWORD}")
    assert PASSWORD not in heard.getvalue()
    assert heard.getvalue().count("[withheld]") >= 2
    logs.set_up("WARNING")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Town, io.StringIO]]:
    """A town whose secrets are canaries by themselves, with everything that it logs."""
    heard = io.StringIO()
    with running_town(tmp_path) as town:
        local = town.workspace.app
        held = [SecretStr(each) for each in (local.bot_token, local.app_token, local.signing_secret)]
        logs.set_up("DEBUG", secrets_held=held, stream=heard)
        yield town, heard
    logs.set_up("WARNING")


def secrets_of(town: Town) -> tuple[str, ...]:
    """The town's secrets, and the canaries."""
    local = town.workspace.app
    return (local.bot_token, local.app_token, local.signing_secret, CANARY)


def everything_said(town: Town, heard: io.StringIO) -> str:
    """The log, the whole database with its trail, every page, and all that was shown in Slack."""
    with sqlite3.connect(town.repository.parent / "app.db") as database:
        rows = "\n".join(database.iterdump())
    base = str(town.workspace.delivery.request_url).removesuffix("/slack/events")
    pages = [httpx.get(f"{base}/{page}").text for page in ("healthz", "readyz", "metrics", "nowhere")]
    shown = [str(each.payload) for each in town.workspace.rendered]
    return "\n".join([heard.getvalue(), rows, *pages, *shown])


def assert_no_secret(town: Town, heard: io.StringIO) -> None:
    """None of them stands anywhere."""
    said = everything_said(town, heard)
    assert [each for each in secrets_of(town) if each in said] == []


def test_no_fault_carries_a_secret(watched: tuple[Town, io.StringIO]) -> None:
    """Slack refuses, breaks off and is away, and the target loses a text."""
    town, heard = watched
    faults = town.workspace.faults
    number = approved(town, LOW, "at most five bullet points")
    for spoilt in ("invalid_auth", "fatal_error", "no_such_code_of_slacks", 500, 503, "lost"):
        faults.fail_next("*", spoilt, times=3)
        town.person("U0SARA").click(town.card(number), "deploy")
        town.app.outbox.drain()
        town.moment.pass_by(minutes=10)
    faults.clear()
    town.moment.pass_by(hours=1)
    town.app.people.refresh_groups()
    town.app.outbox.drain()
    with lost(town, number):
        deploy(town, number, by="U0PAUL")
    deploy(town, number, by="U0PAUL")
    roll_back(town, number)
    assert_no_secret(town, heard)


def test_a_database_that_breaks_carries_no_secret(watched: tuple[Town, io.StringIO]) -> None:
    """A table is gone: the log has a traceback, and neither a secret nor what was typed."""
    town, heard = watched
    number = proposed(town, LOW, "at most five bullet points")
    card = town.card(number)
    with sqlite3.connect(town.repository.parent / "app.db") as database:
        database.execute("ALTER TABLE vote RENAME TO vote_away")
    town.person("U0PAUL").click(card, "reject")
    town.person("U0PAUL").command("/prompt-change list")
    assert "Traceback" in heard.getvalue()
    assert_no_secret(town, heard)
    assert "at most five bullet points" not in heard.getvalue()


def test_an_address_with_a_password_cannot_stand_in_a_policy(shell: Shell, tmp_path: Path) -> None:
    """Everybody can read the policy, so that it is refused, and not repeated in the refusal."""
    policy = tmp_path / "policy.yml"
    target = "{kind: git, repository: 'https://me:%s@git.example/p.git', path: a.md, pointer: production}"
    policy.write_text(
        f"workflows:\n  refunds:\n    customer_visible: true\n    target: {target % PASSWORD}\n"
    )
    said = shell.says("check-policy", str(policy))
    assert "repository" in said
    assert "policy.yml:4" in said
    assert CANARY not in said
