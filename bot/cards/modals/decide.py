"""What is asked when somebody decides on a change or records a test result.

A form carries the id of the revision that was on the screen, so that a decision on another text is noticed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards.blocks import Block, option, section
from bot.cards.modals.form import (
    Given,
    Values,
    ask_for,
    counting,
    field_id,
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
from bot.cards.text import clip, count, escape, subject
from bot.cards.words import LANES
from bot.changes.facts import ChangeFacts, ExampleCase, GateFacts, SpotMark
from storage.vocabulary import Decision

MOST_EXAMPLES = 20
_PASTE = "Run the new text on this example and paste what came out."
_OWN_CASE = ExampleCase("A case of your choice", "")
_TITLES = {
    Decision.APPROVE: LABELS[Action.APPROVE],
    Decision.REQUEST_CHANGES: LABELS[Action.REQUEST_CHANGES],
    Decision.REJECT: LABELS[Action.REJECT],
}


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """A decision as it was filled in. ``statement`` holds the reason where it is no approval."""

    revision_id: int | None = None
    decision: Decision | None = None
    statement: str = ""
    marks: tuple[SpotMark, ...] = ()
    and_deploy: bool = False


@dataclass(frozen=True, slots=True)
class AttestForm:
    """A test result as it was filled in; None where no whole number was given."""

    revision_id: int | None = None
    suite: str = ""
    total: int | None = None
    passed: int | None = None
    newly_failing: int | None = None
    scored_by_people: bool = False
    link: str = ""


def decide(facts: ChangeFacts, decision: Decision, *, and_deploy: bool = False) -> Block:
    """Draw the form for one decision: a statement in high, a spot check in low, a reason for a no."""
    title = LABELS[Action.APPROVE_AND_DEPLOY] if and_deploy else _TITLES[decision]
    asked = _approval(facts) if decision is Decision.APPROVE else [_no(decision)]
    what = escape(clip(facts.revision.what_changed, 600))
    head = section(f"*{subject(facts.id, facts.workflow)}* · {LANES[facts.lane]}\n{what}")
    made = view(title, [head, *asked], Callback.DECIDE, title)
    deploy = 1 if and_deploy else None
    return with_ids(made, revision=facts.revision.id, decision=decision.value, deploy=deploy)


def _no(decision: Decision) -> Block:
    name = "What must change?" if decision is Decision.REQUEST_CHANGES else "Why is it rejected?"
    return ask_for(Field.REASON, name, typing(), hint="The submitter reads it.")


def _approval(facts: ChangeFacts) -> list[Block]:
    blocks: list[Block] = []
    if facts.spot_check:
        for index, example in enumerate(examples_of(facts.examples)):
            blocks += _example(index, example)
    if facts.statement_required:
        hint = "It is recorded with your name."
        blocks.append(ask_for(Field.STATEMENT, "What did you check?", typing(), hint=hint))
    elif not blocks:
        blocks.append(ask_for(Field.STATEMENT, "Anything to add?", typing(), optional=True))
    return blocks


def examples_of(examples: Sequence[ExampleCase]) -> Sequence[ExampleCase]:
    """Return the cases that a spot check asks about: the workflow's, or one of the reviewer's own."""
    return examples[:MOST_EXAMPLES] or (_OWN_CASE,)


def _example(index: int, example: ExampleCase) -> list[Block]:
    good = f"\n*A good answer:* {escape(clip(example.good, 700))}" if example.good else ""
    marks = [option("good", "Good"), option("bad", "Bad")]
    return [
        section(f"*Example {index + 1}:* {escape(clip(example.input, 700))}{good}"),
        ask_for(Field.OUTPUT, "New output", typing(), hint=_PASTE, variant=str(index)),
        ask_for(Field.MARK, "Is it good?", one_of(marks, radio=True), variant=str(index)),
    ]


def read_decide(
    values: Values, private_metadata: str = "", examples: Sequence[ExampleCase] = ()
) -> DecisionForm:
    """Return a decision. ``examples`` are the cases that the form was drawn with."""
    given = Given({name: inner for name, inner in values.items() if ":" not in name})
    ids = ids_in(private_metadata)
    decision = known(Decision, [ids.get("decision")])
    return DecisionForm(
        revision_id=number_in(private_metadata, "revision"),
        decision=decision[0] if decision else None,
        statement=given.text(Field.STATEMENT) or given.text(Field.REASON),
        marks=_marks(values, examples),
        and_deploy=ids.get("deploy") == 1,
    )


def _marks(values: Values, examples: Sequence[ExampleCase]) -> tuple[SpotMark, ...]:
    found = []
    for index, example in enumerate(examples_of(examples)):
        fields = (field_id(Field.OUTPUT, str(index)), field_id(Field.MARK, str(index)))
        given = Given({name: values[name] for name in fields if name in values})
        output, mark = given.text(Field.OUTPUT), given.chosen(Field.MARK)
        if mark:
            found.append(SpotMark(example.input, output, mark == "good"))
    return tuple(found)


def attest(facts: ChangeFacts) -> Block:
    """Draw the form in which somebody vouches for the result of a test run."""
    gates = [gate for gate in facts.gates if not gate.met]
    lines = [f"*{subject(facts.id, facts.workflow)}*"]
    lines += [_open_gate(gate) for gate in gates[:5]]
    lines.append("Your name stands beside the result.")
    people = some_of([option("yes", "People scored the answers")], boxes=True)
    blocks = [
        section("\n".join(lines)),
        ask_for(Field.SUITE, "Which test set?", typing(lines=False, most=200)),
        ask_for(Field.TOTAL, "Cases in all", counting(least=1)),
        ask_for(Field.PASSED, "Cases passed", counting()),
        ask_for(Field.NEWLY_FAILING, "Cases newly failing", counting(), hint="Passed before, fail now."),
        ask_for(Field.SCORED_BY_PEOPLE, "Scoring", people, optional=True),
        ask_for(Field.LINK, "Link to the result", {"type": "url_text_input"}, optional=True),
    ]
    made = view("Record test result", blocks, Callback.ATTEST, "Record")
    return with_ids(made, revision=facts.revision.id)


def _open_gate(gate: GateFacts) -> str:
    text = clip(gate.text.removeprefix("Regression: "), 300)
    return f"{escape(clip(gate.name, 60))}: {escape(text)}"


def read_attest(values: Values, private_metadata: str = "") -> AttestForm:
    """Return a test result."""
    given = Given(values)
    return AttestForm(
        revision_id=number_in(private_metadata, "revision"),
        suite=given.text(Field.SUITE),
        total=given.number(Field.TOTAL),
        passed=given.number(Field.PASSED),
        newly_failing=given.number(Field.NEWLY_FAILING),
        scored_by_people=bool(given.several(Field.SCORED_BY_PEOPLE)),
        link=given.text(Field.LINK),
    )


def marks_missing(form: DecisionForm, examples: Sequence[ExampleCase]) -> str:
    """Say how many examples of a spot check are unmarked, empty where none is."""
    left = len(examples_of(examples)) - len(form.marks)
    return f"{count(left, 'example is', 'examples are')} not marked yet." if left > 0 else ""
