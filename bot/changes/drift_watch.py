"""Looking whether every live pointer is where the record has it. One that somebody moved is told once.

It must never take the app's own move for somebody else's: a workflow whose pointer is on its way, or was
moved a moment ago, is not looked at, and what was read is held against the record as it is after the reading.
Nor may it take a target that does not answer for one that was moved.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlmodel import Session

from bot.changes.access import release_by_id, target_of
from bot.changes.context import Context
from bot.changes.drift import settled
from bot.changes.drift_found import announce, forget_adoption, moved_again, rolled_back_by_hand
from bot.changes.force import readable_policy
from bot.changes.outcome import Refused
from bot.changes.way_back import SWITCH_OFF
from bot.connectors.protocol import TargetError
from bot.policy.model import Policy
from storage.models import Drift, DriftState, Release
from storage.queries import drifts, releases
from storage.vocabulary import State

AT_ONCE: Final = 5
"""Targets that are read at the same time, so that one that is slow holds up few."""

SETTLING: Final = timedelta(minutes=2)
"""After the app's own move: a registry may still answer from a copy that has the version before."""

UNSEEN: Final = ("manual", "policy", SWITCH_OFF, None)
"""Kinds of targets whose pointer nobody but the app can move, or no machine can see."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a workflow's pointer should show. ``known``: the id of an open drift, and what it was found at."""

    workflow: str
    release_id: int
    target: dict[str, Any]
    pointer: str
    version: str
    known: tuple[int, str | None] | None


def look_for_drift(context: Context, *, now: datetime) -> int:
    """Compare each live pointer with the record. Returns how many are elsewhere. Safe to call at any time."""
    with context.reading() as session:
        policy = readable_policy(session)
        names = drifts.workflows_on_record(session)
        due = [each for name in names if (each := _recorded(session, policy, name, now=now))]
    if not due:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as readers:
        found = list(readers.map(lambda each: _read(context, each), due))
    return sum(
        _compare(context, recorded, each[0], now=now)
        for recorded, each in zip(due, found, strict=True)
        if each is not None
    )


def _recorded(session: Session, policy: Policy | None, workflow: str, *, now: datetime) -> Recorded | None:
    """None where nothing can be compared: nothing is on record, or it is on its way, or not visible."""
    moved = drifts.last_moved(session, workflow)
    if drifts.is_moving(session, workflow) or (moved is not None and now < moved + SETTLING):
        return None
    release, version = _on_record(session, workflow)
    if release is None or version is None or release.target.get("kind") in UNSEEN:
        return None
    described = policy.all_workflows.get(workflow) if policy else None
    if policy is not None and (described is None or target_of(described) != release.target):
        return None  # it lives elsewhere by now, or is not ours any more
    known = drifts.open_in(session, workflow)
    return Recorded(
        workflow,
        release.id or 0,
        release.target,
        release.pointer,
        version,
        (known.id or 0, known.found) if known else None,
    )


def _on_record(session: Session, workflow: str) -> tuple[Release | None, str | None]:
    """The release that decides what is served, and the version: its own, or what came back after it."""
    live = releases.live(session, workflow)
    if live is not None:
        return live, live.new_version
    last = next((each for each in releases.rollbacks_of(session, workflow) if not each.restored_at), None)
    return (releases.release(session, last.release_id), last.to_version) if last else (None, None)


def _read(context: Context, recorded: Recorded) -> tuple[str | None] | None:
    """What the pointer shows; None where the target does not say."""
    try:
        return (context.open_target(recorded.workflow, recorded.target).read_pointer(recorded.pointer),)
    except TargetError as error:
        log.info("a pointer could not be read", workflow=recorded.workflow, why=str(error))
        return None


def _compare(context: Context, recorded: Recorded, found: str | None, *, now: datetime) -> bool:
    if found == recorded.version and recorded.known is None:
        return False
    with context.transaction() as session:
        if _recorded(session, readable_policy(session), recorded.workflow, now=now) != recorded:
            return False
        about = release_by_id(session, recorded.release_id)
        if isinstance(about, Refused):
            return False
        release, change, revision = about
        known = drifts.open_in(session, recorded.workflow)
        if found == recorded.version:
            if known is not None:
                settled(session, known, change, DriftState.RETURNED, now=now)
            return False
        if release.state is State.LIVE and found == release.old_version:
            if known is not None:
                settled(session, known, change, DriftState.OVERTAKEN, now=now)
            rolled_back_by_hand(session, release, change, revision, now=now)
        elif known is None:
            drift = Drift(
                workflow=recorded.workflow,
                release_id=recorded.release_id,
                pointer=recorded.pointer,
                recorded=recorded.version,
                found=found,
                seen_at=now,
            )
            announce(session, drift, release, change, now=now)
        elif known.found != found:
            moved_again(session, known, change, found, now=now)
        else:
            forget_adoption(session, known, change, now=now)
        return True
