"""Two apps on one database, both at work: each message is posted once, each pointer is moved once."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bot.sandbox.serving import listening, serving
from storage.engine import Store
from tests.app import local_app
from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.release.story import HIGH, LOW, approved, live, roll_back
from tests.scenario.town import Town, running_town, words
from tests.scenario.waiting import something_waits


class Pair(Town):
    """A town with two apps: whoever acts meets one and then the other. ``settle`` waits for both."""

    addresses: list[str]

    def settle(self) -> None:
        """Wait until nothing is left to do, and let the other app answer what comes next."""
        until = time.monotonic() + 30
        while something_waits(self.app.store, self.moment()):
            assert time.monotonic() < until, "something was still due"
            time.sleep(0.01)
        self.addresses.reverse()
        self.workspace.deliver_to(self.addresses[0])


@pytest.fixture
def pair(tmp_path: Path, database: str) -> Iterator[Pair]:
    """The usual app and a second one, each with a store of its own on the same database."""
    with running_town(tmp_path, database=database) as town, overhearing(town), ExitStack() as stack:
        store = Store.open(town.database)
        stack.callback(store.close)
        second = local_app(store, town.workspace.base_url, repositories=tmp_path, now=town.moment)
        url = stack.enter_context(serving(second.edge(), stack.enter_context(listening())))
        both = Pair(town.workspace, town.app, town.repository, town.moment, town.database)
        both.addresses = [str(town.workspace.delivery.request_url), f"{url}/slack/events"]
        for app in (town.app, second):
            app.outbox.start()
            stack.callback(app.outbox.stop)
        yield both
        both.settle()
        assert_in_order(town)


def test_two_processes_share_the_work_and_do_it_once(pair: Pair) -> None:
    """Low, high in two stages, and two rollbacks: one commit a move, one post a message."""
    old = {prompt.path: pair.live_text(prompt.path) for prompt in (LOW, HIGH)}
    before = pair.commits()
    live(pair, LOW, "at most five bullet points")
    live(pair, HIGH, "a refund of up to $100")
    assert pair.commits() == before + 2
    roll_back(pair, 1)
    roll_back(pair, 2)
    assert pair.commits() == before + 4
    assert {path: pair.live_text(path) for path in old} == old
    assert "Rolled back: PC-2" in words(pair.message("rollback", change=2))
    posted = Counter(
        call.args["metadata"]["event_payload"]["key"]
        if isinstance(call.args["metadata"], dict)
        else call.args["metadata"]
        for call in pair.workspace.calls_of("chat.postMessage")
        if call.ok
    )
    assert len(posted) > 30
    assert posted.most_common(1)[0][1] == 1


def test_many_approved_changes_are_deployed_once_each(pair: Pair) -> None:
    """Both apps are asked for the same deployment."""
    number = approved(pair, LOW, "at most five bullet points")
    before, card = pair.commits(), pair.card(number)
    for who in ("U0DEV", "U0PAUL", "U0MIRA", "U0DEV"):
        pair.addresses.reverse()
        pair.workspace.deliver_to(pair.addresses[0])
        assert pair.person(who, hostile=True).click(card, "deploy").ok
    pair.settle()
    assert pair.commits() == before + 1
    assert len(pair.messages("live")) == 1
