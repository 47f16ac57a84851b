"""A store on which one act after another is tried, and nothing is kept."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import Connection
from sqlmodel import Session

from storage.engine import Store


class Rehearsal(Store):
    """A store whose transactions are savepoints of one, which is taken back in the end."""

    def __init__(self, store: Store, connection: Connection) -> None:
        super().__init__(store.engine)
        self.connection = connection

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Kept until the rehearsal is over."""
        with (
            Session(
                self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
            ) as session,
            session.begin(),
        ):
            session.connection()  # begins the savepoint, for statements that go past the session too
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """The same rows."""
        with self.transaction() as session:
            yield session

    @property
    def written(self) -> int:
        """How many rows were written, since the connection was opened."""
        return int(self.connection.connection.driver_connection.total_changes)  # type: ignore[union-attr]

    @contextmanager
    def act(self) -> Iterator[None]:
        """Take back whatever is done in here."""
        savepoint = self.connection.begin_nested()
        yield
        savepoint.rollback()
