"""The two servers that the towns of a test use one after another."""

from collections.abc import Iterator

import pytest

from bot import logs
from tests.crash.town import Addresses, addresses


@pytest.fixture(scope="session")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """Addresses that stay while towns come and go."""
    logs.set_up("CRITICAL")  # what fails here is meant to
    with addresses(tmp_path_factory.mktemp("crash")) as found:
        yield found
