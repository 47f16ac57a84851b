"""The numbered points of a story: each commit, each call that leaves the process, each answer to a person.

What the world keeps of a process is exactly this sequence. So dying between two instructions is the same as
dying between two points, and a story that survives a death on both sides of each has survived every moment.

Death here is an exception that no code of ours catches, raised at the point; from then on every commit, call
and answer of that process is refused before it has an effect, whatever its ``finally`` blocks still try. Its
database connections are then closed, as the kernel does for a dead process. This module must never let a
process that is dead do anything.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

T = TypeVar("T")


class DeathError(BaseException):
    """The process is dead. Nothing catches this but the harness, which starts the next process."""


class Side(StrEnum):
    """Of a point: before it has its effect, or after."""

    BEFORE = "before"
    AFTER = "after"


Harm = Callable[[str, Callable[[], object]], object]
"""Does something bad to one act: gets the point's name and the act, and returns or raises in its place."""


@dataclass
class Points:
    """Counts the points whose first word is among ``kinds``, and does ``harm`` at number ``at``."""

    kinds: frozenset[str]
    harm: Harm | None = None
    at: int = 0
    seen: list[str] = field(default_factory=list)
    is_dead: bool = False
    struck: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def passing(self, name: str, act: Callable[[], T]) -> T:
        """Do what has an effect outside the process, unless harm is done here."""
        self.breathe()
        if not self.due(name):
            return act()
        assert self.harm is not None
        return self.harm(name, act)  # type: ignore[return-value]  # what the act returns

    def due(self, name: str) -> bool:
        """Count a point, and say whether harm is to be done here."""
        if name.partition(" ")[0] not in self.kinds:
            return False
        with self._lock:
            self.seen.append(name)
            if self.harm is None or self.struck or len(self.seen) != self.at:
                return False
            self.struck = name
            return True

    def breathe(self) -> None:
        """A dead process does nothing."""
        if self.is_dead:
            raise DeathError

    def die(self) -> None:
        """Here it ends."""
        self.is_dead = True
        raise DeathError

    def dying(self, side: Side) -> "Points":
        """Die at the point, on this side of it."""

        def harm(_name: str, act: Callable[[], object]) -> object:
            if side is Side.AFTER:
                act()
            self.die()
            return None

        self.harm = harm
        return self
