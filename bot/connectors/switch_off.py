"""What only a person can see to and see: a prompt that is switched off, or put back by hand.

It must never answer that it is done; the person confirms it.
"""

from datetime import timedelta

from bot.connectors.protocol import Content, NeedsPerson, Version, VersionMissing


class SwitchOffTarget:
    """No pointer that a machine could read: only an instruction."""

    live_pointer = "production"
    canary_pointer: None = None
    lag = timedelta(0)

    def __init__(self, instructions: str) -> None:
        self._instructions = instructions

    def describe(self) -> str:
        """Where it lives, for people."""
        return "seen to by a person"

    def read_pointer(self, pointer: str) -> str | None:  # noqa: ARG002  the protocol's
        """Nothing can be read."""
        return None

    def list_versions(self, limit: int = 20) -> list[Version]:  # noqa: ARG002  the protocol's
        """There are none."""
        return []

    def read_content(self, version: str) -> Content:
        """Nothing is kept here."""
        raise VersionMissing(version, "A person sees to this; no versions are kept.")

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002  the protocol's
        """Nothing is proposed here."""
        raise VersionMissing("", "A person sees to this; no versions are kept.")

    def move(
        self,
        pointer: str,  # noqa: ARG002  the protocol's
        *,
        expected: str | None,  # noqa: ARG002
        wanted: str | None,  # noqa: ARG002
        key: str,  # noqa: ARG002
        why: str,  # noqa: ARG002
    ) -> NeedsPerson:
        """A person does it."""
        return NeedsPerson(self._instructions)

    def is_already(self, pointer: str, wanted: str | None) -> bool:  # noqa: ARG002  the protocol's
        """Nobody but a person knows."""
        return False

    def by_hand(self, pointer: str, wanted: str | None) -> str:  # noqa: ARG002  the protocol's
        """The instruction."""
        return self._instructions

    def problems(self) -> list[str]:
        """None that a machine could see."""
        return []
