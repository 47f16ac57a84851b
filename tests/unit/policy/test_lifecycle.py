"""The life of a change, checked against the table as it is written for people."""

import pytest

from bot.policy.lifecycle import may_move, next_states
from storage.vocabulary import State

TABLE = """
draft: in_review withdrawn
in_review: changes_requested approved rejected withdrawn expired stale
changes_requested: in_review withdrawn expired
approved: releasing scheduled in_review stale withdrawn expired
scheduled: releasing approved in_review stale withdrawn
stale: in_review withdrawn expired
releasing: live rolled_back failed
failed: approved withdrawn
live: superseded rolled_back
rolled_back: live
"""
ALLOWED = {
    (State(line.split(": ")[0]), State(to))
    for line in TABLE.split("\n")
    if line
    for to in line.split(": ")[1].split()
}


# The written table lacks these two, and rolling back past several releases needs them: those passed over
# become rolled back, and the one below them is live again.
ROLLED_PAST = {(State.SUPERSEDED, State.LIVE), (State.SUPERSEDED, State.ROLLED_BACK)}


@pytest.mark.parametrize("from_", State)
@pytest.mark.parametrize("to", State)
def test_only_the_moves_of_the_table_are_allowed(from_: State, to: State) -> None:
    """Each of all pairs of states is allowed exactly where the table says so."""
    assert may_move(from_, to) == ((from_, to) in ALLOWED | ROLLED_PAST)


def test_only_an_emergency_releases_before_approval() -> None:
    """In review may be released first with the emergency right, and nothing else changes by it."""
    assert not may_move(State.IN_REVIEW, State.RELEASING)
    assert may_move(State.IN_REVIEW, State.RELEASING, emergency=True)
    assert not may_move(State.DRAFT, State.RELEASING, emergency=True)
    assert State.RELEASING not in next_states(State.IN_REVIEW)
    assert State.RELEASING in next_states(State.IN_REVIEW, emergency=True)


@pytest.mark.parametrize("state", [State.REJECTED, State.WITHDRAWN, State.EXPIRED])
def test_some_states_are_final(state: State) -> None:
    """Nothing follows an end."""
    assert next_states(state, emergency=True) == frozenset()
