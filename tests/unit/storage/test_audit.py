"""The audit trail: what was tampered with is found and named."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from storage import audit
from storage.engine import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _fill(store: Store, rows: int = 5) -> audit.Head:
    with store.transaction() as session:
        for number in range(rows):
            audit.append(
                session,
                "vote:approve",
                f"PC-{number}",
                actor="U0ANA",
                now=NOW + timedelta(seconds=number),
                statement="Geprüft: “alles” 🙂",
                nested={"b": [1, 2.5, None], "a": True},
            )
        return audit.head(session)


def _tamper(store: Store, *statements: str) -> None:
    with store.transaction() as session:
        connection = session.connection()
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_no_{verb}"))
        for statement in statements:
            connection.execute(text(statement))


def _verify(store: Store, head: str | None = None) -> audit.Head | audit.Broken:
    with store.reading() as session:
        return audit.verify(session, expected_head=head)


def test_an_untouched_trail_verifies(store: Store) -> None:
    """The head that comes back is the newest row's."""
    head = _fill(store)
    assert _verify(store) == head
    assert head.id == 5


def test_an_empty_trail_verifies(store: Store) -> None:
    """Before the first row the head is the beginning."""
    assert _verify(store) == audit.Head(0, audit.BEGINNING)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'U0BEN'",
        "verb = 'vote:reject'",
        "subject = 'PC-9'",
        "data = '{}'",
        "at = '2026-03-01 12:00:09.000000'",
    ],
)
def test_an_altered_row_is_named(store: Store, change: str) -> None:
    """Every column is covered by the digest."""
    _fill(store)
    _tamper(store, f"UPDATE auditrow SET {change} WHERE id = 3")
    assert _verify(store) == audit.Broken(3, "its content was altered")


def test_a_removed_row_is_named(store: Store) -> None:
    """A gap is found where it begins."""
    _fill(store)
    _tamper(store, "DELETE FROM auditrow WHERE id = 3")
    assert _verify(store) == audit.Broken(4, "row 3 is missing")


def test_rows_that_changed_places_are_named(store: Store) -> None:
    """Order is part of what is recorded."""
    _fill(store)
    _tamper(
        store,
        "UPDATE auditrow SET id = 99 WHERE id = 2",
        "UPDATE auditrow SET id = 2 WHERE id = 3",
        "UPDATE auditrow SET id = 3 WHERE id = 99",
    )
    assert _verify(store) == audit.Broken(2, "it does not follow the row before it")


def test_a_cut_tail_shows_with_an_announced_head(store: Store) -> None:
    """Without the head a shorter trail is a trail; with it the cut is found."""
    head = _fill(store)
    _tamper(store, "DELETE FROM auditrow WHERE id >= 4")
    assert isinstance(_verify(store), audit.Head)
    assert isinstance(_verify(store, head.digest), audit.Broken)


def test_an_earlier_head_is_still_in_a_longer_trail(store: Store) -> None:
    """A head announced yesterday verifies today."""
    earlier = _fill(store)
    later = _fill(store)
    assert _verify(store, earlier.digest) == later


@pytest.mark.parametrize("statement", ["UPDATE auditrow SET actor = 'x'", "DELETE FROM auditrow"])
def test_the_database_itself_refuses_to_alter_the_trail(store: Store, statement: str) -> None:
    """Code of ours that forgot the rule is stopped by a trigger."""
    _fill(store)

    def alter() -> None:
        with store.transaction() as session:
            session.connection().execute(text(statement))

    with pytest.raises(IntegrityError, match="append-only"):
        alter()


def test_the_form_of_a_digest_is_a_contract() -> None:
    """A digest made today must be found equal in years; the form here follows the docstring by hand."""
    form = (
        '{"actor":"U0ANA","at":"2026-03-01T12:00:00.000000+00:00","data":{"a":"ü"},"id":1,'
        '"previous":"audit-v1:beginning","subject":"PC-1","verb":"vote:approve"}'
    )
    expected = "audit-v1:" + hashlib.sha256(form.encode()).hexdigest()
    assert expected == audit.row_digest(
        number=1,
        at=NOW,
        actor="U0ANA",
        verb="vote:approve",
        subject="PC-1",
        data={"a": "ü"},
        previous=audit.BEGINNING,
    )
