"""The card of a live pointer that somebody moved outside the app.

It says what is served and what the record has, and never who did it: nobody here knows.
"""

from collections.abc import Mapping
from typing import Any

from bot.cards.blocks import Block, button, confirmation, fitted, header, rich, row, run, section, words
from bot.cards.surface import Action, Row
from bot.cards.text import clip, code, escape, label, mention, one_line, short, when
from bot.changes.facts_drift import DriftFacts
from bot.drawn import Drawn
from storage.models import DriftState

HEADINGS = {
    DriftState.OPEN: "Moved outside this app",
    DriftState.ADOPTED: "Adopted",
    DriftState.RESTORED: "Put back",
    DriftState.RETURNED: "Moved back",
    DriftState.OVERTAKEN: "Was moved outside this app",
}
NOTHING = "nothing"


def drift(facts: DriftFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the card in its present state, with its two buttons for as long as nobody has dealt with it."""
    head = f"{HEADINGS[facts.state]}: {one_line(facts.workflow, 90)}"
    return fitted(
        f"{escape(head)}, {_at(facts.found)} instead of {_at(facts.recorded)}",
        lambda room: [
            header(head),
            section("\n".join(_lines(facts))),
            *_notes(facts, room.note),
            *(_buttons(facts) if facts.state is DriftState.OPEN else []),
        ],
    )


def _at(version: str | None) -> str:
    return code(short(version)) if version else NOTHING


def _lines(facts: DriftFacts) -> list[str]:
    workflow, record = f"*{escape(one_line(facts.workflow, 90))}*", label(facts.change_id)
    found, recorded = _at(facts.found), _at(facts.recorded)
    pointer = code(one_line(facts.pointer, 80))
    if facts.state is DriftState.OPEN:
        first = (
            f"{workflow} serves {found}, which was not released here. By the record of {record} it should be"
        )
        seen = f"{pointer} was moved by somebody outside this app, seen {when(facts.seen_at)}."
        return [f"{first} {recorded}.", seen, *_going_on(facts)]
    ended = f" {when(facts.ended_at)}" if facts.ended_at else ""
    by = f" by {mention(facts.by)}" if facts.by else ""
    said = {
        DriftState.ADOPTED: f"{found} was approved after the fact in {_adopting(facts)} and is live{ended}.",
        DriftState.RESTORED: f"{pointer} was put back to {recorded}{by}{ended}.",
        DriftState.RETURNED: f"{pointer} is back at {recorded}{ended}, moved outside this app as well.",
        DriftState.OVERTAKEN: f"A later release or rollback has moved {pointer}{ended}.",
    }[facts.state]
    return [f"{workflow} served {found} instead of {recorded} from {when(facts.seen_at)}.", said]


def _adopting(facts: DriftFacts) -> str:
    return label(facts.adopting) if facts.adopting else "a change"


def _going_on(facts: DriftFacts) -> list[str]:
    if facts.moving:
        return [f"It is being put back to {_at(facts.recorded)}. Nothing is claimed before it was read back."]
    if facts.adopting is None:
        adopt = "*Adopt* begins a change that approves it after the fact."
        return [f"{adopt} *Restore* puts {_at(facts.recorded)} back."]
    by = f" by {mention(facts.by)}" if facts.by else ""
    until = f", due until {when(facts.due_at)}" if facts.due_at else ""
    return [f"{_adopting(facts)}{by} is to approve it after the fact{until}."]


def _notes(facts: DriftFacts, limit: int) -> list[Block]:
    trouble = rich(words(run("Not put back: ", bold=True), clip(facts.trouble, limit)))
    by_hand = rich(words(run("By hand: ", bold=True), clip(facts.by_hand, limit)))
    return [*([trouble] if facts.trouble else []), *([by_hand] if facts.trouble and facts.by_hand else [])]


def _buttons(facts: DriftFacts) -> list[Block]:
    """Restore stays for as long as it is open; Adopt while no change adopts it."""
    adopt = facts.adopting is None and facts.found is not None and not facts.moving
    found = clip(short(facts.found), 30) if facts.found else NOTHING
    text = (
        f"{one_line(facts.workflow, 80)} goes from {found}, which was set outside this app, back to "
        f"{clip(short(facts.recorded), 30)}."
    )
    asked = confirmation("Put back what the record has?", text, "Restore")
    restore = button(Action.PUT_BACK, facts.id, style="danger", confirm=asked)
    return row(
        Row.DRIFT, button(Action.ADOPT, facts.id) if adopt else None, None if facts.moving else restore
    )
