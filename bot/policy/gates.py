"""The gates of a change: what evidence and spot checks must show before it counts as approved.

Each gate says in words what it wants and what it has. A gate must never be met by what is not there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from bot.policy.sections import LaneRules, Threshold


@dataclass(frozen=True)
class Evidence:
    """One recorded result for the change's exact content. Raises ValueError on impossible counts."""

    suite: str
    total: int
    passed: int
    newly_failing: int
    scored_by_people: bool = False

    def __post_init__(self) -> None:
        if self.total < 1:
            raise ValueError("A result needs at least one case.")
        if not 0 <= self.passed <= self.total:
            raise ValueError(f"{self.passed} of {self.total} cannot have passed.")
        if not 0 <= self.newly_failing <= self.total - self.passed:
            raise ValueError(
                f"{self.newly_failing} newly failing is more than failed at all, or less than none."
            )


@dataclass(frozen=True)
class SpotCheck:
    """A reviewer's marks, one for each example: True for good, False for bad, None for not marked yet."""

    marks: tuple[bool | None, ...]


@dataclass(frozen=True)
class GateState:
    """One gate: whether it is met, and in words what it wants and has."""

    name: str
    met: bool
    text: str


def gate_states(
    demands: LaneRules,
    *,
    gate_required: bool,
    evidence: Sequence[Evidence] = (),
    spot_check: SpotCheck | None = None,
    target_has_stages: bool = True,
) -> list[GateState]:
    """List the gates of a change in a lane with these demands. `evidence` is in the order of its recording.

    The newest result of a suite counts. Where a lane wants stages and the target has none, a sample that
    people scored takes their place.
    """
    states = []
    if demands.spot_check:
        states.append(_spot_check(spot_check))
    if gate_required:
        states.append(_regression(demands.threshold, evidence))
    if len(demands.stages) > 1 and not target_has_stages:
        states.append(_scored_sample(demands.threshold, evidence))
    return states


def _spot_check(check: SpotCheck | None) -> GateState:
    marks = check.marks if check else ()
    bad = sum(mark is False for mark in marks)
    unmarked = sum(mark is None for mark in marks)
    if not marks:
        return GateState("spot_check", met=False, text="Spot check: no example was marked yet.")
    if bad:
        return GateState("spot_check", met=False, text=f"Spot check: {bad} of {len(marks)} marked bad.")
    if unmarked:
        return GateState(
            "spot_check", met=False, text=f"Spot check: {unmarked} of {len(marks)} not marked yet."
        )
    return GateState("spot_check", met=True, text=f"Spot check: all {len(marks)} marked good.")


def _regression(threshold: Threshold, evidence: Sequence[Evidence]) -> GateState:
    wanted = f"at least {threshold.cases} cases, {threshold.pass_rate * 100:.4g} % passing"
    wanted += ", nothing newly failing" if not threshold.newly_failing else ""
    if threshold.scored_cases:
        wanted += f", or {threshold.scored_cases} cases scored by people"
    newest = list({result.suite: result for result in evidence}.values())
    if not newest:
        return GateState("regression", met=False, text=f"Regression: no result yet. Wanted: {wanted}.")
    failing = [result for result in newest if not _good_enough(threshold, result)]
    if failing:
        return GateState("regression", met=False, text=f"Regression: {_told(failing[0])}. Wanted: {wanted}.")
    passing = [result for result in newest if _large_enough(threshold, result)]
    if not passing:
        largest = max(newest, key=lambda result: result.total)
        return GateState("regression", met=False, text=f"Regression: {_told(largest)}. Wanted: {wanted}.")
    return GateState("regression", met=True, text=f"Regression: {_told(passing[0])}.")


def _scored_sample(threshold: Threshold, evidence: Sequence[Evidence]) -> GateState:
    wanted = threshold.scored_cases or threshold.cases
    newest = {result.suite: result for result in evidence if result.scored_by_people}.values()
    for result in newest:
        if result.total >= wanted and _good_enough(threshold, result):
            text = f"Scored sample instead of stages: {_told(result)}."
            return GateState("scored_sample", met=True, text=text)
    text = f"This target has no stages, so people score a sample of {wanted} cases instead: not there yet."
    return GateState("scored_sample", met=False, text=text)


def _good_enough(threshold: Threshold, result: Evidence) -> bool:
    # Fractions, because 0.95 of 20 cases is 19 and not a little more.
    if result.passed < Fraction(str(threshold.pass_rate)) * result.total:
        return False
    return result.newly_failing <= threshold.newly_failing


def _large_enough(threshold: Threshold, result: Evidence) -> bool:
    if result.total >= threshold.cases:
        return True
    return bool(result.scored_by_people and threshold.scored_cases and result.total >= threshold.scored_cases)


def _told(result: Evidence) -> str:
    scored = ", scored by people" if result.scored_by_people else ""
    newly = f"{result.newly_failing} newly failing" if result.newly_failing else "nothing newly failing"
    return f"{result.suite}: {result.passed} of {result.total} passed, {newly}{scored}"
