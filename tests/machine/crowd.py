"""Many changes at once, proposed as people propose them and then copied, and what must be true of each.

The three who may approve are more than the two who are needed, so that somebody always comes too late. It
must never take the app's word for it: votes, transitions and cards are counted in the rows.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

from sqlmodel import Session, col, select

from bot.sandbox.records import Message as Card
from storage import audit
from storage.engine import Store
from storage.models import AuditRow, Change, Message, Revision, Vote
from storage.queries import changes
from storage.vocabulary import Decision, State
from tests.bench.slack import REPLACED, copies
from tests.scenario.town import Town

APPROVERS = ("U0BEN", "U0CHLOE", "U0DEV")
QUORUM = 2
DEPLOYERS = ("U0DEV", "U0MIRA", "U0PAUL")


def gathered(town: Town, count: int) -> dict[int, Card]:
    """So many changes in review that lack nothing but approvals: their numbers, and their cards in Slack."""

    def two_of_three(policy: dict[str, Any]) -> None:
        policy.setdefault("lanes", {})["medium"] = {"approvals": QUORUM}
        policy["workflows"]["support-answers"]["approve"]["medium"] = list(APPROVERS)

    town.change_policy(two_of_three)
    assert town.propose("U0MIRA", "support-answers", replace=REPLACED).last_answer.ok
    list(copies(town, count, 0))
    with town.app.store.reading() as session:
        rows = session.exec(select(Message).where(Message.kind == "review", col(Message.change_id) > 1)).all()
    return {row.change_id or 0: town.workspace.message(row.channel or "", row.ts or "") for row in rows}


def wrong(store: Store, numbers: Iterable[int]) -> list[str]:
    """What is not as it must be, in words: what was applied twice, and what was given and is missing."""
    with store.reading() as session:
        found = [each for number in numbers for each in _wrong(session, number)]
        trail = audit.verify(session)
    return found + ([f"the trail: {trail}"] if isinstance(trail, audit.Broken) else [])


def _wrong(session: Session, number: int) -> list[str]:
    change = session.get_one(Change, number)
    rows = session.exec(select(AuditRow).where(AuditRow.subject == f"PC-{number}").order_by(col(AuditRow.id)))
    trail = list(rows)
    said = [
        *_wrong_steps(change, [each for each in trail if each.verb.startswith("change:")]),
        *_wrong_votes(session, change, [each for each in trail if each.verb.startswith("vote:")]),
        *_wrong_cards(session, change, sum(each.verb == "change:approved" for each in trail)),
    ]
    return [f"PC-{number} {each}" for each in said]


def _wrong_steps(change: Change, steps: list[AuditRow]) -> list[str]:
    """Each step begins where the one before it ended, and the last one where the row is now."""
    moves = [
        (each.data["before"], each.verb.removeprefix("change:")) for each in steps if "before" in each.data
    ]
    said = [
        f"went on from {after[0]} after {before[1]}"
        for before, after in pairwise(moves)
        if before[1] != after[0]
    ]
    if moves and moves[-1][1] != change.state.value:
        said.append(f"is {change.state.value} and its last step was to {moves[-1][1]}")
    approved = Counter(each.data["review_digest"] for each in steps if each.verb == "change:approved")
    return said + [f"was approved {times} times" for times in approved.values() if times > 1]


def _wrong_votes(session: Session, change: Change, told: list[AuditRow]) -> list[str]:
    """One vote a person and text, each with its row in the trail; approved exactly with a quorum."""
    votes = session.exec(select(Vote).where(Vote.change_id == change.id)).all()
    cast = Counter((each.person_id, each.review_digest, each.decision.value) for each in votes)
    recorded = Counter(
        (each.data["person"], each.data["review_digest"], each.verb.removeprefix("vote:")) for each in told
    )
    said = [f"has {times} votes of person {who[0]}" for who, times in cast.items() if times > 1]
    if cast != recorded:
        said.append("has votes that the trail does not tell, or the other way round")
    revision = changes.current_revision(session, change)
    assert isinstance(revision, Revision)
    given = [each for each in votes if each.counting and each.review_digest == revision.review_digest]
    approvals = len({each.person_id for each in given if each.decision is Decision.APPROVE})
    if change.state in {State.IN_REVIEW, State.APPROVED} and (
        (change.state is State.APPROVED) != (approvals >= QUORUM)
    ):
        said.append(f"is {change.state.value} with {approvals} approvals")
    return said


def _wrong_cards(session: Session, change: Change, approvals: int) -> list[str]:
    """Each approval tells each deployer once, and the submitter once."""
    rows = session.exec(select(Message).where(Message.change_id == change.id)).all()
    cards = Counter(each.recipient for each in rows if each.kind == "deploy")
    said = []
    if cards != Counter(dict.fromkeys(DEPLOYERS, approvals) if approvals else ()):
        said.append(f"was approved {approvals} times and has the deploy cards {dict(cards)}")
    outcomes = sum(each.kind == "outcome" and each.details.get("what") == "approved" for each in rows)
    if outcomes != approvals:
        said.append(f"was approved {approvals} times and told its submitter {outcomes} times")
    return said
