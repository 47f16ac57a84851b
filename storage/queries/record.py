"""Policy versions, messages and what was seen before."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from storage.models import AuditRow, Message, MessageState, PolicyInForce, PolicyVersion
from storage.prepared import Prepared

_TEXT_IN_FORCE = Prepared(
    select_rows(col(PolicyVersion.id), col(PolicyVersion.text)).join(
        PolicyInForce, col(PolicyInForce.version_id) == col(PolicyVersion.id)
    )
)

_PLACE_OF = Prepared(
    select_rows(col(Message.id), col(Message.recipient)).where(col(Message.key) == bindparam("key"))
)


def policy_in_force(session: Session) -> PolicyInForce | None:
    """Which policy version binds now; None before the very first start."""
    return session.get(PolicyInForce, 1)


def text_in_force(session: Session) -> tuple[int, str] | None:
    """Number and text of the policy version that binds now; None before the very first start."""
    return next(iter(_TEXT_IN_FORCE.rows(session)), None)


def policy_version(session: Session, version_id: int) -> PolicyVersion | None:
    """One policy version."""
    return session.get(PolicyVersion, version_id)


def policy_by_digest(session: Session, digest: str) -> PolicyVersion | None:
    """The version with exactly this text, if it was ever kept."""
    return session.exec(select(PolicyVersion).where(PolicyVersion.digest == digest)).first()


def policy_versions(session: Session, *, limit: int = 20) -> list[PolicyVersion]:
    """Kept versions, newest first."""
    return list(session.exec(select(PolicyVersion).order_by(col(PolicyVersion.id).desc()).limit(limit)))


def place_of(session: Session, key: str) -> tuple[int, str] | None:
    """Number and recipient of a message, by what it tells to whom."""
    return next(iter(_PLACE_OF.rows(session, key=key)), None)


def messages_of_rollback(session: Session, rollback_id: int) -> list[Message]:
    """What was told of a reversal, in the order of the telling."""
    statement = select(Message).where(Message.rollback_id == rollback_id).order_by(col(Message.id))
    return list(session.exec(statement))


def audit_rows(session: Session, subjects: Sequence[str]) -> list[AuditRow]:
    """The trail of these subjects (PC-42, R-7), oldest first."""
    statement = select(AuditRow).where(col(AuditRow.subject).in_(subjects)).order_by(col(AuditRow.id))
    return list(session.exec(statement))


def newest_audit_row(session: Session, subject: str, verb: str) -> AuditRow | None:
    """The last time that this happened to this."""
    statement = select(AuditRow).where(AuditRow.subject == subject, AuditRow.verb == verb)
    return session.exec(statement.order_by(col(AuditRow.id).desc()).limit(1)).first()


def undelivered(session: Session) -> int:
    """How many messages Slack will never take."""
    statement = (
        select(func.count())
        .select_from(Message)
        .where(Message.state == MessageState.PARKED, col(Message.ts).is_(None))
    )
    return session.exec(statement).one()
