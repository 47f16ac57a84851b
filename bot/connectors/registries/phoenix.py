"""The Arize Phoenix target: a version is Phoenix's own identifier of it, a pointer is a tag.

Written against Phoenix's REST API and tried against a real server (20.26). It stores prompts as messages and
refuses any other template, so a text is the one message of a version. An identifier says nothing of the
prompt that it belongs to, and a tag goes to the version's own prompt: so no version may be read or tagged
that was not found among those of this prompt.

A mark is a tag of its own: of a proposal, set as the version is made; of a move, described as "begun" before
it and as "done" when it was read back.
"""

import json
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.phoenix_answers import (
    KEPT,
    Held,
    Listed,
    One,
    Tags,
    as_version,
    is_version,
)
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import PhoenixTarget as Settings

NOT_FOUND: Final = 404
MOST_TAGS: Final = 1000
"""Of one version that are looked through for a mark."""
BEGUN, DONE = "begun", "done"


class PhoenixTarget(Registry[Settings]):
    """One prompt of one message in Phoenix, with or without an API key."""

    name = "Phoenix"
    pointer_word = "tag"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that has the tag."""
        found = self._tagged(asking, pointer)
        return None if found is None else found.id

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """As Phoenix lists them."""
        return [as_version(each) for each in self._listed(asking, limit=limit)]

    def content(self, asking: Asking, version: str) -> Content:
        """What its message says, and with what it is used.

        The list that begins with a version has it first, if it is one of ours.
        """
        there = self._listed(asking, limit=1, cursor=version) if is_version(version) else []
        if not there or there[0].id != version:
            raise VersionMissing(version, f"{self.prompt} in Phoenix has no version {version[:40]}.")
        role, text = self._message_of(there[0])
        return Content(text, {"role": role, **there[0].settings})

    def refuse_text(self, text: str) -> None:
        """What PostgreSQL, where it is Phoenix's database, cannot keep."""
        if "\0" in text:
            raise TargetRefused("Phoenix cannot keep a text with a null character in it. Take it out.")

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its tag; or by its metadata, where it is the newest one and was left without a tag."""
        earlier = self._tagged(asking, found_by)
        if earlier is None:
            newest = self._listed(asking, limit=1)
            if not newest or newest[0].kept("proposal") != found_by:
                return None
            earlier = newest[0]
            self._tag(asking, earlier.id, found_by, "proposal")
        return earlier.id

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version that no client's tag names, with the live version's settings."""
        kept = {"proposal": found_by, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        role, settings = self._settings(asking)
        message = {"role": role, "content": text}
        template = {"type": "chat", "messages": [message]}
        version = {**settings, "template": template, "template_type": "CHAT"}
        version |= {"description": said, "metadata": {KEPT: kept}}
        told = {"version": version, "tags": [{"name": found_by, "description": "proposal"}]}
        answer = self._write(asking, "POST", f"{self._path}/versions", told)
        if answer.status != NOT_FOUND:
            return asking.read(asking.done(answer), One).data.id
        # The first version makes the prompt, and is the one that cannot bring its tag along.
        made = self._write(
            asking, "POST", "/v1/prompts", {"prompt": {"name": self.prompt}, "version": version}
        )
        stored = asking.read(asking.done(made), One).data.id
        self._tag(asking, stored, found_by, "proposal")
        return stored

    def was_made(self, asking: Asking, move: Move) -> bool:
        """Begun is not made: then the tag is where it was, and the move goes on."""
        return self._marked(asking, move) == DONE

    def swing(self, asking: Asking, move: Move) -> None:
        """Tag the version, which takes the tag from the one that had it, or take the tag away."""
        self._leave(asking, move, BEGUN)
        if move.new is not None:
            self._tag(asking, move.new, move.pointer, move.why)
            return
        path = f"/v1/prompt_versions/{quote(str(move.old), safe='')}/tags/{move.pointer}"
        answer = asking.ask("DELETE", path, body=b"{}", headers=self._signed())
        if answer.status != NOT_FOUND:  # then somebody was faster, and the reading says so
            asking.done(answer)

    def settle(self, asking: Asking, move: Move) -> None:
        """A move that was begun is done now; a pointer that others put there leaves nothing."""
        if (move.new or move.old) and self._marked(asking, move) == BEGUN:
            self._leave(asking, move, DONE)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in Phoenix."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In Phoenix at {self.system.host}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and take the tag {pointer} off the version that has it."
        return f"{where}, the version whose address ends with {wanted}, and give it the tag {pointer}."

    @property
    def _path(self) -> str:
        return f"/v1/prompts/{self.prompt}"

    def _tagged(self, asking: Asking, tag: str) -> Held | None:
        """The version with a tag. A 404 has no words of Phoenix's, so the list has to answer beside it."""
        answer = asking.ask("GET", f"{self._path}/tags/{tag}", headers=self._signed())
        if answer.status == NOT_FOUND:
            self._listed(asking, limit=1)
            return None
        found = asking.read(asking.done(answer), One).data
        if not is_version(found.id):
            raise TargetUnavailable(
                f"{self.system.host} names a version {found.id[:40]!r}, which is no name of Phoenix's, so it "
                "is not believed."
            )
        return found

    def _listed(self, asking: Asking, *, limit: int, cursor: str = "") -> list[Held]:
        about = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        answer = asking.ask("GET", f"{self._path}/versions?{urlencode(about)}", headers=self._signed())
        return asking.read(asking.done(answer), Listed).data[:limit]

    def _message_of(self, found: Held) -> tuple[str, str]:
        """Role and text."""
        message = found.only
        if message is None or message.text is None:
            raise TargetRefused(
                f"Version {found.id} of {self.prompt} is not one message of text. This app releases prompts "
                "of one message only."
            )
        return message.role, message.text

    def _settings(self, asking: Asking) -> tuple[str, dict[str, Any]]:
        """Role and settings of the live version, or else of the newest one, or else as the policy says."""
        live = self._tagged(asking, self.live_pointer)
        for found in [live] if live else self._listed(asking, limit=1):
            return self._message_of(found)[0], found.settings
        if self.given.first_model is None:
            raise TargetRefused(
                f"Phoenix keeps a model beside each version, and {self.prompt} has no version yet to take it "
                "from. Make the first version in Phoenix, or write first_model into the policy."
            )
        first = {"model_provider": "OPENAI", "model_name": self.given.first_model}
        parameters = {"type": "openai", "openai": {}}
        return "system", {**first, "template_format": "MUSTACHE", "invocation_parameters": parameters}

    def _marked(self, asking: Asking, move: Move) -> str | None:
        """How the move's mark is described; None where there is none."""
        path = f"/v1/prompt_versions/{quote(str(move.new or move.old), safe='')}/tags?limit={MOST_TAGS}"
        answer = asking.done(asking.ask("GET", path, headers=self._signed()))
        found = {each.name: each.description or "" for each in asking.read(answer, Tags).data}
        return found.get(move.mark)

    def _leave(self, asking: Asking, move: Move, value: str) -> None:
        self._tag(asking, str(move.new or move.old), move.mark, value)

    def _tag(self, asking: Asking, version: str, name: str, said: str) -> None:
        path = f"/v1/prompt_versions/{quote(version, safe='')}/tags"
        asking.done(self._write(asking, "POST", path, {"name": name, "description": said}))

    def _write(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> Answer:
        return asking.ask(method, path, body=json.dumps(told).encode(), headers=self._signed())

    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.credentials[0].value()}"} if self.credentials else {}
