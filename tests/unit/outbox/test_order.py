"""Which message goes first, what waits for what, and what waits for nothing."""

import re
from datetime import timedelta

from desk import ANA, BEN, CHANNEL, Desk, drain

from bot.outbox.claims import DUE_POST
from bot.outbox.pace import Pace
from storage.models import MessageState


def posted(desk: Desk) -> list[str]:
    """What was posted, in the order of posting."""
    return [str(call.args["text"]).split(" ")[0] for call in desk.slack.calls_of("chat.postMessage")]


def test_the_next_of_thousands_is_found_without_sorting_them(desk: Desk) -> None:
    """The database walks an index in the order of leaving, and stops at the first that may go."""
    query = str(DUE_POST.compile(desk.store.engine, compile_kwargs={"render_postcompile": False}))
    query = re.sub(r"NOT IN \(.*?\)\)", "NOT IN (''))", query)
    with desk.store.reading() as session:
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}", (None,) * query.count("?"))
        steps = [str(row[-1]) for row in plan]
    assert "USING INDEX messages_next" in steps[0]
    assert not any("TEMP B-TREE" in step or step.startswith("SCAN") for step in steps)


def test_urgent_messages_leave_first(desk: Desk) -> None:
    """Priority 0 overtakes whatever was written before it; the rest goes in order of id."""
    for key, priority in (("one", 5), ("two", 5), ("rollback", 0)):
        desk.write(key, priority=priority)
    drain(desk.postman())
    assert posted(desk) == ["rollback", "one", "two"]


def test_a_change_is_told_in_order_in_one_channel(desk: Desk) -> None:
    """A later message of a change waits for an earlier one that failed; other changes go on."""
    mine, other = desk.change(), desk.change()
    desk.write("first", change_id=mine)
    desk.write("second", change_id=mine)
    desk.write("elsewhere", change_id=other)
    desk.slack.faults.fail_next("chat.postMessage", "update_failed")
    postman = desk.postman()
    drain(postman)
    assert desk.texts() == ["elsewhere v1"]
    desk.clock.forward(10)
    drain(postman)
    assert desk.texts() == ["elsewhere v1", "first v1", "second v1"]


def test_a_message_that_is_due_later_holds_nobody_up(desk: Desk) -> None:
    """A reminder for tomorrow does not delay what is said today."""
    change_id = desk.change()
    desk.write("tomorrow", change_id=change_id, due_at=desk.clock() + timedelta(days=1))
    desk.write("today", change_id=change_id)
    drain(desk.postman())
    assert desk.texts() == ["today v1"]


def test_a_thread_waits_for_its_parent(desk: Desk) -> None:
    """A message under a card is posted only once the card stands, urgent or not, and under it."""
    parent = desk.write("card")
    desk.write("line", thread_of=parent, priority=0)
    desk.slack.faults.fail_next("chat.postMessage", "update_failed")
    postman = desk.postman()
    drain(postman)
    assert desk.texts() == []
    desk.clock.forward(10)
    drain(postman)
    card = desk.row(parent)
    assert [each.text for each in desk.slack.thread(CHANNEL, str(card.ts))] == ["card", "line"]


def test_a_parked_message_blocks_no_other(desk: Desk) -> None:
    """What Slack will never take is set aside, and those behind it and under it go out."""
    change_id = desk.change()
    bad = desk.write("bad", change_id=change_id)
    desk.write("under", change_id=change_id, thread_of=bad)
    desk.write("behind", change_id=change_id)
    desk.slack.faults.fail_next("chat.postMessage", "invalid_blocks")
    drain(desk.postman())
    assert desk.states() == [MessageState.PARKED, MessageState.SENT, MessageState.SENT]
    assert desk.texts() == ["under v1", "behind v1"]
    assert desk.row(bad).last_error == "Slack does not accept how this message is drawn."


def test_a_message_that_cannot_be_drawn_is_parked_in_the_end(desk: Desk) -> None:
    """A fault of our own is tried again a few times, and carries an id that the log explains."""
    desk.undrawable.add("broken")
    broken = desk.write("broken")
    desk.write("fine")
    postman = desk.postman()
    for _ in range(6):
        drain(postman)
        desk.clock.forward(60)
    assert desk.row(broken).state is MessageState.PARKED
    assert "F-" in desk.row(broken).last_error
    assert desk.texts() == ["fine"]


def test_slack_says_for_how_long_a_channel_waits(desk: Desk) -> None:
    """After a 429 nothing goes to that recipient before Retry-After is over, and the others are served."""
    desk.write("first")
    desk.write("second")
    desk.write("direct", ANA)
    desk.slack.faults.fail_next("chat.postMessage", 429, retry_after=20)
    postman = desk.postman()
    drain(postman)
    assert posted(desk) == ["first", "direct"]
    desk.clock.forward(19)
    drain(postman)
    assert desk.texts() == []
    desk.clock.forward(2)
    drain(postman)
    assert desk.texts() == ["first", "second"]


def test_one_message_a_second_and_channel(desk: Desk) -> None:
    """The first leaves at once, the next to the same channel a second later; others need not wait."""
    for key in ("one", "two"):
        desk.write(key)
    desk.write("direct", ANA)
    postman = desk.postman(pace=Pace(channel=1, overall=0, tier_3=0))
    drain(postman)
    assert posted(desk) == ["one", "direct"]
    desk.clock.forward(1.01)
    drain(postman)
    assert posted(desk) == ["one", "direct", "two"]


def test_four_messages_a_second_overall(desk: Desk) -> None:
    """Many recipients share one pace, in which the urgent go first."""
    for number in range(6):
        desk.write(f"m{number}", BEN if number % 2 else ANA)
    postman = desk.postman(pace=Pace(channel=0, overall=0.25, tier_3=0))
    for number in range(3):
        drain(postman)
        assert len(posted(desk)) == number + 1
        desk.clock.forward(0.25)
    desk.write("urgent", priority=0)
    drain(postman)
    assert posted(desk)[3:] == ["urgent"]


def test_a_failed_message_waits_longer_each_time(desk: Desk) -> None:
    """The pause grows up to a minute, and the message is never given up."""
    message_id = desk.write("hello")
    desk.slack.faults.away = True
    postman, pauses = desk.postman(), []
    for _ in range(12):
        drain(postman)
        pauses.append((desk.row(message_id).due_at - desk.clock()).total_seconds())
        desk.clock.forward(pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    desk.slack.faults.away = False
    drain(postman)
    assert desk.texts() == ["hello"]


def test_a_revoked_token_stops_everything_and_says_so(desk: Desk) -> None:
    """While the token is refused all messages wait, unparked, and readiness tells why."""
    for key in ("one", "two"):
        desk.write(key, ANA)
    desk.slack.faults.fail_next("*", "token_revoked")
    postman = desk.postman()
    drain(postman)
    assert len(desk.slack.calls) == 1
    assert postman.problem() == "no message can leave: The app's token was revoked."
    assert desk.states() == [MessageState.PENDING, MessageState.PENDING]
    desk.clock.forward(31)
    drain(postman)
    assert [each.text for each in desk.direct(ANA)] == ["one", "two"]
    assert postman.problem() is None


def test_messages_that_nobody_takes_are_a_problem(desk: Desk) -> None:
    """Readiness says when messages have waited for minutes without being tried."""
    desk.write("hello")
    postman = desk.postman()
    assert postman.problem() is None
    desk.clock.forward(400)
    assert "waiting since" in str(postman.problem())
