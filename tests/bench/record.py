"""After the clicks: what the database holds of them. Each must be there once, and the chain must verify."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from storage import audit
from storage.engine import Store
from storage.models import AuditRow, Vote
from tests.bench.clicks import Click


class NotOnRecordError(Exception):
    """An answered click is missing, or is there twice, or the audit trail does not verify."""


def check(store: Store, clicks: Collection[Click]) -> None:
    """Raises NotOnRecordError unless each click has one counting vote and one audit row of its own."""
    due = Counter((each.subject, each.person) for each in clicks)
    with store.reading() as session:
        votes = session.execute(
            select(col(Vote.change_id), col(Vote.slack_id)).where(col(Vote.counting).is_(True))
        )
        cast = Counter((f"PC-{change_id}", person) for change_id, person in votes)
        rows = session.execute(
            select(col(AuditRow.subject), col(AuditRow.actor)).where(col(AuditRow.verb) == "vote:approve")
        )
        told = Counter((subject, actor) for subject, actor in rows)
        verified = audit.verify(session)
    for what, found in (("votes", cast), ("audit rows", told)):
        if found != due:
            raise NotOnRecordError(f"{len(due - found)} {what} are missing, {len(found - due)} are too many")
    if isinstance(verified, audit.Broken):
        raise NotOnRecordError(f"audit row {verified.id}: {verified.problem}")
