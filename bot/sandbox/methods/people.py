"""users.* and usergroups.*: who is here.

It must never show an e-mail address without the scope for it.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, method
from bot.sandbox.records import JsonObject, User
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.shapes import group_as_slack, user_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


@method("users.info", "users:read")
def users_info(workspace: "Workspace", args: Args) -> JsonObject:
    """One person, also a deactivated one or a stranger."""
    wanted = args.needed("user")
    user = next((each for each in workspace.users() if each.id == wanted), None)
    if user is None:
        raise SlackRefusesError("user_not_found")
    return {"user": _told(workspace, user)}


@method("users.list", "users:read")
def users_list(workspace: "Workspace", args: Args) -> JsonObject:
    """Everybody of this workspace, also the deactivated; strangers are not in the list."""
    own = [each for each in workspace.users() if not each.is_stranger]
    some, more = args.page(own, 1_000)
    return {"members": [_told(workspace, each) for each in some], "cache_ts": workspace.now(), **more}


@method("users.lookupByEmail", "users:read.email")
def lookup_by_email(workspace: "Workspace", args: Args) -> JsonObject:
    """The active member with this address."""
    wanted = args.needed("email").lower()
    known = (each for each in workspace.users() if not (each.deleted or each.is_stranger or each.is_bot))
    user = next((each for each in known if each.email.lower() == wanted), None)
    if user is None:
        raise SlackRefusesError("users_not_found")
    return {"user": _told(workspace, user)}


@method("usergroups.list", "usergroups:read")
def usergroups_list(workspace: "Workspace", args: Args) -> JsonObject:
    """Every user group, with members if asked."""
    with_users, disabled = args.flag("include_users"), args.flag("include_disabled")
    found = [each for each in workspace.groups() if disabled or not each.disabled]
    return {"usergroups": [group_as_slack(workspace, each, with_users=with_users) for each in found]}


@method("usergroups.users.list", "usergroups:read")
def usergroups_users_list(workspace: "Workspace", args: Args) -> JsonObject:
    """The members of one user group."""
    wanted, disabled = args.needed("usergroup"), args.flag("include_disabled")
    group = next((each for each in workspace.groups() if each.id == wanted), None)
    if group is None or (group.disabled and not disabled):
        raise SlackRefusesError("no_such_subteam")
    return {"users": list(group.members)}


def _told(workspace: "Workspace", user: User) -> JsonObject:
    return user_as_slack(workspace, user, with_email="users:read.email" in workspace.app.scopes)
