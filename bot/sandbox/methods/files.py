"""files.*: what is known of a file, and the app's upload in three steps.

It must never return content; that is behind url_private.
"""

from typing import TYPE_CHECKING

from bot.sandbox.methods.table import Args, method
from bot.sandbox.records import JsonObject
from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.shapes import file_as_slack

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace


@method("files.info", "files:read")
def info(workspace: "Workspace", args: Args) -> JsonObject:
    """One file."""
    wanted = args.needed("file")
    stored = next((each for each in workspace.files() if each.id == wanted), None)
    if stored is None:
        raise SlackRefusesError("file_not_found")
    return {"file": file_as_slack(workspace, stored)}


@method("files.getUploadURLExternal", "files:write")
def get_upload_url(workspace: "Workspace", args: Args) -> JsonObject:
    """A place to put the bytes of a file of this length."""
    file_id = workspace.promise_upload(args.needed("filename"), args.number("length", 0))
    return {"upload_url": f"{workspace.base_url}/upload/{file_id}", "file_id": file_id}


@method("files.completeUploadExternal", "files:write")
def complete_upload(workspace: "Workspace", args: Args) -> JsonObject:
    """Make uploaded bytes into files, and share them in a conversation if one is named."""
    wanted = args.objects("files", "invalid_arguments")
    if not wanted:
        raise SlackRefusesError("invalid_arguments", ["[ERROR] missing required field: files"])
    channel_id = args.text("channel_id")
    if channel_id and workspace.app.bot_user_id not in workspace.channel_for_app(channel_id).members:
        raise SlackRefusesError("not_in_channel")
    made = [workspace.complete_upload(str(each["id"]), str(each.get("title", ""))) for each in wanted]
    if channel_id:
        names = [each.id for each in made]
        workspace.share_as_app(channel_id, names, args.text("initial_comment"), args.text("thread_ts"))
    return {"files": [file_as_slack(workspace, workspace.file(each.id)) for each in made]}
