"""The MLflow target: a version is a number of a prompt in the registry, a pointer is an alias.

Written against the REST API of the model registry, in which a prompt is a model with certain tags, and tried
against a real server (3.17). It must never call done what it did not read back.

MLflow knows no idempotency keys. A move leaves a tag on the version, "begun" before it and "done" when
it was read back, and a proposal leaves one as the version is made.
"""

import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode

from bot.connectors.asking import SECONDS, Answer, Asking, System
from bot.connectors.credentials import Credential
from bot.connectors.marks import mark
from bot.connectors.mlflow_answers import (
    Found,
    Held,
    One,
    as_tags,
    as_version,
    code_of,
    lacks,
    lacks_alias,
)
from bot.connectors.protocol import (
    Moved,
    PointerElsewhere,
    TargetError,
    TargetRefused,
    TargetUnavailable,
    Version,
    VersionMissing,
)

API: Final = "/api/2.0/mlflow"
IS_PROMPT: Final = "mlflow.prompt.is_prompt"
TEXT: Final = "mlflow.prompt.text"
SETTINGS: Final = "_mlflow_prompt_"
"""What the tags begin with that say of which type a prompt is, and with which model and format it is used."""
PLACE: Final = "dummy-source"
"""What MLflow's own client writes, and its server demands, as the source of a prompt."""
LONGEST_TEXT: Final = 100_000
BEGUN, DONE = "begun", "done"


class MlflowTarget:
    """One text prompt of an MLflow registry. ``login`` is a name and a password, or nothing."""

    def __init__(
        self,
        host: str,
        prompt: str,
        login: Sequence[Credential] = (),
        *,
        alias: str = "production",
        canary_alias: str | None = None,
        lag: timedelta = timedelta(seconds=60),
        seconds: float = SECONDS,
    ) -> None:
        self.prompt, self.lag = prompt, lag
        self.live_pointer, self.canary_pointer = alias, canary_alias
        self._login = login
        self._system = System(host.rstrip("/"), login, seconds=seconds)

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        return f"the prompt {self.prompt} in MLflow at {self._system.host}, alias {self.live_pointer}"

    def read_pointer(self, pointer: str) -> str | None:
        """The version that the alias names; None where there is no such alias, or no such prompt yet."""
        self._refuse_unknown(pointer)
        with self._system.asking() as asking:
            return self._at(asking, pointer)

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the alias names `wanted` now."""
        return self.read_pointer(pointer) == wanted

    def list_versions(self, limit: int = 20) -> list[Version]:
        """The newest versions."""
        with self._system.asking() as asking:
            return [as_version(each) for each in self._search(asking, limit=limit)]

    def read_content(self, version: str) -> str:
        """The text of a version."""
        with self._system.asking() as asking:
            return self._text(self._version(asking, version))

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - change and text say all
        """Store the text as a new version that no alias names, with the live version's settings."""
        if len(text) > LONGEST_TEXT:
            raise TargetRefused(
                f"MLflow keeps texts of up to {LONGEST_TEXT:,} characters. Write a shorter one."
            )
        found_by = mark("proposal", self.prompt, change_name, text)
        with self._system.asking() as asking:
            earlier = self._search(asking, tag=found_by, limit=1)
            if earlier and self._text(earlier[0]) == text:
                return earlier[0].version
            said = f"{change_name}, proposed by {author}"
            tags = {IS_PROMPT: "true", TEXT: text, found_by: "proposal", **self._live_settings(asking)}
            self._make_prompt(asking)
            new = {"name": self.prompt, "source": PLACE, "description": said, "tags": as_tags(tags)}
            answer = self._write(asking, "POST", "/model-versions/create", new)
            version = asking.read(answer, One).model_version.version
            if self._text(self._version(asking, version)) != text:
                raise TargetUnavailable(f"{self._system.host} stored another text than it was sent.")
        return version

    def move(
        self,
        pointer: str,
        *,
        expected: str | None,
        wanted: str | None,
        key: str,
        why: str,  # noqa: ARG002 - MLflow keeps no reason for an alias
    ) -> Moved:
        """Give `wanted` the alias, or take the alias away, and read back where it is."""
        self._refuse_unknown(pointer)
        tag = mark("move", pointer, key)
        with self._system.asking() as asking:
            new = None if wanted is None else self._version(asking, wanted)
            found = self._at(asking, pointer)
            if found == wanted:
                if new is not None and new.tag(tag) == BEGUN:
                    self._leave(asking, wanted, tag, DONE)
                return Moved(pointer, before=found, now=wanted, already=True)
            if found != expected:
                words = (
                    f"{pointer} of {self.prompt} is at {found or 'nothing'}, where {expected or 'nothing'}"
                )
                raise PointerElsewhere(found, f"{words} was expected.")
            marked = new or self._version(asking, str(expected))
            if marked.tag(tag) == DONE:
                words = (
                    f"This move was made before, and {pointer} was put back to {found or 'nothing'} since."
                )
                raise PointerElsewhere(found, f"{words} It is not made again.")
            self._leave(asking, marked.version, tag, BEGUN)
            self._swing(asking, pointer, wanted)
            moved = self._read_back(asking, pointer, expected, wanted)
            self._leave(asking, marked.version, tag, DONE)
            return moved

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in MLflow."""
        self._refuse_unknown(pointer)
        where = f"In MLflow at {self._system.host}, open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and remove the alias {pointer} from the version that has it."
        return f"{where}, version {wanted}, and give it the alias {pointer}."

    def problems(self) -> list[str]:
        """What stands in the way of reading. Whether the login may write shows only at a write."""
        try:
            for each in self._login:
                each.value()
            if self.canary_pointer:
                self.read_pointer(self.canary_pointer)
            live = self.read_pointer(self.live_pointer)
            if live is not None:
                self.read_content(live)
        except TargetError as fault:
            return [str(fault)]
        return []

    def _at(self, asking: Asking, pointer: str) -> str | None:
        answer = self._get(asking, "/registered-models/alias", {"name": self.prompt, "alias": pointer})
        if lacks_alias(answer) or lacks(answer):
            return None
        return self._believed(asking, answer).version

    def _version(self, asking: Asking, version: str) -> Held:
        missing = VersionMissing(version, f"{self.prompt} in MLflow has no version {version[:40]}.")
        if not (version.isascii() and version.isdecimal()) or version.startswith("0"):
            raise missing
        answer = self._get(asking, "/model-versions/get", {"name": self.prompt, "version": version})
        if lacks(answer):
            raise missing
        return self._believed(asking, answer, version)

    def _believed(self, asking: Asking, answer: Answer, version: str = "") -> Held:
        if not answer.ok:
            asking.refuse(answer)
        found = asking.read(answer, One).model_version
        if found.name != self.prompt or version not in {"", found.version}:
            raise TargetUnavailable(
                f"{self._system.host} was asked for {self.prompt} and answers with version {found.version} "
                f"of {found.name}, so it is not believed."
            )
        return found

    def _search(self, asking: Asking, *, tag: str = "", limit: int) -> list[Held]:
        """The newest versions; without the tag of prompts in the filter MLflow finds models only."""
        which = f"name = '{self.prompt}' AND tags.`{IS_PROMPT}` = 'true'"
        which += f" AND tags.`{tag}` = 'proposal'" if tag else ""
        about = {"filter": which, "max_results": str(limit), "order_by": "version_number DESC"}
        answer = self._get(asking, "/model-versions/search", about)
        if not answer.ok:
            asking.refuse(answer)
        return asking.read(answer, Found).model_versions

    def _live_settings(self, asking: Asking) -> dict[str, str]:
        live = self._at(asking, self.live_pointer)
        if live is None:
            return {}
        held = self._version(asking, live)
        self._text(held)  # a chat prompt is refused before a text is put beside it
        return {each.key: each.value for each in held.tags if each.key.startswith(SETTINGS)}

    def _make_prompt(self, asking: Asking) -> None:
        new = {"name": self.prompt, "tags": as_tags({IS_PROMPT: "true"})}
        answer = self._post(asking, "POST", "/registered-models/create", new)
        if not answer.ok and code_of(answer) != "RESOURCE_ALREADY_EXISTS":
            asking.refuse(answer)

    def _swing(self, asking: Asking, pointer: str, wanted: str | None) -> None:
        told = {"name": self.prompt, "alias": pointer}
        if wanted is None:
            self._write(asking, "DELETE", "/registered-models/alias", told)
        else:
            self._write(asking, "POST", "/registered-models/alias", {**told, "version": wanted})

    def _leave(self, asking: Asking, version: str | None, tag: str, value: str) -> None:
        told = {"name": self.prompt, "version": version, "key": tag, "value": value}
        self._write(asking, "POST", "/model-versions/set-tag", told)

    def _read_back(self, asking: Asking, pointer: str, expected: str | None, wanted: str | None) -> Moved:
        found = self._at(asking, pointer)
        if found == wanted:
            return Moved(pointer, before=expected, now=wanted)
        if found == expected:
            words = f"says that it moved {pointer}, and {pointer} is still at {found or 'nothing'}."
        else:
            words = (
                f"was told to put {pointer} on {wanted or 'nothing'}, and now has it on {found or 'nothing'}."
            )
        raise TargetUnavailable(f"MLflow at {self._system.host} {words}")

    def _text(self, found: Held) -> str:
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
        if not answer.ok:
            asking.refuse(answer)
        return answer

    def _signed(self) -> dict[str, str]:
        if not self._login:
            return {}
        pair = ":".join(each.value() for each in self._login)
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _refuse_unknown(self, pointer: str) -> None:
        known = [self.live_pointer, *([self.canary_pointer] if self.canary_pointer else [])]
        if pointer not in known:
            raise TargetRefused(
                f"{self.prompt} has no pointer called {pointer}. It has {' and '.join(known)}."
            )
