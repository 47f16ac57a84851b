"""A town for the rooms about many at once, and their logs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.town import Town, running_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A fresh town for one story. When the story is over, everything must be in order."""
    with running_town(tmp_path) as found, overhearing(found):
        yield found
        assert_in_order(found)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    """Log as the app does."""
    logs.set_up("ERROR")
