"""Recording the result of a regression run: somebody entitled, who did not touch the change, attests it."""

import re
from datetime import datetime

from sqlmodel import Session, col, select

from bot.changes import tell
from bot.changes.access import change_of_revision
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.review import settle_review
from bot.changes.rights import may_approve
from bot.changes.standing import standing
from storage import audit
from storage.models import Evidence
from storage.vocabulary import State

OPEN = (State.IN_REVIEW, State.APPROVED, State.STALE)
MOST_CASES = 10_000_000
LONGEST_SUITE = 150
LONGEST_LINK = 2_000
LATER = {"id", "at"}
"""What differs in a row that says the same once more."""


def attest(
    context: Context,
    revision_id: int,
    *,
    actor: Actor,
    now: datetime,
    suite: str,
    total: int,
    passed: int,
    newly_failing: int = 0,
    scored_by_people: bool = False,
    link: str = "",
) -> Outcome:
    """Record a result for exactly this content. A later result of the same suite replaces it."""
    problems = _problems(suite, total, passed, newly_failing, link)
    if problems:
        return Refused("The result does not add up.", fields=tuple(problems))
    with context.transaction() as session:
        found = change_of_revision(session, revision_id)
        if isinstance(found, Refused):
            return found
        change, revision = found
        if change.state not in OPEN:
            return Refused(
                f"{name_of(change.id)} is {change.state.value.replace('_', ' ')}; no result is needed."
            )
        _, policy = policy_in_force(session)
        refusal = may_approve(policy, standing(session, policy, change, revision), actor, now=now)
        if refusal:
            return refusal
        result = Evidence(
            change_id=change.id or 0,
            content_digest=revision.content_digest,
            suite=suite.strip(),
            total=total,
            passed=passed,
            newly_failing=newly_failing,
            scored_by_people=scored_by_people,
            link=link.strip(),
            attested_by=actor.slack_id,
            at=now,
        )
        if _is_the_last_word(session, result):
            return Done("This result is recorded already.", already=True, change_id=change.id)
        session.add(result)
        audit.append(
            session,
            "evidence:attest",
            name_of(change.id),
            actor=actor.slack_id,
            now=now,
            content_digest=revision.content_digest,
            suite=suite.strip(),
            total=total,
            passed=passed,
            newly_failing=newly_failing,
            scored_by_people=scored_by_people,
            link=link.strip(),
        )
        after = settle_review(session, policy, change, revision, actor=actor.slack_id, now=now)
        text = f"{actor.name} recorded a result: {suite.strip()}, {passed} of {total} passed."
        tell.in_thread(session, change, text, now=now, about=f"result:{change.version}")
        met = all(gate.met for gate in after.gates)
        return Done(
            "Recorded. Every gate is met." if met else "Recorded. A gate is still open.", change_id=change.id
        )


def _is_the_last_word(session: Session, result: Evidence) -> bool:
    """Whether this person said exactly this of the suite last: a form that was sent again."""
    same_suite = (
        select(Evidence)
        .where(
            Evidence.change_id == result.change_id,
            Evidence.content_digest == result.content_digest,
            Evidence.suite == result.suite,
        )
        .order_by(col(Evidence.id).desc())
        .limit(1)
    )
    last = session.exec(same_suite).first()
    return last is not None and last.model_dump(exclude=LATER) == result.model_dump(exclude=LATER)


def _problems(suite: str, total: int, passed: int, newly_failing: int, link: str) -> list[tuple[str, str]]:
    problems = []
    if not 1 <= len(suite.strip()) <= LONGEST_SUITE:
        problems.append(("suite", f"Name the test set, in at most {LONGEST_SUITE} characters."))
    if not 1 <= total <= MOST_CASES:
        problems.append(("total", "How many cases were run? At least 1."))
    if not 0 <= passed <= max(total, 0):
        problems.append(("passed", "This cannot be more than the number of cases."))
    if not 0 <= newly_failing <= max(total - passed, 0):
        problems.append(("newly_failing", "This cannot be more than the cases that did not pass."))
    if link.strip() and (
        not re.fullmatch(r"https?://[!-~]+", link.strip()) or len(link.strip()) > LONGEST_LINK
    ):
        problems.append(("link", "A link starts with https://, has no spaces and at most 2,000 characters."))
    return problems
