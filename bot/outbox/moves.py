"""The mover: takes moves of pointers from the rows to the targets, and reads back what became of them.

It never claims what it did not read back. Whatever a target does, a move that has not landed stays in the
rows until the use case that settles it says otherwise.
"""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import update
from sqlmodel import col

from bot.connectors.protocol import (
    NeedsPerson,
    PointerElsewhere,
    Target,
    TargetRefused,
    TargetUnavailable,
    VersionMissing,
)
from bot.logs import fault_id
from bot.outbox.backoff import LONGEST, Jitter, delay
from bot.outbox.claims import URGENT, claim_move, move_is_due
from bot.outbox.crew import Rest, Work
from bot.outbox.ledger import LeaseLostError
from bot.outbox.results import (
    Elsewhere,
    Landed,
    LiedTo,
    RefusedByTarget,
    Result,
    Unavailable,
    WaitingForPerson,
)
from bot.policy.digests import is_served
from storage.engine import Store
from storage.models import Move, Purpose

MOVE_LEASE: Final = timedelta(seconds=60)
"""Longer than a target may take; a second call with the same key has no second effect."""

LONGEST_FOR_ROLLBACKS: Final = timedelta(seconds=60)

OpenTarget = Callable[[Move], Target]
Settle = Callable[[int, Result], None]
"""Writes, in one transaction of its own, the move's state and what follows from the result."""

_log = structlog.get_logger(__name__)


class Mover:
    """Finds moves, one at a time, and makes them."""

    def __init__(
        self,
        store: Store,
        open_target: OpenTarget,
        settle: Settle,
        now: Callable[[], datetime],
        *,
        jitter: Jitter = random.random,
        lease: timedelta = MOVE_LEASE,
    ) -> None:
        self._store, self._open_target, self._settle_result = store, open_target, settle
        self._now, self._jitter, self._lease = now, jitter, lease

    def find(self) -> Work | Rest:
        """Take the next move that is due, to be made by whoever asked; or say for how long there is none."""
        move = self._claim()
        return Rest() if move is None else partial(self._carry, move)

    def _carry(self, move: Move) -> None:
        """Make a move and write down what became of it.

        An exception from ``settle`` passes through: the row keeps its lease, and is taken up again after it.
        """
        try:
            result = self._make(move)
        except LeaseLostError:
            _log.warning("another worker took the move over", move_id=move.id)
            return
        self._write_trouble(move, result)
        self._settle_result(move.id or 0, result)
        self._let_go(move)

    def _make(self, move: Move) -> Result:
        try:
            target = self._open_target(move)
            self._learn_where_it_starts(move, target)
            return _carry_out(target, move)
        except LeaseLostError:
            raise
        except PointerElsewhere as error:
            return Elsewhere(error.found, str(error))
        except VersionMissing as error:
            return RefusedByTarget(str(error), missing=error.version)
        except TargetRefused as error:
            return RefusedByTarget(str(error))
        except TargetUnavailable as error:
            return Unavailable(str(error))
        except Exception:  # noqa: BLE001  a connector's fault must not end a rollback: it is tried again
            fault = fault_id()
            _log.exception("target failed", fault=fault, move_id=move.id)
            return Unavailable(f"A fault of the app, {fault}. The log has the details.")

    def _claim(self) -> Move | None:
        now = self._now()
        # Looking first costs no lock; a claim takes the one write lock that the clicks need.
        with self._store.glance() as glance:
            if not move_is_due(glance, now):
                return None
        with self._store.transaction() as session:
            return claim_move(session, now, until=now + self._lease)

    def _learn_where_it_starts(self, move: Move, target: Target) -> None:
        """Read and keep what the pointer is about to leave, before anything moves. Once only."""
        if move.expected_known:
            return
        if move.purpose is Purpose.CANARY:
            _check_that_live_is_as_reviewed(target, move)
        found = target.read_pointer(move.pointer)
        if not self._write(move, expected=found, expected_known=True):
            raise LeaseLostError(f"move {move.id}")
        move.expected, move.expected_known = found, True

    def _write_trouble(self, move: Move, result: Result) -> None:
        """Say what is in the way and when it is tried again, for the cards that ``settle`` has drawn."""
        words = _trouble(result)
        if not words:
            return
        longest = LONGEST_FOR_ROLLBACKS if move.purpose in URGENT else LONGEST
        wait = delay(move.attempts, longest=longest, jitter=self._jitter)
        self._write(move, last_error=words, due_at=self._now() + wait)

    def _let_go(self, move: Move) -> None:
        self._write(move, lease_until=None)

    def _write(self, move: Move, **values: datetime | str | bool | None) -> bool:
        """Write columns under our lease; False: another worker holds the row by now."""
        with self._store.transaction() as session:
            written = session.exec(
                update(Move)
                .where(col(Move.id) == move.id, col(Move.lease_until) == move.lease_until)
                .values(**values)
                .execution_options(synchronize_session=False)
            )
            return written.rowcount == 1


def _check_that_live_is_as_reviewed(target: Target, move: Move) -> None:
    """A first stage begins only where live is what the change replaces: ``expected``, until it is read."""
    live = target.read_pointer(target.live_pointer)
    if live != move.expected:
        words = f"Somebody moved {target.live_pointer}: it is at {live or 'nothing'} now. Nothing was moved."
        raise PointerElsewhere(live, words)


def _carry_out(target: Target, move: Move) -> Result:
    """Compare the text with the one that was approved, ask whether it is so already, move, and read back."""
    if not _holds_what_was_approved(target, move):
        return RefusedByTarget(
            f"Version {move.wanted} of the target is not what was approved: its text or its settings have "
            "changed. Nothing was moved."
        )
    if target.is_already(move.pointer, move.wanted):
        return Landed(move.wanted, already=True)
    moved = target.move(move.pointer, expected=move.expected, wanted=move.wanted, key=move.key, why=move.why)
    if isinstance(moved, NeedsPerson):
        return WaitingForPerson(moved.instructions)
    if target.is_already(move.pointer, move.wanted):
        return Landed(move.wanted, already=moved.already, reference=moved.reference)
    return LiedTo(target.read_pointer(move.pointer))


def _holds_what_was_approved(target: Target, move: Move) -> bool:
    """A version may change behind its name in some registries; what goes live is what was reviewed."""
    if not move.content_digest or move.wanted is None:
        return True
    found = target.read_content(move.wanted)
    return is_served(move.content_digest, found.text, found.settings)


def _trouble(result: Result) -> str:
    """What is in the way, in words; empty where nothing is."""
    match result:
        case Landed() | WaitingForPerson():
            return ""
        case LiedTo(found):
            return f"The target accepted the move, and its pointer is still at {found or 'nothing'}."
        case Elsewhere(words=words) | RefusedByTarget(words=words) | Unavailable(words=words):
            return words
