"""The MLflow target: a version is a number of a prompt in the registry, a pointer is an alias.

Written against the REST API of the model registry, in which a prompt is a model with certain tags, and tried
against a real server (3.17). It must never call done what it did not read back.

A mark is a tag on the version: "begun" before a move and "done" when it was read back; a proposal's is left
as the version is made.
"""

import json
from base64 import b64encode
from typing import Any, Final
from urllib.parse import urlencode

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.mlflow_answers import (
    SETTINGS,
    Found,
    Held,
    One,
    as_tags,
    as_version,
    code_of,
    lacks,
    lacks_alias,
)
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import MlflowTarget as Settings

API: Final = "/api/2.0/mlflow"
IS_PROMPT: Final = "mlflow.prompt.is_prompt"
TEXT: Final = "mlflow.prompt.text"
PLACE: Final = "dummy-source"
"""What MLflow's own client writes, and its server demands, as the source of a prompt."""
LONGEST_TEXT: Final = 100_000
BEGUN, DONE = "begun", "done"


class MlflowTarget(Registry[Settings]):
    """One text prompt of an MLflow registry, with or without a login."""

    name = "MLflow"
    pointer_word = "alias"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The version that the alias names."""
        answer = self._get(asking, "/registered-models/alias", {"name": self.prompt, "alias": pointer})
        if lacks_alias(answer) or lacks(answer):
            return None
        return self._believed(asking, answer).version

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """By one search."""
        return [as_version(each) for each in self._search(asking, limit=limit)]

    def content(self, asking: Asking, version: str) -> Content:
        """The tag that holds the text, and those of MLflow's own that say with what it is used."""
        found = self._version(asking, version)
        return Content(self._text_of(found), found.settings)

    def refuse_text(self, text: str) -> None:
        """What is longer than its server takes."""
        if len(text) > LONGEST_TEXT:
            raise TargetRefused(
                f"MLflow keeps texts of up to {LONGEST_TEXT:,} characters. Write a shorter one."
            )

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By its tag."""
        earlier = self._search(asking, tag=found_by, limit=1)
        return earlier[0].version if earlier else None

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new version that no alias names, with the live version's settings."""
        tags = {IS_PROMPT: "true", TEXT: text, found_by: "proposal", **self._live_settings(asking)}
        self._make_prompt(asking)
        new = {"name": self.prompt, "source": PLACE, "description": said, "tags": as_tags(tags)}
        answer = self._write(asking, "POST", "/model-versions/create", new)
        return asking.read(answer, One).model_version.version

    def was_made(self, asking: Asking, move: Move) -> bool:
        """Begun is not made: then the alias is where it was, and the move goes on."""
        return self._marked(asking, move).tag(move.mark) == DONE

    def swing(self, asking: Asking, move: Move) -> None:
        """Give the alias to the version, or take it away."""
        self._leave(asking, move, BEGUN)
        told = {"name": self.prompt, "alias": move.pointer}
        if move.new is None:
            self._write(asking, "DELETE", "/registered-models/alias", told)
        else:
            self._write(asking, "POST", "/registered-models/alias", {**told, "version": move.new})

    def settle(self, asking: Asking, move: Move) -> None:
        """A move that was begun is done now; a pointer that others put there leaves nothing."""
        if (move.new or move.old) and self._marked(asking, move).tag(move.mark) == BEGUN:
            self._leave(asking, move, DONE)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in MLflow."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In MLflow at {self.system.host}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and remove the alias {pointer} from the version that has it."
        return f"{where}, version {wanted}, and give it the alias {pointer}."

    def _marked(self, asking: Asking, move: Move) -> Held:
        """The version that carries a move's mark."""
        return self._version(asking, str(move.new or move.old))

    def _leave(self, asking: Asking, move: Move, value: str) -> None:
        told = {"name": self.prompt, "version": move.new or move.old, "key": move.mark, "value": value}
        self._write(asking, "POST", "/model-versions/set-tag", told)

    def _version(self, asking: Asking, version: str) -> Held:
        missing = VersionMissing(version, f"{self.prompt} in MLflow has no version {version[:40]}.")
        if not (version.isascii() and version.isdecimal()) or version.startswith("0"):
            raise missing
        answer = self._get(asking, "/model-versions/get", {"name": self.prompt, "version": version})
        if lacks(answer):
            raise missing
        return self._believed(asking, answer, version)

    def _believed(self, asking: Asking, answer: Answer, version: str = "") -> Held:
        found = asking.read(asking.done(answer), One).model_version
        if found.name != self.prompt or version not in {"", found.version}:
            raise TargetUnavailable(
                f"{self.system.host} was asked for {self.prompt} and answers with version {found.version} "
                f"of {found.name}, so it is not believed."
            )
        return found

    def _search(self, asking: Asking, *, tag: str = "", limit: int) -> list[Held]:
        """The newest versions; without the tag of prompts in the filter MLflow finds models only."""
        which = f"name = '{self.prompt}' AND tags.`{IS_PROMPT}` = 'true'"
        which += f" AND tags.`{tag}` = 'proposal'" if tag else ""
        about = {"filter": which, "max_results": str(limit), "order_by": "version_number DESC"}
        answer = self._get(asking, "/model-versions/search", about)
        return asking.read(asking.done(answer), Found).model_versions

    def _live_settings(self, asking: Asking) -> dict[str, str]:
        live = self.at(asking, self.live_pointer)
        if live is None:
            return {}
        held = self._version(asking, live)
        self._text_of(held)  # a chat prompt is refused before a text is put beside it
        return {each.key: each.value for each in held.tags if each.key.startswith(SETTINGS)}

    def _make_prompt(self, asking: Asking) -> None:
        new = {"name": self.prompt, "tags": as_tags({IS_PROMPT: "true"})}
        answer = self._post(asking, "POST", "/registered-models/create", new)
        if not answer.ok and code_of(answer) != "RESOURCE_ALREADY_EXISTS":
            asking.refuse(answer)

    def _text_of(self, found: Held) -> str:
        text, kind = found.tag(TEXT), found.tag("_mlflow_prompt_type") or "text"
        if text is None or found.tag(IS_PROMPT) != "true" or kind != "text":
            raise TargetRefused(
                f"Version {found.version} of {self.prompt} is no text prompt. This app releases text prompts "
                "only."
            )
        return text

    def _get(self, asking: Asking, path: str, about: dict[str, str]) -> Answer:
        return asking.ask("GET", f"{API}{path}?{urlencode(about)}", headers=self._signed())

    def _post(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> Answer:
        return asking.ask(method, f"{API}{path}", body=json.dumps(told).encode(), headers=self._signed())

    def _write(self, asking: Asking, method: str, path: str, told: dict[str, Any]) -> Answer:
        answer = self._post(asking, method, path, told)
        return asking.done(answer)

    def _signed(self) -> dict[str, str]:
        if not self.credentials:
            return {}
        pair = ":".join(each.value() for each in self.credentials)
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
