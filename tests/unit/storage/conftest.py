"""A database file of its own for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import migrate
from storage.engine import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database with today's schema."""
    found = Store.open(f"sqlite:///{tmp_path / 'app.db'}")
    migrate.upgrade(found)
    yield found
    found.close()
