"""What people see of a rollback: the card that counts, the message to a channel, the notice to a person.

Each says rolled back only when the pointer was read back, and says loudly when it was not. Nothing here must
ask for typing while the rollback is under way.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards.blocks import (
    Block,
    Room,
    button,
    confirmation,
    context,
    fitted,
    header,
    rich,
    row,
    run,
    section,
    words,
)
from bot.cards.surface import CONFIRM_RESTORE, Action, Row
from bot.cards.text import clip, code, escape, label, mention, named, names, one_line, short, when
from bot.changes.facts import AcknowledgementFacts, RollbackFacts
from bot.drawn import Drawn
from storage.models import RollbackState


def rollback(facts: RollbackFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the card in the workflow's channel: the state, who has seen it and who has not."""
    return fitted(
        notification(facts),
        lambda room: [
            header(heading(facts)),
            section("\n".join(state_lines(facts))),
            *_summary(facts, room),
            *trouble(facts, room),
            *_reason(facts, room),
            *_seen(facts.acknowledgements, room),
            *rollback_buttons(facts),
            *_restorable(facts),
        ],
    )


def heading(facts: RollbackFacts) -> str:
    """Return what the card is headed with, as plain text."""
    said = {RollbackState.DONE: "Rolled back", RollbackState.ASKING: "Rollback needs a person"}.get(
        facts.state, "Rolling back"
    )
    said = "Restored" if facts.restored else said
    return f"{said}: {label(facts.change_id)} · {one_line(facts.workflow, 90)}"


def notification(facts: RollbackFacts) -> str:
    """Return the rollback in one line for a phone."""
    return f"{escape(heading(facts))}, by {named(facts.by)}"


def state_lines(facts: RollbackFacts) -> list[str]:
    """Say in mrkdwn what moved, or has not moved yet, and who asked for it."""
    old, new = code(short(facts.from_version)), code(short(facts.to_version))
    asked = f"Asked by {mention(facts.by)} {when(facts.at)}."
    if facts.found_outside:
        asked = f"Somebody moved it back outside this app, which found it so {when(facts.at)}."
    lines = [f"*{escape(one_line(facts.workflow, 90))}* {_moved(facts, old, new)}", asked]
    if facts.passed_over:
        others = ", ".join(label(change) for change in facts.passed_over[:12])
        lines.append(f"Also undone with it: {others}.")
    return lines


def _summary(facts: RollbackFacts, room: Room) -> list[Block]:
    """Return what is undone by it, so that nobody has to look up a number."""
    if not facts.summary:
        return []
    what = "What it changed: " if facts.restored else "Undone: "
    return [rich(words(run(what, bold=True), clip(facts.summary, min(room.note, 400))))]


def _moved(facts: RollbackFacts, old: str, new: str) -> str:
    if facts.restored:
        return f"was rolled back to {new} and has been restored to {old}."
    if facts.left_by:
        by = mention(facts.left_by)
        return f"was left on {new}, which was set outside this app, by {by}. It was on {old}."
    if facts.state is RollbackState.DONE:
        done = f" since {when(facts.done_at)}" if facts.done_at else ""
        return f"is back on {new}{done}. It was on {old}."
    if facts.state is RollbackState.ASKING:
        found = f" ({code(short(facts.pointer_found))})" if facts.pointer_found else ""
        return f"points at something else{found}, neither {old} nor {new}. Nothing was moved."
    if facts.trouble:
        return f"is *not* back on {new} yet. The target could not be moved; it is being tried again."
    return f"is going from {old} back to {new}. It is not done yet."


def trouble(facts: RollbackFacts, room: Room) -> list[Block]:
    """Return the last error and the way by hand, for as long as the rollback is not done."""
    if facts.state is RollbackState.DONE:
        return []
    error = (
        [rich(words(run("Last error: ", bold=True), clip(facts.trouble, room.note)))] if facts.trouble else []
    )
    hand = facts.by_hand and (facts.trouble or facts.state is RollbackState.ASKING)
    by_hand = rich(words(run("By hand: ", bold=True), clip(facts.by_hand, room.note)))
    return [*error, by_hand] if hand else error


def _reason(facts: RollbackFacts, room: Room) -> list[Block]:
    if not facts.reason:
        return []
    by = f", by {one_line(facts.reason_by.name, 80)}" if facts.reason_by else ""
    return [rich(words(run(f"Reason{by}: ", bold=True), clip(facts.reason, room.note)))]


def _seen(owed: Sequence[AcknowledgementFacts], room: Room) -> list[Block]:
    if not owed:
        return []
    seen = [it for it in owed if it.by is not None]
    waiting = [it.principal for it in owed if it.by is None]
    lines = [f"*Seen by {len(seen)} of {len(owed)}*"]
    lines += [f"Yes: {escape(_who_saw(seen, room.items * 3))}"] if seen else []
    lines += [f"Not yet: {escape(names(waiting, room.items * 3))}"] if waiting else []
    return [section("\n".join(lines))]


def _who_saw(seen: Sequence[AcknowledgementFacts], limit: int) -> str:
    shown = ", ".join(_one_saw(it) for it in seen[:limit])
    return f"{shown} and {len(seen) - limit} more" if len(seen) > limit else shown


def _one_saw(seen: AcknowledgementFacts) -> str:
    name = one_line(seen.principal.name or seen.principal.id, 60)
    if seen.by and seen.by.id != seen.principal.id:
        return f"{name} (by {one_line(seen.by.name, 60)})"
    return name


def rollback_buttons(facts: RollbackFacts) -> list[Block]:
    """Return Add reason while there is none, Restore while it is possible, and the question to people."""
    asking = facts.state is RollbackState.ASKING
    add = None if facts.reason else button(Action.ADD_REASON, facts.id)
    done = facts.state is RollbackState.DONE and not facts.restored
    second = CONFIRM_RESTORE if facts.restore_asked_by else ""
    restore = button(Action.RESTORE, facts.id, text=second) if done and facts.restorable_until else None
    return row(
        Row.ROLLBACK, _anyway(facts) if asking else None, _leave(facts) if asking else None, add, restore
    )


def _leave(facts: RollbackFacts) -> Block:
    text = (
        f"{one_line(facts.workflow, 80)} stays on {clip(short(facts.pointer_found), 30)}, which was set "
        f"outside this app. The cards say that {label(facts.change_id)} is no longer live."
    )
    asked = confirmation("Leave it as it is?", text, "Leave it")
    return button(Action.LEAVE_AS_FOUND, facts.id, confirm=asked)


def _anyway(facts: RollbackFacts) -> Block:
    text = (
        f"{one_line(facts.workflow, 80)} goes from {clip(short(facts.pointer_found), 30)}, which was set "
        f"outside this app, to {clip(short(facts.to_version), 30)}."
    )
    asked = confirmation(f"Roll back {label(facts.change_id)} anyway?", text, "Roll back")
    return button(Action.ROLL_BACK_ANYWAY, facts.id, style="danger", confirm=asked)


def _restorable(facts: RollbackFacts) -> list[Block]:
    if facts.restored or facts.state is not RollbackState.DONE or not facts.restorable_until:
        return []
    until = when(facts.restorable_until)
    if facts.restore_asked_by is None:
        return [context(f"A deployer can restore it until {until}.")]
    why = escape(clip(facts.restore_reason, 600)) or "no reason given"
    text = f"{mention(facts.restore_asked_by)} asks to restore it: {why}"
    return [section(f"{text}\nA second person must confirm until {until}.")]


def rollback_channel(facts: RollbackFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the message in a channel that is informed."""
    return fitted(
        notification(facts),
        lambda room: [
            header(heading(facts)),
            section("\n".join(state_lines(facts))),
            *_summary(facts, room),
            *_reason(facts, room),
        ],
    )


def rollback_notice(facts: RollbackFacts, recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Draw the direct message to one who must know. ``details["principal"]`` names the group it owes for."""
    owed = _owed_by(facts, recipient, str(details.get("principal", "")))
    return fitted(
        notification(facts),
        lambda room: [
            header(heading(facts)),
            section("\n".join(state_lines(facts))),
            *_summary(facts, room),
            *_reason(facts, room),
            *_confirmation(facts, owed, recipient),
        ],
    )


def _owed_by(facts: RollbackFacts, recipient: str, principal: str) -> AcknowledgementFacts | None:
    """Find what this person confirmed, else what they owe, else what a group owes of which they are one."""
    owed = facts.acknowledgements
    confirmed = [it for it in owed if it.by is not None and it.by.id == recipient]
    own = [it for it in owed if it.principal.id == recipient]
    group = [it for it in owed if it.principal.id == principal]
    return next(iter([*confirmed, *own, *group]), None)


def _confirmation(facts: RollbackFacts, owed: AcknowledgementFacts | None, recipient: str) -> list[Block]:
    if owed is None and facts.acknowledgements and all(it.by for it in facts.acknowledgements):
        return [context("Everyone who must confirm has done so. Nothing is left for you to do.")]
    if owed is None or owed.by is None:
        return row(Row.ACKNOWLEDGE, button(Action.ACKNOWLEDGE, facts.id, style="primary"))
    at = f" {when(owed.at)}" if owed.at else ""
    if owed.by.id == recipient:
        return [context(f"You confirmed{at}.")]
    return [
        context(f"{named(owed.by)} confirmed for {named(owed.principal)}{at}. Nothing is left for you to do.")
    ]
