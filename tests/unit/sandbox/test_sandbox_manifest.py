"""The local Slack installs the app as its manifest says, or it teaches us lies."""

from pathlib import Path

import yaml

from bot.sandbox.records import AppProfile

MANIFEST = yaml.safe_load((Path(__file__).resolve().parents[3] / "manifest.yml").read_text(encoding="utf-8"))


def test_scopes_are_those_of_the_manifest() -> None:
    """A method that needs another scope is refused here as it is in a real workspace."""
    assert sorted(AppProfile().scopes) == sorted(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_events_are_those_of_the_manifest() -> None:
    """What the app did not subscribe to does not arrive."""
    assert sorted(AppProfile().events) == sorted(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
