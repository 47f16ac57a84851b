"""What to try first, and what the composer offers after a slash.

Words and ids only. A step about somebody who is not in the workspace is left out, so the panel must never
lead to a person or a channel that does not exist.
"""

from typing import NamedTuple
from urllib.parse import urlencode

from bot.sandbox.workspace import Workspace

COMMANDS = (
    ("new", "Propose a change"),
    ("list", "Changes that are open"),
    ("show", "One change, by its number: show PC-42"),
    ("recent", "Releases of late: recent 2h"),
    ("history", "The change log of a workflow"),
    ("rollback", "What you may roll back"),
    ("reverse", "How would we reverse this release today?"),
    ("drill", "Practise a rollback (coming)"),
    ("report", "Report drift or a complaint (coming)"),
    ("health", "How well releases go (coming)"),
    ("workflow", "People and attributes of a workflow"),
    ("policy", "The policy in force"),
    ("help", "What you can type"),
)


class Shortcut(NamedTuple):
    """A shortcut of the app, `global` or in a `message` menu, as its manifest declares it."""

    kind: str
    callback_id: str
    name: str


SHORTCUTS = (
    Shortcut("global", "propose_change", "Propose a prompt change"),
    Shortcut("message", "propose_change_from_message", "Propose a prompt change"),
)


class Step(NamedTuple):
    """One thing to try, with the address that makes it one click."""

    words: str
    button: str
    address: str


class _Planned(NamedTuple):
    words: str
    button: str
    user_id: str
    place: str
    draft: str = ""


_PLAN = (
    _Planned(
        "Propose a change: send /prompt-change, choose the workflow summaries and alter a sentence.",
        "Be Paul, type it",
        "U0PAUL",
        "C0TOOLS",
        "/prompt-change",
    ),
    _Planned(
        "Approve it: a peer presses Approve on the card and marks three examples.",
        "Be Mira, see the card",
        "U0MIRA",
        "C0TOOLS",
    ),
    _Planned("Deploy it: the deployers got a card with Deploy.", "Be Dev, see the card", "U0DEV", "direct"),
    _Planned("Roll it back: one click on the live message.", "Be Rita, on call", "U0RITA", "C0TOOLS"),
    _Planned("Say that you have seen it.", "Be Sara, who must know", "U0SARA", "direct"),
)


def steps(workspace: Workspace) -> list[Step]:
    """Return the steps that this workspace's people and channels allow."""
    people = {user.id for user in workspace.users()}
    places = {channel.id for channel in workspace.channels()} | {"direct", "home"}
    return [
        Step(it.words, it.button, _address(workspace, it))
        for it in _PLAN
        if it.user_id in people and it.place in places
    ]


def _address(workspace: Workspace, step: _Planned) -> str:
    place = workspace.direct_message(step.user_id).id if step.place == "direct" else step.place
    query = f"?{urlencode({'draft': step.draft})}" if step.draft else ""
    return f"/as/{step.user_id}/{place}{query}"
