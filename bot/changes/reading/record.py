"""The audit trail of one change, in words for people."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.changes.context import Context
from bot.changes.facts import Who
from bot.changes.moving import SYSTEM, name_of, release_name
from bot.changes.reading.names import Names
from storage.models import AuditRow
from storage.queries import releases
from storage.queries.record import audit_rows


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that happened. ``who`` is None for what the app did by itself."""

    at: datetime
    who: Who | None
    text: str


WORDS = {
    "change:draft": "began a draft",
    "change:submit": "submitted revision {revision} in the {lane} lane",
    "change:lane": "moved it from {before} to {after}: {reason}",
    "change:new_before": "the live text had moved; revision {revision} shows the new diff",
    "vote:approve": "approved. {statement}",
    "vote:request_changes": "asked for changes: {statement}",
    "vote:reject": "rejected it: {statement}",
    "evidence:attest": "recorded {suite}: {passed} of {total} passed",
    "release:start": "deployed it",
    "release:advance": "moved production",
    "release:failed": "the release failed: {words}",
    "release:roll_back": "rolled it back",
    "release:restore": "asked to restore it: {reason}",
    "release:restore_confirmed": "confirmed the restore",
    "rollback:reason": "said why it was rolled back: {reason}",
    "rollback:acknowledge": "confirmed having seen the rollback",
    "rollback:anyway": "decided to put the old version back from where the pointer was",
    "rollback:by_hand": "somebody put the version before back, outside this app",
    "drift:found": "somebody moved {pointer} to {found} outside this app",
    "drift:moved": "somebody moved it once more outside this app, to {found}",
    "drift:adopt": "began to adopt what was set outside this app",
    "drift:not_adopted": "PC-{change}, which was to adopt it, {why}",
    "drift:put_back": "had the pointer put back",
    "drift:adopted": "what was set outside this app is approved and adopted",
    "drift:restored": "put back what the record has",
    "drift:returned": "the pointer is back where the record has it, moved outside this app",
    "drift:overtaken": "a later release or rollback has moved the pointer",
    "pointer:moved": "{pointer} now serves {after}",
}


TOLD_BY_ANOTHER = ("change:in_review", "change:releasing")
"""Rows of the trail beside which another row says the same in better words: submitted, deployed."""


def events_of(context: Context, change_id: int) -> list[Happened]:
    """Everything that happened to a change and its releases, oldest first."""
    with context.reading() as session:
        names = Names(session)
        numbers = [each.id for each in releases.of_change(session, change_id)]
        subjects = [name_of(change_id), *(release_name(each) for each in numbers)]
        return [
            Happened(row.at, None if row.actor == SYSTEM else names(row.actor), _words(row))
            for row in audit_rows(session, subjects)
            if row.verb not in TOLD_BY_ANOTHER
        ]


def _words(row: AuditRow) -> str:
    template = WORDS.get(row.verb)
    if template is None:
        return f"it is {row.verb.partition(':')[2].replace('_', ' ')} now"
    data: dict[str, Any] = {**dict.fromkeys(("statement", "reason", "words"), ""), **row.data}
    told = {name: _short(value) if name in ("after", "found") else value for name, value in data.items()}
    return template.format(**told).strip()


def _short(version: object) -> str:
    """A version as people read it: a git hash by its first eight digits."""
    text = str(version)
    return text[:8] if re.fullmatch(r"[0-9a-f]{40,64}", text) else text
