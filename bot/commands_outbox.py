"""`prompt-change outbox`: what could not be delivered, and having it tried again. Needs no Slack."""

from collections.abc import Sequence

import typer

from bot.app import utc_now
from bot.commands import database, say, wrong
from bot.outbox.parked import parked, try_again
from bot.settings import Settings
from storage.models import Message
from storage.queries import people


def show_parked(settings: Settings) -> int:
    """Print each parked message: its number, for whom it is, since when, what it is, and why it is parked."""
    with database(settings) as store, store.reading() as session:
        found = parked(session)
        for each in found:
            typer.echo(_line(each))
    if not found:
        return say("Nothing is parked: Slack took every message.")
    return say(f"{_count(found)} parked. Try again: prompt-change outbox retry NUMBER --as EMAIL, or --all.")


def retry_parked(settings: Settings, numbers: Sequence[int], as_email: str, *, everything: bool) -> int:
    """Have parked messages tried again; all of them, or those with these numbers. It is recorded."""
    if everything == bool(numbers):
        return wrong("Name the numbers of the messages to try again, or say --all. See prompt-change outbox.")
    with database(settings) as store, store.transaction() as session:
        account = people.account_by_email(session, as_email.strip().lower())
        if account is None:
            return wrong(f"Nobody with the address {as_email} is known here. Give the one that Slack has.")
        found = parked(session)
        chosen = found if everything else _chosen(found, numbers)
        if isinstance(chosen, int):
            return wrong(f"Message {chosen} is not parked. See prompt-change outbox.")
        tried = try_again(session, chosen, actor=account.slack_id, now=utc_now())
    return say(
        f"{_count(tried)} will be tried again as soon as the app runs." if tried else "Nothing is parked."
    )


def _chosen(found: Sequence[Message], numbers: Sequence[int]) -> list[Message] | int:
    """The messages with these numbers, or the first number that no parked message has."""
    by_number = {each.id: each for each in found}
    missing = [each for each in numbers if each not in by_number]
    return missing[0] if missing else [by_number[each] for each in dict.fromkeys(numbers)]


def _line(message: Message) -> str:
    about = f"PC-{message.change_id}" if message.change_id else "-"
    what = f"{message.kind}, no longer brought up to date" if message.ts else message.kind
    since = f"{message.created_at:%Y-%m-%d %H:%M} UTC"
    return f"{message.id}  {message.recipient}  {since}  {about}  {what}: {message.last_error}"


def _count(messages: Sequence[Message]) -> str:
    return "1 message" if len(messages) == 1 else f"{len(messages)} messages"
