"""What every room of tests may ask for: a real PostgreSQL, and a database on either engine."""

import os
from collections.abc import Iterator

import pytest

from tests import postgres as server


@pytest.fixture(scope="session")
def postgres() -> Iterator[server.Postgres]:
    """A server for the whole run. Without its package the tests that need it are skipped, but not in CI."""
    programs = server.binaries()
    if programs is None:
        lacking = f"PostgreSQL is not installed. On Debian: apt-get install {server.PACKAGE}"
        if os.environ.get("CI"):
            pytest.fail(lacking)
        pytest.skip(lacking)
    with server.running(programs) as found:
        yield found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where rows are kept: "" for a SQLite file, and in the longer suites a database of Postgres as well."""
    if request.param == "sqlite":
        yield ""
    else:
        with request.getfixturevalue("postgres").fresh() as url:
            yield url
