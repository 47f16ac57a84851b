"""A word to one person, which is no part of any change's story."""

from datetime import datetime

from bot.changes import tell
from bot.changes.context import Context


def privately(
    context: Context,
    slack_id: str,
    *,
    text: str,
    now: datetime,
    key: str,
    remedy: str = "",
    channel: str | None = None,
) -> None:
    """Tell a person something for their eyes only; the same key tells it once."""
    with context.transaction() as session:
        tell.privately(session, slack_id, now=now, key=key, text=text, remedy=remedy, channel=channel)
