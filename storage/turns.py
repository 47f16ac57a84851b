"""SQLite has one writer at a time: the writers of one process take turns, and share a commit where they wait.

A commit waits for the disk, and nobody else can write meanwhile; at a thousand clicks that wait is most of
the time. So whoever comes to the end of a block while others wait leaves the commit to the last of them. Each
block stands behind a savepoint of its own, and one that fails takes only itself back. No thread may ever go
on from its block before the commit that holds it is on the disk.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy.engine import Connection, Engine
from sqlmodel import Session

MOST = 16
"""Blocks that share one commit: the first of them waits no longer than the others take."""
PATIENCE_SECONDS = 1.0
"""After so long somebody looks whether the one who was to commit ever came."""


class NotCommittedError(RuntimeError):
    """The commit that this block shared with others failed, and nothing of it is kept."""


class _Shared:
    """One transaction of the database, and the blocks in it."""

    def __init__(self, engine: Engine) -> None:
        self._resources = ExitStack()
        self.connection: Connection = self._resources.enter_context(
            engine.connect().execution_options(writes=True)
        )
        try:
            self._transaction = self.connection.begin()
        except BaseException:
            self._resources.close()
            raise
        self.blocks = 0
        self.ended = threading.Event()
        self.problem: BaseException | None = None

    @contextmanager
    def block(self) -> Iterator[Session]:
        """A session for one block, behind a savepoint. If it fails, it alone is taken back."""
        self.blocks += 1
        with (
            Session(
                bind=self.connection,
                expire_on_commit=False,
                autoflush=True,
                join_transaction_mode="create_savepoint",
            ) as session,
            session.begin(),
        ):
            yield session

    @property
    def is_open(self) -> bool:
        """Whether there is still something to commit."""
        return self._transaction.is_active

    def end(self) -> None:
        """Commit, and let everyone go who waits for it. Raises what the database raises."""
        try:
            if self.is_open:
                self._transaction.commit()
        except BaseException as error:
            self.problem = error
            raise
        finally:
            self._resources.close()
            self.ended.set()


class Turns:
    """``transaction()`` for the threads of one process on one SQLite database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # SQLite's own wait for the write lock is unfair: at 50 clients p99 was 899 ms, with this lock 126 ms.
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._waiting = 0
        self._open: _Shared | None = None

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session that nobody else writes beside. What it wrote is on the disk when the block is left."""
        shared = self._take()
        try:
            with shared.block() as session:
                yield session
        except BaseException:
            self._pass_on(shared)
            raise
        if not self._pass_on(shared):
            self._wait(shared)

    def _take(self) -> _Shared:
        """Wait for one's turn, and go on with the transaction that is open or begin one."""
        with self._counting:
            self._waiting += 1
        self._turn.acquire()
        with self._counting:
            self._waiting -= 1
        try:
            self._open = self._open or _Shared(self._engine)
        except BaseException:
            self._turn.release()
            raise
        return self._open

    def _pass_on(self, shared: _Shared) -> bool:
        """Give up one's turn: leave the commit to those who wait, or make it. Says whether it was made."""
        try:
            if shared.is_open and self._waiting and shared.blocks < MOST:
                return False
            self._open = None
            shared.end()
            return True
        finally:
            self._turn.release()

    def _wait(self, shared: _Shared) -> None:
        while not shared.ended.wait(PATIENCE_SECONDS):
            with self._turn:
                if self._open is shared:
                    self._open = None
                    shared.end()
        if shared.problem is not None:
            raise NotCommittedError("the commit failed") from shared.problem
