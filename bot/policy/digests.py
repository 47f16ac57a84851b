"""The two digests of a change: evidence binds to its content, votes to everything that was reviewed.

The form that is hashed is a contract: a digest made today must be found equal in years. It is SHA-256 over
the version prefix followed by canonical JSON. Canonical JSON is: keys sorted by code point, no spaces, UTF-8
(not escaped as ASCII; a lone surrogate is written as its three bytes), no NaN or infinity, and text exactly
as it is: no Unicode normalisation, since two texts that only look the same are two texts to a model. The
prefix also opens the result, as in `content-v1:3f...`. The form must never be changed in place; a new form is
a new prefix.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from bot.policy.note import ReleaseNote

CONTENT = "content-v1:"
REVIEW = "review-v1:"
SERVED = "served-v1:"


@dataclass(frozen=True)
class Content:
    """What exactly moves. `boundary` holds model, retrieval and tool settings as JSON values."""

    workflow: str
    target_kind: str
    pointer: str
    after_version: str | None
    after_text: str
    boundary: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reviewed:
    """What approvers vote on: the content, what it replaces, the note, and everything that is planned.

    What it replaces is no part of the content: a result that judged a text stays true when the target moves,
    while an approval was of a difference.
    """

    content_digest: str
    before_version: str | None
    note: ReleaseNote
    stages: tuple[str, ...]
    stop_conditions: str
    rollback_plan: str
    rollback_owner: str
    fallback: str | None = None


def content_digest(content: Content) -> str:
    """Give the content digest. Raises TypeError or ValueError where the boundary is no JSON."""
    return _digest(CONTENT, {**vars(content), "boundary": dict(content.boundary)})


def review_digest(reviewed: Reviewed) -> str:
    """Give the review digest."""
    return _digest(REVIEW, asdict(reviewed))


def served_digest(text: str, settings: Mapping[str, Any] | None) -> str:
    """What a version has to hold at the moment in which it goes live.

    `settings` None: they were not read when it was reviewed, and only the text is bound.
    """
    if settings is None:
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _digest(SERVED, {"text": text, "settings": dict(settings)})


def is_served(digest: str, text: str, settings: Mapping[str, Any]) -> bool:
    """Whether a version that holds this is the one that was reviewed."""
    return digest == served_digest(text, settings if digest.startswith(SERVED) else None)


def _digest(prefix: str, value: dict[str, Any]) -> str:
    return prefix + sha256(prefix.encode() + canonical_json(value)).hexdigest()


def canonical_json(value: object) -> bytes:
    """Write a value in the one form that is hashed."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "surrogatepass")
