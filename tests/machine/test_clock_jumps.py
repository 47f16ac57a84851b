"""Clocks that are set, and days that are an hour shorter or longer: nothing happens early or twice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select

from storage.models import AuditRow, Message, MessageState
from tests.scenario.release.story import LOW, live, roll_back
from tests.scenario.release.test_release_restore import WHY
from tests.scenario.town import Town, words

NEW = "at most five bullet points"
DAYS_OF_ANOTHER_LENGTH = {
    "spring": datetime(2026, 3, 28, 12, tzinfo=UTC),
    "autumn": datetime(2026, 10, 24, 12, tzinfo=UTC),
}
"""The day before clocks change in Berlin, where the seeded workflows are."""


def jumping(town: Town, hours: tuple[int, ...]) -> None:
    """From now on the clock is set by so many hours before anything that is due leaves, time and again."""

    def settle() -> None:
        for each in hours:
            town.moment.pass_by(hours=each)
            town.app.clock.tick()
            assert town.app.outbox.drain()

    town.settle = settle  # type: ignore[method-assign]


@pytest.mark.parametrize(
    "hours",
    [
        pytest.param((-2, 2), id="back"),
        pytest.param((2, -2, 0), id="forward", marks=pytest.mark.slow),
        pytest.param((-25, 25), id="a day back", marks=pytest.mark.slow),
        pytest.param((25, -25, 0), id="a day forward", marks=pytest.mark.slow),
        pytest.param((25,), id="a day passes", marks=pytest.mark.slow),
    ],
)
def test_whatever_the_clock_is_set_to_each_thing_happens_once(town: Town, hours: tuple[int, ...]) -> None:
    """Proposed, checked, deployed, rolled back and confirmed, with the clock set between cause and effect."""
    old, before = town.live_text(LOW.path), town.commits()
    jumping(town, hours)
    live(town, LOW, NEW)
    roll_back(town, 1)
    town.person("U0SARA").click(town.message("rollback_notice", to="U0SARA"), "acknowledge")
    town.settle()
    assert (town.commits(), town.live_text(LOW.path)) == (before + 2, old)
    assert set(posted(town).values()) == {1}
    assert len(town.messages("rollback_notice", to="U0SARA")) == 1
    with town.app.store.reading() as session:
        waiting = session.exec(select(Message.key).where(Message.state == MessageState.PENDING)).all()
        announced = session.exec(select(AuditRow.at).where(AuditRow.verb == "audit:announce")).all()
    assert waiting == []
    assert all(before.date() < after.date() for before, after in pairwise(announced))


def posted(town: Town) -> Counter[str]:
    """How often each message was posted, by its key."""
    marks = [call.args["metadata"] for call in town.workspace.calls_of("chat.postMessage") if call.ok]
    assert len(marks) > 10
    return Counter(str(each["event_payload"]["key"] if isinstance(each, dict) else each) for each in marks)


@pytest.mark.parametrize("day", DAYS_OF_ANOTHER_LENGTH)
def test_a_day_in_which_something_may_be_restored_has_24_hours(town: Town, day: str) -> None:
    """Also where the day has 23 or 25: a minute before it is offered, a minute after it is refused."""
    town.moment.ahead = DAYS_OF_ANOTHER_LENGTH[day] - datetime.now(UTC)
    town.app.clock.tick()
    live(town, LOW, NEW)
    roll_back(town, 1)
    card, dev = town.message("rollback"), town.person("U0DEV", hostile=True)
    town.moment.pass_by(hours=23, minutes=58)
    town.app.clock.tick()
    assert dev.click(card, "restore").ok
    form = dev.view()
    assert form is not None
    town.moment.pass_by(minutes=3)
    assert not dev.submit(values={"reason": WHY}).ok
    assert "could be restored is over" in str(dev.last_answer.errors)
    assert NEW not in (town.live_text(LOW.path) or "")
    assert "Rolled back" in words(town.message("rollback"))


@pytest.mark.parametrize("day", DAYS_OF_ANOTHER_LENGTH)
def test_the_head_of_the_trail_is_announced_once_a_day_of_any_length(town: Town, day: str) -> None:
    """A tick every half hour over three days, with the hour in which the clocks change told twice."""
    start = DAYS_OF_ANOTHER_LENGTH[day]
    for half_hours in [*range(96), *range(94, 144)]:
        town.moment.ahead = start + timedelta(minutes=30 * half_hours) - datetime.now(UTC)
        town.app.clock.tick()
    with town.app.store.reading() as session:
        announced = session.exec(select(AuditRow.at).where(AuditRow.verb == "audit:announce")).all()
    assert [each.date() for each in announced] == [(start + timedelta(days=each)).date() for each in range(4)]
