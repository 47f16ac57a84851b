"""What became of one attempt to move a pointer, as values for the use case that settles it.

They must never say more than was read back: only ``Landed`` means that the pointer stands where it should.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Landed:
    """The pointer was read back and stands at ``version``. ``already``: it stood there before the call."""

    version: str | None
    already: bool = False
    reference: str = ""


@dataclass(frozen=True, slots=True)
class LiedTo:
    """The target accepted the move, and read back the pointer is at ``found``. It is tried again."""

    found: str | None


@dataclass(frozen=True, slots=True)
class WaitingForPerson:
    """A person must do it by hand, and confirm."""

    instructions: str


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The pointer is at ``found``, which is neither where the move starts nor where it ends."""

    found: str | None
    words: str


@dataclass(frozen=True, slots=True)
class RefusedByTarget:
    """The target says no and nothing moved. ``missing`` names the version that it does not hold."""

    words: str
    missing: str | None = None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The target could not be asked, or not to the end. It is tried again."""

    words: str


Result = Landed | LiedTo | WaitingForPerson | Elsewhere | RefusedByTarget | Unavailable
