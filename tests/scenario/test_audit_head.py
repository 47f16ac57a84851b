"""The head of the audit trail is told once a day, and finds a tail that was cut off."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlmodel import select

from bot.changes.announcing import announce_head
from bot.changes.context import Context
from storage import audit
from storage.engine import Store
from storage.models import AuditRow, Message
from tests.scenario.release.story import on_the_host
from tests.scenario.town import Town, words

CHANNEL = "C0TOOLS"


def _announce_there(town: Town) -> None:
    def edit(policy: dict[str, Any]) -> None:
        policy["audit_channel"] = CHANNEL

    town.change_policy(edit)


def _heads(town: Town) -> list[str]:
    """The digests that stand in the channel, oldest first."""
    said = [words(each) for each in town.messages("audit_head", to=CHANNEL)]
    return [re.findall(r"audit-v1:[0-9a-f]{64}", each)[0] for each in said]


def _tick(town: Town, *, days: float = 0) -> None:
    town.moment.pass_by(days=days, minutes=2)
    town.app.clock.tick()
    town.settle()


def test_the_head_is_told_once_a_day_and_proves_the_trail(town: Town) -> None:
    """Each day's head is in the channel once, and both are in the trail."""
    _tick(town)
    assert not town.messages("audit_head"), "no channel is named yet"
    _announce_there(town)
    for days in (1, 0, 0, 1, 0):
        _tick(town, days=days)
    heads = _heads(town)
    assert len(set(heads)) == len(heads) == 2
    with town.app.store.reading() as session:
        for head in heads:
            assert isinstance(audit.verify(session, expected_head=head), audit.Head)


def test_a_tail_that_was_cut_shows_with_the_head_from_the_channel(town: Town) -> None:
    """Alone the shorter trail verifies; with the head that somebody kept it does not."""
    _announce_there(town)
    _tick(town, days=1)
    head = _heads(town)[-1]
    with town.app.store.reading() as session:
        row = session.exec(select(AuditRow).where(AuditRow.digest == head)).one().id
    _cut(town, row)
    with town.app.store.reading() as session:
        assert isinstance(audit.verify(session), audit.Head)
    code, said = on_the_host(town, "verify-audit", "--head", head)
    assert (code, said.splitlines()) == (
        2,
        [f"The trail is broken at row {row}: the head that was announced is no longer in the trail."],
    )


def _cut(town: Town, row: int) -> None:
    with town.app.store.transaction() as session, _unguarded(session.connection()) as connection:
        connection.execute(text("DELETE FROM auditrow WHERE id >= :row"), {"row": row})


@contextmanager
def _unguarded(connection: Connection) -> Iterator[Connection]:
    """Without the triggers that protect the trail, as whoever owns the database can."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE auditrow DISABLE TRIGGER USER"))
        yield connection
        connection.execute(text("ALTER TABLE auditrow ENABLE TRIGGER USER"))
        return
    kept = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE name LIKE 'audit_no_%'")).all()
    assert {each.name for each in kept} == {"audit_no_update", "audit_no_delete"}
    for each in kept:
        connection.execute(text(f"DROP TRIGGER {each.name}"))
    yield connection
    for each in kept:
        connection.execute(text(each.sql))


def test_without_a_channel_the_log_alone_says_it(town: Town) -> None:
    """The line carries the row's number and the digest, and no message is written."""
    with town.app.store.reading() as session:
        before = audit.head(session)
    with structlog.testing.capture_logs() as lines:
        assert announce_head(town.app.context, now=town.moment()) == before
        assert announce_head(town.app.context, now=town.moment()) is None
    told = [each for each in lines if each["event"] == "audit head"]
    assert [(each["row"], each["digest"]) for each in told] == [(before.id, before.digest)]
    with town.app.store.reading() as session:
        assert not session.exec(select(Message)).all()


def test_several_processes_announce_once(town: Town) -> None:
    """Whoever comes second finds it done, also across stores that share nothing but the database."""
    _announce_there(town)
    stores = [Store.open(town.database) for _ in range(4)]
    start = threading.Barrier(len(stores) * 2)
    found: list[audit.Head | None] = []

    def work(store: Store) -> None:
        start.wait()
        found.append(announce_head(Context(store, town.app.targets.open), now=now))

    before = len(_heads(town))
    town.moment.pass_by(days=1)
    now = town.moment()
    threads = [threading.Thread(target=work, args=(each,)) for each in stores * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for store in stores:
        store.close()
    assert sum(each is not None for each in found) == 1
    town.settle()
    assert len(_heads(town)) == before + 1


@pytest.mark.parametrize("hours", [-30, -1])
def test_a_clock_that_was_put_back_announces_nothing_again(town: Town, hours: int) -> None:
    """What was told for a later day is not told for an earlier one."""
    _announce_there(town)
    _tick(town, days=1)
    town.moment.pass_by(hours=hours)
    assert announce_head(town.app.context, now=town.moment()) is None


def test_a_policy_that_cannot_be_read_does_not_stop_it(town: Town) -> None:
    """The log is told all the same."""
    _announce_there(town)
    with town.app.store.transaction() as session:
        session.connection().execute(text("UPDATE policyversion SET text = 'workflows: 1'"))
    town.moment.pass_by(days=1)
    assert announce_head(town.app.context, now=town.moment()) is not None
