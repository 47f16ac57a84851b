"""Logs for the rooms about many at once."""

import pytest

from bot import logs


@pytest.fixture(autouse=True, scope="session")
def _quiet_logs() -> None:
    """Log as the app does."""
    logs.set_up("ERROR")
