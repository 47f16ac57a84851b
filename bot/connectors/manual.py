"""The manual target: a person sets the version where the app cannot, and confirms it.

What is live is what was last confirmed, so this target says nothing about the world that nobody told it.
It must never answer that a move is done.
"""

import hashlib
from datetime import timedelta
from typing import Protocol

from bot.connectors.protocol import (
    Content,
    Moved,
    NeedsPerson,
    PointerElsewhere,
    TargetRefused,
    Version,
    VersionMissing,
)

STANDARD = "Put this version live where the prompt lives, then confirm here."


class ManualRecord(Protocol):
    """What the app itself keeps for manual targets: confirmed pointers, and the texts."""

    def recorded_pointer(self, workflow: str, pointer: str) -> str | None:
        """The version that was last confirmed, or None when none ever was or it was confirmed as removed."""

    def content(self, version: str) -> str | None:
        """The text of a version, or None when it is not kept."""

    def keep_content(self, text: str) -> str:
        """Keep a text, once, and answer its `version_of_text`."""

    def versions(self) -> list[Version]:
        """The versions that are kept, newest first."""


def version_of_text(text: str) -> str:
    """The version of a manual text: `m-` and the first 12 hexadecimal digits of its SHA-256."""
    return "m-" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


class ManualTarget:
    """A prompt that a person pastes into some other tool; `instructions` say where and how.

    It has one pointer and no stages, because nobody is asked to set a share of the traffic by hand.
    """

    live_pointer = "production"
    canary_pointer: None = None

    def __init__(
        self,
        workflow: str,
        record: ManualRecord,
        instructions: str = STANDARD,
        *,
        lag: timedelta = timedelta(0),
    ) -> None:
        self.workflow = workflow
        self.instructions = instructions.strip()
        self.lag = lag
        self._record = record

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        return "a place outside this app, where a person sets it by hand"

    def read_pointer(self, pointer: str) -> str | None:
        """The version that a person last confirmed."""
        self._refuse_unknown(pointer)
        return self._record.recorded_pointer(self.workflow, pointer)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether `wanted` is what a person last confirmed."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The texts that the app keeps, newest first."""
        return self._record.versions()[:limit]

    def read_content(self, version: str) -> Content:
        """The text of a version, exactly as proposed."""
        text = self._record.content(version)
        if text is None:
            raise VersionMissing(version, f"No text {version} is kept for {self.workflow}.")
        return Content(text)

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - the text says all
        """Keep the text and return its version."""
        return self._record.keep_content(text)

    def move(
        self,
        pointer: str,
        *,
        expected: str | None,
        wanted: str | None,
        key: str,  # noqa: ARG002 - asking twice is one task, so no key is needed
        why: str,
    ) -> Moved | NeedsPerson:
        """Ask a person for the move; nothing moves until they confirm it."""
        if wanted is not None:
            self.read_content(wanted)
        found = self.read_pointer(pointer)
        if found == wanted:
            return Moved(pointer, before=found, now=wanted, already=True)
        if found != expected:
            raise PointerElsewhere(
                found,
                f"{self.workflow} was last confirmed at {found or 'nothing'}, where {expected or 'nothing'} "
                "was expected.",
            )
        reason = f"\nWhy: {why.strip()}" if why.strip() else ""
        return NeedsPerson(self.by_hand(pointer, wanted) + reason)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What the person does."""
        self._refuse_unknown(pointer)
        task = (
            f"Replace the whole live prompt of {self.workflow} with the text of version {wanted}, exactly as "
            "it is kept here."
        )
        if wanted is None:
            task = f"Remove the live prompt of {self.workflow} or switch it off: nothing was live before."
        return f"{task}\nHow it is done: {self.instructions}"

    def problems(self) -> list[str]:
        """Whether the text of the confirmed version is still kept."""
        live = self.read_pointer(self.live_pointer)
        if live is not None and self._record.content(live) is None:
            return [f"No text is kept for {live}, the confirmed version of {self.workflow}."]
        return []

    def _refuse_unknown(self, pointer: str) -> None:
        if pointer != self.live_pointer:
            raise TargetRefused(
                f"{self.workflow} has no pointer called {pointer}. It has {self.live_pointer}."
            )
