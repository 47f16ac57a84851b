"""The app as a real process that somebody kills: one life, from the database to the port, and the next.

A process whose only task is to fork has imported everything once and runs no thread (the standard library's
fork server), so that a life costs a fork and what the app itself does at its start. A life must never end in
any way but SIGKILL.
"""

import http.client
import multiprocessing
import time
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from bot import logs
from storage import migrate
from storage.engine import Store
from tests.app import local_app

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

LONGER_THAN_A_LEASE = 61.0
"""Seconds that pass between two lives, so that what the dead one had claimed is free again."""
READY_SECONDS = 60.0

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])


class Clock:
    """The time that Slack and every life of the app see: the machine's, and further after each death."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.ahead

    def now(self) -> datetime:
        """The same as a moment."""
        return datetime.fromtimestamp(self(), UTC)


def live(folder: Path, slack_url: str, port: int, ahead: float) -> None:
    """Serve until killed."""
    logs.set_up("CRITICAL")
    store = Store.open(f"sqlite:///{folder / 'app.db'}")
    migrate.upgrade(store)
    app = local_app(
        store,
        slack_url,
        repositories=folder,
        now=lambda: datetime.now(UTC) + timedelta(seconds=ahead),
    )
    app.start()
    edge = app.edge(now=lambda: time.time() + ahead)
    uvicorn.run(edge, host="127.0.0.1", port=port, log_config=None, access_log=False, lifespan="off")


class Lives:
    """One process after another on the same database and port."""

    def __init__(self, folder: Path, slack_url: str, port: int, clock: Clock) -> None:
        self._folder, self._slack_url, self._port, self._clock = folder, slack_url, port, clock
        self._process: BaseProcess | None = None
        self.ready_after: list[float] = []
        """How long each life took from the fork until it called itself ready, in seconds."""
        self.deaths = 0

    def begin(self) -> None:
        """Fork the next one."""
        life = (self._folder, self._slack_url, self._port, self._clock.ahead)
        self._process = _forks.Process(target=live, args=life, daemon=True)
        self._began = time.perf_counter()
        self._process.start()

    def become_ready(self) -> None:
        """Wait until it says that database, clock and outbox are well."""
        until = self._began + READY_SECONDS
        while not self._is_ready():
            assert time.perf_counter() < until, "a life never became ready"
            time.sleep(0.002)
        self.ready_after.append(time.perf_counter() - self._began)

    def kill(self, slack_is_quiet: Callable[[], None]) -> None:
        """SIGKILL. What Slack was still doing for it comes to its end, and then time has passed."""
        assert self._process is not None
        self._process.kill()
        self._process.join()
        slack_is_quiet()
        self.deaths += 1
        self._clock.ahead += LONGER_THAN_A_LEASE

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        with closing(connection), suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        return False
