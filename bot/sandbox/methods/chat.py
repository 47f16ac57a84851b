"""chat.*: posting, changing and deleting messages.

It must never let the app post where Slack would not: each refusal is one line in `_place_to_post`.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, method
from bot.sandbox.records import Channel, JsonObject
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.shapes import message_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


@method("chat.postMessage", "chat:write")
def post_message(workspace: "Workspace", args: Args) -> JsonObject:
    """Post into a channel, a direct message, or to a person by user id."""
    blocks = _blocks(workspace, args, "chat.postMessage")
    channel = _place_to_post(workspace, args.needed("channel"))
    message = workspace.post_as_app(
        channel.id,
        text=args.text("text"),
        blocks=blocks or (),
        thread_ts=args.text("thread_ts"),
        metadata=_metadata(args),
        reply_broadcast=args.flag("reply_broadcast"),
    )
    said: JsonObject = {"channel": channel.id, "ts": message.ts}
    said["message"] = message_as_slack(workspace, message)
    if not message.text:
        said |= {"warning": "missing_text", "response_metadata": {"warnings": ["missing_text"]}}
    return said


@method("chat.postEphemeral", "chat:write")
def post_ephemeral(workspace: "Workspace", args: Args) -> JsonObject:
    """Show a message to one member of a conversation."""
    blocks = _blocks(workspace, args, "chat.postEphemeral")
    channel = _place_to_post(workspace, args.needed("channel"))
    user_id = args.needed("user")
    if user_id not in channel.members:
        raise SlackRefusesError("user_not_in_channel")
    message = workspace.post_as_app(
        channel.id,
        text=args.text("text"),
        blocks=blocks or (),
        thread_ts=args.text("thread_ts"),
        ephemeral_to=user_id,
    )
    return {"message_ts": message.ts}


@method("chat.update", "chat:write")
def update(workspace: "Workspace", args: Args) -> JsonObject:
    """Change a message of the app."""
    blocks = _blocks(workspace, args, "chat.update")
    channel = workspace.channel_for_app(args.needed("channel"))
    text = args.text("text") if "text" in args.given else None
    message = workspace.update_as_app(
        channel.id, args.needed("ts"), text=text, blocks=blocks, metadata=_metadata(args)
    )
    shape = message_as_slack(workspace, message)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shape}


@method("chat.delete", "chat:write")
def delete(workspace: "Workspace", args: Args) -> JsonObject:
    """Delete a message of the app."""
    channel, ts = workspace.channel_for_app(args.needed("channel")), args.needed("ts")
    workspace.delete_as_app(channel.id, ts)
    return {"channel": channel.id, "ts": ts}


@method("chat.getPermalink")
def get_permalink(workspace: "Workspace", args: Args) -> JsonObject:
    """A link to a message."""
    channel = workspace.channel_for_app(args.needed("channel"))
    message = workspace.find_message(channel.id, args.needed("message_ts"))
    if message is None or message.ephemeral_to:
        raise SlackRefusesError("message_not_found")
    link = f"https://{workspace.team.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


@method("reactions.add", "reactions:write")
def reactions_add(workspace: "Workspace", args: Args) -> JsonObject:
    """React to a message with an emoji."""
    channel = workspace.channel_for_app(args.needed("channel"))
    if not args.text("timestamp"):
        raise SlackRefusesError("no_item_specified")
    workspace.react_as_app(channel.id, args.text("timestamp"), args.needed("name").strip(":"))
    return {}


def _place_to_post(workspace: "Workspace", wanted: str) -> Channel:
    if wanted[:1] in ("U", "W"):
        return _direct_message(workspace, wanted)
    by_name = (each.id for each in workspace.channels() if wanted.lstrip("#") == each.name)
    channel = workspace.channel_for_app(next(by_name, wanted))
    if channel.archived:
        raise SlackRefusesError("is_archived")
    is_member = workspace.app.bot_user_id in channel.members
    if not is_member and "chat:write.public" not in workspace.app.scopes:
        raise SlackRefusesError("not_in_channel")
    return channel


def _direct_message(workspace: "Workspace", user_id: str) -> Channel:
    # Slack takes messages to deactivated people (github.com/slackapi/python-slack-sdk issue 1156).
    user = next((each for each in workspace.users() if each.id == user_id), None)
    if user is None or user.is_stranger or user.is_bot:
        raise SlackRefusesError("channel_not_found")
    return workspace.direct_message(user_id)


def _blocks(workspace: "Workspace", args: Args, via: str) -> list[JsonObject] | None:
    if args.given.get("attachments") or args.given.get("markdown_text"):
        raise SlackRefusesError("invalid_arguments", ["[ERROR] this sandbox takes text and blocks only"])
    blocks = args.objects("blocks", "invalid_blocks_format")
    if blocks:
        workspace.note_rendered("message", via, blocks)
    return blocks


def _metadata(args: Args) -> JsonObject | None:
    metadata = args.structure("metadata", "invalid_metadata_format")
    if metadata is not None and not isinstance(metadata, dict):
        raise SlackRefusesError("invalid_metadata_format")
    return metadata
