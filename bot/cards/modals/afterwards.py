"""Small forms: the reason of a rollback, restoring, going further back, changing the lane, withdrawing.

None of them stands between a person and a rollback: the reason is asked when it is over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.cards.blocks import Block, option, section
from bot.cards.modals.form import (
    Given,
    Values,
    ask_for,
    choices,
    known,
    number_in,
    one_of,
    typing,
    view,
    with_ids,
)
from bot.cards.surface import Callback, Field
from bot.cards.text import clip, code, escape, named, short, subject
from bot.cards.words import LANES
from bot.changes.facts import ChangeFacts, Choice, ReleaseFacts, RollbackFacts
from storage.vocabulary import Lane


@dataclass(frozen=True, slots=True)
class ReasonForm:
    """A reason, for the rollback with this id."""

    rollback_id: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ReturnForm:
    """Where a release goes back to: the value of the choice that was offered."""

    release_id: int | None = None
    return_to: str = ""


@dataclass(frozen=True, slots=True)
class LaneForm:
    """Another lane for the change whose revision was on the screen, and why."""

    revision_id: int | None = None
    lane: Lane | None = None
    reason: str = ""


def rollback_reason(facts: RollbackFacts) -> Block:
    """Draw the form that asks, afterwards, why something was rolled back."""
    head = section(f"*{subject(facts.change_id, facts.workflow)}* was rolled back by {named(facts.by)}.")
    why = ask_for(Field.REASON, "Why?", typing(facts.reason), hint="Everyone who was told can read it.")
    made = view("Reason of the rollback", [head, why], Callback.ROLLBACK_REASON, "Save")
    return with_ids(made, rollback=facts.id)


def restore(facts: RollbackFacts) -> Block:
    """Draw the form that puts a rolled-back release in place again."""
    text = (
        f"*{subject(facts.change_id, facts.workflow)}* goes live again: from {code(short(facts.to_version))} "
        f"to {code(short(facts.from_version))}. Everyone who was told is told of it."
    )
    why = ask_for(Field.REASON, "Why is it safe now?", typing())
    made = view("Restore", [section(text), why], Callback.RESTORE, "Restore")
    return with_ids(made, rollback=facts.id)


def read_reason(values: Values, private_metadata: str = "") -> ReasonForm:
    """Return the reason from ``rollback_reason`` or ``restore``."""
    return ReasonForm(number_in(private_metadata, "rollback"), Given(values).text(Field.REASON))


def roll_back_to(facts: ReleaseFacts, offered: Sequence[Choice]) -> Block:
    """Draw the choice of an earlier version to go back to."""
    name = f"*{subject(facts.change_id, facts.workflow)}*"
    if not offered:
        return view("Roll back to", [section(f"{name}: there is no earlier version to go back to.")])
    text = f"{name}: every release passed over counts as rolled back, and everyone who must know is told."
    element = one_of(choices(offered[:5]), offered[0].value, radio=True)
    blocks = [section(text), ask_for(Field.RETURN_TO, "Go back to", element)]
    return with_ids(view("Roll back to", blocks, Callback.ROLL_BACK_TO, "Roll back"), release=facts.id)


def read_roll_back_to(values: Values, private_metadata: str = "") -> ReturnForm:
    """Return where to go back to."""
    return ReturnForm(number_in(private_metadata, "release"), Given(values).chosen(Field.RETURN_TO))


def raise_lane(facts: ChangeFacts, lower: Sequence[Lane] = ()) -> Block:
    """Draw the form for a higher lane; ``lower``: the others that this person may choose."""
    higher = [it for it in Lane if it.rank > facts.lane.rank]
    return _lane(facts, [*higher, *_nearest_first(lower)], Callback.RAISE_LANE)


def lower_lane(facts: ChangeFacts) -> Block:
    """Draw the form that puts a change in a lower lane."""
    return _lane(facts, _nearest_first(it for it in Lane if it.rank < facts.lane.rank), Callback.LOWER_LANE)


def _nearest_first(lower: Iterable[Lane]) -> list[Lane]:
    """What is chosen beforehand is the smallest step down."""
    return sorted(lower, key=lambda it: -it.rank)


def _lane(facts: ChangeFacts, lanes: Sequence[Lane], callback: Callback) -> Block:
    title = "Raise lane" if callback is Callback.RAISE_LANE else "Lower lane"
    title = "Change lane" if len({it.rank > facts.lane.rank for it in lanes}) > 1 else title
    name = f"*{subject(facts.id, facts.workflow)}* is in the {LANES[facts.lane].lower()}."
    if not lanes:
        return view(title, [section(f"{name} There is no other lane in that direction.")])
    blocks = [
        section(f"{name} After this, only votes that are valid in the new lane count."),
        ask_for(
            Field.LANE,
            "Lane",
            one_of([option(it.value, LANES[it]) for it in lanes], lanes[0].value, radio=True),
        ),
        ask_for(Field.REASON, "Why?", typing(), hint="The card shows it from now on."),
    ]
    return with_ids(view(title, blocks, callback, title), revision=facts.revision.id)


def read_lane(values: Values, private_metadata: str = "") -> LaneForm:
    """Return the lane from ``raise_lane`` or ``lower_lane``."""
    given = Given(values)
    lane = known(Lane, [given.chosen(Field.LANE)])
    return LaneForm(
        number_in(private_metadata, "revision"), lane[0] if lane else None, given.text(Field.REASON)
    )


def withdraw(facts: ChangeFacts) -> Block:
    """Draw the question before a change is withdrawn."""
    what = escape(clip(facts.revision.what_changed, 600))
    text = f"*{subject(facts.id, facts.workflow)}*: {what}\nIt ends here and stays on record."
    made = view("Withdraw", [section(text)], Callback.WITHDRAW, "Withdraw")
    return with_ids(made, revision=facts.revision.id)


def read_withdraw(private_metadata: str = "") -> int | None:
    """Return the id of the revision that was on the screen."""
    return number_in(private_metadata, "revision")
