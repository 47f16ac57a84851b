"""From a target in the policy file to the object that moves its pointer."""

import sys
from pathlib import Path

import pytest

from bot.connectors.git import GitTarget
from bot.connectors.manual import ManualTarget
from bot.connectors.protocol import Target, TargetMisconfigured
from bot.connectors.registry import open_target
from bot.policy.model import GitTarget as GitSpec
from bot.policy.model import ManualTarget as ManualSpec

sys.path.insert(0, str(Path(__file__).parent / "contract"))
from contract_case import RecordInMemory

BASE = Path("/srv/prompt-change")


def opened(spec: dict[str, object] | GitSpec | ManualSpec) -> Target:
    """The target for a spec."""
    return open_target(spec, workflow="refunds", base=BASE, record=RecordInMemory())


def test_git_from_the_policy() -> None:
    """A relative repository starts at the base, and the canary is named after the pointer."""
    target = opened(GitSpec(kind="git", repository="prompts.git", path="refunds.md", pointer="live"))

    assert isinstance(target, GitTarget)
    assert target.repository == BASE / "prompts.git"
    assert target.describe() == "refunds.md in the git repository prompts.git, branch live"
    assert (target.live_pointer, target.canary_pointer) == ("live", "live-canary")


def test_git_elsewhere_with_a_canary() -> None:
    """An absolute repository and a named canary are taken as they are."""
    target = opened({"kind": "git", "repository": "/data/p.git", "path": "x.md", "canary": "early"})

    assert isinstance(target, GitTarget)
    assert target.repository == Path("/data/p.git")
    assert (target.live_pointer, target.canary_pointer) == ("production", "early")


def test_manual_from_the_policy() -> None:
    """The instructions reach the person who is asked."""
    target = opened(ManualSpec(kind="manual", person="ana@example.com", instructions="Open the desk tool."))

    assert isinstance(target, ManualTarget)
    assert "Open the desk tool." in target.by_hand("production", "m-1")


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (
            {"kind": "ftp"},
            "refunds has a target of the kind 'ftp'. Known are git, langfuse, manual and webhook.",
        ),
        ({}, "Known are git, langfuse, manual and webhook."),
        ({"kind": "git", "path": "x.md"}, "needs a text for repository"),
        ({"kind": "git", "repository": "r", "path": 3}, "needs a text for path"),
        ({"kind": "git", "repository": "r", "path": "../x"}, "not a path inside"),
        ({"kind": "git", "repository": "r", "path": "x", "branch": "y"}, "has no setting branch"),
        ({"kind": "manual", "where": "x"}, "has no setting where"),
    ],
)
def test_a_spec_that_cannot_be_meant_is_refused(spec: dict[str, object], told: str) -> None:
    """Every refusal names the workflow or the setting."""
    with pytest.raises(TargetMisconfigured, match=told.replace(".", r"\.")):
        opened(spec)
