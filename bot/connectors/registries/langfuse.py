"""The Langfuse target: a version is a number, a pointer is a label, and a move takes the label along.

Written against the public API (v2 prompts) and what its server is known to do: labels are unique across the
versions of a prompt, a PATCH only ever adds labels, and an empty list of them is answered with 200 and does
nothing. So its 200 must never be taken for a move, and a label that nothing carries is out of reach.

A mark is a label of its own, set in the same request as what it marks.
"""

import json
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote, urlencode

from bot.connectors.asking import Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.langfuse_answers import Listed, Prompt, as_version, is_missing
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import LangfuseTarget as Settings

PROMPTS: Final = "/api/public/v2/prompts"
AT_ONCE: Final = 5
"""Versions that are read at the same time for a list of them."""
LONGEST_COMMIT_MESSAGE: Final = 500
REFERENCE: Final = "@@@langfusePrompt:"
"""How a text takes in another prompt, which has a label and a life of its own."""


class LangfuseTarget(Registry[Settings]):
    """One text prompt of the Langfuse project that the two keys belong to."""

    name = "Langfuse"
    pointer_word = "label"
    can_empty = False

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that carries the label."""
        found = self._get(asking, label=pointer)
        return None if found is None else str(found.version)

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """Langfuse lists the numbers of versions only, so each is read as well."""
        query = urlencode({"name": self.prompt, "limit": 100})
        answer = asking.done(asking.ask("GET", f"{PROMPTS}?{query}", headers=self._signed()))
        found = [each for each in asking.read(answer, Listed).data if each.name == self.prompt]
        numbers = sorted({number for each in found for number in each.versions}, reverse=True)[:limit]
        with ThreadPoolExecutor(AT_ONCE) as readers:
            read = readers.map(lambda number: self._get(asking, version=str(number)), numbers)
        updated = max((each.last_updated_at for each in found if each.last_updated_at), default=None)
        return [as_version(each, updated) for each in read if each is not None]

    def content(self, asking: Asking, version: str) -> Content:
        """As it is stored, with references to other prompts left as they are; its config is its settings."""
        is_number = version.isascii() and version.isdecimal() and not version.startswith("0")
        found = self._get(asking, version=version) if is_number else None
        if found is None:
            raise VersionMissing(version, f"{self.prompt} in Langfuse has no version {version[:40]}.")
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What its database cannot keep, and what would change without a new version."""
        if "\0" in text:
            raise TargetRefused("Langfuse cannot keep a text with a null character in it. Take it out.")
        if REFERENCE in text:
            raise TargetRefused(
                "The text takes in another prompt of Langfuse, which somebody may move without this app. "
                "Write its text here instead."
            )

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its label."""
        return self.at(asking, found_by)

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version without the pointer's label, and with the live version's settings.

        Langfuse itself puts the label `latest` on it, so no client of production may fetch that one.
        """
        live = self._get(asking, label=self.live_pointer)
        if live is not None:
            self._text_of(live)  # a chat prompt is refused before a text is put beside it
        new = {"type": "text", "name": self.prompt, "prompt": text, "labels": [found_by]}
        new |= {"config": live.config if live else {}, "commitMessage": said[:LONGEST_COMMIT_MESSAGE]}
        asking.done(asking.ask("POST", PROMPTS, body=_json(new), headers=self._signed()))
        stored = self.at(asking, found_by)
        if stored is None:
            raise TargetUnavailable(
                f"{self.system.host} says that it stored the text, and it cannot be read back."
            )
        return stored

    def was_made(self, asking: Asking, move: Move) -> bool:
        """By its label."""
        return self._get(asking, label=move.mark) is not None

    def swing(self, asking: Asking, move: Move) -> None:
        """Add both labels, which takes them from the version that had them."""
        body = _json({"newLabels": [move.pointer, move.mark]})
        path = f"{self._path}/versions/{move.new}"
        asking.done(asking.ask("PATCH", path, body=body, headers=self._signed()))

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Langfuse."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In Langfuse at {self.system.host}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and take the label {pointer} off the version that carries it."
        return f"{where}, version {wanted}, and give it the label {pointer}. The version before loses it."

    @property
    def _path(self) -> str:
        return f"{PROMPTS}/{quote(self.prompt, safe='')}"

    def _signed(self) -> dict[str, str]:
        pair = ":".join(key.value() for key in self.credentials)
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _get(self, asking: Asking, *, label: str = "", version: str = "") -> Prompt | None:
        """One version, by a label or by its number, past the server's caches; None where there is none."""
        about = {"label": label} if label else {"version": version}
        query = urlencode({**about, "resolve": "false"})
        answer = asking.ask("GET", f"{self._path}?{query}", headers=self._signed())
        if is_missing(answer):
            return None
        found = asking.read(asking.done(answer), Prompt)
        if (
            found.name != self.prompt
            or label not in {"", *found.labels}
            or version not in {"", str(found.version)}
        ):
            raise TargetUnavailable(
                f"{self.system.host} was asked for {self.prompt} with {label or f'version {version}'} and "
                f"answers with version {found.version} of {found.name}, so it is not believed."
            )
        return found

    def _text_of(self, found: Prompt) -> str:
        if not isinstance(found.prompt, str):
            raise TargetRefused(
                f"Version {found.version} of {self.prompt} is a {found.type} prompt. This app releases text "
                "prompts only."
            )
        return found.prompt


def _json(data: dict[str, Any]) -> bytes:
    return json.dumps(data).encode()
