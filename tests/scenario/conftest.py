"""The town that every story is told in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from tests.scenario.town import Town, running_town


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A fresh town for one story, over HTTP."""
    with running_town(tmp_path) as found:
        yield found


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    """Log as the app does."""
    logs.set_up("WARNING")
