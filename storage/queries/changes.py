"""Changes and what was said of them.

The statements that every click needs are built once, because building one costs more than running it, and
what they find is plain values, because an entity costs more than its row.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, update
from sqlalchemy import select as select_rows
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, SQLModel, col, select

from storage.models import Ask, Change, Evidence, Revision, Touch, Vote
from storage.prepared import Prepared
from storage.queries.brief import ChangeInBrief
from storage.vocabulary import Decision, State

OPEN = (
    State.IN_REVIEW,
    State.CHANGES_REQUESTED,
    State.STALE,
    State.APPROVED,
    State.SCHEDULED,
    State.RELEASING,
    State.FAILED,
)


@dataclass(frozen=True, slots=True)
class Writer:
    """An account that wrote content, note or plan of a change, and the person behind it."""

    person_id: int
    slack_id: str


@dataclass(frozen=True, slots=True)
class Cast:
    """A decision that counts: the latest one of its person on a digest."""

    id: int
    person_id: int
    slack_id: str
    decision: Decision
    statement: str
    marks: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Result:
    """A recorded evaluation result."""

    content_digest: str
    suite: str
    total: int
    passed: int
    newly_failing: int
    scored_by_people: bool
    link: str
    attested_by: str
    at: datetime


_changes, _votes, _touches, _evidence = (
    SQLModel.metadata.tables[str(table.__tablename__)] for table in (Change, Vote, Touch, Evidence)
)
_of_change: BindParameter[int] = bindparam("of_change")
_OF_REVISION = (
    select_rows(Revision, Change)
    .join(Change, col(Change.id) == col(Revision.change_id))
    .where(col(Revision.id) == bindparam("revision_id"))
    .execution_options(populate_existing=True)
)
_COUNTING = Prepared(
    select_rows(*(_votes.c[field.name] for field in fields(Cast))).where(
        _votes.c.change_id == _of_change,
        _votes.c.review_digest == bindparam("digest"),
        _votes.c.counting.is_(True),
    )
)
_TOUCHES = Prepared(
    select_rows(_touches.c.person_id, _touches.c.slack_id)
    .where(_touches.c.change_id == _of_change)
    .order_by(_touches.c.at)
)
_EVIDENCE = Prepared(
    select_rows(*(_evidence.c[field.name] for field in fields(Result)))
    .where(_evidence.c.change_id == _of_change)
    .order_by(_evidence.c.id)
)
_NEXT_VERSION = Prepared(
    update(_changes).where(_changes.c.id == _of_change).values(version=_changes.c.version + 1)
)
_CAST = Prepared(insert(_votes), sets=[column.name for column in _votes.c if column.name != "id"])
_SUPERSEDE = Prepared(
    update(_votes)
    .where(
        _votes.c.change_id == _of_change,
        _votes.c.review_digest == bindparam("digest"),
        _votes.c.person_id == bindparam("person"),
        _votes.c.counting.is_(True),
    )
    .values(counting=False)
)


def change(session: Session, change_id: int) -> Change | None:
    """One change."""
    return session.get(Change, change_id)


def revision(session: Session, revision_id: int) -> Revision | None:
    """One revision by its id."""
    return session.get(Revision, revision_id)


def of_revision(session: Session, revision_id: int) -> tuple[Change, Revision] | None:
    """A revision by its id with its change."""
    found = session.execute(_OF_REVISION, {"revision_id": revision_id}).first()
    return (found.Change, found.Revision) if found else None


def whole(session: Session, change: Change | ChangeInBrief) -> Change:
    """The row of a change, which can be altered."""
    return change if isinstance(change, Change) else session.get_one(Change, change.id)


def next_version(session: Session, change: Change | ChangeInBrief) -> None:
    """The cards of this change are behind now. Every click does this, so it goes past the unit of work."""
    _NEXT_VERSION.rows(session, of_change=change.id)
    if isinstance(change, Change):
        set_committed_value(change, "version", change.version + 1)


def current_revision(session: Session, change: Change) -> Revision | None:
    """The revision under review, or None in a draft that has none yet."""
    return session.exec(
        select(Revision).where(Revision.change_id == change.id, Revision.number == change.revision)
    ).first()


def votes(session: Session, change_id: int) -> list[Vote]:
    """Every decision on a change, oldest first, voided ones included."""
    return list(session.exec(select(Vote).where(Vote.change_id == change_id).order_by(col(Vote.id))))


def counting_votes(session: Session, change_id: int, review_digest: str) -> list[Cast]:
    """The latest decision of each person on this digest."""
    return [Cast(*row) for row in _COUNTING.rows(session, of_change=change_id, digest=review_digest)]


def supersede_vote(session: Session, change_id: int, review_digest: str, person_id: int) -> None:
    """This person's decision on this digest stays on record, and counts no more."""
    _SUPERSEDE.rows(session, of_change=change_id, digest=review_digest, person=person_id)


def cast_vote(session: Session, **columns: Any) -> None:  # noqa: ANN401  the columns' own types
    """Write down a decision that counts. Raises IntegrityError where another of that person counts too."""
    _CAST.rows(session, **columns, counting=True)


def revisions(session: Session, change_id: int) -> list[Revision]:
    """Every revision of a change, newest first."""
    statement = select(Revision).where(Revision.change_id == change_id).order_by(col(Revision.number).desc())
    return list(session.exec(statement))


def approval_of(session: Session, change_id: int, person_id: int, digests: Iterable[str]) -> Vote | None:
    """A person's newest approval of one of these review digests."""
    statement = (
        select(Vote)
        .where(
            Vote.change_id == change_id,
            Vote.person_id == person_id,
            Vote.decision == Decision.APPROVE,
            col(Vote.review_digest).in_(set(digests)),
        )
        .order_by(col(Vote.id).desc())
    )
    return session.exec(statement).first()


def touches(session: Session, change_id: int) -> list[Writer]:
    """Who wrote content, note or plan of a change."""
    return [Writer(*row) for row in _TOUCHES.rows(session, of_change=change_id)]


def evidence(session: Session, change_id: int) -> list[Result]:
    """Every recorded result of a change, oldest first."""
    return [Result(*row) for row in _EVIDENCE.rows(session, of_change=change_id)]


def asked(session: Session, change_id: int) -> list[str]:
    """Whom the submitter asked, by Slack id."""
    return list(session.exec(select(Ask.slack_id).where(Ask.change_id == change_id).order_by(Ask.slack_id)))


def open_changes(session: Session, workflow: str | None = None) -> list[Change]:
    """Changes on their way, newest first."""
    statement = select(Change).where(col(Change.state).in_(OPEN)).order_by(col(Change.id).desc())
    if workflow is not None:
        statement = statement.where(Change.workflow == workflow)
    return list(session.exec(statement))


def drafts_of(session: Session, slack_id: str) -> list[Change]:
    """A person's own drafts, newest first."""
    statement = select(Change).where(Change.submitter == slack_id, Change.state == State.DRAFT)
    return list(session.exec(statement.order_by(col(Change.id).desc())))


def changes_of(session: Session, slack_id: str, *, limit: int = 20) -> list[Change]:
    """A person's own changes, newest first."""
    statement = (
        select(Change).where(Change.submitter == slack_id).order_by(col(Change.id).desc()).limit(limit)
    )
    return list(session.exec(statement))


def changes_in(session: Session, workflow: str, *, limit: int = 50) -> list[Change]:
    """The changes of a workflow that were ever submitted, newest first."""
    statement = select(Change).where(Change.workflow == workflow, Change.state != State.DRAFT)
    return list(session.exec(statement.order_by(col(Change.id).desc()).limit(limit)))
