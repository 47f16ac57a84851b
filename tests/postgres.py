"""A real PostgreSQL for tests: Debian's own server, in a temporary folder, reached by a socket in it.

It listens on no port, syncs to the disk as in production, and is gone after the tests. Each test gets a
database of its own, copied from one that was migrated once. It must never touch somebody else's server.
"""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from storage import migrate
from storage.engine import Store

BINARIES = "/usr/lib/postgresql"
PACKAGE = "postgresql"
PATIENCE = 30.0
USER = "tests"
TEMPLATE = "migrated"
CONNECTIONS = 200
_UNPRIVILEGED = "postgres"


class Postgres:
    """One running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)

    def url(self, database: str) -> str:
        """Where SQLAlchemy finds a database of this server."""
        return f"postgresql+psycopg://{USER}@/{database}?host={self._folder}"

    @contextmanager
    def fresh(self, *, migrated: bool = True) -> Iterator[str]:
        """A database of its own, with today's schema or with nothing: its URL. It is dropped at the end."""
        name = f"test_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE if migrated else 'template0'}")
        try:
            yield self.url(name)
        finally:
            self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def run(self, statement: str) -> None:
        """One statement outside any test's database."""
        with self._connect() as connection:
            connection.execute(statement.encode())

    def make_template(self) -> None:
        """Migrate once what every test gets a copy of."""
        self.run(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        store = Store.open(self.url(TEMPLATE))
        migrate.upgrade(store)
        store.close()

    def wait_until_ready(self, server: subprocess.Popen[bytes]) -> None:
        """Raises RuntimeError for a server that ended, or that does not answer for long."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and server.poll() is None:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"PostgreSQL did not start: {(self._folder / 'log').read_text()[-2_000:]}")

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(host=str(self._folder), user=USER, dbname="postgres", autocommit=True)


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL that is installed, or None."""
    found = [each.parent for each in Path(BINARIES).glob("*/bin/initdb")]
    return max(found, key=lambda each: float(each.parent.name), default=None)


@contextmanager
def running(programs: Path) -> Iterator[Postgres]:
    """A server for as long as the block lasts. It refuses to run as root, so then another user runs it."""
    # Not among pytest's temporary folders, which only their own user may enter.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data, somebody = folder / "data", _UNPRIVILEGED if os.geteuid() == 0 else None
    try:
        if somebody:
            shutil.chown(folder, somebody, somebody)
        with (folder / "log").open("wb") as log:
            _made(programs, data, somebody, log.fileno())
            with _served(programs, data, somebody, log.fileno()) as server:
                found = Postgres(folder)
                found.wait_until_ready(server)
                found.make_template()
                yield found
    finally:
        shutil.rmtree(folder)


def _made(programs: Path, data: Path, somebody: str | None, log: int) -> None:
    # Who may enter the folder may enter the server; nobody else can reach its socket.
    wishes = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync"]
    subprocess.run(
        [programs / "initdb", "-D", data, *wishes],
        check=True,
        stdout=log,
        stderr=log,
        cwd="/",
        **_as(somebody),
    )


@contextmanager
def _served(
    programs: Path, data: Path, somebody: str | None, log: int
) -> Iterator["subprocess.Popen[bytes]"]:
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": data.parent,
        "max_connections": CONNECTIONS,
    }
    words = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, *words], stdout=log, stderr=log, cwd="/", **_as(somebody)
    )
    try:
        yield server
    finally:
        server.send_signal(signal.SIGINT)  # "fast": connections are closed, and it ends in order
        server.wait(PATIENCE)


def _as(somebody: str | None) -> dict[str, object]:
    return {"user": somebody, "group": somebody, "extra_groups": []} if somebody else {}
