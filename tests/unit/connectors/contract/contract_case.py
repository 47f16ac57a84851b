"""One target under the contract, with the person whom it may need."""

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.connectors.protocol import Moved, NeedsPerson, Target


@dataclass
class Case:
    """A target with nothing in it, and what a person does when the target needs one."""

    target: Target
    confirm: Callable[[str, str | None], None] = field(default=lambda _pointer, _wanted: None)
    missing: str = "0" * 40
    cannot_hold: str = ""
    """Characters that the system cannot keep. A text with one is refused and never altered."""
    cannot_be_blank: bool = False
    """The system keeps no text without a visible character, and one is refused."""
    cannot_empty: str = ""
    """What the target says where it cannot leave a pointer with nothing. Empty: it can."""
    number: int = 0

    def propose(self, text: str, change_name: str = "PC-1") -> str:
        """Store a text."""
        return self.target.propose(text, change_name=change_name, author="Ana Ito", key=f"p:{change_name}")

    def move(self, expected: str | None, wanted: str | None, key: str = "") -> Moved | NeedsPerson:
        """Move the live pointer, through a person where it takes one."""
        self.number += 1
        pointer = self.target.live_pointer
        done = self.target.move(
            pointer,
            expected=expected,
            wanted=wanted,
            key=key or f"m:{self.number}",
            why="PC-1: by Ben Ito",
        )
        if isinstance(done, NeedsPerson):
            self.confirm(pointer, wanted)
        return done

    @property
    def live(self) -> str | None:
        """What the live pointer says."""
        return self.target.read_pointer(self.target.live_pointer)
