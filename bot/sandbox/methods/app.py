"""auth.test, apps.connections.open, bots.info, team.info: what the app asks about itself.

It must never hand out a token.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, method
from bot.sandbox.records import JsonObject
from bot.sandbox.refusals import SlackRefusesError

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


@method("auth.test")
def auth_test(workspace: "Workspace", _args: Args) -> JsonObject:
    """Who the token is."""
    return {
        "url": f"https://{workspace.team.domain}.slack.com/",
        "team": workspace.team.name,
        "user": workspace.user(workspace.app.bot_user_id).name,
        "team_id": workspace.team.id,
        "user_id": workspace.app.bot_user_id,
        "bot_id": workspace.app.bot_id,
        "is_enterprise_install": False,
    }


@method("apps.connections.open", by="app")
def apps_connections_open(workspace: "Workspace", _args: Args) -> JsonObject:
    """A WebSocket address, good for one connection."""
    base = workspace.base_url.replace("http", "ws", 1)
    return {"url": f"{base}/socket?ticket={workspace.delivery.sockets.new_ticket()}"}


@method("bots.info", "users:read")
def bots_info(workspace: "Workspace", args: Args) -> JsonObject:
    """The app's bot; there is no other."""
    if args.text("bot", workspace.app.bot_id) != workspace.app.bot_id:
        raise SlackRefusesError("bot_not_found")
    bot = {"id": workspace.app.bot_id, "deleted": False, "name": workspace.app.name}
    return {"bot": {**bot, "app_id": workspace.app.app_id, "user_id": workspace.app.bot_user_id, "icons": {}}}


@method("team.info", "team:read")
def team_info(workspace: "Workspace", args: Args) -> JsonObject:
    """The workspace itself."""
    if args.text("team", workspace.team.id) != workspace.team.id:
        raise SlackRefusesError("team_not_found")
    team = workspace.team
    return {"team": {"id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {}}}
