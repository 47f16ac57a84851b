"""Changes and what was said of them.

The statements that every click needs are built once: building one costs more than running it.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, update
from sqlalchemy import select as select_rows
from sqlmodel import Session, SQLModel, col, select

from storage.models import Ask, Change, Evidence, Revision, Touch, Vote
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

_of_change: BindParameter[int] = bindparam("of_change")
_OF_REVISION = (
    select_rows(Revision, Change)
    .join(Change, col(Change.id) == col(Revision.change_id))
    .where(col(Revision.id) == bindparam("revision_id"))
    .with_for_update(of=Change)
    .execution_options(populate_existing=True)
)
_COUNTING = select_rows(Vote).where(
    col(Vote.change_id) == _of_change,
    col(Vote.review_digest) == bindparam("digest"),
    col(Vote.counting).is_(True),
)
_TOUCHES = select_rows(Touch).where(col(Touch.change_id) == _of_change).order_by(col(Touch.at))
_EVIDENCE = select_rows(Evidence).where(col(Evidence.change_id) == _of_change).order_by(col(Evidence.id))

_votes = SQLModel.metadata.tables[str(Vote.__tablename__)]
_CAST = insert(_votes)
_SUPERSEDE = (
    update(_votes)
    .where(
        _votes.c.change_id == _of_change,
        _votes.c.review_digest == bindparam("digest"),
        _votes.c.person_id == bindparam("person"),
        _votes.c.counting.is_(True),
    )
    .values(counting=False)
)


def change(session: Session, change_id: int, *, lock: bool = False) -> Change | None:
    """One change. ``lock``: nobody else may alter it until the transaction ends (Postgres)."""
    return session.get(Change, change_id, with_for_update=lock or None)


def revision(session: Session, revision_id: int) -> Revision | None:
    """One revision by its id."""
    return session.get(Revision, revision_id)


def of_revision(session: Session, revision_id: int) -> tuple[Change, Revision] | None:
    """A revision by its id with its change, which nobody else may alter until the transaction ends."""
    found = session.execute(_OF_REVISION, {"revision_id": revision_id}).first()
    return (found.Change, found.Revision) if found else None


def current_revision(session: Session, change: Change) -> Revision | None:
    """The revision under review, or None in a draft that has none yet."""
    return session.exec(
        select(Revision).where(Revision.change_id == change.id, Revision.number == change.revision)
    ).first()


def votes(session: Session, change_id: int) -> list[Vote]:
    """Every decision on a change, oldest first, voided ones included."""
    return list(session.exec(select(Vote).where(Vote.change_id == change_id).order_by(col(Vote.id))))


def counting_votes(session: Session, change_id: int, review_digest: str) -> list[Vote]:
    """The latest decision of each person on this digest."""
    which = {"of_change": change_id, "digest": review_digest}
    return list(session.execute(_COUNTING, which).scalars())


def cast_vote(
    session: Session,
    *,
    change_id: int,
    review_digest: str,
    person_id: int,
    **columns: Any,  # noqa: ANN401  the columns' own types
) -> None:
    """Write a decision down. An earlier one of this person on this digest stays, but counts no more."""
    connection = session.connection()
    connection.execute(_SUPERSEDE, {"of_change": change_id, "digest": review_digest, "person": person_id})
    about = {"change_id": change_id, "review_digest": review_digest, "person_id": person_id}
    connection.execute(_CAST, {**about, **columns, "counting": True})


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


def touches(session: Session, change_id: int) -> list[Touch]:
    """Who wrote content, note or plan of a change."""
    return list(session.execute(_TOUCHES, {"of_change": change_id}).scalars())


def evidence(session: Session, change_id: int) -> list[Evidence]:
    """Every recorded result of a change, oldest first."""
    return list(session.execute(_EVIDENCE, {"of_change": change_id}).scalars())


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
