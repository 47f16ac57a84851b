"""The Home tab, and the buttons of lists that show a change."""

from typing import Any

import structlog
from slack_bolt import Ack, App
from slack_sdk.errors import SlackApiError

from bot.cards import answers
from bot.cards.home import home
from bot.cards.modals.form import view
from bot.cards.surface import Action
from bot.cards.told import said
from bot.changes import checks
from bot.changes.outcome import Refused
from bot.changes.reading.lists import home_facts
from bot.listeners.desk import Body, Desk, actor_of, number_of, open_form, say, user_of
from bot.outbox.answers import Means, judge

log = structlog.get_logger(__name__)


def register(app: App, desk: Desk) -> None:
    """Opening the tab, and Show."""

    @app.event("app_home_opened")
    def opened(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab", "home") == "home":
            _opened(desk, {"user": {"id": event["user"], "team_id": body.get("team_id")}})

    @app.action(Action.SHOW_CHANGE)
    def show(ack: Ack, body: dict[str, Any]) -> None:
        facts = checks.facts_of_change(desk.context, number_of(body), now=desk.now())
        if facts is None:
            say(desk, body, "That change no longer exists here.")
        else:
            open_form(desk, body, view(f"PC-{facts.id}", answers.show(facts).blocks))
        ack()


def _opened(desk: Desk, body: Body) -> None:
    """What Slack will never draw is not asked for again; after any other failure it sends the event again."""
    try:
        publish(desk, body)
    except SlackApiError as error:
        if judge(error).means is not Means.NEVER:
            raise
        log.warning("a Home tab cannot be drawn", user=user_of(body), code=judge(error).code)


def publish(desk: Desk, body: Body) -> None:
    """Draw a person's Home tab from the rows as they are now."""
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        blocks = said(actor.reason, actor.remedy).blocks
        desk.client.views_publish(user_id=user_of(body), view={"type": "home", "blocks": list(blocks)})
        return
    desk.client.views_publish(
        user_id=actor.slack_id, view=home(home_facts(desk.context, actor, now=desk.now()))
    )


def publish_if_home(desk: Desk, body: Body) -> None:
    """After a click on the Home tab, show what it has led to. What the click did stands without it."""
    if (body.get("view") or {}).get("type") != "home":
        return
    try:
        publish(desk, body)
    except (SlackApiError, OSError) as error:
        log.warning("a Home tab could not be drawn again", user=user_of(body), why=type(error).__name__)
