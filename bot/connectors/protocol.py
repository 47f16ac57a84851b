"""The one interface between a release and the system where a prompt lives.

Every target, whatever it is, looks like `Target` to the rest of the app and fails only with the errors
named here. This module must never know a particular system.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol


class TargetError(Exception):
    """What a target could not do. The message is for people: sentences on what is wrong and what to do."""


class TargetUnavailable(TargetError):  # noqa: N818 - the names are read as facts
    """The target is slow, down or locked. It may or may not have moved; the same call may be tried again."""


class TargetRefused(TargetError):  # noqa: N818 - as above
    """The target says no, and nothing moved. Trying again changes nothing until a person has acted."""


class TargetMisconfigured(TargetRefused, ValueError):  # noqa: N818 - as above
    """The settings in the policy file cannot name a target. Raised only while a target is being built."""


class VersionMissing(TargetError):  # noqa: N818 - as above
    """The target does not hold the version that was asked for. Nothing moved."""

    def __init__(self, version: str, message: str) -> None:
        super().__init__(message)
        self.version = version


class PointerElsewhere(TargetError):  # noqa: N818 - as above
    """The pointer is neither where the move should start nor where it should end. Nothing moved.

    `found` is the version that is there, or None when nothing is.
    """

    def __init__(self, found: str | None, message: str) -> None:
        super().__init__(message)
        self.found = found


@dataclass(frozen=True, slots=True)
class Version:
    """One version that the target holds."""

    id: str
    """The target's own name for it, exact and permanent."""
    label: str
    """What a person recognises it by: a change such as PC-42, a commit's first line, a registry's number."""
    author: str
    at: datetime
    """When it was first stored, UTC."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a version holds: the exact text, and what goes along with it to whoever fetches the version."""

    text: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Model, sampling, tools and the like by name, as JSON values; empty where the target keeps none."""


@dataclass(frozen=True, slots=True)
class Moved:
    """The target accepted the move. Only reading the pointer back says that it is so."""

    pointer: str
    before: str | None
    now: str | None
    already: bool = False
    """The pointer stood there before the call, and the call changed nothing."""
    reference: str = ""
    """The target's own name for the act, where it has one (git: the commit)."""


@dataclass(frozen=True, slots=True)
class NeedsPerson:
    """The move is a task for a named person. It is done once that person has confirmed it."""

    instructions: str


class Target(Protocol):
    """Where one workflow's prompt lives, and the pointers that make a version of it live.

    A target holds no state of its own between calls and may be used from several threads and processes.
    Its methods raise only `TargetUnavailable`, `TargetRefused`, `PointerElsewhere` and `VersionMissing`.
    A pointer name that is neither `live_pointer` nor `canary_pointer` is refused.
    """

    @property
    def live_pointer(self) -> str:
        """The pointer that every client reads."""

    @property
    def canary_pointer(self) -> str | None:
        """The pointer of the first stage, or None for a target without stages."""

    @property
    def lag(self) -> timedelta:
        """How long after a move clients may still see the version before it."""

    def describe(self) -> str:
        """Where the prompt lives, for people; a phrase without a full stop."""

    def read_pointer(self, pointer: str) -> str | None:
        """The version that is there now, asked of the system itself; None when nothing is there."""

    def list_versions(self, limit: int = 20) -> list[Version]:
        """At most `limit` versions, newest first, proposed ones included."""

    def read_content(self, version: str) -> Content:
        """What a version holds."""

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:
        """Store a proposed text where no client reads it, and return its version.

        The same text for the same change is stored once, however often this is called.
        """

    def move(
        self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str
    ) -> Moved | NeedsPerson:
        """Point `pointer` at `wanted` if it is at `expected`; None stands for nothing there.

        Where it is `wanted` already, nothing is done. A `key` has one effect: a second call with it never
        moves the pointer again, also when somebody moved it back in between (that is `PointerElsewhere`).
        A target that accepts now and moves later raises `TargetUnavailable` until `is_already` holds.
        `why` names the person who acts, and is kept where the target keeps such things.
        """

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the pointer is at `wanted` now."""

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """How a person makes the same move without this app. Reads nothing, so that it works in an outage."""

    def problems(self) -> list[str]:
        """What stands in the way of reading or moving this target, in sentences; empty when all is well."""
