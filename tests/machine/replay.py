"""The rows as the audit trail alone tells them: read from its beginning, with nothing else to look at.

It must never look into another table: what the trail does not say cannot be proven later.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from bot.policy.lifecycle import TRANSITIONS
from storage.models import (
    Acknowledgement,
    AuditRow,
    Change,
    Evidence,
    PolicyInForce,
    Release,
    Revision,
    Rollback,
    Vote,
)
from storage.vocabulary import State

RELEASE_STATES = {"releasing", "live", "superseded", "rolled_back", "failed"}
STATES = {each.value for each in State}
VoteOnRecord = tuple[str, str, int, str, str, bool]


@dataclass
class Told:
    """What the trail says: each part as ``of_rows`` reads it from the tables."""

    changes: dict[str, dict[str, Any]] = field(default_factory=dict)
    releases: dict[str, dict[str, Any]] = field(default_factory=dict)
    votes: list[VoteOnRecord] = field(default_factory=list)
    evidence: list[tuple[str, str, int, int, str]] = field(default_factory=list)
    rollbacks: dict[int, dict[str, Any]] = field(default_factory=dict)
    acknowledged: set[tuple[int, str]] = field(default_factory=set)
    policy: int | None = None


def replay(rows: list[AuditRow]) -> Told:
    """Go through the trail. Fails where a transition is told that the life of a change does not have."""
    told = Told()
    for row in rows:
        subject, _, verb = row.verb.partition(":")
        match subject:
            case "change":
                _change(told, verb, row.subject, row.data)
            case "vote":
                _vote(told, verb, row)
            case "release" | "rollback":
                _release(told, subject, verb, row)
            case "evidence":
                data = row.data
                told.evidence.append(
                    (row.subject, data["content_digest"], data["total"], data["passed"], row.actor)
                )
            case "policy":
                told.policy = row.data["after"]
    return told


def _change(told: Told, verb: str, name: str, data: dict[str, Any]) -> None:
    if verb == "draft":
        assert name not in told.changes, f"{name} began twice"
        told.changes[name] = {"state": "draft", "revision": 0, "digest": None, "lane": None}
        return
    change = told.changes[name]
    if verb in STATES:
        assert change["state"] == data["before"], f"{name} was {change['state']}, not {data['before']}"
        assert State(verb) in TRANSITIONS[State(data["before"])], f"{name}: {data['before']} to {verb}"
        change["state"] = verb
        if "release" in data and verb in RELEASE_STATES:
            _release_follows(told, name, verb, f"R-{data['release']}")
    elif verb == "lane":
        assert change["lane"] == data["before"]
        change["lane"] = data["after"]
    elif verb in {"submit", "new_before"}:
        change |= {"revision": data["revision"], "digest": data["review_digest"], "lane": data["lane"]}
        if verb == "submit":
            told.votes = [(*each[:5], each[5] and each[0] != name) for each in told.votes]


def _release_follows(told: Told, change: str, state: str, release: str) -> None:
    if state == "releasing":
        assert release not in told.releases, f"{release} began twice"
        told.releases[release] = {"change": change}
    assert told.releases[release]["change"] == change
    told.releases[release]["state"] = state


def _vote(told: Told, decision: str, row: AuditRow) -> None:
    """The latest decision of a person on a digest counts; what was decided before stays on record."""
    data = row.data
    same = (row.subject, data["review_digest"], data["person"])
    told.votes = [(*each[:5], each[5] and each[:3] != same) for each in told.votes]
    told.votes.append((*same, decision, data["lane"], True))


def _release(told: Told, subject: str, verb: str, row: AuditRow) -> None:
    data = row.data
    if (subject, verb) == ("release", "roll_back"):
        told.rollbacks[data["rollback"]] = {"release": row.subject, "done": False, "to": data["to"]}
    elif (subject, verb) == ("release", "rolled_back"):
        # One by hand, past the app, is told once it was found: it has no beginning here.
        found = told.rollbacks.setdefault(data["rollback"], {"release": row.subject, "to": data["to"]})
        found["done"] = True
    elif (subject, verb) == ("rollback", "acknowledge"):
        told.acknowledged |= {(data["rollback"], each) for each in data["for_"]}
    elif (subject, verb) == ("release", "start"):
        told.releases[row.subject] |= {"old": data["old"], "new": data["new"]}


def of_rows(session: Session) -> Told:
    """The same, read from the tables."""
    told = Told()
    revisions = {(each.change_id, each.number): each.review_digest for each in session.exec(select(Revision))}
    for change in session.exec(select(Change)):
        told.changes[f"PC-{change.id}"] = {
            "state": change.state.value,
            "revision": change.revision,
            "digest": revisions.get((change.id or 0, change.revision)),
            "lane": change.lane.value if change.lane else None,
        }
    for release in session.exec(select(Release)):
        told.releases[f"R-{release.id}"] = {
            "change": f"PC-{release.change_id}",
            "state": release.state.value,
            "old": release.old_version,
            "new": release.new_version,
        }
    for vote in session.exec(select(Vote).order_by(col(Vote.id))):
        digest, person, decision = vote.review_digest, vote.person_id, vote.decision.value
        told.votes.append((f"PC-{vote.change_id}", digest, person, decision, vote.lane.value, vote.counting))
    for each in session.exec(select(Evidence).order_by(col(Evidence.id))):
        told.evidence.append(
            (f"PC-{each.change_id}", each.content_digest, each.total, each.passed, each.attested_by)
        )
    for rollback in session.exec(select(Rollback)):
        told.rollbacks[rollback.id or 0] = {
            "release": f"R-{rollback.release_id}",
            "done": rollback.done_at is not None,
            "to": rollback.to_version,
        }
    told.acknowledged = _acknowledged(session)
    told.policy = session.get_one(PolicyInForce, 1).version_id
    return told


def _acknowledged(session: Session) -> set[tuple[int, str]]:
    """Whoever rolled it back knows of it without confirming."""
    by = {each.id: each.by for each in session.exec(select(Rollback))}
    return {
        (each.rollback_id, each.principal)
        for each in session.exec(select(Acknowledgement))
        if each.acknowledged_at is not None and each.acknowledged_by != by[each.rollback_id]
    }
