"""Asking the policy for a change's lane and gate, and writing the answer on the change."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.changes.binding import policies_binding, versions_of
from bot.changes.revisions import settings_of
from bot.policy.classify import Classification, History, Reason, classify
from bot.policy.model import Policy
from bot.policy.signals import Signal
from bot.policy.stricter import strictest
from storage.models import Change, Revision
from storage.queries import releases
from storage.vocabulary import Impact, Kind, Lane


def history_of(session: Session, policy: Policy, workflow: str, *, now: datetime) -> History:
    """What went wrong on a workflow of late. Reports are counted once they can be made."""
    since = now - timedelta(seconds=policy.gates.history.within.total_seconds())
    return History(rollbacks=releases.rollbacks_since(session, workflow, since), reports=0)


def classification_of(
    session: Session,
    policy: Policy,
    change: Change,
    revision: Revision,
    *,
    now: datetime,
    raised_to: Lane | None,
    lowered_to: Lane | None,
) -> Classification:
    """What the policy says of this revision, with these moves by hand.

    Where the policy has changed since the revision was submitted, the strictest answer counts.
    """
    policies = policies_binding(session, policy, change)
    found = [
        classify(
            each,
            change.workflow,
            kinds=[Kind(kind) for kind in change.kinds],
            impacts=[Impact(impact) for impact in change.impacts],
            before=revision.before_text,
            after=revision.after_text,
            settings=settings_of(revision),
            history=history_of(session, each, change.workflow, now=now),
            raised_to=raised_to,
            lowered_to=lowered_to,
        )
        for each in policies
    ]
    return strictest(policies, found)


def classify_again(
    session: Session, policy: Policy, change: Change, revision: Revision, *, now: datetime
) -> None:
    """Put a change in the lane that the policy gives it now, moves by hand included."""
    found = classification_of(
        session,
        policy,
        change,
        revision,
        now=now,
        raised_to=change.lane_raised_to,
        lowered_to=change.lane_lowered_to,
    )
    write_classification(change, found)


def write_classification(change: Change, found: Classification) -> None:
    """Keep the policy's answer with the change, so that the card says what was decided on."""
    change.lane = found.lane
    change.quorum = found.approvals
    change.gate_required = found.regression_gate
    change.classification = {
        "policies": versions_of(change),
        "reasons": [asdict(each) for each in found.reasons],
        "gate_reasons": [asdict(each) for each in found.gate_reasons],
        "signals": [_signal_as_json(each) for each in found.signals],
    }


def reasons_of(change: Change, key: str = "reasons") -> tuple[Reason, ...]:
    """The kept reasons (or ``gate_reasons``) as values."""
    return tuple(Reason(each["rule"], each["text"]) for each in change.classification.get(key, []))


def signals_of(change: Change) -> tuple[Signal, ...]:
    """The kept signals as values."""
    return tuple(_signal_from_json(each) for each in change.classification.get("signals", []))


def _signal_as_json(signal: Signal) -> dict[str, Any]:
    return {"names": signal.names.value, "words": list(signal.words), "dismissed": signal.dismissed}


def _signal_from_json(kept: dict[str, Any]) -> Signal:
    name = kept["names"]
    names = Impact(name) if name in set(Impact) else Kind(name)
    return Signal(names=names, words=tuple(kept["words"]), dismissed=kept["dismissed"])
