"""What every use case needs besides its arguments: the database, the targets, and a way to wake the outbox.

One function, one transaction: a use case opens ``context.transaction()`` once, and what must leave the
process is picked up right after the commit.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from bot.connectors.protocol import Target
from storage.engine import Store


def _nobody_to_wake() -> None:
    """On the command line no outbox runs; the rows wait for the next process."""


@dataclass(frozen=True)
class Context:
    """``open_target`` takes a workflow's name and its target as the policy describes it."""

    store: Store
    open_target: Callable[[str, Mapping[str, Any]], Target]
    wake: Callable[[], None] = _nobody_to_wake

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction; once it is committed, the outbox looks for work at once."""
        with self.store.transaction() as session:
            yield session
        self.wake()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent look at the rows."""
        with self.store.reading() as session:
            yield session
