"""The desk that the tests of the outbox sit at."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import Bench
from desk import ANA, BEN, CHANNEL, Desk, HandClock

from bot.sandbox.server import running
from bot.sandbox.workspace import Workspace
from storage.engine import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a database in a file."""
    store = Store.open(f"sqlite:///{tmp_path / 'test.db'}")
    yield store
    store.close()


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that stands still."""
    return HandClock()


@pytest.fixture
def desk(store: Store, clock: HandClock) -> Iterator[Desk]:
    """Give a desk; Ana and the app are in the channel, Ben is not."""
    slack = Workspace()
    slack.add_user(ANA, "Ana Lopez", email="ana@example.com")
    slack.add_user(BEN, "Ben Okafor", email="ben@example.com")
    slack.add_channel(CHANNEL, "refunds", [ANA])
    slack.join(CHANNEL, slack.app.bot_user_id)
    with running(slack) as url:
        yield Desk(store, slack, url, clock)
    slack.close()


@pytest.fixture
def bench(store: Store, clock: HandClock) -> Bench:
    """Give a bench for moves, with one registry a workflow."""
    return Bench(store, clock)
