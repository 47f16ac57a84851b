"""Step 2 of 2 of a proposal: the lane that came of it, the release note, the plan, and who is asked.

What is decided already is told first. It must never ask for what the app can fill in by itself.
"""

from dataclasses import asdict, dataclass

from bot.cards.blocks import Block, bullets, rich, run, section, words
from bot.cards.modals.form import (
    Given,
    Typed,
    Values,
    ask_for,
    choices,
    number_in,
    one_of,
    some_of,
    typing,
    view,
    with_ids,
)
from bot.cards.parts import gate_items, reason_items, settings
from bot.cards.surface import Callback, Field
from bot.cards.text import clip, count, escape, label, listed, one_line
from bot.cards.words import LANES
from bot.changes.facts import NoteFacts


@dataclass(frozen=True, slots=True)
class NoteForm:
    """What step 2 asks. ``rollback_owner`` and ``asked`` are the values of the choices that were offered."""

    change_id: int | None = None
    what_changed: str = ""
    why: str = ""
    good: str = ""
    rollback_trigger: str = ""
    rollback_owner: str = ""
    rollback_plan: str = ""
    stop_conditions: str = ""
    fallback_version: str = ""
    fallback_switch_off: str = ""
    asked: tuple[str, ...] = ()

    def typed(self) -> dict[str, object]:
        """Return it as JSON by field name, as ``NoteFacts.typed`` takes it back."""
        return {**asdict(self), "asked": list(self.asked)} | {"change_id": self.change_id}


def submit_note(facts: NoteFacts) -> Block:
    """Draw step 2."""
    typed = Typed(facts.typed)
    blocks = [
        *([section(f"*{escape(facts.warning)}*")] if facts.warning else []),
        *_lane(facts),
        _statement(Field.WHAT_CHANGED, "1. What changed", typed),
        _statement(Field.WHY, "2. Why", typed),
        section(f"*3. Workflow and lane*\n{escape(one_line(facts.workflow, 100))}, {facts.lane.value}"),
        _statement(Field.GOOD, "4. What good looks like after release", typed),
        _statement(Field.ROLLBACK_TRIGGER, "5. What would make us roll back", typed),
        *_owner(facts, typed),
        *_plan(facts, typed),
        *_fallback(facts, typed),
        *_asked(facts, typed),
    ]
    made = view(f"{label(facts.change_id)}, release note", blocks, Callback.SUBMIT_NOTE, "Submit")
    return with_ids(made | {"notify_on_close": True}, change=facts.change_id)


def _lane(facts: NoteFacts) -> list[Block]:
    approvals = count(facts.quorum, "approval")
    lines = [f"*{LANES[facts.lane]}*: {approvals} needed. May deploy: {listed(facts.deployers) or 'nobody'}."]
    if facts.gate_required:
        lines.append("A regression test must pass before it counts as approved.")
    items = reason_items(facts.reasons, facts.signals, 15) + gate_items(facts.gate_reasons, 8)
    why = rich(words(run("Why", bold=True)), bullets(items))
    return [section("\n".join(lines)), why, *settings(facts.settings, 12)]


def _statement(field: Field, name: str, typed: Typed) -> Block:
    return ask_for(field, name, typing(typed.text(field)))


def _owner(facts: NoteFacts, typed: Typed) -> list[Block]:
    if not facts.rollback_owners:
        return [section("Nobody can own the rollback: nobody has the right to roll back in this lane.")]
    element = one_of(choices(facts.rollback_owners), typed.text(Field.ROLLBACK_OWNER))
    return [
        ask_for(Field.ROLLBACK_OWNER, "Rollback owner", element, hint="Watches it, and may roll it back.")
    ]


def _plan(facts: NoteFacts, typed: Typed) -> list[Block]:
    blocks = []
    if facts.needs_plan:
        hint = "What happens step by step if this must be undone."
        plan = typing(typed.text(Field.ROLLBACK_PLAN))
        blocks.append(ask_for(Field.ROLLBACK_PLAN, "Rollback plan", plan, hint=hint))
    if facts.without_stages:
        blocks.append(section("This target has no stages, so a scored review sample takes their place."))
    if facts.needs_stop_conditions:
        hint = "It is released in stages. What, seen in the first stage, stops it?"
        stop = typing(typed.text(Field.STOP_CONDITIONS))
        blocks.append(ask_for(Field.STOP_CONDITIONS, "Stop conditions", stop, hint=hint))
    return blocks


def _fallback(facts: NoteFacts, typed: Typed) -> list[Block]:
    if not facts.first_release:
        return []
    blocks = [
        section("Nothing is live before this. Name a version to fall back to, or how to switch it off.")
    ]
    if facts.versions:
        element = one_of(choices(facts.versions), typed.text(Field.FALLBACK_VERSION))
        blocks.append(ask_for(Field.FALLBACK_VERSION, "Fallback version", element, optional=True))
    off = typing(typed.text(Field.FALLBACK_SWITCH_OFF))
    return [*blocks, ask_for(Field.FALLBACK_SWITCH_OFF, "How to switch it off", off, optional=True)]


def _asked(facts: NoteFacts, typed: Typed) -> list[Block]:
    if not facts.approvers:
        return [section("Nobody can approve this: the list of approvers for this lane is empty without you.")]
    people = some_of(choices(facts.approvers), typed.several(Field.ASKED, facts.proposed))
    hint = clip(f"They get a direct message. {count(facts.quorum, 'approval')} needed.", 200)
    return [ask_for(Field.ASKED, "Who is asked to approve", people, hint=hint)]


def read_submit_note(values: Values, private_metadata: str = "") -> NoteForm:
    """Return what step 2 was filled in with."""
    given = Given(values)
    return NoteForm(
        change_id=number_in(private_metadata, "change"),
        what_changed=given.text(Field.WHAT_CHANGED),
        why=given.text(Field.WHY),
        good=given.text(Field.GOOD),
        rollback_trigger=given.text(Field.ROLLBACK_TRIGGER),
        rollback_owner=given.chosen(Field.ROLLBACK_OWNER),
        rollback_plan=given.text(Field.ROLLBACK_PLAN),
        stop_conditions=given.text(Field.STOP_CONDITIONS),
        fallback_version=given.chosen(Field.FALLBACK_VERSION),
        fallback_switch_off=given.text(Field.FALLBACK_SWITCH_OFF),
        asked=given.several(Field.ASKED),
    )
