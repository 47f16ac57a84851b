"""What GitHub answers, as far as it is looked at.

Written from the published description of its REST API, version 2022-11-28. A state that is not known here is
one of a deployment that is still under way; it must never count as shipped.
"""

import base64
import binascii
import json
from datetime import datetime
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, Field, RootModel, StrictInt, StrictStr

from bot.connectors.asking import Answer

NOT_FOUND, UNPROCESSABLE, ACCEPTED = 404, 422, 202
ENDED: Final = ("failure", "error", "inactive")
"""The states of a deployment that ships nothing any more."""
SUCCESS: Final = "success"
BEGUN: Final = "Prompt Change has sent a repository_dispatch"
TOLD: Final = "Prompt Change has told that this failed"
"""Descriptions of statuses of our own, which say nothing about the CI."""


class Person(BaseModel):
    """Who wrote a commit, and when."""

    name: StrictStr = ""
    date: AwareDatetime


class Named(BaseModel):
    """Whatever has a name of git's."""

    sha: StrictStr


class Written(BaseModel):
    """What a commit says of itself."""

    message: StrictStr
    author: Person
    committer: Person
    tree: Named


class Commit(BaseModel):
    """One commit in a list."""

    sha: StrictStr
    commit: Written


class Commits(RootModel[list[Commit]]):
    """Commits, newest first."""


class File(BaseModel):
    """A file, or what else is at a path; `content` is in Base64, and missing where it is long."""

    type: StrictStr
    sha: StrictStr
    encoding: StrictStr = ""
    content: StrictStr = ""


class Blob(BaseModel):
    """The bytes of a file."""

    encoding: StrictStr
    content: StrictStr


class Ref(BaseModel):
    """A branch, by its full name."""

    ref: StrictStr
    object: Named


class Refs(RootModel[list[Ref]]):
    """Branches."""


class Repository(BaseModel):
    """A repository that may be seen."""

    full_name: StrictStr


class Status(BaseModel):
    """What the CI, or whoever may, has said of a deployment."""

    id: StrictInt
    state: StrictStr
    description: StrictStr | None = None
    log_url: StrictStr | None = None
    created_at: AwareDatetime

    @property
    def is_ours(self) -> bool:
        """Whether it is a note of this app to itself."""
        return self.description in (BEGUN, TOLD)


class Statuses(RootModel[list[Status]]):
    """Those of one deployment."""

    def in_order(self) -> list[Status]:
        """Oldest first."""
        return sorted(self.root, key=lambda each: (each.created_at, each.id))


class Deployment(BaseModel):
    """The request that a commit be shipped to an environment."""

    id: StrictInt
    sha: StrictStr
    environment: StrictStr
    payload: Any = Field(default=None)

    @property
    def told(self) -> dict[str, Any]:
        """What came along with it; empty where that is nothing with names."""
        found = self.payload
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except (ValueError, RecursionError):
                return {}
        return found if isinstance(found, dict) else {}

    @property
    def key(self) -> str | None:
        """Of the move of ours that it belongs to; None for somebody else's."""
        key = self.told.get("key")
        return key if isinstance(key, str) else None


class Deployments(RootModel[list[Deployment]]):
    """Deployments, newest first."""


class Attempt:
    """One deployment with all that was said of it, oldest first."""

    def __init__(self, deployment: Deployment, statuses: list[Status]) -> None:
        self.deployment = deployment
        self._ours = [each for each in statuses if each.is_ours]
        self._said = [each for each in statuses if not each.is_ours]

    @property
    def last(self) -> Status | None:
        """What the CI said last."""
        return self._said[-1] if self._said else None

    @property
    def state(self) -> str:
        """The state of it; "pending" where the CI has said nothing yet."""
        return self.last.state if self.last else "pending"

    @property
    def is_begun(self) -> bool:
        """Whether the CI was told, or has said anything."""
        return bool(self._said or self._ours)

    @property
    def is_under_way(self) -> bool:
        """Whether it may still be shipped."""
        return self.state not in (SUCCESS, *ENDED)

    @property
    def was_live(self) -> bool:
        """Whether it was shipped at some time."""
        return any(each.state == SUCCESS for each in self._said)

    @property
    def shipped_at(self) -> datetime | None:
        """When it was shipped, as long as it counts as live."""
        return self.last.created_at if self.last and self.state == SUCCESS else None

    @property
    def told_at(self) -> datetime | None:
        """When its failure was passed on."""
        return next((each.created_at for each in self._ours if each.description == TOLD), None)


def bytes_of(content: str) -> bytes | None:
    """What stands in Base64, broken into lines; None where it is no Base64."""
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def words_of(answer: Answer) -> str:
    """What GitHub says to people: a message, and what exactly it does not take."""
    data = answer.data if isinstance(answer.data, dict) else {}
    listed = data.get("errors")
    errors = [_error(each) for each in listed] if isinstance(listed, list) else []
    parts = [str(data.get("message") or ""), "; ".join(each for each in errors if each)]
    return ": ".join(each for each in parts if each)


def _error(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    parts = [error.get("message")] if error.get("message") else [error.get("field"), error.get("code")]
    return " ".join(str(each) for each in parts if each)
