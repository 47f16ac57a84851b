"""A naive second opinion: may this change be released at this moment? Asked of the bare rows.

It shares no code with the product: rights are read from the policy's text, votes from the audit trail, who
touched a change from the authors of its revisions. It must never be made to agree by calling what it judges.
"""

from typing import Any

import yaml
from sqlmodel import Session, col, select

from storage.models import (
    Account,
    AuditRow,
    Change,
    EmailPin,
    Evidence,
    GroupMember,
    PolicyInForce,
    PolicyVersion,
    Revision,
)

QUORUM = {"low": 1, "medium": 1, "high": 2}
CASES = {"low": (20, 0.95), "medium": (20, 0.95), "high": (50, 0.98)}


def why_not(session: Session, change_id: int) -> str:
    """Why nobody may release this change now; empty where its quorum and its gate hold."""
    change = session.get_one(Change, change_id)
    revision = session.exec(
        select(Revision).where(Revision.change_id == change_id, Revision.number == change.revision)
    ).one()
    lane = change.lane.value if change.lane else "high"
    policy = _policy(session)
    named = _people(session, policy["workflows"][change.workflow].get("approve", {}), lane)
    writers = {
        session.get_one(Account, each.author).person_id
        for each in session.exec(select(Revision).where(Revision.change_id == change_id))
    }
    decisions = _decisions(session, change_id, revision.review_digest)
    against = [person for person, row in decisions.items() if person in named and row.verb != "vote:approve"]
    if against:
        return f"{against} decided otherwise"
    good = {
        person
        for person, row in decisions.items()
        if row.verb == "vote:approve" and person in named - writers and _is_formal(row, lane)
    }
    quorum = policy.get("lanes", {}).get(lane, {}).get("approvals", QUORUM[lane])
    if len(good) < quorum:
        return f"{len(good)} of {quorum} approve"
    gate = lane != "low" or change.gate_required
    return "" if not gate or _has_passed(session, revision.content_digest, change_id, lane) else "no result"


def _policy(session: Session) -> Any:
    pointer = session.get_one(PolicyInForce, 1)
    return yaml.safe_load(session.get_one(PolicyVersion, pointer.version_id).text)


def _people(session: Session, holders: Any, lane: str) -> set[int]:
    """The persons whom a list names in a lane, as long as they are active members."""
    names = holders if isinstance(holders, list) else holders.get(lane, [])
    found: set[int] = set()
    for name in names:
        for slack_id in _accounts(session, name):
            account = session.get(Account, slack_id)
            if account and account.active and account.kind.value == "member":
                found.add(account.person_id)
    return found


def _accounts(session: Session, name: str) -> list[str]:
    if "@" in name:
        pin = session.get(EmailPin, name)
        return [pin.slack_id] if pin else []
    if name.startswith("S"):
        return list(session.exec(select(GroupMember.slack_id).where(GroupMember.group_id == name)))
    return [name]


def _decisions(session: Session, change_id: int, digest: str) -> dict[int, AuditRow]:
    """The latest decision of each person on exactly this digest since the change was last submitted."""
    trail = session.exec(
        select(AuditRow).where(AuditRow.subject == f"PC-{change_id}").order_by(col(AuditRow.id))
    )
    found: dict[int, AuditRow] = {}
    for row in trail:
        if row.verb == "change:submit":
            found.clear()
        if row.verb.startswith("vote:") and row.data["review_digest"] == digest:
            found[row.data["person"]] = row
    return found


def _is_formal(row: AuditRow, lane: str) -> bool:
    """In the high lane an approval is a sentence on what was checked."""
    return lane != "high" or bool(row.data["statement"].strip())


def _has_passed(session: Session, digest: str, change_id: int, lane: str) -> bool:
    """The latest result on exactly this content; the machine knows one test set only."""
    results = session.exec(
        select(Evidence).where(Evidence.change_id == change_id).order_by(col(Evidence.id).desc())
    )
    last = next((each for each in results if each.content_digest == digest), None)
    cases, rate = CASES[lane]
    if last is None or last.newly_failing:
        return False
    if lane == "high" and last.scored_by_people:
        cases = 20
    return last.total >= cases and last.passed / last.total >= rate
