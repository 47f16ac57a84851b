"""What LangSmith answers about prompts, as far as it is looked at.

What is not there is answered with a 404 whose words are documented nowhere. So it must never be read from a
404 alone that nothing is live: a list that is answered properly has to say so too.
"""

from datetime import UTC, datetime
from typing import Any, Final

from pydantic import AwareDatetime, BaseModel, Field, RootModel, StrictInt, StrictStr

from bot.connectors.asking import Answer
from bot.connectors.protocol import Version

NOT_FOUND: Final = 404
CONFLICT: Final = 409


class Tag(BaseModel):
    """One commit tag."""

    tag_name: StrictStr
    commit_hash: StrictStr
    created_at: AwareDatetime


class Tags(RootModel[list[Tag]]):
    """All commit tags of a prompt."""

    def named(self, name: str) -> Tag | None:
        """The tag of that name."""
        return next((each for each in self.root if each.tag_name == name), None)


class Listed(BaseModel):
    """One commit in the list of them."""

    id: StrictStr
    commit_hash: StrictStr
    created_at: AwareDatetime
    description: str | None = None
    full_name: str | None = None

    def as_version(self) -> Version:
        """A version for the list, without the mark in its description."""
        label = (self.description or "").strip().partition("\n")[0] or f"commit {self.commit_hash[:8]}"
        return Version(self.commit_hash, label, self.full_name or "", self.created_at.astimezone(UTC))


class Commits(BaseModel):
    """The newest commits, newest first."""

    commits: list[Listed]
    total: StrictInt


class One(BaseModel):
    """A commit with what it holds."""

    commit_hash: StrictStr
    manifest: dict[str, Any]


class Made(BaseModel):
    """The answer to a new commit."""

    commit: "Named"


class Named(BaseModel):
    """Which one it is."""

    commit_hash: StrictStr


class Repo(BaseModel):
    """One prompt in the list of them."""

    repo_handle: StrictStr


class Repos(BaseModel):
    """Some of the prompts of a workspace."""

    repos: list[Repo]


class Transition(BaseModel):
    """One move in the history of a tag."""

    created_at: AwareDatetime


class History(BaseModel):
    """The moves of a tag, in an order that is not documented."""

    transitions: list[Transition] = Field(default_factory=list)
    total: StrictInt = 0

    def any_since(self, moment: datetime) -> bool:
        """Whether the tag has moved from that moment on."""
        return any(each.created_at >= moment for each in self.transitions)


def is_missing(answer: Answer) -> bool:
    """That something is not there, or that this is no LangSmith."""
    return answer.status == NOT_FOUND


def says_nothing_new(answer: Answer) -> bool:
    """That the newest commit holds the very same already."""
    told = answer.data if isinstance(answer.data, dict) else {}
    words = f"{told.get('error')} {told.get('detail')}"
    return answer.status == CONFLICT and "nothing to commit" in words.lower()
