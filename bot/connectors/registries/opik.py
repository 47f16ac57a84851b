"""The Opik target: a version is its number, such as v3, and a pointer is an environment.

Written from Opik's sources, its published API and its own client (2.2.122); not tried against a server. Its
call to set environments replaces all those of the version, so those that are there are sent along. Its server
leaves out of a question what it does not know: so no version may be taken for the one that was asked for
unless it says itself that it is.

A proposal is found again by its commit, a short name of a version that a client may choose. A move's mark is
a tag of the version, set before it, and a second one, set when it was read back.
"""

import json
import re
from typing import Any, Final, NoReturn
from urllib.parse import urlencode

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.opik_answers import (
    NOT_FOUND,
    Held,
    Page,
    Prompt,
    as_version,
    lacks,
    words_of,
)
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import OpikTarget as Settings

PROMPTS: Final = "/v1/private/prompts"
COMMIT: Final = slice(3, 11)
"""The part of a mark that makes the commit: eight letters and digits, which is what Opik takes."""
NUMBER: Final = re.compile("v[1-9][0-9]{0,8}", re.ASCII)


class OpikTarget(Registry[Settings]):
    """One text prompt of one project in Opik, with or without an API key."""

    name = "Opik"
    pointer_word = "environment"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that is deployed to the environment."""
        found = self._retrieve(asking, environment=pointer)
        if found is not None and pointer not in (found.environments or ()):
            self._disbelieve(f"the version of {pointer}", found)
        return None if found is None else found.version_number

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """The list is asked for by the prompt's identifier, which its latest version tells."""
        latest = self._retrieve(asking)
        if latest is None:
            return []
        path = f"{PROMPTS}/{latest.prompt_id}/versions?{urlencode({'page': 1, 'size': limit})}"
        answer = self._done(asking, asking.ask("GET", path, headers=self._signed()))
        return [as_version(each) for each in asking.read(answer, Page).content][:limit]

    def content(self, asking: Asking, version: str) -> Content:
        """Its template, how placeholders are written, and its metadata."""
        found = self._version(asking, version)
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What its server does not take."""
        if not text.strip():
            raise TargetRefused("Opik keeps no text that is empty. Write one.")

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its commit."""
        found = self._retrieve(asking, commit=found_by[COMMIT])
        return None if found is None else found.version_number

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version that is deployed nowhere, with the live version's settings."""
        new = {"template": text, "commit": found_by[COMMIT], "change_description": said}
        told: dict[str, Any] = {"name": self.prompt, "project_name": self.given.project}
        told |= {"template_structure": "text", "version": {**new, **self._settings(asking)}}
        self._write(asking, "POST", f"{PROMPTS}/versions", told)
        stored = self.stored_before(asking, found_by)
        if stored is None:
            raise TargetUnavailable(
                f"{self.system.host} says that it stored the text, and it cannot be read back."
            )
        return stored

    def was_made(self, asking: Asking, move: Move) -> bool:
        """Begun is not made: then the environment is where it was, and the move goes on."""
        return _done_tag(move) in (self._marked(asking, move).tags or ())

    def swing(self, asking: Asking, move: Move) -> None:
        """Deploy the version to the environment, or take the environment from it, and leave its others."""
        marked = self._marked(asking, move)
        self._leave(asking, marked, move.mark)
        others = [each for each in marked.environments or () if each != move.pointer]
        wanted = [*others, move.pointer] if move.new else others
        path = f"{PROMPTS}/versions/{marked.id}/environments"
        answer = self._ask(asking, "PATCH", path, {"environments": wanted})
        if answer.status == NOT_FOUND:
            raise TargetRefused(
                f"{self.system.host} refuses (404).{self.system.quoted(words_of(answer))} Is there an "
                f"environment called {move.pointer} in the workspace? Make it in Opik: Configuration, "
                "Environments."
            )
        self._done(asking, answer)

    def settle(self, asking: Asking, move: Move) -> None:
        """A move that was begun is done now; a pointer that others put there leaves nothing."""
        if move.new or move.old:
            marked = self._marked(asking, move)
            tags = marked.tags or []
            if move.mark in tags and _done_tag(move) not in tags:
                self._leave(asking, marked, _done_tag(move))

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Opik."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In Opik at {self.system.host}, project {self.given.project}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and take the environment {pointer} off the version that has it."
        return f"{where}, version {wanted}, and deploy it to {pointer}."

    def _version(self, asking: Asking, version: str) -> Held:
        found = self._retrieve(asking, version_number=version) if NUMBER.fullmatch(version) else None
        if found is None:
            raise VersionMissing(version, f"{self.prompt} in Opik has no version {version[:40]}.")
        if found.version_number != version:
            self._disbelieve(f"version {version}", found)
        return found

    def _retrieve(self, asking: Asking, **which: str) -> Held | None:
        """One version, the latest unless another is named; None where there is none.

        How Opik words it that an environment has no version is not certain. So after a 404 it has to show by
        the latest version, or by words that are known, that it is Opik which says so.
        """
        told = {"name": self.prompt, "project_name": self.given.project, **which}
        answer = self._ask(asking, "POST", f"{PROMPTS}/versions/retrieve", told)
        if lacks(answer):
            return None
        if answer.status == NOT_FOUND and which:
            self._retrieve(asking)
            return None
        found = asking.read(self._done(asking, answer), Held)
        if which.get("commit") not in {None, found.commit}:
            self._disbelieve(f"commit {which['commit']}", found)
        return found

    def _disbelieve(self, asked: str, found: Held) -> NoReturn:
        raise TargetUnavailable(
            f"{self.system.host} was asked for {asked} of {self.prompt} and answers with "
            f"{found.version_number}, which does not say that it is, so it is not believed. Is this Opik too "
            "old for environments?"
        )

    def _text_of(self, found: Held) -> str:
        if (found.template_structure or "text") != "text":
            raise TargetRefused(
                f"Version {found.version_number} of {self.prompt} is a {found.template_structure} prompt. "
                "This app releases text prompts only."
            )
        return found.template

    def _settings(self, asking: Asking) -> dict[str, Any]:
        """Those of the live version, or else of the latest. A prompt that another would hide is refused."""
        latest = self._retrieve(asking)
        if latest is None:
            return {}
        self._text_of(latest)  # a chat prompt is refused before a text is put beside it
        path = f"{PROMPTS}/{latest.prompt_id}"
        prompt = asking.read(self._done(asking, asking.ask("GET", path, headers=self._signed())), Prompt)
        if prompt.project_id is None:
            raise TargetRefused(
                f"{self.prompt} belongs to no project of Opik. A text stored in {self.given.project} would "
                "make a second prompt there, which hides this one from clients. Make the prompt anew in the "
                "project first."
            )
        live = self.at(asking, self.live_pointer)
        return (latest if live is None else self._version(asking, live)).settings

    def _marked(self, asking: Asking, move: Move) -> Held:
        """The version that carries a move's mark."""
        return self._version(asking, str(move.new or move.old))

    def _leave(self, asking: Asking, version: Held, tag: str) -> None:
        told = {"ids": [str(version.id)], "update": {"tags": [tag]}, "merge_tags": True}
        self._write(asking, "PATCH", f"{PROMPTS}/versions", told)

    def _ask(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> Answer:
        return asking.ask(method, path, body=json.dumps(told).encode(), headers=self._signed())

    def _write(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> None:
        self._done(asking, self._ask(asking, method, path, told))

    def _done(self, asking: Asking, answer: Answer) -> Answer:
        if not answer.ok:
            asking.refuse(Answer(answer.status, {"message": words_of(answer)}))
        return answer

    def _signed(self) -> dict[str, str]:
        found = {"Authorization": self.credentials[0].value()} if self.credentials else {}
        return found | ({"Comet-Workspace": self.given.workspace} if self.given.workspace else {})


def _done_tag(move: Move) -> str:
    return f"{move.mark}-done"
