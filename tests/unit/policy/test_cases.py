"""Labelled changes: the given ones, and our own. None may land lower than it says, and none higher."""

import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.policy.classify import Classification, History, classify
from bot.policy.load import default_policy
from bot.policy.model import Workflow
from storage.vocabulary import Impact, Kind

OWN = Path(__file__).with_name("cases.yml")
GIVEN = Path(__file__).resolve().parents[3] / ".." / "shared" / "cases" / "lanes.yml"


def _load(path: Path) -> list[Any]:
    if path == GIVEN and not path.exists() and not os.environ.get("CI"):
        return []
    cases: list[Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in cases]


def _classify(case: dict[str, Any]) -> Classification:
    change = case["change"]
    return classify(
        default_policy(),
        Workflow.model_validate(case["workflow"]),
        kinds=[Kind(kind) for kind in change["kinds"]],
        impacts=[Impact(impact) for impact in change["impacts"]],
        before=change["before"],
        after=change["after"],
        history=History(**change.get("history", {})),
    )


@pytest.mark.parametrize("case", [*_load(GIVEN), *_load(OWN)])
def test_a_labelled_change_lands_in_its_lane(case: dict[str, Any]) -> None:
    """The default policy gives each labelled change its lane, its gate and at least its signals."""
    found = _classify(case)
    expect = case["expect"]
    assert expect["lane"] == found.lane
    assert expect.get("regression_gate", found.regression_gate) == found.regression_gate
    assert set(expect.get("signal_impacts", [])) <= {signal.names.value for signal in found.signals}


@pytest.mark.parametrize("case", [*_load(GIVEN), *_load(OWN)])
def test_every_reason_is_a_sentence_that_names_its_rule(case: dict[str, Any]) -> None:
    """Each reason of each labelled change ends in a full stop and holds its rule's id."""
    found = _classify(case)
    assert found.reasons
    assert found.regression_gate == bool(found.gate_reasons)
    for reason in (*found.reasons, *found.gate_reasons):
        assert f"({reason.rule})" in reason.text
        assert reason.text.endswith(".")


def test_there_are_enough_cases_of_our_own() -> None:
    """At least sixty cases of our own exist, each with a name of its own."""
    cases = yaml.safe_load(OWN.read_text(encoding="utf-8"))
    assert len(cases) >= 60
    assert len({case["name"] for case in cases}) == len(cases)
