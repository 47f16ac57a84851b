"""Messages reach Slack, each once, whatever happens on the way."""

import threading
from dataclasses import replace

import pytest
from desk import ANA, BEN, CHANNEL, Desk, drain
from slack_sdk import WebClient

from bot.outbox.ledger import Ledger
from bot.outbox.messages import Postman
from storage.models import EmailPin, MessageState


def test_a_message_is_posted_and_its_place_is_kept(desk: Desk) -> None:
    """A row becomes a message that carries the row's id, and the row says where it stands."""
    message_id = desk.write("hello")
    drain(desk.postman())
    (shown,) = desk.slack.messages(CHANNEL)
    row = desk.row(message_id)
    assert shown.text == "hello"
    assert shown.metadata == {
        "event_type": "prompt_change",
        "event_payload": {"message_id": message_id, "key": "hello"},
    }
    assert (row.state, row.channel, row.ts) == (MessageState.SENT, CHANNEL, shown.ts)
    assert (row.ambiguous, row.lease_until, row.last_error) == (False, None, "")


def test_a_person_is_told_directly_and_the_channel_that_slack_opened_is_kept(desk: Desk) -> None:
    """A message to a person goes to their direct messages, and the row keeps the D… id."""
    message_id = desk.write("hello", BEN)
    drain(desk.postman())
    assert [each.text for each in desk.direct(BEN)] == ["hello"]
    assert desk.row(message_id).channel == desk.slack.direct_message(BEN).id


def test_a_whisper_is_seen_by_one_person_in_the_channel(desk: Desk) -> None:
    """A message for one person alone is ephemeral where that person is in the channel."""
    message_id = desk.write("psst", only_for=ANA)
    drain(desk.postman())
    assert [each.text for each in desk.slack.ephemerals(CHANNEL, ANA)] == ["psst"]
    assert desk.texts() == []
    assert (desk.row(message_id).state, desk.row(message_id).ts) == (MessageState.SENT, None)


def test_a_whisper_outside_the_channel_becomes_a_direct_message(desk: Desk) -> None:
    """A person who is not in the channel is told directly instead."""
    message_id = desk.write("psst", only_for=BEN)
    drain(desk.postman())
    assert [each.text for each in desk.direct(BEN)] == ["psst"]
    assert desk.row(message_id).channel == desk.slack.direct_message(BEN).id


def test_an_address_is_resolved_by_its_pin(desk: Desk) -> None:
    """A message to an e-mail address reaches the account that the address is pinned to."""
    with desk.store.transaction() as session:
        session.add(EmailPin(email="ben@example.com", slack_id=BEN))
    desk.write("hello", "ben@example.com")
    drain(desk.postman())
    assert [each.text for each in desk.direct(BEN)] == ["hello"]


@pytest.mark.parametrize("recipient", ["nobody@example.com", "S0GROUP", "", "U0NOBODY", "C0NOWHERE"])
def test_a_message_to_nobody_is_parked_with_a_reason(desk: Desk, recipient: str) -> None:
    """What cannot be delivered is kept, and says why in a sentence."""
    message_id = desk.write("hello", recipient)
    drain(desk.postman())
    row = desk.row(message_id)
    assert row.state is MessageState.PARKED
    assert row.last_error.endswith(".")


def test_nothing_to_say_counts_as_sent(desk: Desk) -> None:
    """A message whose drawing has nothing to say any more is settled without a call."""
    message_id = desk.write("moot")
    desk.nothing_to_say.add("moot")
    drain(desk.postman())
    assert (desk.row(message_id).state, desk.texts()) == (MessageState.SENT, [])


def test_a_lost_answer_does_not_tell_twice(desk: Desk) -> None:
    """When Slack posted and the connection broke, the message is found and not posted again."""
    message_id = desk.write("hello")
    desk.slack.faults.fail_next("chat.postMessage", "lost")
    postman = desk.postman()
    drain(postman)
    assert desk.row(message_id).ambiguous
    desk.clock.forward(10)
    drain(postman)
    assert desk.texts() == ["hello"]
    assert desk.row(message_id).ts == desk.slack.messages(CHANNEL)[0].ts
    assert len(desk.slack.calls_of("chat.postMessage")) == 1


def test_a_lost_answer_in_a_thread_does_not_tell_twice(desk: Desk) -> None:
    """An uncertain message in a thread is looked for in that thread."""
    parent = desk.write("card")
    postman = desk.postman()
    drain(postman)
    desk.write("line", thread_of=parent)
    desk.slack.faults.fail_next("chat.postMessage", "lost")
    drain(postman)
    desk.clock.forward(10)
    drain(postman)
    card = desk.row(parent)
    assert [each.text for each in desk.slack.thread(CHANNEL, str(card.ts))] == ["card", "line"]


def test_a_server_error_that_did_nothing_is_tried_again(desk: Desk) -> None:
    """An uncertain message that is not in the channel is posted, and loses nothing."""
    desk.write("hello", ANA)
    desk.slack.faults.fail_next("chat.postMessage", 500)
    postman = desk.postman()
    drain(postman)
    desk.clock.forward(10)
    drain(postman)
    assert [each.text for each in desk.direct(ANA)] == ["hello"]


def test_a_server_error_that_did_something_does_not_tell_twice(desk: Desk) -> None:
    """A 500 may come after the message was posted."""
    desk.write("hello", ANA)
    desk.slack.faults.fail_next("chat.postMessage", 500, carried_out=True)
    postman = desk.postman()
    drain(postman)
    desk.clock.forward(10)
    drain(postman)
    assert [each.text for each in desk.direct(ANA)] == ["hello"]


def test_a_process_that_dies_after_marking_loses_nothing(desk: Desk) -> None:
    """A row that was marked and never sent is sent by the next postman, once the lease is over."""
    message_id = desk.write("hello")
    dead = Ledger(desk.store, desk.clock)
    claimed = dead.claim_post(())
    assert claimed is not None
    dead.mark(claimed)
    postman = desk.postman()
    drain(postman)
    assert desk.texts() == []
    desk.clock.forward(31)
    drain(postman)
    assert (desk.texts(), desk.row(message_id).state) == (["hello"], MessageState.SENT)


def test_a_process_that_dies_after_sending_does_not_tell_twice(desk: Desk) -> None:
    """A row that was sent and never settled is found in the channel by the next postman, and redrawn."""
    change_id = desk.change()
    message_id = desk.write("hello", change_id=change_id)
    dead = Ledger(desk.store, desk.clock)
    claimed = dead.claim_post(())
    assert claimed is not None
    dead.mark(claimed)
    mark = {"event_type": "prompt_change", "event_payload": {"message_id": message_id, "key": "hello"}}
    desk.client().chat_postMessage(channel=CHANNEL, text="as it was then", metadata=mark)
    desk.clock.forward(31)
    drain(desk.postman())
    assert desk.texts() == ["hello v1"]
    assert len(desk.slack.calls_of("chat.postMessage")) == 1


@pytest.mark.parametrize(("key", "bot_id"), [("other", "B0PROMPTCHANGE"), ("hello", "B0ANOTHER")])
def test_a_mark_of_another_row_or_another_app_is_not_taken_for_ours(
    desk: Desk, key: str, bot_id: str
) -> None:
    """Only a message of the app itself, with the id and the key of the row, is the one looked for."""
    message_id = desk.write("hello", ambiguous=True)
    mark = {"event_type": "prompt_change", "event_payload": {"message_id": message_id, "key": key}}
    ours = desk.slack.app
    desk.slack.app = replace(ours, bot_id=bot_id)
    desk.client().chat_postMessage(channel=CHANNEL, text="copy", metadata=mark)
    desk.slack.app = ours
    drain(desk.postman())
    assert desk.texts() == ["copy", "hello"]


def test_where_the_history_cannot_be_read_it_is_sent_again_and_then_parked(desk: Desk) -> None:
    """Being told twice is a nuisance, not being told a danger; in the end it counts as undelivered."""
    desk.slack.add_channel("C0OPEN", "open", [ANA])
    message_id = desk.write("hello", "C0OPEN")
    desk.slack.faults.fail_next("chat.postMessage", 500, times=9)
    postman = desk.postman()
    for _ in range(8):
        drain(postman)
        desk.clock.forward(400)
    row = desk.row(message_id)
    assert len(desk.slack.calls_of("chat.postMessage")) == 4
    assert row.state is MessageState.PARKED
    assert "may have arrived" in row.last_error
    assert row.ambiguous, "whoever has it tried again wants it looked for first"


def test_two_postmen_post_each_row_once(desk: Desk) -> None:
    """Postmen in threads, as in several processes, share the rows and repeat none."""
    keys = [f"m{number:02}" for number in range(24)]
    for key in keys:
        desk.write(key, ANA if key < "m12" else BEN)
    threads = [threading.Thread(target=drain, args=(desk.postman(),)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(each.text for person in (ANA, BEN) for each in desk.direct(person)) == keys
    assert len(desk.slack.calls_of("chat.postMessage")) == len(keys)


def test_a_slow_worker_does_not_write_over_the_next_one(desk: Desk) -> None:
    """Whoever outlives the lease may neither send nor settle any more."""
    message_id = desk.write("hello")
    slow = Ledger(desk.store, desk.clock)
    claimed = slow.claim_post(())
    assert claimed is not None
    desk.clock.forward(31)
    drain(desk.postman())
    with pytest.raises(Exception, match=f"message {message_id}"):
        slow.mark(claimed)
    assert desk.row(message_id).state is MessageState.SENT


def test_a_client_that_retries_by_itself_is_refused(desk: Desk) -> None:
    """The SDK's own retries post twice, so a postman does not start with them."""
    with pytest.raises(ValueError, match="retry_handlers"):
        Postman(desk.store, WebClient(token="x"), desk.draw, desk.clock)
