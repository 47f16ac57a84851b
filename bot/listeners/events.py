"""People and groups that change in Slack. Each event has its effect once, however often it is delivered."""

from typing import Any

from slack_bolt import App

from bot.listeners.desk import Desk


def register(app: App, desk: Desk) -> None:
    """The events that the rights rest on."""
    handlers = {
        "user_change": desk.people.on_user_change,
        "team_join": desk.people.on_team_join,
        "subteam_created": desk.people.on_subteam_updated,
        "subteam_updated": desk.people.on_subteam_updated,
        "subteam_members_changed": desk.people.on_subteam_members_changed,
    }
    for name, handle in handlers.items():
        app.event(name)(_listener(handle))


def _listener(handle: Any) -> Any:  # noqa: ANN401  Bolt takes any function
    def listener(event: dict[str, Any], body: dict[str, Any]) -> None:
        handle(event, str(body["event_id"]))

    return listener
