"""The life of a change: which state may follow which.

The table is the whole truth. A move that does not stand in it must be refused, whoever asks.
"""

from collections.abc import Mapping
from types import MappingProxyType

from storage.vocabulary import State

TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.DRAFT: frozenset({State.IN_REVIEW, State.WITHDRAWN}),
        State.IN_REVIEW: frozenset(
            {
                State.CHANGES_REQUESTED,
                State.APPROVED,
                State.REJECTED,
                State.WITHDRAWN,
                State.EXPIRED,
                State.STALE,
                State.RELEASING,
            }
        ),
        State.CHANGES_REQUESTED: frozenset({State.IN_REVIEW, State.WITHDRAWN, State.EXPIRED}),
        State.APPROVED: frozenset(
            {
                State.RELEASING,
                State.SCHEDULED,
                State.IN_REVIEW,
                State.STALE,
                State.WITHDRAWN,
                State.EXPIRED,
            }
        ),
        State.SCHEDULED: frozenset(
            {State.RELEASING, State.APPROVED, State.IN_REVIEW, State.STALE, State.WITHDRAWN}
        ),
        State.STALE: frozenset({State.IN_REVIEW, State.WITHDRAWN, State.EXPIRED}),
        State.RELEASING: frozenset({State.LIVE, State.ROLLED_BACK, State.FAILED}),
        State.FAILED: frozenset({State.APPROVED, State.WITHDRAWN}),
        State.LIVE: frozenset({State.SUPERSEDED, State.ROLLED_BACK}),
        State.ROLLED_BACK: frozenset({State.LIVE}),
        # Live again when every release above it was rolled back; rolled back when it is passed over.
        State.SUPERSEDED: frozenset({State.LIVE, State.ROLLED_BACK}),
        State.REJECTED: frozenset(),
        State.WITHDRAWN: frozenset(),
        State.EXPIRED: frozenset(),
    }
)
# A release before its approval needs the emergency right, so it is no ordinary move.
EMERGENCY_ONLY = frozenset({(State.IN_REVIEW, State.RELEASING)})


def may_move(from_: State, to: State, *, emergency: bool = False) -> bool:
    """Say whether a change may go from one state to another."""
    return to in next_states(from_, emergency=emergency)


def next_states(from_: State, *, emergency: bool = False) -> frozenset[State]:
    """List the states that may follow; empty where the life of the change has ended."""
    if emergency:
        return TRANSITIONS[from_]
    return frozenset(to for to in TRANSITIONS[from_] if (from_, to) not in EMERGENCY_ONLY)
