"""Answers to `/prompt-change` and its words, seen only by whoever asked.

An unknown word gets help. An answer must never be silence.
"""

from collections.abc import Sequence

from bot.cards.blocks import Block, Room, button, fitted, header, row, section
from bot.cards.lines import some
from bot.cards.review import shown
from bot.cards.surface import COMMAND, Action, Row
from bot.cards.text import escape, label, one_line
from bot.changes.facts import ChangeFacts, Line
from bot.drawn import Drawn

WORDS: tuple[tuple[str, str], ...] = (
    ("new", "propose a change"),
    ("list", "the changes that are open"),
    ("show PC-42", "one change; PC-42 alone does too"),
    ("recent 2h", "what was released of late, with Roll back"),
    ("history WORKFLOW", "the change log of a workflow"),
    ("rollback", "what you may roll back"),
    ("reverse WORKFLOW", "how its release would be reversed today"),
    ("workflow NAME", "its people, attributes and target"),
    ("policy", "the rules in force"),
    ("help", "this list"),
    ("drill WORKFLOW", "practise a rollback (coming)"),
    ("report WORKFLOW", "report drift or a complaint (coming)"),
    ("health", "how releases are going (coming)"),
)


def help_() -> Drawn:
    """List the words of the command."""
    return fitted(f"What {COMMAND} can do", lambda _: [header("Prompt Change"), *_help()])


def unknown(typed: str) -> Drawn:
    """Answer a word that does not exist with what was typed, and the words that do."""
    said = f"There is no `{escape(one_line(typed, 100))}` here. These words work:"
    return fitted(said, lambda _: [section(said), *_help()])


def _help() -> list[Block]:
    lines = [f"`{COMMAND} {word}`  {meaning}" for word, meaning in WORDS]
    return [section("\n".join(lines)), *row(Row.ANSWER, button(Action.PROPOSE, style="primary"))]


def coming(word: str) -> Drawn:
    """Answer for what is announced and not there yet."""
    said = f"`{COMMAND} {escape(one_line(word, 40))}` is coming. It does nothing yet."
    return fitted(said, lambda _: [section(said)])


def list_(rows: Sequence[Line]) -> Drawn:
    """List open changes."""
    return _rows("Open changes", rows, "No change is open.")


def recent(rows: Sequence[Line], span: str = "") -> Drawn:
    """List every release of late, newest first, with Roll back where allowed. ``span`` is such as ``2h``."""
    title = f"Released in the last {span}" if span else "Released of late"
    return _rows(title, rows, "Nothing was released in that time.", reversible=True)


def rollback_list(rows: Sequence[Line]) -> Drawn:
    """List what somebody may roll back."""
    empty = "There is nothing live that you may roll back. `/prompt-change reverse WORKFLOW` says who may."
    return _rows("You may roll back", rows, empty, reversible=True)


def _rows(title: str, rows: Sequence[Line], empty: str, *, reversible: bool = False) -> Drawn:
    def draw(room: Room) -> list[Block]:
        return [header(title), *some(rows, room, room.items * 2, reversible=reversible)]

    return fitted(title, draw) if rows else fitted(title, lambda _: [section(empty)])


def show(facts: ChangeFacts) -> Drawn:
    """Show one change as its card has it, without buttons."""
    return shown(facts)


def no_such_change(change_id: int) -> Drawn:
    """Answer for a number that no change has."""
    said = f"There is no {label(change_id)}. `{COMMAND} list` shows what is open."
    return fitted(said, lambda _: [section(said)])
