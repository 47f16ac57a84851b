"""Answers about a workflow: its change log, how it would be reversed, its people, and the policy.

They are read by people who joined today: full words, no codes without their meaning.
"""

from collections.abc import Sequence

from bot.cards.blocks import Block, Room, button, context, fitted, header, row, section
from bot.cards.lines import some
from bot.cards.release import by_hand, roll_back_button
from bot.cards.surface import COMMAND, Action, Row
from bot.cards.text import clip, code, count, escape, label, listed, mention, named, one_line, short, when
from bot.cards.words import LANES, ROLES, STATES
from bot.changes.facts import (
    ChangeFacts,
    Looked,
    PeopleOf,
    PolicyFacts,
    ReleaseFacts,
    ReverseFacts,
    RollbackFacts,
    Who,
    WorkflowFacts,
)
from bot.drawn import Drawn
from storage.vocabulary import Decision, Lane, State


def history(workflow: str, changes: Sequence[ChangeFacts]) -> Drawn:
    """Draw the change log of a workflow, newest first."""
    title = f"Change log of {one_line(workflow, 100)}"

    def draw(room: Room) -> list[Block]:
        entries = [section(_entry(facts, room)) for facts in changes[: room.items]]
        left = len(changes) - len(entries)
        more = (
            [context(f"{count(left, 'older change is', 'older changes are')} not shown.")] if left > 0 else []
        )
        return [header(title), *(entries or [section("Nothing has changed here yet.")]), *more]

    return fitted(escape(title), draw)


def _entry(facts: ChangeFacts, room: Room) -> str:
    release, most = facts.release, min(room.note, 300)
    at = release.live_at or release.started_at if release else facts.state_since
    approved = [it.who for it in facts.decisions if it.counts and it.decision is Decision.APPROVE]
    lines = [
        f"*{label(facts.id)}* · {when(at)} · {STATES[facts.state]} · {LANES[facts.lane]}",
        f"*What changed:* {escape(clip(facts.revision.what_changed, most))}",
        f"*Why:* {escape(clip(facts.revision.why, most))}",
        f"*Approved by:* {listed(approved) or 'nobody'}",
    ]
    if release:
        lines.append(f"*Deployed by:* {named(release.deployer)}")
    if release and release.rollback:
        lines.append(_reversed(release.rollback, most))
    return "\n".join(lines)


def _reversed(rollback: RollbackFacts, most: int) -> str:
    why = escape(clip(rollback.reason, most)) or "no reason given yet"
    restored = " Restored since." if rollback.restored else ""
    return f"*Rolled back:* {when(rollback.done_at or rollback.at)} by {named(rollback.by)}: {why}{restored}"


def reverse(facts: ReverseFacts) -> Drawn:
    """Say how a workflow's release would be reversed today."""
    title = f"Reversing {one_line(facts.workflow, 100)}"
    if facts.live is None:
        return fitted(
            escape(title),
            lambda _: [header(title), section("No release is live, so there is nothing to reverse.")],
        )
    live = facts.live
    lines = [
        f"*Live:* {code(short(live.new_version))} from {label(live.change_id)}, {_since(live)}",
        f"*Would come back:* {_returns(facts)}",
        f"*Readable right now:* {_readable(facts)}",
        f"*Who can do it:* {listed(facts.who_can, 30) or 'nobody who is active'}",
    ]
    how = [section(f"*How:* Roll back on the release's message, or `{COMMAND} rollback`.")]
    return fitted(
        escape(title), lambda _: [header(title), section("\n".join(lines)), *how, *by_hand(facts.by_hand)]
    )


def _since(live: ReleaseFacts) -> str:
    return f"since {when(live.live_at or live.started_at)}"


def _returns(facts: ReverseFacts) -> str:
    if facts.returns_to is not None:
        return code(short(facts.returns_to))
    off = escape(clip(facts.fallback_switch_off, 600))
    return f"no version. Switch it off: {off}" if off else "no version is named"


def _readable(facts: ReverseFacts) -> str:
    if facts.readable is None:
        return "not tried"
    return "yes" if facts.readable else f"*no.* {escape(clip(facts.unreadable_why, 400))}"


def workflow(facts: WorkflowFacts, *, live_button: bool = False) -> Drawn:
    """Show a workflow: attributes, people, target, present state. ``live_button`` adds Roll back."""
    title = f"Workflow {one_line(facts.name, 100)}"
    release = facts.live
    buttons = [button(Action.EDIT_WORKFLOW, facts.name)]
    if live_button and release and release.state is State.LIVE:
        buttons.append(roll_back_button(release))
    return fitted(
        escape(title),
        lambda room: [
            header(title),
            section("\n".join(_attributes(facts))),
            section("\n".join(_people(it, room) for it in facts.people) or "No people are named."),
            *([section("\n".join(_problems(facts, room)))] if facts.target.wrong else []),
            *some(facts.open_changes, room, room.items),
            *row(Row.ANSWER, *buttons),
            context(f"Policy version {facts.policy_version}"),
        ],
    )


def _attributes(facts: WorkflowFacts) -> list[str]:
    release = facts.live
    live = f"{code(short(release.new_version))} {_since(release)}" if release else "nothing"
    lines = [
        escape(clip(facts.description, 500)),
        f"*Read by customers:* {'yes' if facts.customer_visible else 'no'}",
        f"*Touches:* {escape(', '.join(facts.touches)) or 'neither money nor legal duties'}",
        f"*Tools:* {escape(one_line(', '.join(facts.tools), 400)) or 'none'}",
        f"*Cards in:* {mention(Who(facts.channel, facts.channel)) if facts.channel else 'no channel'}",
        f"*Owner:* {escape(one_line(facts.owner, 80))}",
        f"*Released here:* {live}",
        f"*Target:* {escape(one_line(facts.target.where, 300)) or 'cannot be opened'}",
        f"*Live there:* {_seen(facts.target.live)} · *a rollback brings back:* {_seen(facts.target.back)}",
    ]
    return [line for line in lines if line]


def _seen(what: Looked) -> str:
    return escape(what.words) if what.version is None else code(short(what.version))


def _people(people: PeopleOf, room: Room) -> str:
    flat = set(people.by_lane.values())
    role = ROLES[people.role]
    if len(flat) == 1 and len(people.by_lane) == len(Lane):
        return f"*{role}:* {listed(next(iter(flat)), room.items) or 'nobody'}"
    lanes = (f"{lane.value} {listed(people.by_lane.get(lane, ()), room.items) or 'nobody'}" for lane in Lane)
    return f"*{role}:* {' · '.join(lanes)}"


def _problems(facts: WorkflowFacts, room: Room) -> list[str]:
    wrong = facts.target.wrong[: min(8, room.items)]
    return ["*To put right*", *(f"• {escape(clip(each, 300))}" for each in wrong)]


def policy(facts: PolicyFacts) -> Drawn:
    """Show which policy is in force, who owns it, and its rules by lane."""
    head = (
        f"*Version {facts.version}* in force since {when(facts.since)}.",
        f"*Source:* {escape(one_line(facts.source, 200))}",
        f"*Policy owners:* {listed(facts.owners, 30) or 'nobody'}",
        f"*Workflows:* {escape(one_line(', '.join(facts.workflows), 1_000)) or 'none'}",
        *(f"*Warning:* {escape(clip(it, 300))}" for it in facts.warnings[:5]),
    )
    return fitted(
        f"Policy version {facts.version}",
        lambda room: [
            header("Policy in force"),
            section("\n".join(head)),
            *(section(text) for text in _rules(facts, room)),
            *row(Row.ANSWER, button(Action.EDIT_POLICY)),
        ],
    )


def _rules(facts: PolicyFacts, room: Room) -> list[str]:
    texts = []
    for lane in reversed(Lane):
        rules = [text for at, text in facts.rules if at is lane]
        shown = [f"• {escape(clip(text, 200))}" for text in rules[: room.items * 2]]
        left = len(rules) - len(shown)
        more = [f"and {left} more"] if left > 0 else []
        texts += ["\n".join([f"*{LANES[lane]}*", *shown, *more])] if rules else []
    return texts
