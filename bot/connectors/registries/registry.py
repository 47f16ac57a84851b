"""What every prompt registry has in common: the order in which a text is stored and a pointer is moved.

A registry names its versions and its pointers in its own words, and has its own odd answers; those are in
its own module. It must never be called done what was not read back, and no text may be taken for another.

No registry here knows idempotency keys. So each proposal and each move leaves a mark in the registry, by
which a second attempt finds that the first one was made.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Generic, TypeVar

from bot.connectors.asking import SECONDS, Asking, System
from bot.connectors.credentials import Credential, Lookup
from bot.connectors.marks import mark
from bot.connectors.pointers import problems_of, refuse_unknown
from bot.connectors.protocol import (
    Content,
    Moved,
    PointerElsewhere,
    TargetRefused,
    TargetUnavailable,
    Version,
)
from bot.policy.targets import Registry as Settings

Given = TypeVar("Given", bound=Settings)


@dataclass(frozen=True, slots=True)
class Move:
    """One move of a pointer from `old` to `new`; None stands for nothing there."""

    pointer: str
    old: str | None
    new: str | None
    key: str
    why: str

    @property
    def mark(self) -> str:
        """What it leaves in the registry."""
        return mark("move", self.pointer, self.key)


class Registry(ABC, Generic[Given]):
    """One text prompt of one registry, as a target. A subclass says how the registry is asked."""

    name: ClassVar[str]
    """The registry's, for people."""
    pointer_word: ClassVar[str]
    """What it calls a pointer."""
    can_empty: ClassVar[bool] = True
    """Whether a pointer can be left with nothing."""

    def __init__(self, given: Given, secret: Lookup, *, seconds: float = SECONDS) -> None:
        self.given, self.prompt = given, given.prompt
        self.credentials = [Credential(each, secret) for each in given.credentials]
        self.system = System(given.host.rstrip("/"), self.credentials, seconds=seconds)

    @property
    def live_pointer(self) -> str:
        """The pointer that every client reads."""
        return self.given.live_pointer

    @property
    def canary_pointer(self) -> str | None:
        """The pointer of the first stage, where one is named."""
        return self.given.canary_pointer

    @property
    def lag(self) -> timedelta:
        """How long clients keep what a pointer named."""
        return timedelta(seconds=self.given.lag_seconds)

    # What each registry has to say

    @abstractmethod
    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that the pointer names; None where it names none, or there is no such prompt yet."""

    @abstractmethod
    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """The newest versions, newest first."""

    @abstractmethod
    def content(self, asking: Asking, version: str) -> Content:
        """What a version holds. VersionMissing; TargetRefused where it is no text prompt."""

    @abstractmethod
    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """The version that carries the mark of a proposal; None where there is none."""

    @abstractmethod
    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """Store a text where no client fetches it, with its mark, and give the version."""

    @abstractmethod
    def was_made(self, asking: Asking, move: Move) -> bool:
        """Whether the move has left its mark."""

    @abstractmethod
    def swing(self, asking: Asking, move: Move) -> None:
        """Move the pointer and leave the mark. Whether it moved is for the reader to find out."""

    @abstractmethod
    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """How a person makes the same move in the registry."""

    def refuse_text(self, text: str) -> None:
        """Raises TargetRefused for a text that the registry would not give back as it is."""

    def settle(self, asking: Asking, move: Move) -> None:
        """The pointer was read where the move leads: whatever is to be left then."""

    # What holds for all of them

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        where = f"the prompt {self.prompt} in {self.name} at {self.system.host}"
        return f"{where}, {self.pointer_word} {self.live_pointer}"

    def read_pointer(self, pointer: str) -> str | None:
        """The version that the pointer names now."""
        refuse_unknown(self, self.prompt, pointer)
        with self.system.asking() as asking:
            return self.at(asking, pointer)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the pointer names `wanted` now."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The newest versions."""
        with self.system.asking() as asking:
            return self.newest(asking, limit)

    def read_content(self, version: str) -> Content:
        """What a version holds."""
        with self.system.asking() as asking:
            return self.content(asking, version)

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - change and text say all
        """Store the text where no client fetches it, once, and read it back."""
        self.refuse_text(text)
        found_by = mark("proposal", self.prompt, change_name, text)
        with self.system.asking() as asking:
            earlier = self.stored_before(asking, found_by)
            if earlier is not None and self.content(asking, earlier).text == text:
                return earlier
            said = f"{change_name}, proposed by {author}"
            version = self.store(asking, text, said=said, found_by=found_by)
            if self.content(asking, version).text != text:
                raise TargetUnavailable(f"{self.system.host} stored another text than it was sent.")
        return version

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:
        """Point at `wanted` if the pointer is at `expected`, and read back where it is."""
        refuse_unknown(self, self.prompt, pointer)
        move = Move(pointer, expected, wanted, key, why)
        with self.system.asking() as asking:
            if wanted is not None:
                self.content(asking, wanted)
            found = self.at(asking, pointer)
            if found == wanted:
                self.settle(asking, move)
                return Moved(pointer, before=found, now=wanted, already=True)
            self._refuse_start(asking, move, found)
            self.swing(asking, move)
            return self._read_back(asking, move)

    def problems(self) -> list[str]:
        """What stands in the way of reading."""
        return problems_of(self, self.credentials)

    def _refuse_start(self, asking: Asking, move: Move, found: str | None) -> None:
        """Raises where the move does not start from here, cannot be made, or was made before."""
        if found != move.old:
            at = f"{move.pointer} of {self.prompt} is at {found or 'nothing'}"
            raise PointerElsewhere(found, f"{at}, where {move.old or 'nothing'} was expected.")
        if move.new is None and not self.can_empty:
            raise TargetRefused(
                f"{self.name} cannot take a {self.pointer_word} away when it is asked through its API. "
                f"{self.by_hand(move.pointer, None)} This app sees it then."
            )
        if self.was_made(asking, move):
            at = f"{move.pointer} was put back to {found or 'nothing'} since"
            raise PointerElsewhere(found, f"This move was made before, and {at}. It is not made again.")

    def _read_back(self, asking: Asking, move: Move) -> Moved:
        found = self.at(asking, move.pointer)
        if found == move.new:
            self.settle(asking, move)
            return Moved(move.pointer, before=move.old, now=move.new)
        if found == move.old:
            said = f"says that it moved {move.pointer}, and {move.pointer} is still at {found or 'nothing'}."
        else:
            said = (
                f"was told to put {move.pointer} on {move.new or 'nothing'}, and now has it on "
                f"{found or 'nothing'}."
            )
        raise TargetUnavailable(f"{self.name} at {self.system.host} {said}")
