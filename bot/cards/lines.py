"""Rows of lists, as the Home tab and the answers to commands share them.

A row shows Roll back only to somebody who holds the right; the right is looked up again at the click.
"""

from collections.abc import Sequence

from bot.cards.blocks import Block, Room, button, context, section
from bot.cards.release import roll_back_button
from bot.cards.surface import Action
from bot.cards.text import count, escape, label, named, one_line, when
from bot.cards.words import LANES, STATES
from bot.changes.facts import Line
from storage.vocabulary import State


def line(row: Line, room: Room, *, reversible: bool = False) -> Block:
    """Return one change as a row with a button: Roll back where allowed and wanted, else Show."""
    name = f"*{label(row.change_id)}* · {escape(one_line(row.workflow, 100))}"
    lane = f" · {LANES[row.lane]}" if row.lane else ""
    state = f"{STATES[row.state]}{lane} · {when(row.at)} · {named(row.submitter)}"
    lines = [name, escape(one_line(row.summary, min(room.note, 200))), state]
    lines += [f"Waiting for {escape(one_line(row.waiting_for, 200))}"] if row.waiting_for else []
    return section("\n".join(part for part in lines if part), _button(row, reversible=reversible))


def _button(row: Line, *, reversible: bool) -> Block:
    live = row.release is not None and row.release.state is State.LIVE
    if reversible and row.can_roll_back and row.release and live:
        return roll_back_button(row.release)
    resumable = row.state is State.DRAFT
    action = Action.RESUME_DRAFT if resumable else Action.SHOW_CHANGE
    return button(action, row.change_id)


def some(rows: Sequence[Line], room: Room, most: int, *, reversible: bool = False) -> list[Block]:
    """Return at most so many rows, and how many more there are."""
    shown = [line(row, room, reversible=reversible) for row in rows[:most]]
    left = len(rows) - len(shown)
    return [*shown, context(f"{count(left, 'more is', 'more are')} not shown here.")] if left > 0 else shown
