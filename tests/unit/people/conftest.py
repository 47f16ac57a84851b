"""The office that the tests of people take place in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from office import Office

from bot.sandbox.server import running
from bot.sandbox.workspace import Workspace
from storage.engine import Store


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Give an office that knows nobody yet."""
    store, slack = Store.open(f"sqlite:///{tmp_path / 'test.db'}"), Workspace()
    with running(slack) as url:
        yield Office(store, slack, url)
    slack.close()
    store.close()
