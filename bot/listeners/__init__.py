"""What Slack sends: who acts, one use case, an answer. Listeners know neither SQL nor targets."""

from slack_bolt import App

from bot.listeners import commands, decide, events, fallback, faults, forms, home, propose, release
from bot.listeners.desk import Desk


def register(app: App, desk: Desk) -> None:
    """Hang every listener onto the app."""
    # Bolt asks one listener after another whether a request is theirs: the clicks that everybody makes first.
    for room in (decide, release, commands, propose, forms, home, events, faults, fallback):
        room.register(app, desk)
