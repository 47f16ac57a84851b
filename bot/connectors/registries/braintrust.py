"""The Braintrust target: a version is the id of a transaction, a pointer is an environment.

Written from the published API description, a description of environments, and what Braintrust's own command
line and SDK ask. Never tried against Braintrust itself. It takes any number as a version, and a change is put
into the newest one; so what an environment has is looked at before and after, and a text must never be stored
where settings of somebody else's would slip in.

Braintrust has no place for a mark. A proposal needs none, because the same text with the same settings is the
same version; the mark of a move is an empty prompt of its own, made once the move was read back.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

from bot.connectors.asking import SECONDS, Answer, Asking
from bot.connectors.credentials import Lookup
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.braintrust_answers import (
    LONGEST,
    Associations,
    Log,
    Projects,
    Prompt,
    Prompts,
    as_version,
    audit_log_of,
    merged,
    shown,
)
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import BraintrustTarget as Settings

AT_ONCE: Final = 5
"""Versions that are read at the same time."""
LOOKED_THROUGH: Final = 10
"""The newest versions, among which a text is looked for before it is stored again."""
NO_SUCH_VERSION: Final = (400, 404)
FIRST: Final = {"template_format": "mustache"}
"""Of a prompt that is new: variables are {{so}}, and a single brace stands for itself."""


class BraintrustTarget(Registry[Settings]):
    """One completion prompt of the project that the policy names."""

    name = "Braintrust"
    pointer_word = "environment"

    def __init__(self, given: Settings, secret: Lookup, *, seconds: float = SECONDS) -> None:
        super().__init__(given, secret, seconds=seconds)
        self._known: WeakKeyDictionary[Asking, Prompt] = WeakKeyDictionary()
        """The prompt as one line found it, so that it is looked up once a line and never kept longer."""

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that the environment has."""
        prompt = self._prompt(asking)
        if prompt is None:
            return None
        answer = self._get(asking, f"/environment-object/prompt/{quote(prompt.id, safe='')}")
        return asking.read(asking.done(answer), Associations).named(pointer)

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """By the audit log of the prompt."""
        return [as_version(each) for each in self._versions(asking)[:limit]]

    def content(self, asking: Asking, version: str) -> Content:
        """As it is stored, with its variables as they are written, and with what it is used."""
        found = self._version(asking, version)
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What its database cannot keep."""
        if "\0" in text:
            raise TargetRefused("Braintrust cannot keep a text with a null character in it. Take it out.")

    def stored_before(self, asking: Asking, found_by: str) -> str | None:  # noqa: ARG002 - there are no marks
        """Not by a mark: `store` finds the same text with the same settings."""
        return None

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:  # noqa: ARG002 - as above
        """A new version that no environment has, with the live version's settings; or the one there is.

        Braintrust itself gives it to whoever names no environment, so no client of production may do that.
        """
        newest = self._prompt(asking)
        if newest is None:
            return self._made(asking, self.prompt, {**FIRST, "prompt": _block(text)})
        live = self.at(asking, self.live_pointer)
        base = newest if live is None else self._version(asking, live)
        self._text_of(base)  # a chat prompt is refused before a text is put beside it
        wanted = {**(base.prompt_data or {}), "prompt": _block(text)}
        held = self._held_already(asking, wanted)
        if held is not None:
            return held
        if merged(newest.prompt_data or {}, wanted) != wanted:
            raise TargetRefused(
                f"The newest version of {self.prompt}, {shown(newest.version)}, has settings that the live "
                "one lacks, and Braintrust would mix them in. Save the live version once more in Braintrust, "
                "and propose again."
            )
        path = f"/v1/prompt/{quote(newest.id, safe='')}"
        answer = self._told(asking, "PATCH", path, {"prompt_data": wanted})
        return asking.read(asking.done(answer), Prompt).version

    def was_made(self, asking: Asking, move: Move) -> bool:
        """There is a prompt of that name."""
        return self._find(asking, move.mark) is not None

    def swing(self, asking: Asking, move: Move) -> None:
        """Give the environment the version, or take away what it has."""
        prompt = self._version(asking, str(move.new or move.old)).id
        path = f"/environment-object/prompt/{quote(prompt, safe='')}/{move.pointer}"
        if move.new is None:
            asking.done(self._told(asking, "DELETE", path))
        else:
            asking.done(self._told(asking, "PUT", path, {"object_version": move.new}))

    def settle(self, asking: Asking, move: Move) -> None:
        """Leave the mark. Where it is there already, Braintrust leaves it as it is."""
        if move.new or move.old:
            self._made(asking, move.mark, {"prompt": _block("")})

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Braintrust."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In Braintrust ({self.system.host}), open the prompt {self.prompt} of {self.given.project}"
        if wanted is None:
            return f"{where} and take it out of the environment {pointer}."
        named = f"{shown(wanted)} ({wanted})" if _is_version(wanted) else wanted
        return f"{where}, version {named}, and assign it to the environment {pointer}."

    def _prompt(self, asking: Asking) -> Prompt | None:
        """The prompt in its newest version, as it was when this line first asked."""
        known = self._known.get(asking) or self._find(asking, self.prompt)
        if known is not None:
            self._known[asking] = known
        return known

    def _find(self, asking: Asking, slug: str, **more: str) -> Prompt | None:
        query = urlencode({"project_name": self.given.project, "slug": slug, **more})
        found = asking.read(asking.done(self._get(asking, f"/v1/prompt?{query}")), Prompts).objects
        if not found:
            return None
        if len(found) > 1 or found[0].slug != slug:
            raise TargetUnavailable(
                f"{self.system.host} was asked for {slug} and answers with {found[0].slug}, one of "
                f"{len(found)}, so it is not believed."
            )
        return found[0]

    def _version(self, asking: Asking, version: str) -> Prompt:
        missing = VersionMissing(version, f"{self.prompt} in Braintrust has no version {version[:40]}.")
        prompt = self._prompt(asking) if _is_version(version) else None
        if prompt is None:
            raise missing
        answer = self._get(asking, f"/v1/prompt/{quote(prompt.id, safe='')}?version={version}")
        if answer.status in NO_SUCH_VERSION:
            raise missing  # the prompt is there: it was found before
        found = asking.read(asking.done(answer), Prompt)
        if found.id != prompt.id:
            raise TargetUnavailable(
                f"{self.system.host} was asked for {self.prompt} and answers with {found.slug}, so it is not "
                "believed."
            )
        if found.version != version:
            raise missing
        return found

    def _versions(self, asking: Asking) -> list[str]:
        prompt = self._prompt(asking)
        if prompt is None:
            return []
        told = audit_log_of(prompt.project_id, prompt.id)
        answer = self._told(asking, "POST", "/btql", told)
        return asking.read(asking.done(answer), Log).versions()

    def _held_already(self, asking: Asking, wanted: dict[str, Any]) -> str | None:
        """The newest version with exactly this, among the newest ones."""
        newest = self._versions(asking)[:LOOKED_THROUGH]
        with ThreadPoolExecutor(AT_ONCE) as readers:
            held = list(readers.map(lambda each: self._version(asking, each), newest))
        return next((each.version for each in held if each.prompt_data == wanted), None)

    def _made(self, asking: Asking, slug: str, data: dict[str, Any]) -> str:
        """A prompt of that name: a new one, or the one that is there, unchanged."""
        new = {"project_id": self._project(asking), "name": slug, "slug": slug, "prompt_data": data}
        answer = self._told(asking, "POST", "/v1/prompt", new)
        return asking.read(asking.done(answer), Prompt).version

    def _project(self, asking: Asking) -> str:
        known = self._known.get(asking)
        if known is not None:
            return known.project_id
        query = urlencode({"project_name": self.given.project})
        found = asking.read(asking.done(self._get(asking, f"/v1/project?{query}")), Projects).objects
        ids = [each.id for each in found if each.name == self.given.project]
        if not ids:
            raise TargetRefused(f"Braintrust has no project {self.given.project} that this key can see.")
        return ids[0]

    def _text_of(self, found: Prompt) -> str:
        text = found.text
        if text is None:
            raise TargetRefused(
                f"Version {shown(found.version)} of {self.prompt} is no completion prompt. This app releases "
                "text prompts only."
            )
        return text

    def _get(self, asking: Asking, path: str) -> Answer:
        return asking.ask("GET", path, headers=self._signed())

    def _told(self, asking: Asking, method: str, path: str, told: dict[str, Any] | None = None) -> Answer:
        body = None if told is None else json.dumps(told).encode()
        return asking.ask(method, path, body=body, headers=self._signed())

    def _signed(self) -> dict[str, str]:
        (key,) = self.credentials
        return {"Authorization": f"Bearer {key.value()}"}


def _block(text: str) -> dict[str, str]:
    return {"type": "completion", "content": text}


def _is_version(version: str) -> bool:
    is_number = version.isascii() and version.isdecimal() and not version.startswith("0")
    return is_number and len(version) <= LONGEST
