"""The table of every message that the outbox can send, by the kind that its row names.

A kind that stands in a row of the outbox must stay drawable for ever.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from bot.cards import drift, release, review, rollback, told
from bot.changes.facts import ChangeFacts, PolicyFacts, ReleaseFacts, RollbackFacts
from bot.changes.facts_drift import DriftFacts
from bot.drawn import Drawn

Facts = ChangeFacts | ReleaseFacts | RollbackFacts | PolicyFacts | DriftFacts | None
Drawing = Callable[[Facts, str, Mapping[str, Any]], Drawn]
_F = TypeVar("_F")


def _of(kind: type[_F], drawing: Callable[[_F, str, Mapping[str, Any]], Drawn]) -> Drawing:
    """Give a drawing the part of the facts that it is about."""

    def draw_part(facts: Facts, recipient: str, details: Mapping[str, Any]) -> Drawn:
        for part in _unfolded(facts):
            if isinstance(part, kind):
                return drawing(part, recipient, details)
        raise TypeError(f"{drawing.__name__} is drawn from {kind.__name__}, not from {type(facts).__name__}")

    return draw_part


def _unfolded(facts: Facts) -> list[Facts]:
    """Return the facts, then what they hold: a change its release, a release its rollback."""
    if isinstance(facts, ChangeFacts):
        return [facts, *_unfolded(facts.release)]
    return [facts, facts.rollback] if isinstance(facts, ReleaseFacts) else [facts]


KINDS: dict[str, Drawing] = {
    "review": _of(ChangeFacts, review.review),
    "ask": _of(ChangeFacts, review.ask),
    "deploy": _of(ChangeFacts, review.deploy),
    "live": _of(ReleaseFacts, release.live),
    "task": _of(ReleaseFacts, release.task),
    "rollback": _of(RollbackFacts, rollback.rollback),
    "rollback_channel": _of(RollbackFacts, rollback.rollback_channel),
    "rollback_notice": _of(RollbackFacts, rollback.rollback_notice),
    "drift": _of(DriftFacts, drift.drift),
    "outcome": _of(ChangeFacts, told.outcome),
    "thread": told.thread,
    "private": told.private,
    "undelivered": told.undelivered,
    "policy_announced": _of(PolicyFacts, told.policy_announced),
    "audit_head": told.audit_head,
}


def draw(kind: str, facts: Facts, recipient: str = "", details: Mapping[str, Any] | None = None) -> Drawn:
    """Draw a message of a kind. Raises KeyError for a kind that does not exist."""
    return KINDS[kind](facts, recipient, details or {})
