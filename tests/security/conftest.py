"""The town of the stories, for attackers: what it logs is watched, and everything must be in order after."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import logs
from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.town import Town, running_town
from tests.security.entitled import Rights
from tests.security.recording import Story, recorded


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    """A fresh town; when the test is over, nothing may have failed or stuck in it."""
    with running_town(tmp_path) as found, overhearing(found):
        yield found
        assert_in_order(found)


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    """Log as the app does."""
    logs.set_up("WARNING")


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """One town and what Slack sent to it, for all attacks of a process."""
    folder = tmp_path_factory.mktemp("story")
    with running_town(folder) as town:
        yield town, recorded(town), Rights.of((folder / "policy.yml").read_text())
