"""Step 1 of 2 of a proposal: which workflow, what text, of what kind, with what impact.

The same form takes up a draft, edits a change in review, and edits the policy. It must never lose what was
typed: a field keeps its block_id for as long as its content is the person's.
"""

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from bot.cards.blocks import Block, button, option, section
from bot.cards.modals.form import (
    INPUT,
    Given,
    Typed,
    Values,
    ask_for,
    choices,
    ids_in,
    known,
    number_in,
    one_of,
    some_of,
    typing,
    view,
    with_ids,
)
from bot.cards.surface import LABELS, Action, Callback, Field
from bot.cards.text import count, escape, one_line, sendable, short, units
from bot.cards.words import IMPACTS, KINDS
from bot.changes.facts import ProposalFacts
from storage.vocabulary import Impact, Kind


class How(StrEnum):
    """How the new text is given."""

    EDIT = "edit"
    REPLACE = "replace"
    UPLOAD = "upload"
    EXISTING = "existing"


_HOW = {
    How.EDIT: ("Edit it here", "Up to 3,000 characters"),
    How.REPLACE: ("Replace a phrase", "Any length; the rest stays"),
    How.UPLOAD: ("Upload a file", "Plain text in UTF-8"),
    How.EXISTING: ("Use a version that exists", "One that the target already holds"),
}


_OF_ONE_WORKFLOW = ("new_text", "version")
_ASKED_CUSTOMERS = "asked_customers"
_VISIBLE = "visible"


@dataclass(frozen=True, slots=True)
class ProposalForm:
    """What step 1 asks. Nothing in it is checked yet; ``how`` is None where nothing was chosen.

    ``section`` names the part of the policy that is edited. ``asked_customers``: the form offered "customers
    will read different answers" as ticked. ``drawn_for`` is the workflow for which the form was drawn, and
    ``shown`` the fields that it showed. ``revision`` is the one that stood when the form was opened.
    """

    change_id: int | None = None
    workflow: str = ""
    kinds: tuple[Kind, ...] = ()
    impacts: tuple[Impact, ...] = ()
    not_customer_visible_because: str = ""
    how: How | None = None
    new_text: str = ""
    old_phrase: str = ""
    new_phrase: str = ""
    file: tuple[str, ...] = ()
    version: str = ""
    section: str = ""
    asked_customers: bool = False
    drawn_for: str = ""
    revision: int = 0
    shown: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def typed(self) -> dict[str, object]:
        """Return it as JSON by field name, as ``ProposalFacts.typed`` takes it back.

        A field that was not shown is left out, so that what was typed into it before stays. A text that was
        given for another workflow than the chosen one is None: the form then starts from the live text.
        """
        kept = {name: list(it) if isinstance(it, tuple) else it for name, it in asdict(self).items()}
        elsewhere = dict.fromkeys(_OF_ONE_WORKFLOW) if self.drawn_for != self.workflow else {}
        told = {
            name: kept[name]
            for name in (*self.shown, "section", "revision", _ASKED_CUSTOMERS)
            if name in kept
        }
        return told | elsewhere


def submit_change(facts: ProposalFacts) -> Block:
    """Draw step 1. Choosing a workflow or a way to give the text redraws it (dispatch)."""
    typed = Typed(facts.typed)
    workflow = ask_for(
        Field.WORKFLOW,
        LABELS[Action.CHOOSE_WORKFLOW],
        one_of(choices(facts.workflows), facts.workflow or ""),
        dispatch=Action.CHOOSE_WORKFLOW,
    )
    blocks = [*_resumable(facts), *_warnings(facts)]
    blocks += (
        [workflow] if facts.workflows else [section("No workflow is set up yet. A policy owner can add one.")]
    )
    blocks += _text(facts, typed) if facts.workflow else []
    blocks += [_kinds(typed), _impacts(facts, typed), _why_not(typed)]
    made = view("Propose a change", blocks, Callback.SUBMIT_CHANGE, "Next")
    part = typed.text("section") or None
    made |= {"notify_on_close": True}
    return with_ids(
        made, change=facts.change_id, workflow=facts.workflow, section=part, revision=facts.revision
    )


def _resumable(facts: ProposalFacts) -> list[Block]:
    shown = facts.resumable[:3]
    return [
        section(
            f"You have a draft: {escape(one_line(draft.label, 150))}",
            button(Action.RESUME_DRAFT, draft.value),
        )
        | {"block_id": sendable(f"draft:{draft.value}")}
        for draft in shown
    ]


def _warnings(facts: ProposalFacts) -> list[Block]:
    lines = []
    if facts.will_void:
        many = count(facts.will_void, "vote that was given stops", "votes that were given stop")
        lines.append(f"An edit makes a new text to approve: {many} counting.")
    if facts.cannot_approve_after:
        lines.append("If you send this, you have touched the change and cannot approve it.")
    return [section("\n".join(lines))] if lines else []


def _text(facts: ProposalFacts, typed: Typed) -> list[Block]:
    ways = ways_for(facts, typed.text(Field.NEW_TEXT, facts.before or ""))
    given = typed.text(Field.HOW)
    how = How(given) if given in set(ways) else ways[0]
    select = ask_for(
        Field.HOW,
        LABELS[Action.CHOOSE_HOW],
        one_of([option(way.value, *_HOW[way]) for way in ways], how.value, radio=True),
        variant=facts.workflow or "",
        dispatch=Action.CHOOSE_HOW,
    )
    return [_live(facts, typed.text("section")), select, *_INPUTS[how](facts, typed)]


def ways_for(facts: ProposalFacts, text: str) -> list[How]:
    """Return the ways to give the new text, the usual one first. ``text`` is what it is so far."""
    return [
        *([How.EDIT] if units(sendable(text)) <= INPUT else []),
        *([How.REPLACE] if facts.before else []),
        How.UPLOAD,
        *([How.EXISTING] if facts.versions else []),
    ]


def _live(facts: ProposalFacts, part: str) -> Block:
    if facts.before is None:
        return section("Nothing is live there yet.")
    size = count(len(facts.before), "character")
    where = f", the part about {escape(one_line(part, 100))}" if part else ""
    if facts.adopting:
        version = escape(short(facts.before_version))
        return section(
            f"By the record: version {version}, {size}. Live now is another, set outside this app."
        )
    return section(f"Live now: version {escape(short(facts.before_version))}{where}, {size}.")


def _edit(facts: ProposalFacts, typed: Typed) -> list[Block]:
    value = typed.text(Field.NEW_TEXT, facts.before or "")
    return [ask_for(Field.NEW_TEXT, "New text", typing(value), variant=facts.workflow or "")]


def _replace(facts: ProposalFacts, typed: Typed) -> list[Block]:
    where = "the text in review" if facts.revision else "the live text"
    hint = f"Exactly as it stands in {where}. It must occur there once."
    old, new = typing(typed.text(Field.OLD_PHRASE)), typing(typed.text(Field.NEW_PHRASE))
    return [
        ask_for(Field.OLD_PHRASE, "Old phrase", old, hint=hint),
        ask_for(Field.NEW_PHRASE, "New phrase", new, hint="Empty removes the old phrase.", optional=True),
    ]


def _upload(_facts: ProposalFacts, _typed: Typed) -> list[Block]:
    element: Block = {
        "type": "file_input",
        "max_files": 1,
        "filetypes": ["txt", "md", "text", "markdown", "yml", "yaml"],
    }
    return [ask_for(Field.FILE, "File with the whole new text", element)]


def _existing(facts: ProposalFacts, typed: Typed) -> list[Block]:
    element = one_of(choices(facts.versions), typed.text(Field.VERSION))
    return [ask_for(Field.VERSION, "Version", element, variant=facts.workflow or "")]


_INPUTS = {How.EDIT: _edit, How.REPLACE: _replace, How.UPLOAD: _upload, How.EXISTING: _existing}


def _kinds(typed: Typed) -> Block:
    options = [option(kind.value, *KINDS[kind]) for kind in Kind]
    element = some_of(options, typed.several(Field.KINDS), boxes=True)
    return ask_for(Field.KINDS, "What does it change?", element)


def _impacts(facts: ProposalFacts, typed: Typed) -> Block:
    ticked = set(typed.several(Field.IMPACTS))
    answered = typed.text(_ASKED_CUSTOMERS) == str(True) or typed.text(Field.WHY_NOT_VISIBLE)
    if facts.customer_visible and not answered:
        ticked.add(Impact.CUSTOMER_VISIBLE.value)
    if not facts.customer_visible and typed.text(_ASKED_CUSTOMERS) == str(True):
        # It was ticked beforehand for the workflow that was chosen before this one, and by nobody.
        ticked.discard(Impact.CUSTOMER_VISIBLE.value)
    element = some_of([option(it.value, IMPACTS[it]) for it in Impact], ticked, boxes=True)
    variant = _VISIBLE if facts.customer_visible else ""
    hint = "The text is read as well: what it says is added to what you tick."
    return ask_for(Field.IMPACTS, "What is true of it?", element, hint=hint, optional=True, variant=variant)


def _why_not(typed: Typed) -> Block:
    value = typed.text(Field.WHY_NOT_VISIBLE)
    hint = "Only where customers read this workflow and you unticked that. The card shows it."
    label = "Why will customers not read different answers?"
    return ask_for(Field.WHY_NOT_VISIBLE, label, typing(value, most=500), hint=hint, optional=True)


def read_submit_change(values: Values, private_metadata: str = "") -> ProposalForm:
    """Return what step 1 was filled in with.

    A text of the workflow chosen before (the form was not redrawn yet) is never taken for this one's.
    """
    given = Given(values)
    workflow = given.chosen(Field.WORKFLOW)
    drawn_for = str(ids_in(private_metadata).get("workflow", ""))
    fits = drawn_for == workflow
    how = known(How, [given.chosen(Field.HOW)])
    return ProposalForm(
        change_id=number_in(private_metadata, "change"),
        workflow=workflow,
        kinds=known(Kind, given.several(Field.KINDS)),
        impacts=known(Impact, given.several(Field.IMPACTS)),
        not_customer_visible_because=given.text(Field.WHY_NOT_VISIBLE),
        how=how[0] if how else None,
        new_text=given.text(Field.NEW_TEXT) if fits else "",
        old_phrase=given.text(Field.OLD_PHRASE),
        new_phrase=given.text(Field.NEW_PHRASE),
        file=given.files(Field.FILE),
        version=given.chosen(Field.VERSION) if fits else "",
        section=str(ids_in(private_metadata).get("section", "")) if fits else "",
        asked_customers=given.variant(Field.IMPACTS) == _VISIBLE,
        drawn_for=drawn_for,
        revision=number_in(private_metadata, "revision") or 0,
        shown=given.shown(),
    )
