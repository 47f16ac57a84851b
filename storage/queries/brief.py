"""A change and a revision as far as a decision looks at them: plain values, in one read.

An approval reads these instead of the whole rows, whose texts may be long and whose entities cost more than
everything else that it reads. Nothing here can be altered: who moves a change's state takes its row.
"""

from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, SQLModel

from storage.models import Change, Revision
from storage.prepared import Prepared
from storage.vocabulary import Lane, State


@dataclass(frozen=True, slots=True)
class ChangeInBrief:
    """The columns of ``Change`` by the same names."""

    id: int
    workflow: str
    state: State
    submitter: str
    lane: Lane | None
    quorum: int
    gate_required: bool
    classification: dict[str, Any]
    revision: int
    needs_new_before: bool


@dataclass(frozen=True, slots=True)
class RevisionInBrief:
    """The columns of ``Revision`` by the same names."""

    id: int
    number: int
    content_digest: str
    review_digest: str
    rollback_plan: str
    stop_conditions: str


_changes, _revisions = (SQLModel.metadata.tables[str(each.__tablename__)] for each in (Change, Revision))
_OF_CHANGE = tuple(_changes.c[each.name] for each in fields(ChangeInBrief))
_OF_REVISION = tuple(_revisions.c[each.name] for each in fields(RevisionInBrief))
_BY_REVISION = Prepared(
    select(*_OF_CHANGE, *_OF_REVISION)
    .join_from(_revisions, _changes, _changes.c.id == _revisions.c.change_id)
    .where(_revisions.c.id == bindparam("revision_id"))
)


def of_revision(session: Session, revision_id: int) -> tuple[ChangeInBrief, RevisionInBrief] | None:
    """A revision by its id with its change."""
    for row in _BY_REVISION.rows(session, revision_id=revision_id):
        return ChangeInBrief(*row[: len(_OF_CHANGE)]), RevisionInBrief(*row[len(_OF_CHANGE) :])
    return None
