"""The company is built once for all cells of the matrix: each is taken back after it was tried."""

from collections.abc import Iterator

import pytest
from company import Company


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Every change in every state and lane."""
    built = Company(tmp_path_factory.mktemp("company"))
    yield built
    built.store.close()
