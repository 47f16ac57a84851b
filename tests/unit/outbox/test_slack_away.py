"""Slack is away for a day, in every way in which it can be: nothing is lost, nothing is told twice.

Time is moved on by hand. What is certain from the first to the last second of such a day is only that no
call succeeds; some of them are carried out all the same.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from desk import ANA, CHANNEL, Desk, let_pass, send_all
from slack_sdk import WebClient

from bot.outbox.messages import Postman
from bot.outbox.pace import Pace
from bot.sandbox.faults import Fault
from storage.models import Message, MessageState
from tests.sizes import sized

PATIENCE = 3
LASTS = timedelta(minutes=7)
"""So long Slack is away in one way, and then in another."""

WAYS = (
    Fault(status=429, retry_after=30),
    Fault(status=500),
    Fault(status=500, carried_out=True),
    Fault(reset=True),
    Fault(lost=True),
    Fault(status=503),
)
NO_ANSWER = (Fault(delay=PATIENCE + 0.5), Fault(delay=PATIENCE + 0.5, status=500))
"""Two of the calls are not answered within the client's patience; one of them is carried out."""

PER_CHANGE = 20


class Day:
    """The weather of a day at Slack, by the minute."""

    def __init__(self, desk: Desk, seed: int, unanswered: Sequence[Fault]) -> None:
        self._desk, self._random = desk, Random(seed)  # noqa: S311  weather, not a secret
        self._changes, self._now = desk.clock(), WAYS[0]
        self._unanswered = list(unanswered)

    def __call__(self, method: str) -> Fault:
        """What happens to a call now."""
        if method == "chat.postMessage" and self._unanswered:
            return self._unanswered.pop()
        if self._desk.clock() >= self._changes:
            self._changes = self._desk.clock() + LASTS
            self._now = self._random.choice(WAYS)
        return self._now


def patient(desk: Desk) -> WebClient:
    """The outbox's client; how long it waits for an answer is real time, the only one here."""
    client = desk.client()
    client.timeout = PATIENCE
    return client


def full_desk(desk: Desk, count: int) -> Postman:
    """So many messages, twenty of each change, in order at four places each; and a postman."""
    places = []
    for number in range(8):
        desk.slack.add_channel(f"C0N{number}", f"news-{number}", [desk.slack.app.bot_user_id])
        desk.slack.add_user(f"U0N{number}", f"Person {number}")
        places += [f"C0N{number}", f"U0N{number}"]
    changes = desk.changes(count // PER_CHANGE)
    desk.write_many(
        {
            "key": f"{change}:{places[(4 * change + number % 4) % 16]}:{number:02}",
            "recipient": places[(4 * change + number % 4) % 16],
            "change_id": change,
        }
        for change in changes
        for number in range(PER_CHANGE)
    )
    desk.slack.faults.rate_limits = True
    return desk.postman(pace=Pace(), client=patient(desk))


def what_slack_never_takes(desk: Desk, change: int) -> dict[str, str]:
    """One of each kind, ahead of all others of its change; and what is said of them."""
    desk.slack.add_user("U0GONE", "Gone")
    desk.slack.deactivate_user("U0GONE")
    desk.slack.add_channel("C0OLD", "old", [desk.slack.app.bot_user_id])
    desk.slack.archive("C0OLD")
    desk.write("long", f"C0N{(4 * change % 16) // 2}", change_id=change, details={"padding": 5}, priority=4)
    for key, recipient in {"nowhere": "C0NOWHERE", "archived": "C0OLD", "gone": "U0GONE"}.items():
        desk.write(key, recipient, change_id=change, priority=4)
    return {
        "long": "The message is longer than Slack takes.",
        "nowhere": "Slack knows no such channel, or it is private and the app is not in it.",
        "archived": "The channel is archived.",
        "gone": "This account is deactivated.",
    }


def assert_told_once_and_in_order(desk: Desk, count: int) -> None:
    """Each message stands in Slack once, and those of a change in the order in which they were written."""
    told: Counter[str] = Counter()
    for place in desk.slack.conversations():
        order = defaultdict(list)
        for message in desk.slack.messages(place.id):
            change, recipient, number = message.text.split(" ")[0].split(":")
            assert place.id[1:] == recipient[1:]
            order[change].append(number)
            told[message.text] += 1
        for numbers in order.values():
            assert numbers == sorted(numbers)
    assert (len(told), set(told.values())) == (count, {1})


def parked(desk: Desk) -> dict[str, str]:
    """What is kept as undelivered, and why."""
    rows = [desk.row(number) for number, state in enumerate(desk.states(), 1) if state is MessageState.PARKED]
    return {row.key: row.last_error for row in rows}


def sit_out(desk: Desk, count: int, hours: float, unanswered: Sequence[Fault] = ()) -> None:
    """Slack is away for so long and comes back; then everything leaves that it takes."""
    postman = full_desk(desk, count)
    never = what_slack_never_takes(desk, 1)
    desk.slack.faults.weather = Day(desk, count, unanswered)
    let_pass(desk, postman, hours=hours, look_every=5)
    assert desk.waiting() == count + len(never)
    assert postman.problem() is None
    assert len(desk.slack.calls) < hours * 3_600 / 15 * 2
    desk.slack.faults.weather = None
    seconds = send_all(desk, postman)
    assert_told_once_and_in_order(desk, count)
    assert parked(desk) == never
    assert seconds <= 1.1 * count / 4 + 60


def test_half_an_hour_without_slack(desk: Desk) -> None:
    """What could not leave meanwhile leaves afterwards: once, in order, and nothing holds up another."""
    sit_out(desk, 40, 0.5)


@pytest.mark.slow
@pytest.mark.soak
def test_a_day_without_slack_and_five_thousand_messages(desk: Desk) -> None:
    """The same for 24 hours of 429, 500, resets and timeouts."""
    sit_out(desk, sized(5_000), 24, NO_ANSWER)


def test_whoever_must_be_told_hears_it_within_a_minute_of_slacks_return(desk: Desk) -> None:
    """However long Slack was away, a rollback's message does not wait for its next attempt much longer."""
    for number in range(5):
        desk.write(f"rollback-{number}", priority=0)
    postman = desk.postman(jitter=lambda: 0.0)
    desk.slack.faults.away = True
    let_pass(desk, postman, minutes=30, look_every=5)
    desk.slack.faults.away = False
    let_pass(desk, postman, seconds=61)
    assert len(desk.texts()) == 5


def test_while_slack_is_away_a_few_messages_find_that_out_for_all(desk: Desk) -> None:
    """Of hundreds that wait only some are tried, and twice a minute at most."""
    desk.write_many({"key": f"m{number}", "recipient": ANA} for number in range(200))
    desk.slack.faults.away = True
    postman = desk.postman(jitter=lambda: 0.0)
    let_pass(desk, postman, minutes=20, look_every=5)
    assert len(desk.slack.calls) < 50
    assert postman.problem() is None


def test_a_message_that_alone_fails_silences_no_other(desk: Desk) -> None:
    """That one keeps failing says nothing about Slack: what is written meanwhile leaves at once."""
    desk.write("poison")
    desk.slack.faults.weather = _fails_for(desk, "poison")
    postman = desk.postman()
    for number in range(5):
        let_pass(desk, postman, minutes=2, look_every=10)
        desk.write(f"m{number}", ANA)
        let_pass(desk, postman, seconds=1)
        assert len(desk.direct(ANA)) == number + 1
    assert desk.row(1).state is MessageState.PENDING


def _fails_for(desk: Desk, key: str) -> object:
    def weather(method: str) -> Fault | None:
        with desk.store.reading() as session:
            under_way = session.get_one(Message, 1).lease_until
        failing = method == "chat.postMessage" and under_way is not None and under_way > desk.clock()
        return Fault(status=500) if failing and desk.row(1).key == key else None

    return weather


def test_an_outage_parks_nothing_where_the_history_cannot_be_read(desk: Desk) -> None:
    """In a public channel that the app is not in, a message that may have arrived waits for Slack."""
    desk.slack.add_channel("C0OPEN", "open", [ANA])
    message_id = desk.write("hello", "C0OPEN")
    postman = desk.postman()
    desk.slack.faults.weather = lambda _: Fault(status=500)
    let_pass(desk, postman, minutes=20, look_every=5)
    assert desk.row(message_id).ambiguous
    desk.slack.faults.weather = None
    send_all(desk, postman)
    assert desk.texts("C0OPEN") == ["hello"]


@pytest.mark.parametrize("method", ["conversations.open", "conversations.history", "chat.update"])
def test_what_one_method_has_to_wait_for_stops_no_other(desk: Desk, method: str) -> None:
    """After a 429 that method is left alone for as long as Slack says, and everybody is told meanwhile."""
    change = desk.change()
    card = desk.write("card", CHANNEL, change_id=change)
    postman = desk.postman()
    send_all(desk, postman)
    desk.alter(change)
    desk.write("unsure", CHANNEL, ambiguous=True)
    people = [f"U0N{number}" for number in range(9)]
    for person in people:
        desk.slack.add_user(person, person)
        desk.write(f"to-{person}", person)
    desk.slack.faults.fail_next(method, 429, retry_after=30, times=9)
    let_pass(desk, postman, seconds=29)
    assert [len(desk.direct(person)) for person in people] == [1] * 9
    assert len([each for each in desk.slack.calls_of(method) if each.status == 429]) == 1
    assert desk.row(card).state is MessageState.SENT


def test_two_channels_in_a_row_that_are_too_fast_mean_the_workspace(desk: Desk) -> None:
    """One 429 of a post is taken for its channel's; a second for everybody's, so that nobody posts."""
    for number in range(6):
        desk.write(f"m{number}", f"C0N{number}")
        desk.slack.add_channel(f"C0N{number}", f"news-{number}")
    desk.slack.faults.fail_next("chat.postMessage", 429, retry_after=20, times=2)
    postman = desk.postman()
    let_pass(desk, postman, seconds=19)
    assert len(desk.slack.calls_of("chat.postMessage")) == 2
    send_all(desk, postman)
    assert [each.ok for each in desk.slack.calls_of("chat.postMessage")] == [False] * 2 + [True] * 6
