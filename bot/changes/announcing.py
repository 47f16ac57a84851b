"""The head of the audit trail, told once a day where no hand that could cut the trail's end can reach it.

A chain shows what was altered inside it, but not that its end is gone: that takes a head that somebody kept.
It must never be told from memory when the last announcement was: the trail itself says so, to any number of
processes and after any restart.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from bot.changes import tell
from bot.changes.context import Context
from bot.changes.force import readable_policy
from bot.changes.moving import SYSTEM
from storage import audit
from storage.queries import record

SUBJECT = "audit"
ANNOUNCED = "audit:announce"

log = structlog.get_logger(__name__)


def announce_head(context: Context, *, now: datetime) -> audit.Head | None:
    """Tell the head to the log, and to the policy's channel if it names one; None where today's is told.

    A day is a day of UTC. The announcement is a row of the trail as well, so that the next head covers it.
    """
    with context.reading() as session:
        if not _is_due(session, now):
            return None
    with context.transaction() as session:
        if not _is_due(session, now):
            return None
        head = audit.head(session)
        policy = readable_policy(session)
        channel = policy.audit_channel if policy else None
        audit.append(
            session, ANNOUNCED, SUBJECT, actor=SYSTEM, now=now, row=head.id, head=head.digest, channel=channel
        )
        if channel:
            key = f"audit_head:{now:%Y-%m-%d}"
            tell.post(
                session, key, "audit_head", channel, now=now, redrawn=False, row=head.id, digest=head.digest
            )
        # Before the commit: said twice is harmless, and after it a death would leave the day without.
        log.info("audit head", row=head.id, digest=head.digest)
        return head


def _is_due(session: Session, now: datetime) -> bool:
    """Whether nothing was announced today. A clock that was put back announces nothing again."""
    last = record.newest_audit_row(session, SUBJECT, ANNOUNCED)
    return last is None or last.at.date() < now.date()
