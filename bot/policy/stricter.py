"""Of two policies the stricter one: what binds a change under whose feet the policy has moved.

Votes are cast under the policy that a card shows. A later policy may ask for more, and then it binds; it must
never make what was asked for less.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.policy.classify import Classification, Reason
from bot.policy.model import Policy
from bot.policy.sections import LaneRules, Threshold
from storage.vocabulary import Lane


def stricter_rules(one: LaneRules, other: LaneRules) -> LaneRules:
    """What a lane demands where both bind. What is about time and reminders is taken from the first."""
    return one.model_copy(
        update={
            "approvals": max(one.approvals, other.approvals),
            "statement_required": one.statement_required or other.statement_required,
            "spot_check": one.spot_check or other.spot_check,
            "threshold": _stricter_threshold(one.threshold, other.threshold),
            "rollback_plan_required": one.rollback_plan_required or other.rollback_plan_required,
            "stop_conditions_required": one.stop_conditions_required or other.stop_conditions_required,
            "stages": max(one.stages, other.stages, key=len),
            "deployer_may_not_touch": one.deployer_may_not_touch or other.deployer_may_not_touch,
            "restore_confirmed_by_second": (
                one.restore_confirmed_by_second or other.restore_confirmed_by_second
            ),
        }
    )


def _stricter_threshold(one: Threshold, other: Threshold) -> Threshold:
    """Fewer cases scored by people are a way round the many, so no such way is stricter than any."""
    scored = [each.scored_cases for each in (one, other)]
    return Threshold(
        cases=max(one.cases, other.cases),
        pass_rate=max(one.pass_rate, other.pass_rate),
        newly_failing=min(one.newly_failing, other.newly_failing),
        scored_cases=None if None in scored else max(each for each in scored if each is not None),
    )


def rules_of(policies: Sequence[Policy], lane: Lane) -> LaneRules:
    """What a lane demands under all of these policies; the one in force comes first."""
    found, *others = (each.lanes.of(lane) for each in policies)
    for each in others:
        found = stricter_rules(found, each)
    return found


def strictest(policies: Sequence[Policy], found: Sequence[Classification]) -> Classification:
    """The answer that binds, of one for each policy; the one in force comes first.

    Where an earlier policy asks for more, one more reason says so.
    """
    now = found[0]
    chosen = max(found, key=lambda each: each.lane.rank)
    gated = next((each for each in (chosen, *found) if each.regression_gate), chosen)
    rules = rules_of(policies, chosen.lane)
    binding = replace(
        chosen,
        regression_gate=gated.regression_gate,
        gate_reasons=gated.gate_reasons,
        approvals=rules.approvals,
    )
    same = (binding.lane, binding.regression_gate) == (now.lane, now.regression_gate)
    if same and rules == policies[0].lanes.of(now.lane):
        return binding
    return replace(binding, reasons=(*binding.reasons, _EARLIER))


_EARLIER = Reason(
    "policy.stricter",
    "The policy has changed while this was on its way. An earlier version asks for more than the one in "
    "force, and binds until the change is edited (policy.stricter).",
)
