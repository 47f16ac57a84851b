"""The authority matrix: every kind of person, every action, every state, every lane, from one table.

What the table of ``who_may`` allows has an effect; what it does not allow has none, and says why not.
"""

from collections.abc import Iterable, Iterator
from itertools import product

import pytest
from acts import ACTS
from company import AWAY, HOME, Case, Company, Stage
from who_may import LANES, STATES, Person, actions, may, people, somebody_may

from bot.changes.outcome import Actor, Done, Refused
from bot.people import People

SOME_LANES = ("high", "low")
Cell = tuple[Person, str, str, str]
TOGETHER = {("stop", "live"), ("roll back", "releasing"), ("roll back to", "releasing")}
"""Two names of one click: what stops a release that is on its way rolls back one that is live."""
ALSO = {("restore", "rolled_back, restore asked"), ("confirm a restore", "rolled_back")}
"""One button, too: the first person asks with a reason, the second confirms."""


def cells(state: str, lane: str) -> Iterator[Cell]:
    """All cells of one state and lane."""
    for person, action in product(people(), actions()):
        if (action, state) not in TOGETHER | ALSO:
            yield person, action, state, lane


def wrong(company: Company, some: Iterable[Cell]) -> list[str]:
    """The cells in which something else happens than the table says, in words."""
    some = list(some)
    cases = {(state, lane): company.case(state, lane) for _, _, state, lane in some}
    with company.rehearsal() as stage:
        return [said for cell in some if (said := _tried(stage, cases[cell[2:]], *cell))]


def _tried(stage: Stage, case: Case, person: Person, action: str, state: str, lane: str) -> str:
    allowed = may(person, action, state, lane)
    with stage.act():
        actor = through(stage.door, person, acknowledging=action == "acknowledge")
        before = stage.store.written
        outcome = actor if isinstance(actor, Refused) else ACTS[action](stage.context, case, actor)
        written = stage.store.written - before
    where = f"{person.who}: {action} while {state} in the {lane} lane"
    if allowed:
        return "" if written and isinstance(outcome, Done) and not outcome.already else f"{where}: {outcome}"
    if written:
        return f"{where}: had an effect: {outcome}"
    if isinstance(outcome, Done):
        return "" if outcome.already and outcome.text else f"{where}: {outcome}"
    told = outcome.reason and (outcome.remedy or not somebody_may(action, state, lane))
    return "" if told else f"{where}: does not say who can: {outcome}"


def through(door: People, person: Person, *, acknowledging: bool) -> Actor | Refused:
    """Who comes in, by the team that Slack signs for such an account."""
    return door.actor(person.id, AWAY if person.account == "external" else HOME, acknowledging=acknowledging)


@pytest.mark.slow
@pytest.mark.parametrize("lane", LANES)
@pytest.mark.parametrize("state", STATES)
def test_everybody_can_do_what_the_table_says_and_nothing_else(
    company: Company, state: str, lane: str
) -> None:
    """Every person and every action, in this state and lane."""
    assert wrong(company, cells(state, lane)) == []


def test_each_action_is_for_those_whom_the_table_names(company: Company) -> None:
    """By everybody, in one state and lane that allow it; the slow suite tries all of them."""
    where = {
        action: next((s, lane) for s, lane in product(STATES, SOME_LANES) if somebody_may(action, s, lane))
        for action in actions()
    }
    some = [(person, action, *place) for person in people() for action, place in where.items()]
    assert wrong(company, some) == []


def test_the_matrix_is_large_enough_to_be_the_matrix() -> None:
    """Nothing falls out of it unnoticed: kinds of people, actions, states and lanes are counted."""
    assert (len(people()), len(actions()), len(STATES), len(LANES)) == (28, 20, 16, 3)
    assert set(ACTS) == set(actions())
