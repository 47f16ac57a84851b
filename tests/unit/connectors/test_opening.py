"""From a target in the policy file to the object that moves its pointer."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from bot.connectors.git import GitTarget
from bot.connectors.manual import ManualTarget
from bot.connectors.opening import open_target
from bot.connectors.protocol import Target, TargetMisconfigured
from bot.connectors.registries.langfuse import LangfuseTarget
from bot.connectors.webhook import WebhookTarget
from bot.policy.model import GitTarget as GitSpec
from bot.policy.model import ManualTarget as ManualSpec
from bot.policy.targets import LangfuseTarget as LangfuseSpec
from bot.policy.targets import WebhookTarget as WebhookSpec
from bot.settings import secret_named
from tests.systems.record import RecordInMemory

BASE = Path("/srv/prompt-change")


def opened(spec: dict[str, object] | BaseModel) -> Target:
    """The target for a spec."""
    return open_target(spec, workflow="refunds", base=BASE, record=RecordInMemory())


def test_git_from_the_policy() -> None:
    """A relative repository starts at the base, and the canary is named after the pointer."""
    target = opened(GitSpec(kind="git", repository="prompts.git", path="refunds.md", pointer="live"))

    assert isinstance(target, GitTarget)
    assert target.place.address == str(BASE / "prompts.git")
    assert target.describe() == "refunds.md in the git repository prompts.git, branch live"
    assert (target.live_pointer, target.canary_pointer) == ("live", "live-canary")


def test_git_elsewhere_with_a_canary() -> None:
    """An absolute repository and a named canary are taken as they are."""
    target = opened({"kind": "git", "repository": "/data/p.git", "path": "x.md", "canary": "early"})

    assert isinstance(target, GitTarget)
    assert target.place.address == "/data/p.git"
    assert (target.live_pointer, target.canary_pointer) == ("production", "early")


def test_git_on_a_remote() -> None:
    """The name of the remote is what people read, with where it is and without where the copy is."""
    remote = "https://git.example.com/team/prompts.git"
    spec = GitSpec(kind="git", remote=remote, token_env="GIT_TOKEN", path="refunds.md")
    target = opened(spec.model_dump(mode="json"))

    assert target.describe() == (
        "refunds.md in the git repository prompts.git at git.example.com, branch production"
    )
    assert f"git clone -q -b production {remote} by-hand" in target.by_hand("production", "0" * 40)


@pytest.mark.parametrize(
    "remote", ["prompts.git", "/srv/prompt-change/prompts.git", "file:///srv/prompt-change/prompts.git"]
)
def test_git_on_a_remote_in_a_folder(remote: str) -> None:
    """Counted from the base like a repository, or written in full."""
    target = opened({"kind": "git", "remote": remote, "path": "x.md"})

    assert isinstance(target, GitTarget)
    assert target.place.address == str(BASE / "prompts.git")


def test_a_repository_without_a_remote_is_written_as_before() -> None:
    """A release from before there were remotes is still recognised by what its target says."""
    assert GitSpec(kind="git", repository="p.git", path="x.md").model_dump(mode="json") == {
        "kind": "git",
        "repository": "p.git",
        "path": "x.md",
        "pointer": "production",
        "canary": None,
    }


def test_manual_from_the_policy() -> None:
    """The instructions reach the person who is asked."""
    target = opened(ManualSpec(kind="manual", person="ana@example.com", instructions="Open the desk tool."))

    assert isinstance(target, ManualTarget)
    assert "Open the desk tool." in target.by_hand("production", "m-1")


def test_webhook_from_the_policy() -> None:
    """Stages and lag arrive, and nobody is asked while it is opened."""
    spec = WebhookSpec(kind="webhook", url="https://x.example/a", secret_env="HOOK_SECRET", lag_seconds=30)
    target = opened(spec)

    assert isinstance(target, WebhookTarget)
    assert target.describe() == "a receiver of webhooks at x.example"
    assert (target.live_pointer, target.canary_pointer) == ("production", None)
    assert target.lag == timedelta(seconds=30)
    staged = opened(
        {"kind": "webhook", "url": "https://x.example/a", "secret_env": "HOOK_SECRET", "stages": True}
    )
    assert staged.canary_pointer == "canary"


def test_langfuse_from_the_policy() -> None:
    """As a release keeps it, in JSON, with everything that has a default."""
    spec = LangfuseSpec(kind="langfuse", prompt="support/refunds", canary_label="early")
    target = opened(spec.model_dump(mode="json"))

    assert isinstance(target, LangfuseTarget)
    assert target.describe() == (
        "the prompt support/refunds in Langfuse at cloud.langfuse.com, label production"
    )
    assert (target.live_pointer, target.canary_pointer) == ("production", "early")
    assert target.lag == timedelta(seconds=60)


def test_a_credential_is_looked_up_where_the_settings_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the environment, then in `.env`; a blank one is not set, and never one of the app's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOOK_SECRET", raising=False)
    assert secret_named("HOOK_SECRET") is None
    (tmp_path / ".env").write_text("HOOK_SECRET=from-the-file\nSLACK_BOT_TOKEN=xoxb-1\n", encoding="utf-8")
    assert secret_named("HOOK_SECRET") == SecretStr("from-the-file")
    monkeypatch.setenv("HOOK_SECRET", " from-the-environment\n")
    assert secret_named("HOOK_SECRET") == SecretStr("from-the-environment")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-2")
    assert secret_named("SLACK_BOT_TOKEN") is None
    monkeypatch.setenv("HOOK_SECRET", " ")
    assert secret_named("HOOK_SECRET") is None


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"kind": "ftp"},
            "refunds has a target of the kind 'ftp'. Known are agenta, braintrust, git, github, langfuse,",
        ),
        ({}, "langsmith, manual, mlflow, opik, phoenix, promptlayer and webhook."),
        ({"kind": "git", "path": "x.md"}, "name either a repository on this machine or a remote"),
        ({"kind": "git", "path": "x.md", "repository": "a", "remote": "b"}, "name either a repository"),
        ({"kind": "git", "repository": "r", "path": 3}, "path: Input should be a valid string."),
        ({"kind": "git", "repository": "r", "path": "../x"}, "'../x' must be a path inside the repository"),
        (
            {"kind": "git", "repository": "r", "path": "x", "branch": "y"},
            "branch: Extra inputs are not permitted.",
        ),
        ({"kind": "manual", "where": "x"}, "where: Extra inputs are not permitted."),
        (
            {"kind": "webhook", "url": "https://x.example"},
            "refunds cannot be used: secret_env: Field required.",
        ),
        (
            {"kind": "webhook", "url": "http://x.example", "secret_env": "A_B"},
            "x.example is reached over https",
        ),
        ({"kind": "langfuse", "prompt": "a", "label": "latest"}, "label: Value error, Langfuse itself moves"),
        ({"kind": "langfuse", "prompt": "a", "secret": "b"}, "secret: Extra inputs are not permitted."),
    ],
)
def test_a_spec_that_cannot_be_meant_is_refused(spec: dict[str, object], told: str) -> None:
    """Every refusal names the workflow or the setting."""
    with pytest.raises(TargetMisconfigured, match=told.replace(".", r"\.")):
        opened(spec)
