"""Who had the right to what the audit trail says was done, by the seeded policy as it is written.

Read from the policy's text and the seeded people, and never from the code that decides.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml
from sqlmodel import Session, select

from bot.sandbox.seed import GROUPS, PEOPLE
from storage.models import Account, AuditRow, Change, Release, Rollback, Touch

FULL = {
    who
    for who, known in PEOPLE.items()
    if not (known.get("is_restricted") or known.get("deleted") or known.get("is_stranger"))
} | {"U0NEW"}
ADDRESSES = {
    str(known.get("email") or f"{str(known['real_name']).split()[0].lower()}@example.com"): who
    for who, known in PEOPLE.items()
}
FOLLOWS = {
    "change:in_review", "change:approved", "change:changes_requested", "change:rejected", "change:releasing",
    "change:live", "change:superseded", "change:rolled_back", "drift:restored", "drift:adopted",
}  # fmt: skip
"""What a decision leads to; its own row says who decided."""


@dataclass
class Rights:
    """The lists of the policy, resolved to Slack ids."""

    policy: dict[str, Any]
    groups: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> "Rights":
        """From the policy's text and the groups as they are seeded; Dev has left the peers in the end."""
        return cls(yaml.safe_load(text), {name: set(members) for name, (_, _, members) in GROUPS.items()})

    def holders(self, names: Any, lane: str) -> set[str]:
        """Everybody for whom a name on a list stands."""
        listed = names.get(lane, []) if isinstance(names, dict) else names
        found: set[str] = set()
        for name in listed:
            found |= self.groups.get(name, {ADDRESSES.get(name, name)})
        return found & FULL

    def list_of(self, workflow: str, list_: str, lane: str) -> set[str]:
        """Who is on a list of a workflow; the policy's own workflow is its owners'."""
        if workflow == "release-policy":
            return self.holders(self.policy["policy_owners"], lane)
        return self.holders(self.policy["workflows"][workflow][list_], lane)

    def had(self, session: Session, row: AuditRow) -> bool:
        """Whether the acting person had the right to what this row says."""
        if row.verb in FOLLOWS:
            return True
        if row.verb in ("change:draft", "drift:adopt"):
            return row.actor in FULL
        if row.verb == "rollback:acknowledge":
            return self._was_asked(row)
        change = _change(session, row)
        return row.actor in self._able(session, row, change, change.lane or "high")

    def _able(self, session: Session, row: AuditRow, change: Change, lane: str) -> set[str]:
        """Everybody who had it."""
        writers = _writers(session, change)
        match row.verb.split(":"):
            case ["vote", _] | ["evidence", "attest"]:
                return self.list_of(change.workflow, "approve", lane) - writers
            case ["change", "lane"]:
                owners = self.holders(self.policy["policy_owners"], lane)
                return owners | self.list_of(change.workflow, "approve", lane)
            case ["change", "submit"]:
                return self.list_of(change.workflow, "approve", lane) | writers | {change.submitter}
            case ["change", "withdrawn"]:
                return {change.submitter}
            case ["release", "start" | "advance" | "restore" | "restore_confirmed"]:
                return self.list_of(change.workflow, "deploy", lane) - (writers if lane == "high" else set())
            case ["release", "roll_back"] | ["rollback", "anyway"] | ["drift", "put_back"]:
                return self.list_of(change.workflow, "roll_back", lane)
            case ["rollback", "reason"]:
                by = _who_rolled_back(session, row)
                return self.list_of(change.workflow, "roll_back", lane) | by
        return set()

    def _was_asked(self, row: AuditRow) -> bool:
        groups = {name for name, members in self.groups.items() if row.actor in members}
        addresses = {address for address, who in ADDRESSES.items() if who == row.actor}
        return set(row.data["for_"]) <= {row.actor} | groups | addresses


def _change(session: Session, row: AuditRow) -> Any:
    """The change as it was before; a release that this very act began is not there yet."""
    number = int(row.subject.partition("-")[2])
    if row.subject.startswith("R-"):
        number = row.data.get("change") or session.get_one(Release, number).change_id
    return session.get_one(Change, number)


def _writers(session: Session, change: Change) -> set[str]:
    """Every account of those who wrote any of it."""
    statement = select(Account.slack_id).join(Touch, Touch.person_id == Account.person_id)  # type: ignore[arg-type]
    return set(session.exec(statement.where(Touch.change_id == change.id)))


def _who_rolled_back(session: Session, row: AuditRow) -> set[str]:
    release = int(row.subject.partition("-")[2])
    return set(session.exec(select(Rollback.by).where(Rollback.release_id == release)))
