"""The webhook target: a receiver of the team's own, told by signed requests what is to be live.

The texts stay with the app until one is to be live, so the receiver never sees what nobody approved. What is
live is what the receiver answers when it is asked; its word that a move is done must never be taken for it.
The protocol is written down, with a receiver of some twenty lines, in docs/targets.md.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final, Literal
from urllib.parse import urlencode

from pydantic import BaseModel, Field, StrictStr

from bot.connectors.asking import SECONDS, Answer, Asking, System
from bot.connectors.credentials import Credential
from bot.connectors.manual import ManualRecord, version_of_text
from bot.connectors.pointers import problems_of, refuse_unknown
from bot.connectors.protocol import (
    Content,
    Moved,
    PointerElsewhere,
    TargetRefused,
    TargetUnavailable,
    Version,
    VersionMissing,
)

TIMESTAMP: Final = "Prompt-Change-Timestamp"
SIGNATURE: Final = "Prompt-Change-Signature"


class _Pointer(BaseModel):
    """What a receiver answers about a pointer: the version that it serves, or null."""

    version: StrictStr | None = Field(max_length=200)


class _Content(BaseModel):
    """What a receiver answers about a version: its text, or null where it does not hold it."""

    text: StrictStr | None


class _Outcome(BaseModel):
    """What a receiver answers to a move."""

    status: Literal["done", "accepted", "elsewhere", "refused"]
    words: StrictStr = ""


def signature(secret: str, timestamp: str, asked: bytes) -> str:
    """HMAC-SHA256, in hexadecimal, over the timestamp, a full stop, and the body, or the query of a GET."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + asked, hashlib.sha256).hexdigest()


class WebhookTarget:
    """One workflow at a receiver. A version is `version_of_text`, or whatever name the receiver gives one."""

    live_pointer = "production"

    def __init__(
        self,
        workflow: str,
        url: str,
        secret: Credential,
        record: ManualRecord,
        *,
        stages: bool = False,
        lag: timedelta = timedelta(0),
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.workflow, self.lag = workflow, lag
        self.canary_pointer = "canary" if stages else None
        self._secret, self._record, self._clock = secret, record, clock
        self._system = System(url, [secret], seconds=seconds)

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        return f"a receiver of webhooks at {self._system.host}"

    def read_pointer(self, pointer: str) -> str | None:
        """The version that the receiver says it serves."""
        refuse_unknown(self, self.workflow, pointer)
        with self._system.asking() as asking:
            return self._at(asking, pointer)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the receiver says that it serves `wanted`."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The texts that the app keeps, newest first."""
        return self._record.versions()[:limit]

    def read_content(self, version: str) -> Content:
        """The text that the app keeps, or else the receiver's, such as what was live before the app came."""
        kept = self._record.content(version)
        if kept is not None:
            return Content(kept)
        with self._system.asking() as asking:
            answer = self._get(asking, version=version)
            text = asking.read(answer, _Content).text
        if text is None:
            raise VersionMissing(version, f"Neither this app nor {self._system.host} holds {version}.")
        if version.startswith("m-") and version_of_text(text) != version:
            raise TargetRefused(
                f"{self._system.host} gives another text for {version} than the one with that name."
            )
        return Content(text)

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - the text says all
        """Keep the text here and return its version; the receiver is not asked."""
        return self._record.keep_content(text)

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:
        """Tell the receiver what is to be live, with its text, and read back what is."""
        refuse_unknown(self, self.workflow, pointer)
        text = None if wanted is None else self.read_content(wanted).text
        with self._system.asking() as asking:
            found = self._at(asking, pointer)
            if found == wanted:
                return Moved(pointer, before=found, now=wanted, already=True)
            if found != expected:
                raise self._elsewhere(pointer, found, expected)
            told = {"workflow": self.workflow, "pointer": pointer, "old": expected, "new": wanted}
            digest = None if text is None else hashlib.sha256(text.encode()).hexdigest()
            said = self._post(asking, {**told, "text": text, "sha256": digest, "key": key, "why": why})
            return self._read_back(asking, said, pointer, expected, wanted)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """Whom to ask for what."""
        refuse_unknown(self, self.workflow, pointer)
        if wanted is None:
            return (
                f"Have {self.workflow} taken out of {pointer}, or switched off, where {self._system.host} "
                "put it: nothing was live before."
            )
        return (
            f"Set {self.workflow} on {pointer} to the text of version {wanted}, where {self._system.host} "
            "puts it. The full diff of the change that released it has the text."
        )

    def problems(self) -> list[str]:
        """What stands in the way: no secret, no answer, or a live version whose text nobody has."""
        return problems_of(self, [self._secret])

    def _at(self, asking: Asking, pointer: str) -> str | None:
        return asking.read(self._get(asking, pointer=pointer), _Pointer).version

    def _read_back(
        self, asking: Asking, said: _Outcome, pointer: str, expected: str | None, wanted: str | None
    ) -> Moved:
        host = self._system.host
        found = self._at(asking, pointer)
        if found == wanted:
            return Moved(pointer, before=expected, now=wanted)
        if said.status == "elsewhere":
            raise self._elsewhere(pointer, found, expected)
        if found != expected:
            raise TargetUnavailable(
                f"{host} was told to serve {wanted or 'nothing'} on {pointer}, and now says that it serves "
                f"{found or 'nothing'}."
            )
        if said.status == "accepted":
            raise TargetUnavailable(f"{host} accepted the move of {pointer} and has not made it yet.")
        raise TargetUnavailable(
            f"{host} says that it moved {pointer}, and {pointer} is still at {found or 'nothing'}."
        )

    def _elsewhere(self, pointer: str, found: str | None, expected: str | None) -> PointerElsewhere:
        at = found or "nothing"
        if found == expected:
            words = f"{self._system.host} makes no move twice, and {pointer} was put back to {at} since."
        else:
            words = f"{pointer} of {self.workflow} is at {at}, where {expected or 'nothing'} was expected."
        return PointerElsewhere(found, words)

    def _get(self, asking: Asking, **about: str) -> Answer:
        query = urlencode({"workflow": self.workflow, **about})
        answer = asking.ask("GET", f"?{query}", headers=self._signed(query.encode()))
        return asking.done(answer)

    def _post(self, asking: Asking, told: dict[str, Any]) -> _Outcome:
        body = json.dumps(told).encode()
        answer = asking.ask("POST", "", body=body, headers=self._signed(body))
        if not answer.ok and not _says(answer, "elsewhere"):
            asking.refuse(answer)
        said = asking.read(answer, _Outcome)
        if said.status == "refused":
            asking.refuse(answer)
        return said

    def _signed(self, asked: bytes) -> dict[str, str]:
        timestamp = str(int(self._clock()))
        return {TIMESTAMP: timestamp, SIGNATURE: signature(self._secret.value(), timestamp, asked)}


def _says(answer: Answer, status: str) -> bool:
    return isinstance(answer.data, dict) and answer.data.get("status") == status
