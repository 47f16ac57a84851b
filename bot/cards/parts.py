"""The parts that several cards of a change share: lane and reasons, diff, release note, gates, people.

Each returns blocks for the room it is given. They must never hide who decided what.
"""

from collections.abc import Sequence

from bot.cards.blocks import Block, Room, bullets, context, rich, run, section, words
from bot.cards.diff import Piece, excerpt, is_empty
from bot.cards.text import (
    clip,
    count,
    escape,
    is_address,
    is_user,
    label,
    listed,
    mention,
    named,
    names,
    one_line,
    plain_time,
    short,
    when,
)
from bot.cards.words import DECISIONS, IMPACTS, KINDS, LANES, STATES
from bot.changes.facts import ChangeFacts, DecisionFacts, EvidenceFacts, GateFacts, Who
from bot.policy.classify import Reason
from bot.policy.settings import ChangedSetting
from bot.policy.signals import Signal
from storage.vocabulary import Impact, Lane, State

_LONGEST_VALUE = 120
_REQUIRED = "A regression gate is required: "
OPEN = frozenset({State.IN_REVIEW, State.STALE})
"""The states in which approvers are still needed."""


def title(facts: ChangeFacts) -> str:
    """Return what a card is headed with, as plain text: ``PC-42 · refunds``."""
    return f"{label(facts.id)} · {one_line(facts.workflow, 100)}"


def person(who: Who) -> Block:
    """Return somebody who did something, for rich text."""
    return {"type": "user", "user_id": who.id} if is_user(who.id) else run(one_line(who.name or who.id, 80))


def standing(facts: ChangeFacts) -> Block:
    """Return the lane, the state, and what is missing, first of all."""
    lines = [
        f"*{LANES[facts.lane]}* · {STATES[facts.state]} since {when(facts.state_since)}",
        f"Proposed by {mention(facts.submitter)}",
    ]
    if facts.state is State.IN_REVIEW:
        lines.insert(1, f"*Missing:* {missing(facts)}")
    return section("\n".join(lines))


def missing(facts: ChangeFacts) -> str:
    """Say in mrkdwn what a change in review still lacks."""
    open_gates = [escape(one_line(gate.name, 60)).lower() for gate in facts.gates if not gate.met]
    parts = [count(facts.still_needed, "approval")] if facts.still_needed else []
    return ", ".join([*parts, *open_gates[:5]]) or "nothing"


def reasons(facts: ChangeFacts, room: Room) -> Block:
    """Return why the change is in its lane."""
    return rich(
        words(run(f"Why {LANES[facts.lane].lower()}", bold=True)), bullets(_reason_items(facts, room))
    )


def _reason_items(facts: ChangeFacts, room: Room) -> list[list[str | Block]]:
    items = reason_items(facts.reasons, facts.signals, room.items)
    if facts.lane_changed_by:
        why = clip(facts.lane_change_reason, room.note) or "no reason given"
        items.append([run("Lane set by "), person(facts.lane_changed_by), f": {why}"])
    if facts.not_customer_visible_because:
        why = clip(facts.not_customer_visible_because, room.note)
        items.append([f"Not visible to customers, says the submitter: {why}"])
    return items


def reason_items(given: Sequence[Reason], signals: Sequence[Signal], limit: int) -> list[list[str | Block]]:
    """Return reasons with their rules, then the words that were found, as items of a list."""
    items: list[list[str | Block]] = [[clip(reason.text, 300), *_rule(reason)] for reason in given[:limit]]
    if len(given) > limit:
        items.append([f"and {len(given) - limit} more"])
    told = {reason.rule for reason in given if "found in the diff" in reason.text}
    untold = [it for it in signals if it.dismissed or _rule_of(it) not in told]
    return items + [[f"Found in the text: {_signal(signal)}"] for signal in untold[:limit]]


def _rule_of(signal: Signal) -> str:
    """Return the rule that a signal sets off, whose reason names the words already."""
    return f"{'impact' if isinstance(signal.names, Impact) else 'kind'}.{signal.names.value}"


def _rule(reason: Reason) -> list[str | Block]:
    """Name the rule where its sentence does not."""
    return [] if reason.rule in reason.text else [run(f" ({one_line(reason.rule, 60)})", italic=True)]


def _signal(signal: Signal) -> str:
    found = one_line(", ".join(signal.words[:8]), 160)
    means = IMPACTS[signal.names] if isinstance(signal.names, Impact) else f"Kind: {KINDS[signal.names][0]}"
    return f"{found}. {means}{', dismissed by a policy owner' if signal.dismissed else ''}."


def difference(diff: Sequence[Piece], facts: ChangeFacts, room: Room) -> list[Block]:
    """Return the words that change, as far as there is room, and from which version to which."""
    before = facts.revision.before_version
    old = "Nothing is live yet" if before is None else short(before)
    head = (run("What differs", bold=True), f"  {old} → {short(facts.revision.after_version)}")
    beside = settings(facts.revision.settings, room.items)
    if room.diff == 0:
        return [rich(words(*head)), *beside, context("The text is under More, Full diff.")]
    if is_empty(diff):
        return [rich(words(*head), words(no_word_differs(facts))), *beside]
    runs, cut = excerpt(diff, room.diff)
    body = rich(words(*head), {"type": "rich_text_quote", "elements": runs})
    return [body, *beside, *([context("Shortened. The whole is under More, Full diff.")] if cut else [])]


def no_word_differs(facts: ChangeFacts) -> str:
    """Say in what a text differs of which no word does."""
    same = facts.revision.before_text == facts.revision.after_text
    return "The text stays as it is." if same else "Only spacing differs, no word does."


def settings(changed: Sequence[ChangedSetting], limit: int) -> list[Block]:
    """Return each setting that changes with the text, by name; nothing where none does."""
    if not changed:
        return []
    items = [_setting(each) for each in changed[:limit]]
    if len(changed) > limit:
        items.append([f"and {len(changed) - limit} more"])
    return [rich(words(run("Settings that change with it", bold=True)), bullets(items))]


def _setting(changed: ChangedSetting) -> list[str | Block]:
    before, after = (one_line(value or "", _LONGEST_VALUE) for value in (changed.before, changed.after))
    old = [run(before, strike=True)] if before else []
    new = [run(after, bold=True)] if after else []
    return [f"{one_line(changed.name, _LONGEST_VALUE)}: ", *old, *([" → "] if old and new else []), *new]


def note(facts: ChangeFacts, room: Room) -> Block:
    """Return the five statements of the release note, and the plan where there is one."""
    revision = facts.revision
    several = revision.stages[:10] if len(revision.stages) > 1 else ()
    stages = " → ".join(one_line(stage, 60) for stage in several)
    statements = (
        ("What changed", revision.what_changed),
        ("Why", revision.why),
        ("Workflow and lane", f"{one_line(facts.workflow, 100)}, {facts.lane.value}"),
        ("Good looks like", revision.good),
        ("Roll back if", revision.rollback_trigger),
        ("Stages", stages),
        ("Stop if", revision.stop_conditions),
        ("Rollback plan", revision.rollback_plan),
        ("If it must go", _fallback(facts)),
    )
    lines = [words(run(f"{name}: ", bold=True), clip(text, room.note)) for name, text in statements if text]
    return rich(words(run("Release note", bold=True)), _list(lines))


def _list(lines: list[Block]) -> Block:
    return {"type": "rich_text_list", "style": "bullet", "elements": lines}


def _fallback(facts: ChangeFacts) -> str:
    if facts.revision.fallback_version is not None:
        return f"go to version {short(facts.revision.fallback_version)}"
    return facts.revision.fallback_switch_off


def gates(facts: ChangeFacts, room: Room) -> Block:
    """Return each gate with its state and the evidence, or that none is needed."""
    items: list[list[str | Block]] = [
        [
            run(f"{one_line(gate.name, 60)}: ", bold=True),
            *_state(gate, room),
        ]
        for gate in facts.gates[: room.items]
    ]
    items += [_evidence(result) for result in _newest(facts.evidence, room.items)]
    if not facts.gate_required and not facts.gate_reasons:
        items.append(["No regression gate is needed for this change."])
    items += gate_items(facts.gate_reasons, room.items)
    if facts.without_stages:
        items.append(["This target has no stages, so a scored review sample takes their place."])
    return rich(words(run("Gates", bold=True)), bullets(items))


def _state(gate: GateFacts, room: Room) -> list[str | Block]:
    """Say whether a gate is met; the result that met it stands below with whoever vouches for it."""
    if gate.met:
        return ["met"]
    return ["open, ", clip(gate.text.removeprefix("Regression: "), min(room.note, 300))]


def gate_items(given: Sequence[Reason], limit: int) -> list[list[str | Block]]:
    """Return in one item why a gate is required, each cause once with all of its rules."""
    causes: dict[str, list[str]] = {}
    required = [reason for reason in given if reason.text.startswith(_REQUIRED)]
    if not required:
        return reason_items(given, (), limit)
    for reason in required[:limit]:
        cause = reason.text.removesuffix(".").removesuffix(f" ({reason.rule})")
        causes.setdefault(cause.removeprefix(_REQUIRED), []).append(reason.rule)
    told = [f"{cause} ({', '.join(rules)})" for cause, rules in causes.items()]
    told += [f"and {len(required) - limit} more"] if len(required) > limit else []
    return [[clip(f"{_REQUIRED}{'; '.join(told)}.", 600)]]


def _newest(evidence: Sequence[EvidenceFacts], limit: int) -> list[EvidenceFacts]:
    return sorted(evidence, key=lambda it: (it.current, it.at), reverse=True)[:limit]


def _evidence(result: EvidenceFacts) -> list[str | Block]:
    text = f"{one_line(result.suite, 80)}: {result.passed} of {result.total} passed"
    text += f", {result.newly_failing} newly failing"
    text += ", scored by people" if result.scored_by_people else ""
    text += "" if result.current else ", for an earlier text"
    parts: list[str | Block] = [f"{text}; attested by {one_line(result.attested_by.name, 80)} "]
    if is_address(result.link) and len(result.link) <= 500:  # noqa: PLR2004 - card room
        parts.append({"type": "link", "url": result.link, "text": one_line(result.link, 60)})
    return parts


def people(facts: ChangeFacts, room: Room) -> Block:
    """Return who decided what, and who is still needed by name."""
    counting = sorted(facts.decisions, key=lambda it: not it.counts)
    items = [_decision(decision, room) for decision in counting[: room.items]]
    if len(counting) > room.items:
        items.append([f"and {count(len(counting) - room.items, 'earlier decision')}"])
    items += [[line] for line in needed(facts)]
    head = f"Approvals: {facts.approvals} of {facts.quorum}"
    return rich(words(run(head, bold=True)), bullets(items))


def _decision(decision: DecisionFacts, room: Room) -> list[str | Block]:
    parts: list[str | Block] = [person(decision.who), f" {DECISIONS[decision.decision]} ", moment(decision)]
    if decision.statement:
        parts.append(f": {clip(decision.statement, room.note)}")
    if decision.marks:
        parts.append(f" ({sum(it.good for it in decision.marks)} of {len(decision.marks)} examples good)")
    if not decision.counts:
        parts.append(
            run(f" Does not count: {clip(decision.why_not, 200) or 'the text changed since'}", italic=True)
        )
    return parts


def moment(decision: DecisionFacts) -> Block:
    """Return a decision's time for rich text, in the reader's zone."""
    return {
        "type": "date",
        "timestamp": int(decision.at.timestamp()),
        "format": "{date_short_pretty} at {time}",
        "fallback": plain_time(decision.at),
    }


def needed(facts: ChangeFacts) -> list[str]:
    """Return who is still needed and who may deploy, by name, as plain lines."""
    lines: list[str] = []
    if facts.state in OPEN:
        asked = {who.id for who in facts.asked}
        others = [who for who in facts.eligible if who.id not in asked]
        lines += [f"Waiting for {names(facts.asked)}"] if facts.asked else []
        lines += [f"{'Also able' if asked else 'Able'} to approve: {names(others)}"] if others else []
    if facts.lane is Lane.HIGH and facts.quorum == 1:
        lines.append("The quorum is 1 in this workspace.")
    if facts.state in OPEN:
        lines.append(f"May deploy: {names(facts.deployers) or 'nobody at present'}")
    return lines


def small_print(facts: ChangeFacts) -> Block:
    """Return what is seldom asked: the target, the rollback owner, the kinds."""
    kinds = ", ".join(KINDS[kind][0] for kind in facts.kinds)
    others = [who for who in facts.touched_by if who.id != facts.submitter.id]
    touched = f" · Also touched by {listed(others, 8)}" if others else ""
    return context(
        f"Rollback owner {named(facts.revision.rollback_owner)} · {kinds or 'No kind given'} · "
        f"Target {escape(one_line(facts.target, 150))}{touched}"
    )
