"""How a story ended: the rows, the branches of the repository, and what each person was shown.

What may differ between a story and the same one told with an accident is named here and nowhere else: times,
the places of messages, how often something was tried. It must never leave out what a person would notice.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dulwich.repo import Repo
from dulwich.walk import ORDER_TOPO
from sqlmodel import SQLModel, text

from bot.outbox.mail import EVENT_TYPE
from bot.sandbox.records import Message as Shown
from storage import audit
from storage.models import AuditRow
from tests.crash.town import CrashTown

DELIVERY = {"attempts", "drawn_version", "drawn_hash", "channel", "ts", "last_error", "lease_until"}
"""How a row was delivered: what it says of tries and places. That it was delivered is its ``state``; a lease
that its holder never let go of has run out by itself."""
TIME = re.compile(r"<!date\^\d+\^([^|>]*)\|[^>]*>")
ANSWERS = "private:"
"""The key of what was said to one person about a click of theirs; who clicks twice is answered twice."""
FAILED = "Something failed here"
"""What a person is told whose click failed."""

TROUBLE = re.compile(r"trouble:\d+")
"""In the key of what is said because a target does not answer."""
VERSION = re.compile(r'(?<="version": )\d+|(?<=[a-z]:\d:)\d+')
"""A change's version: in its row, and in the keys of what may be told again after another one."""

VIEW = re.compile(r"(?<=^form:)(\w+):\w+$")
"""In the key by which a form counts once: the person, and Slack's id of the form, new in each telling."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """All of it, as values that can be compared; multisets, since order is no promise between people."""

    rows: dict[str, Counter[str]]
    branches: dict[str, list[tuple[str, dict[str, str]]]]
    shown: Counter[str]

    def without_tries(self) -> "Outcome":
        """The same, where a move that was tried again has left more versions, and words about it."""
        rows = {table: _untried(rows) for table, rows in self.rows.items()}
        # What was moved first may differ, and with it the texts beside it; each branch's last commit may not.
        branches = {
            name: [(said, commits[0][1]) for said in sorted(said for said, _ in commits)]
            for name, commits in self.branches.items()
        }
        return Outcome(rows, branches, _untried(self.shown))


def outcome(town: CrashTown) -> Outcome:
    """Look at everything once the story is over."""
    return Outcome(_rows(town), _branches(town), _shown(town))


def assert_whole(town: CrashTown) -> None:
    """The database and the trail are sound, and no message with the same mark stands anywhere twice."""
    with town.app.store.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert not session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
        assert isinstance(audit.verify(session), audit.Head)
    marks = Counter(_mark(each) for each in everything_shown(town) if _mark(each))
    assert not [mark for mark, times in marks.items() if times > 1], marks.most_common(3)


def everything_shown(town: CrashTown) -> Iterable[Shown]:
    """Every message of the app's that stands in Slack, but not what one person alone was whispered."""
    workspace = town.workspace
    for channel in workspace.conversations():
        for message in workspace.messages(channel.id):
            for each in workspace.thread(channel.id, message.ts):
                if each.bot_id == workspace.app.bot_id and not each.text.startswith(FAILED):
                    yield each


def _mark(shown: Shown) -> str:
    metadata = shown.metadata or {}
    return str(metadata["event_payload"]["key"]) if metadata.get("event_type") == EVENT_TYPE else ""


def _shown(town: CrashTown) -> Counter[str]:
    return Counter(
        json.dumps([_place(town, each), _mark(each), each.text, _words(each.blocks)])
        for each in everything_shown(town)
        if not _mark(each).startswith(ANSWERS)
    )


def _place(town: CrashTown, shown: Shown) -> str:
    channel = town.workspace.channel(shown.channel)
    parent = ""
    if shown.is_reply:
        parent = _mark(town.workspace.message(shown.channel, shown.thread_ts))
    return f"{channel.with_user or channel.id} {parent}"


def _words(blocks: Any) -> str:
    """The blocks without the ids that Slack gave them and without times."""
    bare = [{name: part for name, part in each.items() if name != "block_id"} for each in blocks]
    return TIME.sub(r"<!date^\1>", json.dumps(_undated(bare), sort_keys=True, ensure_ascii=False))


def _untried(values: Counter[str]) -> Counter[str]:
    found: Counter[str] = Counter()
    for value, times in values.items():
        if not TROUBLE.search(value):
            found[VERSION.sub("", value)] += times
    return found


def _undated(value: Any) -> Any:
    if isinstance(value, dict):
        date = value.get("type") == "date"
        return {
            name: _undated(part)
            for name, part in value.items()
            if not (date and name in {"timestamp", "fallback"})
        }
    return [_undated(each) for each in value] if isinstance(value, list) else value


def _branches(town: CrashTown) -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Every branch: its commits from the last back, each with what it says and the texts that it holds.

    Of a canary only what it serves: it is set up from the production branch, which moves before or after it.
    """
    with Repo(str(town.repository)) as repo:
        found = {
            ref.decode(): [
                _commit(repo, each.commit) for each in repo.get_walker([repo.refs[ref]], order=ORDER_TOPO)
            ]
            for ref in repo.refs.allkeys()
            if ref.startswith(b"refs/heads/")
        }
    return {
        name: [("", commits[0][1])] if name.endswith("-canary") else commits
        for name, commits in found.items()
    }


def _commit(repo: Repo, commit: Any) -> tuple[str, dict[str, str]]:
    texts = {entry.path.decode(): entry.sha.decode() for entry in repo[commit.tree].items()}
    return commit.message.decode(), texts


def _rows(town: CrashTown) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    with town.app.store.reading() as session:
        messages = {row.id: row.key for row in session.execute(text("SELECT id, key FROM message"))}
        for table in SQLModel.metadata.sorted_tables:
            rows = [dict(each._mapping) for each in session.execute(table.select())]  # noqa: SLF001  documented
            found[table.name] = Counter(
                json.dumps(_comparable(table.name, each, messages), sort_keys=True)
                for each in rows
                if not str(each.get("key", "")).startswith(ANSWERS)
            )
    return found


def _comparable(table: str, row: Row, messages: dict[int, str]) -> Row:
    """A row without when it was written, and without how its delivery went."""
    kept = {name: _timeless(value) for name, value in row.items()}
    if table == AuditRow.__tablename__:
        kept = {name: kept[name] for name in ("actor", "verb", "subject", "data")}
    if table == "message":
        kept = {name: value for name, value in kept.items() if name not in {*DELIVERY, "id"}}
        kept["thread_of"] = messages.get(row["thread_of"])
    if table == "seenevent":
        kept["event_id"] = VIEW.sub(r"\1:a form", row["event_id"])
    if table == "move":
        kept = {name: value for name, value in kept.items() if name not in DELIVERY}
    return kept


def _timeless(value: Any) -> Any:
    return "a time" if isinstance(value, datetime) else value
