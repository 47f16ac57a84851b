"""The Home tab of one person: what waits for them, what is theirs, what is live.

What waits comes first. It must never show more than the person may know: it draws what it is given.
"""

from collections.abc import Sequence

from bot.cards.blocks import ROOMS, VIEW_SIZE, Block, button, header, row, section, view_size
from bot.cards.lines import some
from bot.cards.surface import Action, Row
from bot.cards.text import count
from bot.changes.facts import HomeFacts, Line

_MOST = (25, 12, 6)
"""Rows in each part, fewer where they are too long for a view."""


def home(facts: HomeFacts) -> Block:
    """Return the Home view."""
    most = next((it for it in _MOST if view_size(_drawn(facts, it)) <= VIEW_SIZE), _MOST[-1])
    return {"type": "home", "blocks": _drawn(facts, most)}


def _drawn(facts: HomeFacts, most: int) -> list[Block]:
    undelivered = count(facts.undelivered, "message")
    lost = (
        [section(f"*{undelivered} could not be delivered by Slack.* They are kept.")]
        if facts.undelivered
        else []
    )
    return [
        *row(Row.HOME, button(Action.PROPOSE, style="primary")),
        *lost,
        *_part("Waiting for you", facts.waiting, "Nothing waits for you.", most),
        *_part("Yours", facts.mine, "You have proposed nothing yet.", most),
        *_part("Live now", facts.live, "No release is live.", most, reversible=True),
    ]


def _part(
    title: str, rows: Sequence[Line], empty: str, most: int, *, reversible: bool = False
) -> list[Block]:
    shown = some(rows, ROOMS[0], most, reversible=reversible) or [section(empty)]
    return [header(title), *shown]
