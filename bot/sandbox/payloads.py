"""What Slack sends to the app when somebody does something: the JSON of each kind of interaction.

The shapes are those of docs.slack.dev, "Interaction payloads". It must never put into a payload what the
person could not have caused.
"""

import re
from typing import TYPE_CHECKING

from bot.sandbox.inputs import entered
from bot.sandbox.records import Channel, JsonObject, Message, User, View
from bot.sandbox.shapes import message_as_slack, view_as_slack

if TYPE_CHECKING:
    from bot.sandbox.inputs import Filled
    from bot.sandbox.workspace import Workspace

_MENTION = re.compile(r"(?<![\w@#/])([@#])([\w.-]*\w)")
_LINK = re.compile(r"(?<!\S)(https?://[^\s|<>]+)")


def head(workspace: "Workspace", kind: str, user: User) -> JsonObject:
    """What every interaction begins with."""
    return {
        "type": kind,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app.app_id,
        "token": workspace.app.verification_token,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_name(channel: Channel) -> str:
    """How an interaction names the channel it happened in."""
    return {"im": "directmessage", "private": "privategroup"}.get(channel.kind, channel.name)


def command_fields(workspace: "Workspace", user: User, channel: Channel, line: str) -> dict[str, str]:
    """The form fields of a slash command."""
    command, _, text = line.partition(" ")
    return {
        "token": workspace.app.verification_token,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": command,
        "text": escaped(workspace, text.strip()),
        "api_app_id": workspace.app.app_id,
        "is_enterprise_install": "false",
        "response_url": workspace.new_response_url(user.id, channel.id),
        "trigger_id": workspace.new_trigger(user.id),
    }


def escaped(workspace: "Workspace", text: str) -> str:
    """Text as `should_escape: true` hands it over: entities, and mentions and links between brackets."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINK.sub(r"<\1>", _MENTION.sub(lambda found: _mention(workspace, found), safe))


def _mention(workspace: "Workspace", found: re.Match[str]) -> str:
    sign, name = found.groups()
    if sign == "#":
        channels = (each.id for each in workspace.channels() if each.name == name)
        channel_id = next(channels, None)
        return f"<#{channel_id}|{name}>" if channel_id else found.group()
    if name in ("here", "channel", "everyone"):
        return f"<!{name}>"
    user_id = next((each.id for each in workspace.users() if each.name == name and not each.deleted), None)
    if user_id:
        return f"<@{user_id}|{name}>"
    group_id = next((each.id for each in workspace.groups() if each.handle == name), None)
    return f"<!subteam^{group_id}|@{name}>" if group_id else found.group()


def action(workspace: "Workspace", block_id: str, element: JsonObject, selected: "Filled") -> JsonObject:
    """One entry of `actions`: what the control became by this act."""
    kind = element["type"]
    said: JsonObject = {"type": kind, "action_id": element["action_id"], "block_id": block_id}
    if kind == "button":
        said |= {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    else:
        state = entered(element, selected)
        said |= {name: value for name, value in state.items() if name != "type"}
    return said | {"action_ts": workspace.new_ts()}


def message_actions(
    workspace: "Workspace", user: User, message: Message, actions: list[JsonObject], state: JsonObject
) -> JsonObject:
    """A block_actions payload from a message. Slack keeps ephemeral messages nowhere, so sends none back."""
    channel = workspace.channel(message.channel)
    container: JsonObject = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": bool(message.ephemeral_to),
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload = head(workspace, "block_actions", user) | {
        "container": container,
        "trigger_id": workspace.new_trigger(user.id),
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "state": {"values": state},
        "response_url": workspace.new_response_url(user.id, channel.id, message.ts),
        "actions": actions,
    }
    if not message.ephemeral_to:
        payload["message"] = message_as_slack(workspace, message)
    return payload


def view_actions(workspace: "Workspace", user: User, view: View, actions: list[JsonObject]) -> JsonObject:
    """A block_actions payload from a modal or the Home tab."""
    return head(workspace, "block_actions", user) | {
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": workspace.new_trigger(user.id),
        "view": view_as_slack(workspace, view),
        "actions": actions,
    }


def submission(workspace: "Workspace", user: User, view: View) -> JsonObject:
    """A view_submission payload."""
    return head(workspace, "view_submission", user) | {
        "trigger_id": workspace.new_trigger(user.id),
        "view": view_as_slack(workspace, view),
        "response_urls": [],
    }


def closed(workspace: "Workspace", user: User, view: View, *, cleared: bool) -> JsonObject:
    """A view_closed payload."""
    return head(workspace, "view_closed", user) | {
        "view": view_as_slack(workspace, view),
        "is_cleared": cleared,
    }


def shortcut(workspace: "Workspace", user: User, callback_id: str) -> JsonObject:
    """A global shortcut's payload."""
    return head(workspace, "shortcut", user) | {
        "callback_id": callback_id,
        "trigger_id": workspace.new_trigger(user.id),
        "action_ts": workspace.new_ts(),
    }


def message_shortcut(workspace: "Workspace", user: User, callback_id: str, message: Message) -> JsonObject:
    """A message shortcut's payload."""
    channel = workspace.channel(message.channel)
    return head(workspace, "message_action", user) | {
        "callback_id": callback_id,
        "trigger_id": workspace.new_trigger(user.id),
        "action_ts": workspace.new_ts(),
        "message_ts": message.ts,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        "message": message_as_slack(workspace, message),
        "response_url": workspace.new_response_url(user.id, channel.id, message.ts),
    }
