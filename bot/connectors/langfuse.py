"""The Langfuse target: a version is a number, a pointer is a label, and a move takes the label along.

Written against the public API (v2 prompts) and what its server is known to do: labels are unique across the
versions of a prompt, a PATCH only ever adds labels, and an empty list of them is answered with 200 and does
nothing. So its 200 must never be taken for a move, and a label that nothing carries is out of reach.

Langfuse knows no idempotency keys. Each move and each proposal therefore leaves a label of its own beside the
pointer's, in the same request, by which a second attempt finds that the first one was made.
"""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from bot.connectors.asking import SECONDS, Answer, Asking, System
from bot.connectors.credentials import Credential
from bot.connectors.langfuse_answers import Listed, Prompt, as_version, is_missing
from bot.connectors.marks import mark
from bot.connectors.protocol import (
    Moved,
    PointerElsewhere,
    TargetError,
    TargetRefused,
    TargetUnavailable,
    Version,
    VersionMissing,
)

PROMPTS: Final = "/api/public/v2/prompts"
AT_ONCE: Final = 5
"""Versions that are read at the same time for a list of them."""
LONGEST_COMMIT_MESSAGE: Final = 500
REFERENCE: Final = "@@@langfusePrompt:"
"""How a text takes in another prompt, which has a label and a life of its own."""


class LangfuseTarget:
    """One text prompt of the Langfuse project that the two keys belong to."""

    def __init__(
        self,
        host: str,
        prompt: str,
        keys: tuple[Credential, Credential],
        *,
        label: str = "production",
        canary_label: str | None = None,
        lag: timedelta = timedelta(seconds=60),
        seconds: float = SECONDS,
    ) -> None:
        self.prompt, self.lag = prompt, lag
        self.live_pointer, self.canary_pointer = label, canary_label
        self._keys = keys
        self._system = System(host.rstrip("/"), keys, seconds=seconds)

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        return f"the prompt {self.prompt} in Langfuse at {self._system.host}, label {self.live_pointer}"

    def read_pointer(self, pointer: str) -> str | None:
        """The version that carries the label; None where none does, or there is no such prompt yet."""
        self._refuse_unknown(pointer)
        with self._system.asking() as asking:
            return self._at(asking, pointer)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether `wanted` carries the label now."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The newest versions. Langfuse lists their numbers only, so each is read as well."""
        with self._system.asking() as asking:
            query = urlencode({"name": self.prompt, "limit": 100})
            answer = asking.ask("GET", f"{PROMPTS}?{query}", headers=self._signed())
            if not answer.ok:
                asking.refuse(answer)
            found = [each for each in asking.read(answer, Listed).data if each.name == self.prompt]
            numbers = sorted({number for each in found for number in each.versions}, reverse=True)[:limit]
            with ThreadPoolExecutor(AT_ONCE) as readers:
                read = readers.map(lambda number: self._get(asking, version=str(number)), numbers)
            updated = max((each.last_updated_at for each in found if each.last_updated_at), default=None)
            return [as_version(each, updated) for each in read if each is not None]

    def read_content(self, version: str) -> str:
        """The text of a version as it is stored, with references to other prompts left as they are."""
        with self._system.asking() as asking:
            return self._text(self._version(asking, version))

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - change and text say all
        """Store the text as a new version without the pointer's label, and with the live version's settings.

        Langfuse itself puts the label `latest` on it, so no client of production may fetch that one.
        """
        self._refuse_text(text)
        found_by = mark("proposal", self.prompt, change_name, text)
        with self._system.asking() as asking:
            earlier = self._get(asking, label=found_by)
            if earlier is not None and self._text(earlier) == text:
                return str(earlier.version)
            live = self._get(asking, label=self.live_pointer)
            if live is not None:
                self._text(live)  # a chat prompt is refused before a text is put beside it
            said = f"{change_name}, proposed by {author}"[:LONGEST_COMMIT_MESSAGE]
            new = {"type": "text", "name": self.prompt, "prompt": text, "labels": [found_by]}
            new |= {"config": live.config if live else {}, "commitMessage": said}
            self._done(asking, asking.ask("POST", PROMPTS, body=_json(new), headers=self._signed()))
            stored = self._get(asking, label=found_by)
        if stored is None or self._text(stored) != text:
            raise TargetUnavailable(
                f"{self._system.host} says that it stored the text, and it cannot be read back."
            )
        return str(stored.version)

    def move(
        self,
        pointer: str,
        *,
        expected: str | None,
        wanted: str | None,
        key: str,
        why: str,  # noqa: ARG002 - Langfuse keeps no reason for a label
    ) -> Moved:
        """Add the label to `wanted`, which takes it from the version that had it, and read it back."""
        self._refuse_unknown(pointer)
        with self._system.asking() as asking:
            if wanted is not None:
                self._version(asking, wanted)
            found = self._at(asking, pointer)
            if found == wanted:
                return Moved(pointer, before=found, now=wanted, already=True)
            if found != expected:
                words = (
                    f"{pointer} of {self.prompt} is at {found or 'nothing'}, where {expected or 'nothing'}"
                )
                raise PointerElsewhere(found, f"{words} was expected.")
            if wanted is None:
                raise TargetRefused(
                    "Langfuse cannot take a label away when it is asked through its API. "
                    f"{self.by_hand(pointer, None)} This app sees it then."
                )
            done_before = mark("move", pointer, key)
            if self._get(asking, label=done_before) is not None:
                words = (
                    f"This move was made before, and {pointer} was put back to {found or 'nothing'} since."
                )
                raise PointerElsewhere(found, f"{words} It is not made again.")
            body = _json({"newLabels": [pointer, done_before]})
            path = f"{self._path}/versions/{wanted}"
            self._done(asking, asking.ask("PATCH", path, body=body, headers=self._signed()))
            return self._read_back(asking, pointer, expected, wanted)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Langfuse."""
        self._refuse_unknown(pointer)
        where = f"In Langfuse at {self._system.host}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and take the label {pointer} off the version that carries it."
        return f"{where}, version {wanted}, and give it the label {pointer}. The version before loses it."

    def problems(self) -> list[str]:
        """What stands in the way of reading. Whether the keys may write shows only at a write."""
        try:
            for key in self._keys:
                key.value()
            if self.canary_pointer:
                self.read_pointer(self.canary_pointer)
            live = self.read_pointer(self.live_pointer)
            if live is not None:
                self.read_content(live)
        except TargetError as fault:
            return [str(fault)]
        return []

    @property
    def _path(self) -> str:
        return f"{PROMPTS}/{quote(self.prompt, safe='')}"

    def _signed(self) -> dict[str, str]:
        pair = ":".join(key.value() for key in self._keys)
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _at(self, asking: Asking, pointer: str) -> str | None:
        found = self._get(asking, label=pointer)
        return None if found is None else str(found.version)

    def _get(self, asking: Asking, *, label: str = "", version: str = "") -> Prompt | None:
        """One version, by a label or by its number, past the server's caches; None where there is none."""
        about = {"label": label} if label else {"version": version}
        query = urlencode({**about, "resolve": "false"})
        answer = asking.ask("GET", f"{self._path}?{query}", headers=self._signed())
        if is_missing(answer):
            return None
        if not answer.ok:
            asking.refuse(answer)
        found = asking.read(answer, Prompt)
        if (
            found.name != self.prompt
            or label not in {"", *found.labels}
            or version not in {"", str(found.version)}
        ):
            raise TargetUnavailable(
                f"{self._system.host} was asked for {self.prompt} with {label or f'version {version}'} and "
                f"answers with version {found.version} of {found.name}, so it is not believed."
            )
        return found

    def _version(self, asking: Asking, version: str) -> Prompt:
        is_number = version.isascii() and version.isdecimal() and not version.startswith("0")
        found = self._get(asking, version=version) if is_number else None
        if found is None:
            raise VersionMissing(version, f"{self.prompt} in Langfuse has no version {version[:40]}.")
        return found

    def _text(self, found: Prompt) -> str:
        if not isinstance(found.prompt, str):
            raise TargetRefused(
                f"Version {found.version} of {self.prompt} is a {found.type} prompt. This app releases text "
                "prompts only."
            )
        return found.prompt

    def _refuse_text(self, text: str) -> None:
        if "\0" in text:
            raise TargetRefused("Langfuse cannot keep a text with a null character in it. Take it out.")
        if REFERENCE in text:
            raise TargetRefused(
                "The text takes in another prompt of Langfuse, which somebody may move without this app. "
                "Write its text here instead."
            )

    def _done(self, asking: Asking, answer: Answer) -> None:
        if not answer.ok:
            asking.refuse(answer)

    def _read_back(self, asking: Asking, pointer: str, expected: str | None, wanted: str) -> Moved:
        found = self._at(asking, pointer)
        if found == wanted:
            return Moved(pointer, before=expected, now=wanted)
        if found == expected:
            words = f"says that it moved {pointer}, and {pointer} is still at {found or 'nothing'}."
        else:
            words = f"was told to put {pointer} on version {wanted}, and now has it on {found or 'nothing'}."
        raise TargetUnavailable(f"Langfuse at {self._system.host} {words}")

    def _refuse_unknown(self, pointer: str) -> None:
        known = [self.live_pointer, *([self.canary_pointer] if self.canary_pointer else [])]
        if pointer not in known:
            raise TargetRefused(
                f"{self.prompt} has no pointer called {pointer}. It has {' and '.join(known)}."
            )


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()
