"""The cards on which a change is decided: in the workflow's channel, with asked approvers, with deployers.

A click proves nothing, so a button carries the id of the revision that was shown and nothing else. A decided
change must never keep a live decision button.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.cards import parts
from bot.cards.blocks import (
    Block,
    Room,
    button,
    fitted,
    header,
    option,
    overflow,
    rich,
    row,
    run,
    section,
    words,
)
from bot.cards.diff import Piece, pieces
from bot.cards.parts import OPEN
from bot.cards.release import stop_button
from bot.cards.surface import CONFIRM_NEW_DIFF, MENU_LABELS, Action, Menu, Row
from bot.cards.text import clip, code, escape, listed, mention, named, one_line, short, subject, when
from bot.cards.words import DECISIONS, LANES, STATES
from bot.changes.facts import ChangeFacts, DecisionFacts, ReleaseFacts
from bot.drawn import Drawn
from storage.vocabulary import Decision, Lane, State

DEPLOYABLE = frozenset({State.APPROVED, State.SCHEDULED})
UNDER_WAY = OPEN | DEPLOYABLE | {State.CHANGES_REQUESTED, State.RELEASING, State.FAILED}
EDITABLE = OPEN | DEPLOYABLE | {State.CHANGES_REQUESTED}
WITHDRAWABLE = EDITABLE | {State.FAILED}


def review(facts: ChangeFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the card in the workflow's channel."""
    if facts.state not in UNDER_WAY:
        return over(facts)
    return _whole(facts, review_buttons(facts))


def shown(facts: ChangeFacts) -> Drawn:
    """Draw the whole card for reading, also of a settled change, as the answer to ``show``."""
    return _whole(facts, row(Row.DECIDE, _menu_of(facts, [Menu.FULL_DIFF, Menu.HISTORY])))


def _whole(facts: ChangeFacts, buttons: list[Block]) -> Drawn:
    diff = pieces(facts.revision.before_text, facts.revision.after_text)

    def draw(room: Room) -> list[Block]:
        return [
            header(parts.title(facts)),
            parts.standing(facts),
            *_hint(facts),
            parts.reasons(facts, room),
            *parts.difference(diff, facts, room),
            parts.note(facts, room),
            parts.gates(facts, room),
            parts.people(facts, room),
            *buttons,
            parts.small_print(facts),
        ]

    return fitted(headline(facts), draw)


def headline(facts: ChangeFacts) -> str:
    """Return a change in one line, for a notification."""
    what = escape(one_line(facts.revision.what_changed, 200))
    lane, state = LANES[facts.lane].lower(), STATES[facts.state].lower()
    return f"{subject(facts.id, facts.workflow)}, {lane}: {state}. {what}"


def _hint(facts: ChangeFacts) -> list[Block]:
    """Say what happens next where the state alone does not."""
    trouble = facts.release.trouble if facts.release else ""
    refused = [section(f"The target refused: {escape(clip(trouble, 500))}")] if trouble else []
    if facts.state is State.STALE:
        moved = f" to {code(short(facts.moved_to))}" if facts.moved_to else ""
        who = listed(facts.asked or facts.eligible)
        text = f"The target moved{moved} after this was written. The diff is against what is there now."
        return [section(f"{text} {who or 'An approver'} must confirm the new diff.")]
    if facts.state is State.APPROVED:
        return [
            section(
                f"Approvals and gates are complete. Deploying is for {listed(facts.deployers) or 'nobody'}."
            ),
            *refused,
        ]
    if facts.state is State.RELEASING and facts.release:
        return [section(_stage(facts.release))]
    if facts.state is State.CHANGES_REQUESTED:
        return [
            section(f"{mention(facts.submitter)} can edit it with More, Edit. Earlier approvals then end.")
        ]
    ended = closing(facts) if facts.state not in UNDER_WAY else ""
    return [section(ended)] if ended else refused


def _stage(release: ReleaseFacts) -> str:
    where = f"Stage {release.stage} of {release.stages}"
    if release.trouble:
        return f"{where} is on its way. Not moved yet: {escape(clip(release.trouble, 500))}"
    if release.moving:
        return f"{where} is on its way."
    return f"{where} is set. Advance it or stop it on the message of the release."


def review_buttons(facts: ChangeFacts, recipient: str = "") -> list[Block]:
    """Return the buttons that the state of a change allows; ``recipient`` narrows them to that person."""
    at = facts.revision.id
    both = may_finish(facts) and (not recipient or recipient in {who.id for who in facts.may_also_deploy})
    if facts.state is State.STALE:
        decide = [button(Action.APPROVE, at, text=CONFIRM_NEW_DIFF, style="primary")]
    elif facts.state is State.IN_REVIEW:
        decide = [button(Action.APPROVE, at, style="primary")]
        decide += [button(Action.APPROVE_AND_DEPLOY, at)] if both else []
        decide += [button(Action.REQUEST_CHANGES, at), button(Action.REJECT, at, style="danger")]
    elif facts.state is State.RELEASING and facts.release and facts.release.stages == 1:
        # One in stages has a message of its own from its first stage on, and there its buttons.
        decide = [stop_button(facts.release)]
    else:
        decide = [button(Action.DEPLOY, at, style="primary")] if facts.state in DEPLOYABLE else []
    if facts.state in OPEN and any(not gate.met for gate in facts.gates):
        decide.append(button(Action.RECORD_RESULT, at))
    return row(Row.DECIDE, *decide, menu(facts))


def may_finish(facts: ChangeFacts) -> bool:
    """Say whether one more approval would complete a change that its approver could then deploy."""
    complete = facts.still_needed == 1 and all(gate.met for gate in facts.gates)
    return facts.state is State.IN_REVIEW and complete and bool(facts.may_also_deploy)


def menu(facts: ChangeFacts) -> Block:
    """Return the menu of a card: what one may do besides deciding."""
    offered = [Menu.FULL_DIFF]
    offered += [Menu.EDIT] if facts.state in EDITABLE else []
    lane = Menu.LOWER_LANE if facts.lane is Lane.HIGH else Menu.RAISE_LANE
    offered += [lane] if facts.state in OPEN | DEPLOYABLE else []
    offered += [Menu.WITHDRAW] if facts.state in WITHDRAWABLE else []
    return _menu_of(facts, [*offered, Menu.HISTORY])


def _menu_of(facts: ChangeFacts, offered: Sequence[Menu]) -> Block:
    choices = [option(f"{it.value}:{facts.revision.id}", MENU_LABELS[it]) for it in offered]
    return overflow(Action.CHANGE_MENU, choices)


def over(facts: ChangeFacts) -> Drawn:
    """Draw a change that is settled: short, and with nothing to click."""
    approved = [it.who for it in facts.decisions if it.counts and it.decision is Decision.APPROVE]
    lines = [f"*{STATES[facts.state]}* {when(facts.state_since)} · {LANES[facts.lane]}"]
    lines += [closing(facts)] if closing(facts) else []
    lines.append(f"Proposed by {mention(facts.submitter)}")
    lines[-1] += f", approved by {listed(approved)}" if approved else ""
    if facts.release:
        lines[-1] += f", deployed by {named(facts.release.deployer)}"
    note = words(run("What changed: ", bold=True), clip(facts.revision.what_changed, 300))
    return fitted(
        headline(facts), lambda _: [header(parts.title(facts)), section("\n".join(lines)), rich(note)]
    )


def closing(facts: ChangeFacts) -> str:
    """Say in mrkdwn who ended a change and why, where somebody did."""
    if facts.state is State.REJECTED:
        last = last_decision(facts, Decision.REJECT)
        return f"{mention(last.who)} rejected it: {escape(clip(last.statement, 600))}" if last else ""
    rollback = facts.release.rollback if facts.release else None
    if facts.state is State.ROLLED_BACK and rollback:
        reason = escape(clip(rollback.reason, 600)) or "No reason given yet."
        return f"{mention(rollback.by)} rolled it back: {reason}"
    return ""


def last_decision(facts: ChangeFacts, decision: Decision) -> DecisionFacts | None:
    """Return the newest decision of a kind that counts, or any where none does."""
    found = [it for it in facts.decisions if it.decision is decision]
    return max(found, key=lambda it: (it.counts, it.at), default=None)


def ask(facts: ChangeFacts, recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the direct message to somebody who was asked to approve."""
    if facts.state not in OPEN:
        return over(facts) if facts.state not in UNDER_WAY else _answered(facts, recipient)
    mine = next((it for it in facts.decisions if it.who.id == recipient and it.counts), None)
    if mine and facts.state is State.IN_REVIEW:
        return _answered(facts, recipient)
    diff = pieces(facts.revision.before_text, facts.revision.after_text)
    lead = f"{named(facts.submitter)} asks you to {_asked_for(facts)} {subject(facts.id, facts.workflow)}"
    return fitted(f"{lead}, {LANES[facts.lane].lower()}.", lambda room: _asking(facts, recipient, diff, room))


def _asked_for(facts: ChangeFacts) -> str:
    return "confirm the new diff of" if facts.state is State.STALE else "approve"


def _asking(facts: ChangeFacts, recipient: str, diff: tuple[Piece, ...], room: Room) -> list[Block]:
    shorter = Room(room.diff // 2, room.note // 2, max(2, room.items // 2))
    return [
        header(parts.title(facts)),
        section(f"*{named(facts.submitter)} asks you to {_asked_for(facts)} this.*"),
        parts.standing(facts),
        *_hint(facts),
        parts.reasons(facts, shorter),
        *parts.difference(diff, facts, shorter),
        parts.note(facts, shorter),
        parts.gates(facts, shorter),
        *review_buttons(facts, recipient),
    ]


def _answered(facts: ChangeFacts, recipient: str) -> Drawn:
    mine = next((it for it in facts.decisions if it.who.id == recipient and it.counts), None)
    said = f"You {DECISIONS[mine.decision]} {when(mine.at)}." if mine else "Nothing is asked of you now."
    text = f"*{STATES[facts.state]}* · {said}"
    again = row(Row.DECIDE, menu(facts)) if facts.state in EDITABLE else []
    return fitted(headline(facts), lambda _: [header(parts.title(facts)), section(text), *again])


def deploy(facts: ChangeFacts, _recipient: str, _details: Mapping[str, Any]) -> Drawn:
    """Draw the direct message to somebody who may deploy."""
    if facts.state not in DEPLOYABLE:
        return over(facts) if facts.state not in UNDER_WAY else _no_longer(facts)
    approved = [it.who for it in facts.decisions if it.counts and it.decision is Decision.APPROVE]
    old, new = short(facts.revision.before_version), short(facts.revision.after_version)
    lines = (
        f"*Ready to deploy* · {LANES[facts.lane]}",
        f"{escape(one_line(facts.target, 150))} moves from {code(old)} to {code(new)}.",
        f"Approved by {listed(approved)}. Rollback owner {named(facts.revision.rollback_owner)}.",
    )
    diff = pieces(facts.revision.before_text, facts.revision.after_text)
    return fitted(
        f"{subject(facts.id, facts.workflow)} is approved and ready to deploy.",
        lambda room: [
            header(parts.title(facts)),
            section("\n".join(lines)),
            *parts.difference(diff, facts, Room(room.diff // 3, room.note, room.items)),
            parts.note(facts, Room(0, min(room.note, 300), room.items)),
            *row(Row.DECIDE, button(Action.DEPLOY, facts.revision.id, style="primary"), menu(facts)),
        ],
    )


def _no_longer(facts: ChangeFacts) -> Drawn:
    text = f"*{STATES[facts.state]}* since {when(facts.state_since)}. There is nothing to deploy now."
    return fitted(headline(facts), lambda _: [header(parts.title(facts)), section(text), *_hint(facts)])
