"""The names by which Slack knows the app's buttons and forms, and the page that lists them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blockkit import controls_in
from factory import change, complete, drift, low, release, rollback, task
from screens import home, note, policy, proposal, workflow

from bot.cards import answers, record, surface
from bot.cards.home import home as home_view
from bot.cards.messages import KINDS, draw
from bot.cards.modals import afterwards, decide
from bot.cards.modals.note import submit_note
from bot.cards.modals.propose import How, submit_change
from bot.changes.facts import Choice
from storage.models import RollbackState
from storage.vocabulary import Decision, Lane, State

Json = dict[str, Any]
PAGE = Path(__file__).resolve().parents[3] / "docs" / "slack-surface.md"


def rows(title: str) -> list[list[str]]:
    """Return the cells of a table on the page, by the heading above it."""
    part = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def every_form() -> Iterator[Json]:
    """Yield each form with all its fields."""
    yield from (submit_change(proposal(typed={"how": how.value})) for how in How)
    yield submit_note(note())
    yield from (decide.decide(change(), decision) for decision in Decision)
    yield decide.decide(low(), Decision.APPROVE)
    yield decide.decide(low(spot_check=False), Decision.APPROVE)
    yield decide.attest(change())
    yield from (afterwards.rollback_reason(rollback()), afterwards.restore(rollback()))
    yield afterwards.roll_back_to(release(), [Choice("1", "v1")])
    yield from (afterwards.raise_lane(low()), afterwards.lower_lane(change()), afterwards.withdraw(change()))


def every_block() -> Iterator[Json]:
    """Yield the blocks of each message, answer and view with all its buttons."""
    for kind, facts in (
        ("review", change()),
        ("review", low(lane=Lane.LOW)),
        ("review", change(state=State.STALE)),
        ("review", complete()),
        ("live", release()),
        ("live", release(state=State.RELEASING, stage=1)),
        ("task", release(task=task())),
        ("rollback", rollback()),
        ("rollback", rollback(state=RollbackState.ASKING)),
        ("rollback_notice", rollback()),
        ("drift", drift()),
        ("outcome", change()),
    ):
        yield from draw(kind, facts, "U0DEV").blocks
    for drawn in (answers.help_(), record.workflow(workflow()), record.policy(policy())):
        yield from drawn.blocks
    yield from home_view(home())["blocks"]
    for view in every_form():
        yield from view["blocks"]


def test_the_page_lists_every_button_with_its_label() -> None:
    """Action ids and labels on the page are those of the code, in its order."""
    assert [row[:2] for row in rows("Buttons and menus")] == [
        [action.value, label] for action, label in surface.LABELS.items()
    ]
    assert set(surface.LABELS) == set(surface.Action)


def test_the_page_lists_the_menu() -> None:
    """The menu's values and labels are those of the code."""
    assert [row[:2] for row in rows("The menu of a card")] == [
        [f"{word.value}:REVISION", label] for word, label in surface.MENU_LABELS.items()
    ]


def test_the_page_lists_every_field_of_every_form() -> None:
    """Callback ids, block_ids and labels on the page are what the forms really show."""
    shown: dict[tuple[str, str, str], None] = {}
    for view in every_form():
        inputs = [block for block in view["blocks"] if block["type"] == "input"]
        for block in inputs:
            shown[view["callback_id"], _generic(block["block_id"]), block["label"]["text"]] = None
        if not inputs:
            shown[view["callback_id"], "", ""] = None
    assert sorted(tuple(row[:3]) for row in rows("Forms")) == sorted(shown)


def _generic(block_id: str) -> str:
    """Return a block_id as the page writes it: the variant by what it is."""
    return re.sub(
        r":visible$", "[:visible]", re.sub(r":refunds$", ":WORKFLOW", re.sub(r":\d+$", ":N", block_id))
    )


def test_the_page_lists_every_row_and_message() -> None:
    """Block ids of button rows and kinds of messages are those of the code."""
    assert [row[0] for row in rows("Rows of buttons")] == [row.value for row in surface.Row]
    assert [row[0] for row in rows("Messages")] == list(KINDS)


def test_every_name_is_in_use() -> None:
    """No button, row, form or field is listed that nothing draws."""
    blocks = list(every_block())
    actions = {control["action_id"] for block in blocks for control in controls_in(block)}
    assert set(surface.Action) <= actions
    assert set(surface.Row) <= {block.get("block_id") for block in blocks}
    assert {view["callback_id"] for view in every_form()} == set(surface.Callback)
    fields = {
        (view["callback_id"], block["block_id"].partition(":")[0])
        for view in every_form()
        for block in view["blocks"]
        if block["type"] == "input"
    }
    assert fields == {(form.value, field.value) for form, its in surface.FORM_FIELDS.items() for field in its}


@pytest.mark.parametrize(
    "name",
    ["approve", "request_changes", "reject", "change_menu", "deploy", "roll_back", "acknowledge"],
)
def test_names_that_others_rely_on_stay(name: str) -> None:
    """These action ids are promised."""
    assert name in set(surface.Action)


@pytest.mark.parametrize("name", ["submit_change", "submit_note", "decide", "rollback_reason"])
def test_forms_that_others_rely_on_stay(name: str) -> None:
    """These callback ids are promised."""
    assert name in set(surface.Callback)
