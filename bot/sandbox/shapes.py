"""How records look in Slack's JSON: the objects that the Web API and the payloads carry.

One function a shape, from a record to new plain JSON. It must never look at who is asking; who may see
what is a rule, and rules live elsewhere.
"""

import copy
from typing import TYPE_CHECKING

from bot.sandbox.records import Channel, JsonObject, Message, StoredFile, User, UserGroup, View

if TYPE_CHECKING:
    from bot.sandbox.core import Core


def user_as_slack(core: "Core", user: User, *, with_email: bool = True) -> JsonObject:
    """A user object. Slack shows no e-mail address of bots and strangers."""
    profile: JsonObject = {
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": user.real_name,
        "display_name_normalized": user.real_name,
        "title": user.title,
        "team": user.team_id,
    }
    if with_email and user.email and not user.is_stranger and not user.is_bot:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": core.app.bot_id, "api_app_id": core.app.app_id}
    shape: JsonObject = {
        "id": user.id,
        "team_id": user.team_id,
        "name": user.name,
        "deleted": user.deleted,
        "color": user.color,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": 0,
        "profile": profile,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if user.is_stranger:
        return shape | {"is_stranger": True}
    if user.deleted:
        return shape
    return shape | {
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted or user.is_ultra_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_email_confirmed": True,
    }


def group_as_slack(core: "Core", group: UserGroup, *, with_users: bool = True) -> JsonObject:
    """A user group ("subteam") object."""
    shape: JsonObject = {
        "id": group.id,
        "team_id": core.team.id,
        "is_usergroup": True,
        "is_subteam": True,
        "name": group.name,
        "description": group.description,
        "handle": group.handle,
        "is_external": False,
        "date_create": group.updated,
        "date_update": group.updated,
        "date_delete": group.updated if group.disabled else 0,
        "auto_type": None,
        "created_by": core.app.bot_user_id,
        "updated_by": core.app.bot_user_id,
        "prefs": {"channels": [], "groups": []},
        "user_count": len(group.members),
    }
    if with_users:
        shape["users"] = list(group.members)
    return shape


def channel_as_slack(core: "Core", channel: Channel, *, with_count: bool = False) -> JsonObject:
    """A conversation object as the app sees it."""
    if channel.kind == "im":
        return {
            "id": channel.id,
            "created": channel.created,
            "is_im": True,
            "is_org_shared": False,
            "is_archived": False,
            "user": channel.with_user,
            "context_team_id": core.team.id,
        }
    private = channel.kind == "private"
    shape: JsonObject = {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not private,
        "is_group": private,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel.archived,
        "is_general": channel.name == "general",
        "is_shared": channel.shared,
        "is_ext_shared": channel.shared,
        "is_org_shared": False,
        "is_member": core.app.bot_user_id in channel.members,
        "created": channel.created,
        "creator": core.app.bot_user_id,
        "context_team_id": core.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }
    if with_count:
        shape["num_members"] = len(channel.members)
    return shape


def message_as_slack(core: "Core", message: Message, *, with_metadata: bool = True) -> JsonObject:
    """A message object as history, responses and payloads carry it."""
    shape: JsonObject = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    shape["team"] = core.team.id
    if message.bot_id:
        shape |= {"bot_id": message.bot_id, "app_id": core.app.app_id}
    if message.blocks:
        shape["blocks"] = copy.deepcopy(list(message.blocks))
    if message.thread_ts:
        shape["thread_ts"] = message.thread_ts
    if message.edited_ts:
        shape["edited"] = {"user": message.user, "ts": message.edited_ts}
    if message.metadata is not None and with_metadata:
        shape["metadata"] = copy.deepcopy(message.metadata)
    if message.reply_broadcast:
        shape["subtype"] = "thread_broadcast"
    if message.reactions:
        names = dict.fromkeys(name for name, _ in message.reactions)
        shape["reactions"] = [_reaction(name, message) for name in names]
    return shape


def _reaction(name: str, message: Message) -> JsonObject:
    users = [user for each, user in message.reactions if each == name]
    return {"name": name, "users": users, "count": len(users)}


def view_as_slack(core: "Core", view: View) -> JsonObject:
    """A view object with its state, as responses and payloads carry it."""
    shape = {
        "id": view.id,
        "team_id": core.team.id,
        "app_id": core.app.app_id,
        "app_installed_team_id": core.team.id,
        "bot_id": core.app.bot_id,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": {"type": "plain_text", "text": "View Title", "emoji": True},
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return (
        shape
        | copy.deepcopy(view.content)
        | {
            "state": {"values": copy.deepcopy(view.typed)},
            "hash": view.hash,
            "root_view_id": view.root_id,
            "previous_view_id": view.previous_id or None,
        }
    )


def file_as_slack(core: "Core", stored: StoredFile) -> JsonObject:
    """A file object; its content is behind `url_private` for the bot's token."""
    url = f"{core.base_url}/files/{stored.id}/{stored.name}"
    return {
        "id": stored.id,
        "created": stored.created,
        "timestamp": stored.created,
        "name": stored.name,
        "title": stored.title or stored.name,
        "mimetype": stored.mimetype,
        "filetype": stored.name.rpartition(".")[2] or "text",
        "user": stored.user,
        "user_team": core.team.id,
        "size": stored.size,
        "mode": "hosted",
        "is_external": False,
        "is_public": False,
        "url_private": url,
        "url_private_download": url,
        "channels": list(stored.shared_in),
    }
