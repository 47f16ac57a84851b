"""What every listener works with: the use cases' context, the people, and Slack for answers within a click.

A listener finds out who acts, calls one use case, and answers. It knows neither SQL nor connectors.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.cards.blocks import Block
from bot.cards.modals.form import errors_for
from bot.cards.modals.reading import notice
from bot.changes import notices
from bot.changes.context import Context
from bot.changes.outcome import Actor, Outcome, Refused
from bot.people import People

Body = Mapping[str, Any]


@dataclass(frozen=True)
class Desk:
    """``client`` has a short timeout and no retries: it is used while somebody waits for an answer."""

    context: Context
    people: People
    client: WebClient
    now: Callable[[], datetime]


def actor_of(desk: Desk, body: Body, *, acknowledging: bool = False) -> Actor | Refused:
    """Who acts, by what Slack signed: the user and the team."""
    user = body.get("user") or {}
    enterprise = body.get("enterprise") or {}
    return desk.people.actor(
        str(user.get("id") or body.get("user_id") or ""),
        user.get("team_id") or (body.get("team") or {}).get("id") or body.get("team_id"),
        enterprise_id=enterprise.get("id") or body.get("enterprise_id"),
        acknowledging=acknowledging,
    )


def user_of(body: Body) -> str:
    """The signed user's Slack id."""
    return str((body.get("user") or {}).get("id") or body.get("user_id") or "")


def value_of(body: Body) -> str:
    """What the used element carries: a button's value or the chosen option's."""
    action = body["actions"][0]
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


def number_of(body: Body) -> int:
    """The opaque id that a button carries; 0, which no row has, where it is none."""
    text = value_of(body).rpartition(":")[2]
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0  # noqa: PLR2004  fits a row


def channel_of(body: Body) -> str | None:
    """The channel of the card that was clicked; None on the Home tab, in a form, or in a direct message."""
    channel = (body.get("channel") or {}).get("id") or body.get("channel_id")
    return str(channel) if channel and str(channel).startswith(("C", "G")) else None


def answer(desk: Desk, body: Body, outcome: Outcome) -> None:
    """Answer a click: a refusal in private, nothing where a card will show what happened."""
    if isinstance(outcome, Refused):
        say(desk, body, outcome.reason, outcome.remedy)
    elif outcome.already or outcome.aloud:
        say(desk, body, outcome.text)


def say(desk: Desk, body: Body, text: str, remedy: str = "") -> None:
    """Tell one person something for their eyes only, where they are."""
    view = body.get("view") or {}
    if view.get("type") == "modal" and body.get("trigger_id"):
        desk.client.views_push(
            trigger_id=body["trigger_id"], view=notice("Prompt Change", f"{text} {remedy}".strip())
        )
        return
    key = f"private:{body.get('trigger_id') or body.get('action_ts') or desk.now().isoformat()}"
    notices.privately(
        desk.context,
        user_of(body),
        text=text,
        remedy=remedy,
        channel=channel_of(body),
        key=key,
        now=desk.now(),
    )


def open_form(desk: Desk, body: Body, form: Block) -> None:
    """Open a form, or lay it over the one that is open."""
    view = body.get("view") or {}
    opening = desk.client.views_push if view.get("type") == "modal" else desk.client.views_open
    opening(trigger_id=body["trigger_id"], view=form)


def submitted(outcome: Outcome, body: Body) -> dict[str, Any]:
    """The answer to a form: it closes, says what came of it, or stays open with an error in its place."""
    if isinstance(outcome, Refused):
        return refused_form(outcome, body)
    if outcome.already or outcome.aloud:
        return {"response_action": "update", "view": notice("Prompt Change", outcome.text)}
    return {"response_action": "clear"}


def refused_form(refused: Refused, body: Body) -> dict[str, Any]:
    """Keep the form open with everything typed, and say under its fields what is wrong."""
    blocks = body["view"]["blocks"]
    if not any(block.get("type") == "input" for block in blocks):
        return {"response_action": "update", "view": notice("Prompt Change", str(refused))}
    fields = refused.fields or (("", str(refused)),)
    return {"response_action": "errors", "errors": errors_for(fields, blocks)}
