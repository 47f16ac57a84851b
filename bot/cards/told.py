"""Short messages: an outcome, a line in a card's thread, a private answer, a new policy, the trail's head.

They are said once. They must never carry a button that decides.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from bot.cards.blocks import Block, button, fitted, row, section
from bot.cards.review import last_decision
from bot.cards.surface import Action, Row
from bot.cards.text import clip, escape, label, listed, mention, named, one_line, subject, when
from bot.cards.words import STATES
from bot.changes.facts import ChangeFacts, PolicyFacts, Who
from bot.drawn import Drawn
from storage.vocabulary import Decision, State

OUTCOMES: dict[str, str] = {
    State.APPROVED: "is approved. Deployers have been told.",
    State.CHANGES_REQUESTED: "needs changes before it can go on.",
    State.REJECTED: "was rejected.",
    State.SCHEDULED: "is scheduled.",
    State.RELEASING: "is being released.",
    State.LIVE: "is live.",
    State.SUPERSEDED: "was replaced by a newer release.",
    State.ROLLED_BACK: "was rolled back.",
    State.STALE: "must be confirmed again, because the target has moved.",
    State.WITHDRAWN: "was withdrawn.",
    State.EXPIRED: "expired without a decision.",
    State.FAILED: "was not released: the target refused and nothing moved.",
    State.IN_REVIEW: "is in review again.",
    "shortage": "cannot go its whole way with the people who are left.",
}
_BY_DECISION = {State.CHANGES_REQUESTED: Decision.REQUEST_CHANGES, State.REJECTED: Decision.REJECT}


def outcome(facts: ChangeFacts, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Tell the submitter how a change stands.

    ``details`` may name the moment it is about: ``{"what": "approved", "by": a Slack id, "reason": str}``.
    Without it the present state, its deciding person and reason are told.
    """
    state = State(details["what"]) if details.get("what") in set(State) else facts.state
    by, reason = _by_whom(facts, state, details)
    about = subject(facts.id, facts.workflow)
    how = OUTCOMES.get(str(details.get("what")), OUTCOMES.get(state, STATES[state]))
    lines = [f"*{about}* {how}", *_spoken(by, reason)]
    if state is State.CHANGES_REQUESTED:
        lines.append("Use More, Edit on its card to change it and send it again.")
    show = row(Row.ANSWER, button(Action.SHOW_CHANGE, facts.id))
    return fitted(f"{about} {how}", lambda _: [section("\n".join(lines)), *show])


def _spoken(by: Who | None, reason: str) -> list[str]:
    why = escape(clip(reason, 900))
    if by is None:
        return [why] if why else []
    return [f"By {mention(by)}: {why}" if why else f"By {mention(by)}."]


def _by_whom(facts: ChangeFacts, state: State, details: Mapping[str, Any]) -> tuple[Who | None, str]:
    by, reason = _who(details.get("by")), str(details.get("reason", ""))
    decision = last_decision(facts, _BY_DECISION[state]) if state in _BY_DECISION else None
    if decision and not by:
        return decision.who, reason or decision.statement
    rolled_back = facts.release.rollback if facts.release and state is State.ROLLED_BACK else None
    if rolled_back and not by:
        return rolled_back.by, reason or rolled_back.reason
    if facts.release and not by and state in {State.LIVE, State.RELEASING}:
        return facts.release.deployer, reason
    trouble = facts.release.trouble if facts.release and state is State.FAILED else ""
    return by, reason or trouble


def _who(value: object) -> Who | None:
    if isinstance(value, Who):
        return value
    if isinstance(value, str) and value:
        return Who(value, value)
    if isinstance(value, Mapping) and value.get("id"):
        return Who(str(value["id"]), str(value.get("name") or value["id"]))
    return None


def thread(_facts: object, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Draw a note in a card's thread from ``details["text"]``: a text, or a list of parts.

    A part is a text (escaped here), ``{"who": id, "name": name}``, ``{"at": seconds since 1970}`` or
    ``{"change": number}``.
    """
    given = details.get("text", "")
    parts = [given] if isinstance(given, str | Mapping) else given
    shown = clip("".join(_part(part, mentions=True) for part in parts), 2_900)
    text = "".join(_part(part, mentions=False) for part in parts)
    return fitted(text, lambda _: [section(shown)])


def _part(part: object, *, mentions: bool) -> str:
    if not isinstance(part, Mapping):
        return escape(clip(str(part), 2_000))
    who = _who({"id": part.get("who"), "name": part.get("name")})
    if who:
        return mention(who) if mentions else named(who)
    if isinstance(part.get("at"), int | float):
        return when(datetime.fromtimestamp(part["at"], UTC))
    return label(int(part["change"])) if "change" in part else ""


def private(_facts: object, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Draw a refusal or an answer for one person: ``{"reason": why, "remedy": what to do or who can}``."""
    return said(str(details.get("reason", "")), str(details.get("remedy", "")))


def said(reason: str, remedy: str = "") -> Drawn:
    """Return one or two plain sentences as a message."""
    lines = [escape(clip(text, 1_300)) for text in (reason, remedy) if text]
    return fitted(" ".join(lines), lambda _: [section("\n".join(lines))])


def undelivered(_facts: object, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Tell whoever answers for a workflow of a message that Slack does not take: ``to``, ``why``."""
    to, workflow = Who(str(details["to"]), str(details["to"])), str(details.get("workflow", ""))
    about = f" about a change on {escape(one_line(workflow, 100))}" if workflow else ""
    lines = [
        f"*Undelivered:* a message to {mention(to)}{about}. {escape(clip(str(details['why']), 500))}",
        "It is kept. Once the cause is gone, `prompt-change outbox` on the host sends it again.",
    ]
    show = row(Row.ANSWER, button(Action.SHOW_CHANGE, details["change"])) if details.get("change") else []
    return fitted(f"A message{about} could not be delivered.", lambda _: [section("\n".join(lines)), *show])


def policy_announced(facts: PolicyFacts, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Tell a policy owner that another version of the policy is in force. ``details["by"]`` says by whom."""
    by = _who(details.get("by"))
    lines = [f"*Policy version {facts.version} is in force* since {when(facts.since)}."]
    lines.append(
        f"{f'Put in force by {mention(by)}. ' if by else ''}Source: {escape(clip(facts.source, 200))}."
    )
    lines += [f"Warning: {escape(clip(warning, 300))}" for warning in facts.warnings[:5]]
    lines.append(f"Policy owners: {listed(facts.owners)}.")
    buttons: Iterable[Block] = row(Row.ANSWER, button(Action.EDIT_POLICY))
    return fitted(
        f"Policy version {facts.version} is in force.", lambda _: [section("\n".join(lines)), *buttons]
    )


def audit_head(_facts: object, _recipient: str, details: Mapping[str, Any]) -> Drawn:
    """Announce the head of the audit trail: ``{"row": its number, "digest": its digest}``."""
    row_number, digest = int(details.get("row", 0)), escape(str(details.get("digest", "")))
    said_first = f"The audit trail has {row_number} rows. Its head is `{digest}`."
    keep = (
        f"To prove that nothing up to here was altered or cut: `prompt-change verify-audit --head {digest}`."
    )
    text = f"The audit trail has {row_number} rows. Its head is {digest}."
    return fitted(text, lambda _: [section(f"{said_first}\n{keep}")])
