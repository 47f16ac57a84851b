"""What no listener knows: a button of an older version, an event that was not asked for.

Registered last. It must never leave somebody without an answer.
"""

import re
from typing import Any

from slack_bolt import Ack, App

from bot.listeners.desk import Desk, say

ANYTHING = re.compile(".*", re.DOTALL)


def register(app: App, desk: Desk) -> None:
    """One for each kind of thing that Slack sends."""

    @app.action(ANYTHING)
    @app.shortcut(ANYTHING)
    def unknown_button(ack: Ack, body: dict[str, Any]) -> None:
        say(desk, body, "This button is not known any more.", "Open the card again with /prompt-change list.")
        ack()

    @app.view(ANYTHING)
    def unknown_form(ack: Ack) -> None:
        ack()

    @app.view_closed(ANYTHING)
    def unknown_form_closed(ack: Ack) -> None:
        ack()

    @app.event(ANYTHING)
    def unknown_event() -> None:
        """Acknowledged, so that Slack does not send it again."""
