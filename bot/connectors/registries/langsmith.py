"""The LangSmith target: a version is a commit, a pointer is a commit tag.

Written from the published API description, from what LangSmith's own SDK asks, and from what its server is
known to answer: a commit like the newest one is refused with 409, and a tag is moved by the commit's id while
everything else goes by the hash. Never tried against LangSmith itself. An answer that a tag has moved must
never be taken for the move, nor a 404 alone for an empty pointer.

A proposal's mark is a line of the commit's description. A move's mark is a tag of its own, set before the
move; that the move was made then shows in the history of the pointer, which LangSmith keeps.
"""

import json
from typing import Any, Final
from urllib.parse import quote, urlencode

from bot.connectors.asking import Answer, Asking
from bot.connectors.pointers import refuse_unknown
from bot.connectors.protocol import Content, TargetRefused, TargetUnavailable, Version, VersionMissing
from bot.connectors.registries.langsmith_answers import (
    CONFLICT,
    Commits,
    History,
    Listed,
    Made,
    One,
    Repos,
    Tags,
    is_missing,
    says_nothing_new,
)
from bot.connectors.registries.langsmith_manifest import Manifest, manifest_for, settings_of, text_of
from bot.connectors.registries.registry import Move, Registry
from bot.policy.targets import LangsmithTarget as Settings

PAGE: Final = 100
"""The most commits, or moves of a tag, that one answer holds."""
PAGES: Final = 20
"""How many answers a commit is looked for in: 2,000 commits."""
SHORTEST_HASH, LONGEST_HASH = 40, 64
LONGEST_DESCRIPTION: Final = 1_000


class LangsmithTarget(Registry[Settings]):
    """One string prompt of the workspace that the API key belongs to."""

    name = "LangSmith"
    pointer_word = "commit tag"

    def at(self, asking: Asking, pointer: str) -> str | None:
        """The commit that the tag names."""
        found = self._tags(asking).named(pointer)
        return None if found is None else found.commit_hash

    def newest(self, asking: Asking, limit: int) -> list[Version]:
        """As they are listed."""
        return [each.as_version() for each in self._commits(asking, limit=min(limit, PAGE)).commits]

    def content(self, asking: Asking, version: str) -> Content:
        """The template, with its variables as they are written, and what else the commit holds."""
        manifest = self._manifest(asking, version)
        return Content(self._text_in(version, manifest), settings_of(manifest))

    def refuse_text(self, text: str) -> None:
        """What its database cannot keep."""
        if "\0" in text:
            raise TargetRefused("LangSmith cannot keep a text with a null character in it. Take it out.")

    def stored_before(self, asking: Asking, found_by: str) -> str | None:
        """By the description, among the newest commits."""
        found = self._commits(asking, limit=PAGE).commits
        return next((each.commit_hash for each in found if found_by in (each.description or "")), None)

    def store(self, asking: Asking, text: str, *, said: str, found_by: str) -> str:
        """A new commit without a tag, with the live version's model and settings.

        LangSmith itself calls it `latest`, so no client of production may pull a prompt without a tag.
        """
        live = self.at(asking, self.live_pointer)
        held = None if live is None else self._manifest(asking, live)
        if live is not None and held is not None:
            self._text_in(live, held)  # a chat prompt is refused before a text is put beside it
        manifest = manifest_for(text, held)
        newest = self._newest_or_prompt(asking)
        about = f"{said[: LONGEST_DESCRIPTION - 100]}\n\n{found_by}"
        new = {"manifest": manifest, "parent_commit": newest and newest.commit_hash, "description": about}
        answer = self._told(asking, "POST", f"/commits/-/{self.prompt}", new)
        if says_nothing_new(answer) and newest is not None:
            return newest.commit_hash  # whether it holds the text is looked at by whoever asked
        if answer.status == CONFLICT:
            raise TargetUnavailable(
                f"{self.system.host} stored another version at the same moment. Try this one again."
            )
        return asking.read(asking.done(answer), Made).commit.commit_hash

    def was_made(self, asking: Asking, move: Move) -> bool:
        """The mark is there, and the pointer has moved since."""
        begun = self._tags(asking).named(move.mark)
        if begun is None:
            return False
        history = self._history(asking, move.pointer)
        if history is None:
            # A server that keeps no history has none of the mark either: then the mark has to do.
            return self._history(asking, move.mark) is None
        return history.any_since(begun.created_at)

    def swing(self, asking: Asking, move: Move) -> None:
        """Leave the mark; then move the tag, make it, or take it away."""
        commit = self._id_of(asking, str(move.new or move.old))
        tags = f"/repos/-/{self.prompt}/tags"
        marked = self._told(asking, "POST", tags, {"tag_name": move.mark, "commit_id": commit})
        if marked.status != CONFLICT:  # it is there from an attempt before
            asking.done(marked)
        pointer = f"{tags}/{quote(move.pointer, safe='')}"
        if move.new is None:
            told = self._told(asking, "DELETE", pointer)
        elif move.old is None:
            told = self._told(asking, "POST", tags, {"tag_name": move.pointer, "commit_id": commit})
        else:
            told = self._told(asking, "PATCH", pointer, {"commit_id": commit})
        asking.done(told)

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What to click in LangSmith."""
        refuse_unknown(self, self.prompt, pointer)
        where = f"In LangSmith ({self.system.host}), open the prompt {self.prompt}"
        if wanted is None:
            return f"{where} and delete the commit tag {pointer}."
        return f"{where}, and move the commit tag {pointer} to the commit {wanted}."

    def _tags(self, asking: Asking) -> Tags:
        answer = self._get(asking, f"/repos/-/{self.prompt}/tags")
        return Tags([]) if self._is_gone(asking, answer) else asking.read(asking.done(answer), Tags)

    def _commits(self, asking: Asking, *, limit: int, offset: int = 0) -> Commits:
        query = urlencode({"limit": limit, "offset": offset})
        answer = self._get(asking, f"/commits/-/{self.prompt}/?{query}")
        if self._is_gone(asking, answer):
            return Commits(commits=[], total=0)
        return asking.read(asking.done(answer), Commits)

    def _is_gone(self, asking: Asking, answer: Answer) -> bool:
        """Whether there is no such prompt: a 404, and a list of prompts that does not have it."""
        if not is_missing(answer):
            return False
        query = urlencode({"query": self.prompt, "is_public": "false", "limit": PAGE, "offset": 0})
        listed = asking.read(asking.done(self._get(asking, f"/repos/?{query}")), Repos)
        return all(each.repo_handle != self.prompt for each in listed.repos)

    def _newest_or_prompt(self, asking: Asking) -> Listed | None:
        """The newest commit, which is to be the parent; where there is none, the prompt is made."""
        newest = next(iter(self._commits(asking, limit=1).commits), None)
        if newest is None:
            new = {"repo_handle": self.prompt, "is_public": False}
            answer = self._told(asking, "POST", "/repos/", new)
            if answer.status != CONFLICT:  # it is there, and empty
                asking.done(answer)
        return newest

    def _manifest(self, asking: Asking, version: str) -> Manifest:
        """What a commit holds, with the model where it has one."""
        missing = VersionMissing(version, f"{self.prompt} in LangSmith has no commit {version[:64]}.")
        is_hash = SHORTEST_HASH <= len(version) <= LONGEST_HASH and not set(version) - set("0123456789abcdef")
        if not is_hash:
            raise missing
        answer = self._get(asking, f"/commits/-/{self.prompt}/{version}?include_model=true")
        if is_missing(answer) and self._find(asking, version) is None:
            raise missing
        found = asking.read(asking.done(answer), One)
        if found.commit_hash != version:
            raise TargetUnavailable(
                f"{self.system.host} was asked for the commit {version} of {self.prompt} and answers with "
                f"{found.commit_hash}, so it is not believed."
            )
        return found.manifest

    def _text_in(self, version: str, manifest: Manifest) -> str:
        text = text_of(manifest)
        if text is None:
            raise TargetRefused(
                f"The commit {version[:8]} of {self.prompt} is no string prompt. This app releases text "
                "prompts only."
            )
        return text

    def _find(self, asking: Asking, version: str) -> Listed | None:
        """A commit in the list, from the newest on."""
        for page in range(PAGES):
            found = self._commits(asking, limit=PAGE, offset=page * PAGE).commits
            for each in found:
                if each.commit_hash == version:
                    return each
            if len(found) < PAGE:
                break
        return None

    def _id_of(self, asking: Asking, version: str) -> str:
        """The id by which a tag is told of a commit."""
        found = self._find(asking, version)
        if found is None:
            raise TargetRefused(
                f"LangSmith does not list the commit {version[:8]} of {self.prompt} among the newest "
                f"{PAGE * PAGES:,}, so it cannot be tagged."
            )
        return found.id

    def _history(self, asking: Asking, tag: str) -> History | None:
        """The last moves of a tag, from both ends of its history; None where the server tells of none."""
        path = f"/repos/-/{self.prompt}/tags/{quote(tag, safe='')}/history"
        answer = self._get(asking, f"{path}?limit={PAGE}")
        if is_missing(answer):
            return None
        found = asking.read(asking.done(answer), History)
        if found.total > PAGE:
            rest = self._get(asking, f"{path}?limit={PAGE}&offset={found.total - PAGE}")
            found.transitions += asking.read(asking.done(rest), History).transitions
        return found

    def _get(self, asking: Asking, path: str) -> Answer:
        return asking.ask("GET", path, headers=self._signed())

    def _told(self, asking: Asking, method: str, path: str, told: dict[str, Any] | None = None) -> Answer:
        body = None if told is None else json.dumps(told).encode()
        return asking.ask(method, path, body=body, headers=self._signed())

    def _signed(self) -> dict[str, str]:
        (key,) = self.credentials
        workspace = {"X-Tenant-Id": self.given.workspace} if self.given.workspace else {}
        return {"X-Api-Key": key.value(), **workspace}
