"""A change gets its lane, its gate and the reasons for both.

The table of rules is data in the policy; here it is only read. What no rule covers is an error and never a
low lane, and who proposes the change plays no part.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.policy.model import RELEASE_POLICY, Policy, PolicyTarget, Workflow
from bot.policy.settings import ChangedSetting, merged, setting_signals
from bot.policy.signals import Signal, find_signals
from storage.vocabulary import Impact, Kind, Lane, Touch

# What a card says where no regression gate is required.
NO_GATE_NEEDED = (
    "No regression gate is needed: the lane is low, the workflow is internal, its history is clean, and the "
    "change touches neither policy, sources nor the model."
)
_SHOWN = 6


class ClassificationError(ValueError):
    """The change cannot be classified; the message says why and what to do."""


@dataclass(frozen=True)
class History:
    """What went wrong on the workflow within the policy's `gates.history.within`."""

    rollbacks: int = 0
    reports: int = 0


@dataclass(frozen=True)
class Reason:
    """A sentence that says why, with the id of the rule that fired."""

    rule: str
    text: str


@dataclass(frozen=True)
class Classification:
    """What the policy makes of a change. `rules_lane` is the lane before anyone raised or lowered it."""

    lane: Lane
    rules_lane: Lane
    reasons: tuple[Reason, ...]
    regression_gate: bool
    gate_reasons: tuple[Reason, ...]
    approvals: int
    signals: tuple[Signal, ...]


@dataclass(frozen=True)
class _Fired:
    lane: Lane
    reason: Reason


def classify(
    policy: Policy,
    workflow: str | Workflow,
    *,
    kinds: Collection[Kind],
    impacts: Collection[Impact] = (),
    before: str = "",
    after: str = "",
    settings: Sequence[ChangedSetting] = (),
    history: History = History(),
    raised_to: Lane | None = None,
    lowered_to: Lane | None = None,
    dismissed_signals: Collection[Impact | Kind] = (),
) -> Classification:
    """Put a change in its lane. An empty `before` is a new prompt, of which every word is added.

    `settings` are those that change with the text.
    `workflow` is a name in the policy, or the attributes themselves. Of two moves by hand the raise is the
    stronger. Raises UnknownWorkflowError, and ClassificationError where no kind is given.
    """
    if not kinds:
        raise ClassificationError("A change needs at least one kind. Say what it changes.")
    attributes = policy.workflow(workflow) if isinstance(workflow, str) else workflow
    found = merged(
        find_signals(policy.signals, attributes.tools, before, after),
        setting_signals(policy.signals, attributes.tools, settings),
    )
    signals = tuple(replace(signal, dismissed=signal.names in dismissed_signals) for signal in found)
    change = _Change(attributes, history, frozenset(kinds), frozenset(impacts), signals)
    fired = sorted(_fired(policy, change), key=lambda one: -one.lane.rank)
    rules_lane = fired[0].lane
    built_in = isinstance(attributes.target, PolicyTarget)
    lane, moved = _by_hand(rules_lane, raised_to, None if built_in else lowered_to)
    gate = tuple(_gate(policy, change, lane))
    return Classification(
        lane=lane,
        rules_lane=rules_lane,
        reasons=(*moved, *dict.fromkeys(one.reason for one in fired)),
        regression_gate=bool(gate),
        gate_reasons=gate,
        approvals=policy.lanes.of(lane).approvals,
        signals=signals,
    )


@dataclass(frozen=True)
class _Change:
    workflow: Workflow
    history: History
    ticked_kinds: frozenset[Kind]
    ticked_impacts: frozenset[Impact]
    signals: tuple[Signal, ...]

    @property
    def _counted(self) -> dict[Impact | Kind, Signal]:
        return {signal.names: signal for signal in self.signals if not signal.dismissed}

    @property
    def kinds(self) -> list[Kind]:
        return [kind for kind in Kind if kind in self.ticked_kinds or kind in self._counted]

    @property
    def impacts(self) -> list[Impact]:
        return [impact for impact in Impact if impact in self.ticked_impacts or impact in self._counted]

    def found_only(self, name: Impact | Kind) -> str:
        """Say which words of the diff named it, where the submitter did not."""
        if name in self.ticked_kinds or name in self.ticked_impacts:
            return ""
        words = [f"\u201c{word}\u201d" for word in self._counted[name].words]
        shown = ", ".join(words[:_SHOWN]) + (
            f" and {len(words) - _SHOWN} more" if len(words) > _SHOWN else ""
        )
        return f", found in the diff: {shown}"


def _fired(policy: Policy, change: _Change) -> Iterator[_Fired]:
    for kind in change.kinds:
        rule = policy.rules.kinds[kind]
        yield _told(f"kind.{kind}", rule.lane, rule.because + change.found_only(kind))
    for impact in change.impacts:
        rule = policy.rules.impacts[impact]
        yield _told(f"impact.{impact}", rule.lane, rule.because + change.found_only(impact))
    for touch in sorted(set(change.workflow.touches)):
        for with_touch in policy.rules.touches.get(touch, ()):
            if with_touch.only_customer_visible and not change.workflow.customer_visible:
                continue
            if set(with_touch.kinds) & set(change.kinds) or set(with_touch.impacts) & set(change.impacts):
                yield _told(f"touches.{touch}", with_touch.lane, with_touch.because)
    if isinstance(change.workflow.target, PolicyTarget):
        yield _told(f"workflow.{RELEASE_POLICY}", Lane.HIGH, "changes the release policy itself")


def _told(rule: str, lane: Lane, because: str) -> _Fired:
    return _Fired(lane, Reason(rule, f"{lane.capitalize()}: it {because} ({rule})."))


def _by_hand(
    by_rules: Lane, raised_to: Lane | None, lowered_to: Lane | None
) -> tuple[Lane, tuple[Reason, ...]]:
    lane, moved = by_rules, list[Reason]()
    if lowered_to is not None and lowered_to.rank < lane.rank:
        text = f"A policy owner lowered the lane from {lane} to {lowered_to} (lane.lowered)."
        lane, moved = lowered_to, [Reason("lane.lowered", text)]
    if raised_to is not None and raised_to.rank > lane.rank:
        text = f"Someone who may approve raised the lane from {lane} to {raised_to} (lane.raised)."
        lane, moved = raised_to, [*moved, Reason("lane.raised", text)]
    return lane, tuple(moved)


def _gate(policy: Policy, change: _Change, lane: Lane) -> Iterator[Reason]:
    gates = policy.gates
    for criterion in gates.criteria:
        holding: list[Kind | Impact | Touch | str] = [
            *(kind for kind in change.kinds if kind in criterion.kinds),
            *(impact for impact in change.impacts if impact in criterion.impacts),
            *(touch for touch in sorted(set(change.workflow.touches)) if touch in criterion.touches),
        ]
        if criterion.customer_visible and change.workflow.customer_visible:
            holding.append(Impact.CUSTOMER_VISIBLE)
        for name in holding:
            yield _gate_reason(str(name), f"it {criterion.because}")
    events = change.history.rollbacks + change.history.reports
    if events >= gates.history.events:
        days = gates.history.within.days
        counted = f"{change.history.rollbacks} rollbacks and {change.history.reports} reports in {days} days"
        yield _gate_reason("history", f"it {gates.history.because}: {counted}")
    if lane in gates.lanes:
        yield _gate_reason(lane.value, f"the {lane} lane always has one")


def _gate_reason(name: str, why: str) -> Reason:
    return Reason(f"gate.{name}", f"A regression gate is required: {why} (gate.{name}).")
