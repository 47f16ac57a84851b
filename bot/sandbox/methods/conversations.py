"""conversations.*: which conversations there are, who is in them, and what was said.

Reading needs the scope of the conversation's kind. It must never show the app what was said where it is no
member.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, method, need_scope
from bot.sandbox.records import Channel, JsonObject, Message
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.shapes import channel_as_slack, message_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

_SCOPE = {"public": "channels", "private": "groups", "im": "im"}
_TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}


@method("conversations.open", "im:write")
def open_conversation(workspace: "Workspace", args: Args) -> JsonObject:
    """The direct message with a person."""
    if args.text("channel"):
        channel = workspace.channel_for_app(args.text("channel"))
        if channel.kind != "im":
            raise SlackRefusesError("method_not_supported_for_channel_type")
    else:
        users = [each for each in args.text("users").split(",") if each]
        if not users:
            raise SlackRefusesError("users_list_not_supplied")
        if len(users) > 1:
            raise SlackRefusesError("missing_scope", ["mpim:write"])
        channel = workspace.open_direct_message(users[0])
    full = args.flag("return_im")
    return {"channel": channel_as_slack(workspace, channel) if full else {"id": channel.id}}


@method("conversations.info", "channels:read", "groups:read", "im:read")
def info(workspace: "Workspace", args: Args) -> JsonObject:
    """One conversation."""
    channel = workspace.channel_for_app(args.needed("channel"))
    need_scope(workspace, f"{_SCOPE[channel.kind]}:read")
    with_count = args.flag("include_num_members")
    return {"channel": channel_as_slack(workspace, channel, with_count=with_count)}


@method("conversations.members", "channels:read", "groups:read", "im:read")
def members(workspace: "Workspace", args: Args) -> JsonObject:
    """The ids of the people in a conversation."""
    channel = workspace.channel_for_app(args.needed("channel"))
    need_scope(workspace, f"{_SCOPE[channel.kind]}:read")
    found, more = args.page(channel.members)
    return {"members": found, **more}


@method("conversations.list", "channels:read", "groups:read", "im:read")
def list_conversations(workspace: "Workspace", args: Args) -> JsonObject:
    """Conversations of the kinds asked for, private ones only where the app is a member."""
    wanted = [each.strip() for each in args.text("types", "public_channel").split(",")]
    if not set(wanted) <= _TYPES.keys():
        raise SlackRefusesError("invalid_types")
    kinds = {_TYPES[each] for each in wanted}
    for kind in kinds & _SCOPE.keys():
        need_scope(workspace, f"{_SCOPE[kind]}:read")
    found = [each for each in workspace.conversations() if each.kind in kinds]
    found = [each for each in found if each.kind != "private" or workspace.app.bot_user_id in each.members]
    if args.flag("exclude_archived"):
        found = [each for each in found if not each.archived]
    some, more = args.page(found)
    return {"channels": [channel_as_slack(workspace, each) for each in some], **more}


@method("conversations.history", "channels:history", "groups:history", "im:history")
def history(workspace: "Workspace", args: Args) -> JsonObject:
    """Top-level messages, newest first."""
    channel = _readable(workspace, args)
    found = _between(args, workspace.messages(channel.id))
    some, more = args.page(found[::-1])
    return {
        **_told(workspace, args, some),
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        **more,
    }


@method("conversations.replies", "channels:history", "groups:history", "im:history")
def replies(workspace: "Workspace", args: Args) -> JsonObject:
    """A message and its thread, oldest first."""
    channel = _readable(workspace, args)
    thread = workspace.thread(channel.id, args.needed("ts"))
    if not thread:
        raise SlackRefusesError("thread_not_found")
    some, more = args.page(_between(args, thread), 1_000)
    return {
        **_told(workspace, args, some),
        "has_more": bool(more["response_metadata"]["next_cursor"]),
        **more,
    }


def _readable(workspace: "Workspace", args: Args) -> Channel:
    channel = workspace.channel_for_app(args.needed("channel"))
    need_scope(workspace, f"{_SCOPE[channel.kind]}:history")
    if workspace.app.bot_user_id not in channel.members:
        raise SlackRefusesError("not_in_channel")
    return channel


def _between(args: Args, messages: list[Message]) -> list[Message]:
    oldest, latest = _time(args, "oldest", 0.0), _time(args, "latest", float("inf"))
    if args.flag("inclusive"):
        return [each for each in messages if oldest <= float(each.ts) <= latest]
    return [each for each in messages if oldest < float(each.ts) < latest]


def _time(args: Args, name: str, default: float) -> float:
    given = args.text(name)
    try:
        return float(given) if given else default
    except ValueError as bad:
        raise SlackRefusesError(f"invalid_ts_{name}") from bad


def _told(workspace: "Workspace", args: Args, messages: list[Message]) -> JsonObject:
    with_metadata = args.flag("include_all_metadata")
    return {"messages": [message_as_slack(workspace, each, with_metadata=with_metadata) for each in messages]}
