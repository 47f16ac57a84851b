"""The message of a release, from its first stage until it is over, and the task of a target moved by hand.

It says live only of a release whose row says live: that is written after the pointer was read back. The
Roll back button must be there for as long as the release is live.
"""

from collections.abc import Mapping
from typing import Any

from bot.cards.blocks import (
    Block,
    button,
    confirmation,
    fitted,
    header,
    rich,
    row,
    run,
    section,
    words,
)
from bot.cards.surface import Action, Row
from bot.cards.text import clip, code, count, escape, label, mention, named, one_line, short, when
from bot.cards.words import LANES
from bot.changes.facts import ReleaseFacts, RollbackFacts
from bot.drawn import Drawn
from storage.models import MoveState, RollbackState
from storage.vocabulary import State

_MINUTE = 60


def live(facts: ReleaseFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the release message in its present state."""
    summary = [rich(words(run(clip(facts.summary, 400))))] if facts.summary else []
    blocks = [
        header(heading(facts)),
        section("\n".join(_lines(facts))),
        *summary,
        *_trouble(facts),
        *release_buttons(facts),
        *_by_hand(facts),
    ]
    return fitted(_notification(facts), lambda _: blocks)


def heading(facts: ReleaseFacts) -> str:
    """Return what the message is headed with, as plain text."""
    said = {
        State.RELEASING: "Releasing",
        State.LIVE: "Live",
        State.SUPERSEDED: "Was live",
        State.ROLLED_BACK: "Rolled back",
        State.FAILED: "Not released",
    }.get(facts.state, "Release")
    if reversing(facts):
        said = "Rolling back"
    return f"{said}: {label(facts.change_id)} · {one_line(facts.workflow, 90)}"


def _notification(facts: ReleaseFacts) -> str:
    return f"{escape(heading(facts))}, {escape(one_line(facts.summary, 200))}".rstrip(", ")


def reversing(facts: ReleaseFacts) -> bool:
    """Say whether a rollback of this release is under way."""
    return facts.rollback is not None and facts.rollback.state is not RollbackState.DONE


def _lines(facts: ReleaseFacts) -> list[str]:
    first = {
        State.RELEASING: _releasing,
        State.LIVE: _live,
        State.SUPERSEDED: _ended,
        State.ROLLED_BACK: _ended,
        State.FAILED: _failed,
    }.get(facts.state, _ended)(facts)
    moved = f"{code(short(facts.old_version))} → {code(short(facts.new_version))} · {LANES[facts.lane]}"
    people = f"Deployed by {mention(facts.deployer)} · Rollback owner {named(facts.rollback_owner)}"
    return [first, *_reversal(facts.rollback), moved, people]


def _releasing(facts: ReleaseFacts) -> str:
    where = f"Stage {facts.stage} of {facts.stages}"
    name = stage_name(facts)
    where += f" ({escape(name)})" if name else ""
    if facts.task and facts.task.state is MoveState.WAITING:
        return f"*{where}* is waiting for a person to set it and confirm."
    if facts.moving:
        return f"*{where}* is being moved. Nothing is claimed before it was read back."
    rest = "Advance when it looks good." if facts.stage < facts.stages else "It is the last one."
    return f"*{where}* is set. {rest}"


def stage_name(facts: ReleaseFacts) -> str:
    """Return the present stage's name as plain text, empty where it has none."""
    named_so = facts.stage_names[facts.stage - 1 : facts.stage]
    return one_line(named_so[0], 60) if named_so else ""


def _live(facts: ReleaseFacts) -> str:
    since = f"*Live* since {when(facts.live_at or facts.started_at)}"
    return f"{since}. {lag(facts)}" if facts.lag_seconds else f"{since}."


def lag(facts: ReleaseFacts) -> str:
    """Say for how long clients may still see the old text."""
    if facts.lag_seconds < _MINUTE:
        return f"Clients may see the old text for {count(facts.lag_seconds, 'second')} more."
    return f"Clients may see the old text for {count(-(-facts.lag_seconds // _MINUTE), 'minute')} more."


def _ended(facts: ReleaseFacts) -> str:
    began = when(facts.live_at or facts.started_at)
    until = f" until {when(facts.ended_at)}" if facts.ended_at else ""
    return f"It was live from {began}{until}."


def _failed(facts: ReleaseFacts) -> str:
    return f"*The target refused and nothing moved.* Started {when(facts.started_at)}."


def _reversal(rollback: RollbackFacts | None) -> list[str]:
    if rollback is None:
        return []
    by, back = mention(rollback.by), code(short(rollback.to_version))
    if rollback.restored:
        return [f"It was rolled back by {by} and then restored."]
    if rollback.state is RollbackState.DONE:
        return [f"*Rolled back* to {back} by {by} {when(rollback.done_at or rollback.at)}."]
    if rollback.state is RollbackState.ASKING:
        return [f"*Rolling back needs a person.* {by} asked for it {when(rollback.at)}."]
    return [f"*Rolling back* to {back}, asked by {by} {when(rollback.at)}. It is not done yet."]


def _trouble(facts: ReleaseFacts) -> list[Block]:
    trouble = facts.trouble or (facts.rollback.trouble if facts.rollback else "")
    if not trouble:
        return []
    return [rich(words(run("Last error: ", bold=True), clip(trouble, 600)))]


def release_buttons(facts: ReleaseFacts) -> list[Block]:
    """Return the buttons that the state of a release allows."""
    if reversing(facts):
        return []
    if facts.state is State.LIVE:
        to = button(Action.ROLL_BACK_TO, facts.id)
        return row(Row.RELEASE, roll_back_button(facts), to)
    if facts.state is not State.RELEASING:
        return []
    ready = not facts.moving and not facts.task and facts.stage < facts.stages
    advance = button(Action.ADVANCE, facts.id, style="primary") if ready else None
    return row(Row.RELEASE, advance, stop_button(facts))


def roll_back_button(facts: ReleaseFacts) -> Block:
    """Return Roll back with Slack's own question, which says exactly what will happen."""
    old, new = _going_back(facts)
    undone = f"This undoes: {one_line(facts.summary, 90).rstrip('.')}. " if facts.summary else ""
    text = (
        f"{one_line(facts.workflow, 80)} goes from {new} back to {old} at once, and everyone who must know "
        f"is told. {undone}You can give the reason afterwards."
    )
    asked = confirmation(f"Roll back {label(facts.change_id)}?", text, "Roll back")
    return button(Action.ROLL_BACK, facts.id, style="danger", confirm=asked)


def stop_button(facts: ReleaseFacts) -> Block:
    """Return what ends a release that is on its way, with Slack's own question."""
    old, new = _going_back(facts)
    text = (
        f"The release stops. Every stage of {one_line(facts.workflow, 80)} that has {new} goes back to "
        f"{old}, and everyone who must know is told."
    )
    asked = confirmation(f"Stop {label(facts.change_id)} and roll back?", text, "Stop and roll back")
    return button(Action.STOP_RELEASE, facts.id, style="danger", confirm=asked)


def _going_back(facts: ReleaseFacts) -> tuple[str, str]:
    old = "its fallback" if facts.old_version is None else clip(short(facts.old_version), 30)
    return old, clip(short(facts.new_version), 30)


def _by_hand(facts: ReleaseFacts) -> list[Block]:
    if not facts.by_hand or facts.state not in {State.LIVE, State.RELEASING}:
        return []
    return by_hand(facts.by_hand)


def by_hand(how: str) -> list[Block]:
    """Return how to move the pointer without this app, exactly as it must be typed."""
    steps = {"type": "rich_text_preformatted", "elements": [run(clip(how, 900))]}
    return [rich(words(run("By hand, without this app", bold=True)), steps)] if how else []


def task(facts: ReleaseFacts, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Draw the direct message that tells a person what to set in a target that is moved by hand.

    ``details["move"]`` names the move that this message is about, so that no later one takes its place.
    """
    given = facts.task if facts.task and details.get("move") in {None, facts.task.id} else None
    name = f"{label(facts.change_id)} · {one_line(facts.workflow, 90)}"
    if given is None or given.state not in {MoveState.WAITING, MoveState.PENDING}:
        done = given is not None and given.state is MoveState.DONE
        text = "Confirmed: it is set." if done else "There is nothing to set for this any more."
        return fitted(f"{escape(name)}: {text}", lambda _: [header(name), section(text)])
    steps = {"type": "rich_text_preformatted", "elements": [run(clip(given.instructions, 2_500) or "-")]}
    return fitted(
        f"Please set this by hand and confirm: {escape(name)}",
        lambda _: [
            header(name),
            section("*Please set this by hand.* Confirm only when you see it in place."),
            rich(steps),
            *row(Row.TASK, button(Action.TASK_DONE, given.id, style="primary")),
        ],
    )
