"""Several `serve` processes on one database: each row is handled once, and the dead are stood in for."""

import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from bot.clock import EVERY
from bot.outbox.ledger import LEASE
from storage import audit, migrate
from storage.models import AuditRow, Message, MessageState, PolicyVersion
from tests.machine.company import Company, company
from tests.scenario.release.story import LOW, live, roll_back
from tests.scenario.town import words

pytestmark = pytest.mark.slow

PEOPLE = ("U0MIRA", "U0PAUL", "U0ANA", "U0BEN", "U0CHLOE", "U0DEV", "U0RITA", "U0OMAR", "U0SARA", "U0SIMON")
MARGIN = 30.0
"""Seconds that a machine which does much else may be late by; what nobody takes over is later than that."""


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a single table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'app.db'}"
    else:
        with request.getfixturevalue("postgres").fresh(migrated=False) as url:
            yield url


@pytest.fixture
def acme(tmp_path: Path, empty: str) -> Iterator[Company]:
    """The company, with no process yet."""
    with company(tmp_path, empty) as found:
        yield found


def posted(acme: Company) -> Counter[str]:
    """How often each message was taken by Slack, by its key."""
    marks = (call.args["metadata"] for call in acme.workspace.calls_of("chat.postMessage") if call.ok)
    return Counter(str(each["event_payload"]["key"] if isinstance(each, dict) else each) for each in marks)


def in_order(acme: Company) -> None:
    """The trail verifies, and nothing is undelivered."""
    with acme.app.store.reading() as session:
        assert isinstance(audit.verify(session), audit.Head)
        parked = session.exec(select(Message.key).where(Message.state == MessageState.PARKED)).all()
    assert parked == []


def test_processes_that_start_at_once_share_one_database_and_its_work(acme: Company, empty: str) -> None:
    """One migrates and puts the policy in force; each message is posted once, each pointer moved once."""
    count = 2 if empty.startswith("sqlite") else 3
    with acme.starting(count):
        assert migrate.revision_of(acme.app.store) == migrate.newest()
        old, before = acme.live_text(LOW.path), acme.commits()
        for number in range(40):
            acme.tell(f"note:{number}", PEOPLE[number % len(PEOPLE)], f"Note {number}")
        live(acme, LOW, "at most five bullet points")
        roll_back(acme, 1)
        acme.person("U0SARA").click(acme.message("rollback_notice", to="U0SARA"), "acknowledge")
        acme.settle()
    assert (acme.commits(), acme.live_text(LOW.path)) == (before + 2, old)
    assert "Rolled back: PC-1" in words(acme.message("rollback"))
    times = posted(acme)
    assert len([each for each in times if each.startswith("note:")]) == 40
    assert set(times.values()) == {1}
    with acme.app.store.reading() as session:
        assert session.exec(select(func.count()).select_from(PolicyVersion)).one() == 1
        rows = session.exec(select(AuditRow.verb)).all()
    assert Counter(rows)["policy:in_force"] == 1
    in_order(acme)


def test_what_a_killed_process_had_claimed_is_taken_over(acme: Company) -> None:
    """It dies while Slack is slow. What Slack took all the same is found, the other is posted: each once."""
    acme.workspace.faults.fail_next("chat.postMessage", delay=5)
    acme.workspace.faults.fail_next("chat.postMessage", 500, delay=5)
    with acme.starting(1):
        acme.tell("first", "U0SARA", "Taken before the answer")
        acme.tell("second", "U0SIMON", "Never taken")
        acme.wait_for(_both_are_on_their_way)
        (dying,) = acme.processes.values()
        dying.send_signal(signal.SIGKILL)
        dying.wait()
        with acme.app.store.reading() as session:
            claimed = session.exec(select(Message.state, Message.ambiguous)).all()
        assert list(claimed) == [(MessageState.PENDING, True)] * 2
        with acme.starting(1):
            late = LEASE + EVERY
            acme.wait_for(_both_are_sent, late.total_seconds() + MARGIN)
    for person, text in (("U0SARA", "Taken before the answer"), ("U0SIMON", "Never taken")):
        there = acme.workspace.messages(acme.person(person).direct_channel().id)
        assert [text in words(each) for each in there] == [True]
    in_order(acme)


def _both_are_on_their_way(session: Session) -> bool:
    claimed = select(Message.id).where(
        col(Message.lease_until).is_not(None), col(Message.ambiguous).is_(True)
    )
    return len(session.exec(claimed).all()) == 2


def _both_are_sent(session: Session) -> bool:
    return list(session.exec(select(Message.state))) == [MessageState.SENT] * 2
