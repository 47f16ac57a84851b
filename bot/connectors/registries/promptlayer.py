"""The PromptLayer target: a version is a number, a pointer is a release label.

Written from the published API description and from answers that PromptLayer's own SDK has recorded for its
tests. Never tried against PromptLayer itself. A label is moved by its own id, and what is served under it may
be split by a dynamic one. So only the list of labels says where a label is, and a 404 alone is never read as
an empty one.

A mark is a label of its own: a proposal's is set as it is stored, a move's once the move was read back.
"""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote, urlencode

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.promptlayer_answers import Held, Labels, Prompts, is_missing
from bot.connectors.registries.registry import Move, Registry
from bot.connectors.registries.templates import names_in_fstring
from bot.policy.targets import PromptlayerTarget as Settings

AT_ONCE: Final = 5
"""Versions that are read at the same time for a list of them."""
LONGEST_COMMIT_MESSAGE: Final = 72
SNIPPET: Final = "@@@"
"""How a text takes in another prompt, which has versions and a life of its own."""
FIRST_FORMAT: Final = "jinja2"
"""Of a prompt that is new: variables are {{so}}, and a single brace stands for itself."""
NAME_IN_JINJA2: Final = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)")


class PromptlayerTarget(Registry[Settings]):
    """One completion prompt of the workspace that the API key belongs to."""

    name = "PromptLayer"
    pointer_word = "release label"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that the label is on."""
        found = self._labels(asking).named(pointer)
        return None if found is None else str(found.prompt_version_number)

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """PromptLayer lists no versions, so each is read by its number, from the newest down."""
        newest = self._held(asking)
        if newest is None:
            return []
        numbers = range(newest.version, max(0, newest.version - limit), -1)
        with ThreadPoolExecutor(AT_ONCE) as readers:
            read = readers.map(lambda number: self._held(asking, str(number)), numbers)
        return [each.as_version() for each in read if each is not None]

    def content(self, asking: Asking, version: str) -> Content:
        """As it is stored, with variables and snippets left as they are; its model is in the metadata."""
        found = self._version(asking, version)
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What its database cannot keep, and what would change without a new version."""
        if "\0" in text:
            raise TargetRefused("PromptLayer cannot keep a text with a null character in it. Take it out.")
        if SNIPPET in text:
            raise TargetRefused(
                f"The text has {SNIPPET} in it, by which PromptLayer takes in another prompt, which somebody "
                "may change without this app. Write its text here instead."
            )

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its label."""
        return self.at(asking, found_by)

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version made from the live one, or else from the newest, with all of its settings.

        PromptLayer itself serves it to whoever names no label, so no client of production may do that.
        """
        live = self.at(asking, self.live_pointer)
        base = self._held(asking, live or "")
        content = [{"type": "text", "text": text}]
        about = {"commit_message": said[:LONGEST_COMMIT_MESSAGE]}
        if base is None:
            names = sorted(set(NAME_IN_JINJA2.findall(text)))
            template = {"type": "completion", "template_format": FIRST_FORMAT, "input_variables": names}
            version = {"prompt_template": {**template, "content": content}, **about}
            new = {"prompt_template": {"prompt_name": self.prompt}, "prompt_version": version}
            self._write(asking, "POST", "/rest/prompt-templates", {**new, "release_labels": [found_by]})
        else:
            self._text_of(base)  # a chat prompt is refused before a text is put beside it
            if base.prompt_template.template_format == "f-string":
                names_in_fstring(text)
            new = {"version": base.version, "content": content, **about, "release_labels": [found_by]}
            self._write(asking, "PATCH", f"/rest/prompt-templates/{self._name}", new)
        stored = self.at(asking, found_by)
        if stored is None:
            raise TargetUnavailable(
                f"{self.system.host} says that it stored the text, and it cannot be read back."
            )
        return stored

    def was_made(self, asking: Asking, move: Move) -> bool:
        """By its label."""
        return self._labels(asking).named(move.mark) is not None

    def swing(self, asking: Asking, move: Move) -> None:
        """Move the label, make it, or take it away."""
        there = self._labels(asking).named(move.pointer)
        if there is None:
            self._make_label(asking, move.pointer, str(move.new))
        elif move.new is None:
            self._write(asking, "DELETE", f"/prompt-labels/{there.release_label_id}")
        else:
            told = {"prompt_version_number": int(move.new)}
            self._write(asking, "PATCH", f"/prompt-labels/{there.release_label_id}", told)

    def settle(self, asking: Asking, move: Move) -> None:
        """Leave the mark, on the version that is live now or was before."""
        version = move.new or move.old
        if version and not self.was_made(asking, move):
            self._make_label(asking, move.mark, version)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in PromptLayer."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In PromptLayer ({self.system.host}), open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and take the release label {pointer} off the version that has it."
        return f"{where}, and move the release label {pointer} to version {wanted}."

    @property
    def _name(self) -> str:
        return quote(self.prompt, safe="")

    def _make_label(self, asking: Asking, name: str, version: str) -> None:
        prompt = self._version(asking, version).id
        told = {"prompt_version_number": int(version), "name": name}
        self._write(asking, "POST", f"/prompts/{prompt}/label", told)

    def _labels(self, asking: Asking) -> Labels:
        answer = self._get(asking, f"/prompt-templates/{self._name}/labels")
        if is_missing(answer) and not self._is_listed(asking):
            return Labels(release_labels=[])
        return asking.read(asking.done(answer), Labels)

    def _version(self, asking: Asking, version: str) -> Held:
        is_number = version.isascii() and version.isdecimal() and not version.startswith("0")
        found = self._held(asking, version) if is_number else None
        if found is None:
            raise VersionMissing(version, f"{self.prompt} in PromptLayer has no version {version[:40]}.")
        return found

    def _held(self, asking: Asking, version: str = "") -> Held | None:
        """A version, or the newest; None where there is none. The list of prompts shows who says so."""
        query = urlencode({**({"version": version} if version else {}), "resolve_snippets": "false"})
        answer = self._get(asking, f"/prompt-templates/{self._name}?{query}")
        if is_missing(answer):
            self._is_listed(asking)
            return None
        found = asking.read(asking.done(answer), Held)
        if found.prompt_name != self.prompt or version not in {"", str(found.version)}:
            raise TargetUnavailable(
                f"{self.system.host} was asked for {self.prompt} and answers with version {found.version} of "
                f"{found.prompt_name}, so it is not believed."
            )
        return found

    def _is_listed(self, asking: Asking) -> bool:
        """Whether the list of prompts has this one. Refused where there is no such list."""
        query = urlencode({"name": self.prompt, "page": 1, "per_page": 100})
        answer = asking.done(self._get(asking, f"/prompt-templates?{query}"))
        return any(each.prompt_name == self.prompt for each in asking.read(answer, Prompts).items)

    def _text_of(self, found: Held) -> str:
        text = found.prompt_template.text
        if text is None:
            raise TargetRefused(
                f"Version {found.version} of {self.prompt} is no completion prompt with one text. This app "
                "releases text prompts only."
            )
        return text

    def _get(self, asking: Asking, path: str) -> Answer:
        return asking.ask("GET", path, headers={**self._signed(), "Cache-Control": "no-cache"})

    def _write(self, asking: Asking, method: str, path: str, told: dict[str, Any] | None = None) -> None:
        body = None if told is None else json.dumps(told).encode()
        asking.done(asking.ask(method, path, body=body, headers=self._signed()))

    def _signed(self) -> dict[str, str]:
        (key,) = self.credentials
        return {"X-API-KEY": key.value()}
