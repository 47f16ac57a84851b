"""The manifest is valid, and asks for exactly the scopes and events that the code uses."""

import ast
import json
import os
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import MagicMock

import jsonschema
import pytest
import yaml
from slack_bolt import App
from slack_sdk import WebClient

from bot.listeners import register

REPOSITORY = Path(__file__).resolve().parents[3]
SHARED = REPOSITORY / ".." / "shared" / "slack"
MANIFEST = yaml.safe_load((REPOSITORY / "manifest.yml").read_text())

pytestmark = pytest.mark.skipif(
    not SHARED.is_dir() and "CI" not in os.environ,
    reason="Slack's public files are not beside this repository",
)

JUSTIFIED = {
    "commands": "the slash command and the shortcuts come with it; no method asks for it",
    "chat:write.public": "posting to public channels that the app was not invited to; chat.postMessage alone "
    "names chat:write",
}
"""Scopes that no method's entry names, each with what it is for."""

MADE_OF = {"files_upload_v2": ["files.getUploadURLExternal", "files.completeUploadExternal"]}
"""Methods of the SDK that call several of Slack's."""


def _sources() -> Iterator[ast.Module]:
    for path in sorted((REPOSITORY / "bot").rglob("*.py")):
        if "sandbox" not in path.relative_to(REPOSITORY).parts:
            yield ast.parse(path.read_text())


def _called() -> set[str]:
    """Every Web API method that the code names, as an attribute of a client or as a string."""
    known = json.loads((SHARED / "methods.json").read_text())["methods"]
    by_name = {method.replace(".", "_"): [method] for method in known} | MADE_OF
    found: set[str] = set()
    for module in _sources():
        for node in ast.walk(module):
            if isinstance(node, ast.Attribute) and node.attr in by_name and hasattr(WebClient, node.attr):
                found.update(by_name[node.attr])
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in known:
                found.add(node.value)
    return found


def _scopes_of(method: str) -> set[str]:
    """Any one of these is enough for the method; empty when it needs none."""
    known = json.loads((SHARED / "methods.json").read_text())["methods"]
    return {scope["name"] for scope in known[method].get("scopes", {}).get("bot", [])}


def test_the_manifest_is_valid() -> None:
    """Against the schema that Slack publishes."""
    schema = json.loads((SHARED / "manifest.schema.2.0.0.json").read_text())
    jsonschema.validate(MANIFEST, schema)


def test_every_called_method_has_its_scope() -> None:
    """Without it the call fails in a real workspace, and only there."""
    asked = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    called = _called()
    assert "chat.postMessage" in called
    lacking = {method for method in called if (needed := _scopes_of(method)) and not needed & asked}
    assert lacking == set()


def test_no_scope_is_asked_for_in_vain() -> None:
    """Each serves a method that the code calls, or has its reason above."""
    asked = set(MANIFEST["oauth_config"]["scopes"]["bot"])
    used: set[str] = set().union(*(_scopes_of(method) for method in _called()))
    assert asked - used == set(JUSTIFIED)


def test_every_event_and_callback_has_its_listener() -> None:
    """What the manifest subscribes to or offers is listened to, and the other way round."""
    events = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert events == _listened("event")
    shortcuts = {each["callback_id"] for each in MANIFEST["features"]["shortcuts"]}
    assert shortcuts == _listened("shortcut")
    assert {each["command"] for each in MANIFEST["features"]["slash_commands"]} <= _listened("command")


def _listened(kind: str) -> set[str]:
    """What the listeners hang onto an app: `kind` is the name of Bolt's decorator."""
    app = MagicMock(spec=App)
    register(app, MagicMock())
    return {name for call in getattr(app, kind).call_args_list if isinstance(name := call.args[0], str)}
