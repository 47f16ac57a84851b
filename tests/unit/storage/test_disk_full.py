"""A disk that is full in the middle of a transaction: nobody is told success for what is not kept."""

import threading
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from storage.engine import Store

PAGES = 40
"""SQLite's own limit on the size of the file, so that it really says that it is full."""


def limited(connection: Any, _record: object) -> None:
    """Leave room for small rows only."""
    connection.execute(f"PRAGMA max_page_count = {PAGES}")


@pytest.fixture
def full(tmp_path: Any) -> Store:
    """A database with one table and hardly any room."""
    store = Store.open(f"sqlite:///{tmp_path / 'full.db'}")
    event.listen(store.engine, "connect", limited)
    with store.transaction() as session:
        session.execute(text("CREATE TABLE said (words TEXT)"))
    return store


def say(store: Store, words: str, began: threading.Event, go_on: threading.Event) -> None:
    """Write it in a transaction of one's own, that ends once it may."""
    with store.transaction() as session:
        session.execute(text("INSERT INTO said VALUES (:words)"), {"words": words})
        began.set()
        assert go_on.wait(10)


def heard(store: Store) -> list[str]:
    """What is kept."""
    with store.reading() as session:
        return [words for (words,) in session.execute(text("SELECT words FROM said ORDER BY words"))]


def test_who_writes_beside_a_full_disk_is_told(full: Store) -> None:
    """Two small writes and one too large at once: what was told as done is exactly what is kept."""
    began, go_on = threading.Event(), threading.Event()
    told: dict[str, bool] = {}

    def act(words: str, wait: threading.Event) -> None:
        try:
            say(full, words, began, wait)
        except Exception:  # noqa: BLE001  whatever it is, it is no success
            told[words[:5]] = False
        else:
            told[words[:5]] = True

    now = threading.Event()
    now.set()
    first = threading.Thread(target=act, args=("first", go_on))
    first.start()
    assert began.wait(10)
    others = [threading.Thread(target=act, args=(words, now)) for words in ("large" * 1_000_000, "third")]
    for each in others:
        each.start()
        each.join(0.2)  # it stands in the queue behind the first
    go_on.set()
    for each in (first, *others):
        each.join(20)
    assert told["large"] is False
    assert sorted(words for words, done in told.items() if done) == heard(full)


def test_after_a_full_disk_small_writes_go_on(full: Store) -> None:
    """The one that failed leaves nothing behind."""
    now = threading.Event()
    now.set()
    with pytest.raises(OperationalError, match="full"):
        say(full, "x" * 5_000_000, now, now)
    say(full, "small", now, now)
    assert heard(full) == ["small"]
