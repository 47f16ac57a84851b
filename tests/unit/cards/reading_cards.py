"""What a message says and what can be clicked on it."""

from typing import Any

from blockkit import action_ids, words_of

from bot.cards.messages import draw


def said(kind: str, facts: Any, recipient: str = "", **details: Any) -> str:
    """Return the words of a message."""
    return words_of(draw(kind, facts, recipient, details).blocks)


def clicks(kind: str, facts: Any, recipient: str = "", **details: Any) -> list[str]:
    """Return what can be clicked."""
    return action_ids(draw(kind, facts, recipient, details).blocks)
