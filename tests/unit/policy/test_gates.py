"""What evidence and spot checks must show."""

import pytest

from bot.policy.gates import Evidence, SpotCheck, gate_states
from bot.policy.load import default_policy
from storage.vocabulary import Lane

LANES = default_policy().lanes


@pytest.mark.parametrize(
    ("lane", "results", "met"),
    [
        (Lane.MEDIUM, [], False),
        (Lane.MEDIUM, [Evidence("a", 20, 19, 0)], True),
        (Lane.MEDIUM, [Evidence("a", 19, 19, 0)], False),
        (Lane.MEDIUM, [Evidence("a", 20, 18, 0)], False),
        (Lane.MEDIUM, [Evidence("a", 100, 99, 1)], False),
        (Lane.LOW, [Evidence("a", 20, 19, 0)], True),
        (Lane.LOW, [Evidence("a", 20, 18, 0)], False),
        (Lane.HIGH, [Evidence("a", 50, 49, 0)], True),
        (Lane.HIGH, [Evidence("a", 49, 49, 0)], False),
        (Lane.HIGH, [Evidence("a", 50, 48, 0)], False),
        (Lane.HIGH, [Evidence("a", 50, 49, 1)], False),
        (Lane.HIGH, [Evidence("a", 20, 20, 0, scored_by_people=True)], True),
        (Lane.HIGH, [Evidence("a", 19, 19, 0, scored_by_people=True)], False),
        (Lane.HIGH, [Evidence("a", 20, 20, 0)], False),
        (Lane.HIGH, [Evidence("a", 50, 50, 0), Evidence("a", 50, 10, 0)], False),
        (Lane.HIGH, [Evidence("a", 50, 10, 0), Evidence("a", 50, 50, 0)], True),
        (Lane.HIGH, [Evidence("a", 50, 50, 0), Evidence("b", 10, 5, 5)], False),
        (Lane.HIGH, [Evidence("a", 50, 50, 0), Evidence("b", 10, 10, 0)], True),
    ],
)
def test_the_regression_gate_holds_its_figures(lane: Lane, results: list[Evidence], met: bool) -> None:  # noqa: FBT001 - a column of the table
    """The newest result of each suite is measured against the figures of the lane."""
    states = gate_states(LANES.of(lane), gate_required=True, evidence=results)
    assert met == next(state.met for state in states if state.name == "regression")


@pytest.mark.parametrize(
    ("marks", "met"),
    [((), False), ((True, True), True), ((True, None), False), ((True, False), False), ((None,), False)],
)
def test_the_spot_check_wants_every_example_marked_good(marks: tuple[bool | None, ...], met: bool) -> None:  # noqa: FBT001 - a column of the table
    """A missing mark and a bad mark both keep the gate shut."""
    (state,) = gate_states(LANES.low, gate_required=False, spot_check=SpotCheck(marks))
    assert (state.name, state.met) == ("spot_check", met)


def test_a_low_change_has_a_gate_only_where_one_is_required() -> None:
    """Spot check always; the regression gate beside it where it is required."""
    assert [s.name for s in gate_states(LANES.low, gate_required=False)] == ["spot_check"]
    assert [s.name for s in gate_states(LANES.low, gate_required=True)] == ["spot_check", "regression"]


def test_a_target_without_stages_needs_a_scored_sample_in_high() -> None:
    """A sample that people scored takes the place of stages; a machine's result does not."""
    by_machine, by_people = Evidence("m", 50, 50, 0), Evidence("p", 20, 20, 0, scored_by_people=True)
    for results, met in (([by_machine], False), ([by_machine, by_people], True)):
        states = gate_states(LANES.high, gate_required=True, evidence=results, target_has_stages=False)
        assert met == next(state.met for state in states if state.name == "scored_sample")
    staged = gate_states(LANES.high, gate_required=True)
    assert "scored_sample" not in {state.name for state in staged}


def test_a_gate_says_what_it_wants_and_has() -> None:
    """The figures of the lane and of the result stand in the text."""
    (state,) = gate_states(LANES.medium, gate_required=True, evidence=[Evidence("core", 20, 18, 1)])
    assert state.text == (
        "Regression: core: 18 of 20 passed, 1 newly failing. "
        "Wanted: at least 20 cases, 95 % passing, nothing newly failing."
    )


@pytest.mark.parametrize("counts", [(0, 0, 0), (5, 6, 0), (5, -1, 0), (5, 4, 2), (5, 5, -1)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    """A result that cannot be is no evidence."""
    with pytest.raises(ValueError, match=r"cannot|needs|more than"):
        Evidence("a", *counts)
