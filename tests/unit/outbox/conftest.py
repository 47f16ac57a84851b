"""The desk that the tests of the outbox sit at."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Bench
from desk import ANA, BEN, CHANNEL, Desk, HandClock
from sqlalchemy import event

from bot.sandbox.server import running
from bot.sandbox.workspace import Workspace
from storage.engine import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Give a database in a file. No power fails here, so that no commit waits for the disk."""
    store = Store.open(f"sqlite:///{tmp_path / 'test.db'}")
    event.listen(store.engine, "connect", _without_waiting)
    yield store
    store.close()


def _without_waiting(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def clock() -> HandClock:
    """Give a clock that stands still."""
    return HandClock()


@pytest.fixture
def desk(store: Store, clock: HandClock) -> Iterator[Desk]:
    """Give a desk; Ana and the app are in the channel, Ben is not."""
    slack = Workspace(clock=lambda: clock().timestamp())
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
