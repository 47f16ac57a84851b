"""views.*: modals and the Home tab.

The rules are the workspace's; it must never open anything without a trigger.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, invalid, method
from bot.sandbox.records import JsonObject
from bot.sandbox.shapes import view_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


@method("views.open")
def open_view(workspace: "Workspace", args: Args) -> JsonObject:
    """Open a modal for whoever caused the trigger."""
    opened = workspace.open_view(args.needed("trigger_id"), args.structure("view"))
    return {"view": view_as_slack(workspace, opened)}


@method("views.push")
def push_view(workspace: "Workspace", args: Args) -> JsonObject:
    """Put a modal on top of the open ones."""
    pushed = workspace.push_view(args.needed("trigger_id"), args.structure("view"))
    return {"view": view_as_slack(workspace, pushed)}


@method("views.update")
def update_view(workspace: "Workspace", args: Args) -> JsonObject:
    """Change an open view."""
    view_id, external_id = args.text("view_id"), args.text("external_id")
    if not view_id and not external_id:
        raise invalid("missing required field: view_id")
    changed = workspace.update_view(view_id, args.structure("view"), args.text("hash"), external_id)
    return {"view": view_as_slack(workspace, changed)}


@method("views.publish")
def publish_view(workspace: "Workspace", args: Args) -> JsonObject:
    """Publish a person's Home tab."""
    published = workspace.publish_home(args.needed("user_id"), args.structure("view"), args.text("hash"))
    return {"view": view_as_slack(workspace, published)}
