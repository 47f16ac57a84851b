"""The policy as a target: the pointer is the version in force, a version is a policy text kept for ever.

It must never put a text in force that is not a valid policy.
"""

from datetime import timedelta
from typing import Protocol

from bot.connectors.protocol import Content, Moved, PointerElsewhere, TargetRefused, Version, VersionMissing
from bot.policy.load import PolicyError, parse_policy

IN_FORCE = "in_force"


class PolicyRecord(Protocol):
    """What the database does for this target. A version is the number of a kept text, written as text."""

    def in_force(self) -> str | None:
        """The version that binds now."""

    def content(self, version: str) -> str | None:
        """A kept text, or None where there is no such version."""

    def keep(self, text: str, *, source: str) -> str:
        """Keep a text, once, and give its version."""

    def versions(self, limit: int) -> list[Version]:
        """Kept versions, newest first."""

    def exchange(self, expected: str | None, wanted: str, *, why: str) -> str | None:
        """Put ``wanted`` in force if ``expected`` is; answers what was in force before."""


class PolicyTarget:
    """The one target that lives in the app's own database."""

    live_pointer = IN_FORCE
    canary_pointer: None = None
    lag = timedelta(0)

    def __init__(self, record: PolicyRecord) -> None:
        self._record = record

    def describe(self) -> str:
        """Where it lives, for people."""
        return "the release policy, kept by this app"

    def read_pointer(self, pointer: str) -> str | None:
        """The version in force."""
        _known(pointer)
        return self._record.in_force()

    def list_versions(self, limit: int = 20) -> list[Version]:
        """Kept versions, newest first."""
        return self._record.versions(limit)

    def read_content(self, version: str) -> Content:
        """A kept policy text. Raises VersionMissing."""
        text = self._record.content(version)
        if text is None:
            raise VersionMissing(version, f"There is no policy version {version}.")
        return Content(text)

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002  the protocol's
        """Keep a proposed policy. Raises TargetRefused where it is not a valid one."""
        _valid(text)
        return self._record.keep(text, source=f"{change_name}, proposed by {author}")

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:  # noqa: ARG002  the protocol's
        """Put a version in force. Raises PointerElsewhere, VersionMissing, TargetRefused."""
        _known(pointer)
        if wanted is None:
            raise TargetRefused("A policy is always in force. Name the version that is to come back.")
        _valid(self.read_content(wanted).text)
        before = self._record.exchange(expected, wanted, why=why)
        if before not in {expected, wanted}:
            raise PointerElsewhere(
                before, f"Policy version {before} is in force, which is neither of the two."
            )
        return Moved(pointer, before, wanted, already=before == wanted and before != expected)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether this version is in force."""
        return self.read_pointer(pointer) == wanted

    def by_hand(self, pointer: str, wanted: str | None) -> str:  # noqa: ARG002  there is one pointer
        """How a person does the same on the host."""
        return f"On the host: save policy version {wanted} to a file, then prompt-change policy load FILE"

    def problems(self) -> list[str]:
        """It is read from the database that everything else is read from."""
        return [] if self._record.in_force() else ["No policy is in force."]


def _known(pointer: str) -> None:
    if pointer != IN_FORCE:
        raise TargetRefused(f"The policy has one pointer, {IN_FORCE}, and not {pointer}.")


def _valid(text: str) -> None:
    try:
        parse_policy(text, name="policy")
    except PolicyError as error:
        raise TargetRefused(f"It is not a valid policy. {error.problems[0]}") from error
