"""Block Kit's parts as plain dicts, each within Slack's limit for it, and the measure of a whole message.

The models of slack_sdk refuse what is too long, know no file input and no ``verbatim``; a card must be drawn
whatever people wrote, so these shorten. Limits: https://docs.slack.dev/reference/block-kit. The decision
buttons of a message must never be what is cut.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bot.cards.surface import LABELS, Action
from bot.cards.text import clean, clip, sendable, units
from bot.drawn import Drawn

Block = dict[str, Any]

MESSAGE_BLOCKS: Final = 50
VIEW_BLOCKS: Final = 100
# Slack refuses a message of about 13,200 characters (msg_blocks_too_long) and does not say how it counts.
# The JSON of the blocks is the longest way of counting.
MESSAGE_SIZE: Final = 12_800
# A view is refused past 250,000 characters; the rest is for what Slack adds.
VIEW_SIZE: Final = 200_000
SECTION: Final = 3_000
# A phone shows about two lines of a notification; chat.update takes 4,000 characters at most.
NOTIFICATION: Final = 600


@dataclass(frozen=True, slots=True)
class Room:
    """How much of each part a drawing may show: characters of diff, characters a statement, items a list."""

    diff: int
    note: int
    items: int


ROOMS: Final = (
    Room(2_400, 900, 12),
    Room(1_200, 900, 12),
    Room(600, 600, 10),
    Room(300, 400, 8),
    Room(150, 200, 6),
    Room(0, 120, 4),
    Room(0, 60, 2),
)


def size(blocks: Sequence[Block]) -> int:
    """Return how many UTF-16 units the blocks take as JSON."""
    return units(json.dumps(blocks, ensure_ascii=False))


def view_size(blocks: Sequence[Block]) -> int:
    """Return the size by which Slack measures a view: its JSON with every other alphabet spelled out."""
    return len(json.dumps(blocks))


def fitted(text: str, draw: Callable[[Room], list[Block]]) -> Drawn:
    """Draw with less and less room, the diff first, until the message is within Slack's totals."""
    blocks: list[Block] = []
    for room in ROOMS:
        blocks = draw(room)
        if len(blocks) <= MESSAGE_BLOCKS and size(blocks) <= MESSAGE_SIZE:
            return Drawn(clip(text, NOTIFICATION), blocks)
    return Drawn(clip(text, NOTIFICATION), _bare(blocks))


def _bare(blocks: list[Block]) -> list[Block]:
    """Keep the head and every row of buttons of a message that no room makes small enough."""
    return [block for index, block in enumerate(blocks) if index < 1 or block["type"] == "actions"][:10]


def mrkdwn(text: str, limit: int = SECTION) -> Block:
    """Return mrkdwn that Slack takes as it stands: ``verbatim`` keeps it from finding links and names."""
    return {"type": "mrkdwn", "text": clip(text, limit) or "-", "verbatim": True}


def plain(text: str, limit: int = SECTION) -> Block:
    """Return a text in which nothing is markup and ``:codes:`` stay codes."""
    return {"type": "plain_text", "text": clip(clean(text), limit).strip() or "-", "emoji": False}


def section(text: str, accessory: Block | None = None) -> Block:
    """Return a paragraph of mrkdwn, with a button beside it where one is given."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | {"accessory": accessory} if accessory else block


def header(text: str) -> Block:
    """Return a heading, at most 150 characters."""
    return {"type": "header", "text": plain(text, 150)}


def context(*texts: str) -> Block:
    """Return small print, at most ten pieces of mrkdwn."""
    return {"type": "context", "elements": [mrkdwn(text, 1_500) for text in texts[:10]]}


def divider() -> Block:
    """Return a line between two parts."""
    return {"type": "divider"}


def row(block_id: str, *elements: Block | None) -> list[Block]:
    """Return a row of buttons, or nothing where there are none."""
    present = [element for element in elements if element]
    return [{"type": "actions", "block_id": block_id, "elements": present[:25]}] if present else []


def button(
    action: Action,
    value: int | str | None = None,
    *,
    text: str = "",
    style: str = "",
    confirm: Block | None = None,
) -> Block:
    """Return a button. Its value is an id and nothing else."""
    block: Block = {"type": "button", "action_id": action.value, "text": plain(text or LABELS[action], 75)}
    if value is not None:
        block["value"] = clip(sendable(str(value)), 2_000)
    if style:
        block["style"] = style
    return block | {"confirm": confirm} if confirm else block


def confirmation(title: str, text: str, yes: str) -> Block:
    """Return Slack's own question before a click counts. The text is plain and not escaped."""
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
        "style": "danger",
    }


def option(value: str, text: str, description: str = "") -> Block:
    """Return one choice of a list, a menu or a set of boxes."""
    block: Block = {"text": plain(text, 75), "value": sendable(value)}
    return block | {"description": plain(description, 75)} if description else block


def overflow(action: Action, options: Sequence[Block]) -> Block:
    """Return a menu of at most five entries."""
    return {"type": "overflow", "action_id": action.value, "options": list(options[:5])}


def rich(*parts: Block) -> Block:
    """Return a block of rich text, where text that people wrote needs no escaping."""
    return {"type": "rich_text", "elements": [part for part in parts if part["elements"]] or [words("-")]}


def run(text: str, *, bold: bool = False, strike: bool = False, italic: bool = False) -> Block:
    """Return a stretch of rich text."""
    styles = (("bold", bold), ("strike", strike), ("italic", italic))
    style = {name: True for name, on in styles if on}
    block: Block = {"type": "text", "text": clean(text)}
    return block | {"style": style} if style else block


def words(*parts: str | Block) -> Block:
    """Return a paragraph of rich text."""
    return {"type": "rich_text_section", "elements": _runs(parts)}


def bullets(items: Iterable[Sequence[str | Block]]) -> Block:
    """Return a list in rich text."""
    drawn = [words(*item) for item in items]
    return {"type": "rich_text_list", "style": "bullet", "elements": [it for it in drawn if it["elements"]]}


def _runs(parts: Iterable[str | Block]) -> list[Block]:
    """Drop empty runs: Slack refuses a text of no characters."""
    drawn = [run(part) if isinstance(part, str) else part for part in parts]
    return [part for part in drawn if part.get("text") != ""]
