"""`/prompt-change` and its words. An unknown word gets help, never silence."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from slack_bolt import Ack, App

from bot.cards import answers, record
from bot.cards.surface import COMMAND
from bot.cards.told import said
from bot.changes import checks
from bot.changes.outcome import Actor, Refused
from bot.changes.reading import lists, workflows
from bot.drawn import Drawn
from bot.listeners.desk import Body, Desk, actor_of
from bot.listeners.propose import open_proposal

Answer = Drawn | None
Word = Callable[[Desk, Body, Actor, str], Answer]

SPAN = re.compile(r"(\d{1,4})\s*(m|h|d|w)?")
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
NAME = re.compile(r"[Pp][Cc]-?(\d{1,9})")


def register(app: App, desk: Desk) -> None:
    """The one slash command."""

    @app.command(COMMAND)
    def prompt_change(ack: Ack, body: dict[str, Any]) -> None:
        drawn = reply(desk, body)
        if drawn is None:
            ack()
        else:
            ack(response_type="ephemeral", text=drawn.text, blocks=list(drawn.blocks))


def reply(desk: Desk, body: Body) -> Answer:
    """What the person sees; None where a form has opened instead."""
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        return said(actor.reason, actor.remedy)
    typed = str(body.get("text") or "").strip()
    word, _, rest = typed.partition(" ")
    if NAME.fullmatch(word):
        return show(desk, body, actor, typed)
    chosen = WORDS.get(word.lower() or "new")
    return chosen(desk, body, actor, rest.strip()) if chosen else answers.unknown(typed)


def new(desk: Desk, body: Body, actor: Actor, _rest: str) -> Answer:
    """Open the form."""
    open_proposal(desk, body, actor)
    return None


def list_(desk: Desk, _body: Body, actor: Actor, _rest: str) -> Answer:
    """Changes on their way."""
    return answers.list_(lists.open_lines(desk.context, actor, now=desk.now()))


def show(desk: Desk, _body: Body, _actor: Actor, rest: str) -> Answer:
    """One change."""
    found = NAME.fullmatch(rest) or re.fullmatch(r"(\d{1,9})", rest)
    if not found:
        return said("Which change?", f"Write its name: {COMMAND} show PC-42.")
    number = int(found[1])
    facts = checks.facts_of_change(desk.context, number, now=desk.now())
    return answers.show(facts) if facts else answers.no_such_change(number)


def recent(desk: Desk, _body: Body, actor: Actor, rest: str) -> Answer:
    """Releases of late."""
    found = SPAN.fullmatch(rest or "24h")
    if not found or not int(found[1]):
        return said(f"“{rest}” is no span of time.", f"Write one such as {COMMAND} recent 2h, 30m or 7d.")
    span = timedelta(**{UNITS[found[2] or "h"]: int(found[1])})
    return answers.recent(lists.recent_lines(desk.context, actor, span=span, now=desk.now()), rest or "24h")


def rollback(desk: Desk, _body: Body, actor: Actor, _rest: str) -> Answer:
    """What this person may roll back."""
    return answers.rollback_list(lists.reversible_lines(desk.context, actor, now=desk.now()))


def history(desk: Desk, _body: Body, _actor: Actor, rest: str) -> Answer:
    """The change log of a workflow."""
    found = lists.history(desk.context, rest, now=desk.now())
    return _which(desk, rest, "history") if found is None else record.history(rest, found)


def reverse(desk: Desk, _body: Body, _actor: Actor, rest: str) -> Answer:
    """How the live release would be reversed today."""
    found = workflows.reverse_facts(desk.context, rest, now=desk.now())
    return _which(desk, rest, "reverse") if found is None else record.reverse(found)


def workflow(desk: Desk, _body: Body, _actor: Actor, rest: str) -> Answer:
    """People, attributes and target of a workflow."""
    found = workflows.workflow_facts(desk.context, rest, now=desk.now())
    return _which(desk, rest, "workflow") if found is None else record.workflow(found)


def policy(desk: Desk, _body: Body, _actor: Actor, _rest: str) -> Answer:
    """The rules in force."""
    return record.policy(workflows.policy_facts(desk.context))


def help_(_desk: Desk, _body: Body, _actor: Actor, _rest: str) -> Answer:
    """Every word."""
    return answers.help_()


def coming(word: str) -> Word:
    """A word that is announced and does nothing yet."""
    return lambda _desk, _body, _actor, _rest: answers.coming(word)


def _which(desk: Desk, typed: str, word: str) -> Drawn:
    names = ", ".join(workflows.workflow_names(desk.context))
    reason = f"There is no workflow “{typed}”." if typed else "Which workflow?"
    return said(reason, f"Write {COMMAND} {word} and one of: {names}.")


WORDS: dict[str, Word] = {
    "new": new,
    "list": list_,
    "show": show,
    "recent": recent,
    "history": history,
    "rollback": rollback,
    "reverse": reverse,
    "workflow": workflow,
    "policy": policy,
    "help": help_,
    "drill": coming("drill"),
    "report": coming("report"),
    "health": coming("health"),
}
