"""The app as an attacker finds it: signed payloads go in, and what they did is looked at and taken back."""

import asyncio
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from bot.edge.reading import read
from bot.edge.shapes import Rejected
from storage.engine import Store
from storage.models import AuditRow, Change
from tests.app import local_app
from tests.scenario.town import Town
from tests.security.entitled import Rights
from tests.security.mutation import JSON
from tests.security.recording import Recorded
from tests.security.rehearsal import Rehearsal

DECISIONS = (
    "vote", "touch", "ask", "evidence", "release", "rollback", "move", "acknowledgement", "policyversion",
    "policyinforce", "grant", "revision", "manualpointer",
)  # fmt: skip
"""Tables whose rows are somebody's decision, or follow from one."""


@dataclass(frozen=True)
class Reply:
    """What came back, and what it did: nothing, or rows of the trail and what was altered without one."""

    status: int
    body: str
    trail: tuple[AuditRow, ...] = ()
    unexplained: str = ""


class Overheard(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.errors.append(str(record.msg) + str(record.exc_info or ""))


class Target:
    """The app on the rows that a payload was recorded on. Nothing that is done to it lasts."""

    def __init__(self, town: Town, recorded: Recorded, folder: Path) -> None:
        file = folder / "target.db"
        file.write_bytes(recorded.database)
        self._real = Store.open(f"sqlite:///{file}")
        self._connection = self._real.engine.connect()
        self._outer = self._connection.begin()
        self.store = Rehearsal(self._real, self._connection)
        self.secret = town.workspace.app.signing_secret
        app = local_app(
            self.store,
            town.workspace.base_url,
            repositories=town.repository.parent,
            now=lambda: recorded.at,
        )
        self._edge = app.edge()
        self._loop = asyncio.new_event_loop()
        self._before = self._state()

    def close(self) -> None:
        """Let everything go."""
        self._edge.close()
        self._loop.close()
        self._outer.rollback()
        self._connection.close()
        self._real.close()

    def send(self, body: bytes, kind: str, **headers: str) -> Reply:
        """One request, signed unless its headers say otherwise; what it did is told, and taken back."""
        signed = {
            **self.signature(body),
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        written = self.store.written
        with self.store.act():
            status, answer = self._loop.run_until_complete(self._through_the_edge(body, kind, signed))
            if self.store.written == written:
                return Reply(status, answer)
            return Reply(status, answer, *self._done())

    def signature(self, body: bytes, *, at: float | None = None) -> dict[str, str]:
        """As Slack signs."""
        stamp = str(int(time.time() if at is None else at))
        digest = hmac.new(self.secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={digest}"}

    async def _through_the_edge(self, body: bytes, kind: str, headers: dict[str, str]) -> tuple[int, str]:
        sent: list[Any] = []
        raw = [(b"content-type", kind.encode())]
        raw += [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        scope = {"type": "http", "path": "/slack/events", "method": "POST", "headers": raw}

        async def receive() -> Any:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await self._edge(scope, receive, send)
        return sent[0]["status"], sent[1]["body"].decode()

    def _done(self) -> tuple[tuple[AuditRow, ...], str]:
        with self.store.reading() as session:
            trail = session.exec(
                select(AuditRow).where(col(AuditRow.id) > self._before["head"]).order_by(col(AuditRow.id))
            ).all()
        after = self._state()
        differing = [name for name in after if name != "head" and after[name] != self._before[name]]
        return tuple(trail), "" if trail else ", ".join(differing)

    def _state(self) -> dict[str, Any]:
        """Everything that is decided, in a form that can be compared."""
        run = self._connection.exec_driver_sql
        found: dict[str, Any] = {
            table: hash(str(run(f'SELECT * FROM "{table}"').fetchall())) for table in DECISIONS
        }
        found["change"] = run("SELECT id, state, lane, submitter, workflow, revision FROM change").fetchall()
        found["head"] = run("SELECT max(id) FROM auditrow").scalar()
        return found

    def forms(self) -> dict[int, dict[str, Any]]:
        """What everybody has typed so far, by change."""
        with self.store.reading() as session:
            return {each.id or 0: each.form for each in session.exec(select(Change))}


def wrongs(target: Target, rights: Rights, reply: Reply, signed_by: str | None) -> Iterator[str]:
    """What of this must not be, in words."""
    if reply.status >= 500:
        yield f"answered {reply.status}"
    if reply.unexplained:
        yield f"altered without a row of the trail: {reply.unexplained}"
    with target.store.reading() as session:
        yield from _not_entitled(session, rights, reply.trail, signed_by)


def _not_entitled(
    session: Session, rights: Rights, trail: tuple[AuditRow, ...], signed_by: str | None
) -> Iterator[str]:
    for row in trail:
        if row.actor not in {signed_by, "system"}:
            yield f"{row.verb} by {row.actor}, and signed by {signed_by}"
        elif row.actor == signed_by and not rights.had(session, row):
            yield f"{row.verb} on {row.subject} by {row.actor}, who may not"


def signed_by(body: bytes, kind: str) -> str | None:
    """Whom Slack says that these bytes are from; the object that is read here is the one that is acted on."""
    payload = read(body, "json" if kind == JSON else "form")
    if isinstance(payload, Rejected):
        return None
    user = payload.get("user")
    found = user.get("id") if isinstance(user, dict) else payload.get("user_id")
    return found if isinstance(found, str) else None


@contextmanager
def overhearing() -> Iterator[Overheard]:
    """Listen for errors."""
    handler = Overheard()
    logging.getLogger().addHandler(handler)
    try:
        yield handler
    finally:
        logging.getLogger().removeHandler(handler)


def shown(body: bytes) -> str:
    """A body for a failing test's message."""
    return json.dumps(body.decode("utf-8", "replace")[:3_000])
