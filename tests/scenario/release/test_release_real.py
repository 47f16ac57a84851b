"""The whole story against real registries: propose, approve, deploy, moved past the app, put back, roll back.

Only `make registries` runs these: it starts the servers and says where they are.
"""

import os
from typing import Any
from uuid import uuid4

import pytest

from bot.connectors.opening import open_target
from tests.scenario.release.story import deploy, newest, roll_back, spot_check
from tests.scenario.release.test_release_drift import look
from tests.scenario.town import Town, actions, words
from tests.systems.record import RecordInMemory

OLD, NEW, OTHER = "Answer kindly.", "Answer kindly and briefly.", "Answer kindly, and in rhymes."
SPECS = {
    "mlflow": {"host": "TEST_MLFLOW_URL"},
    "phoenix": {"host": "TEST_PHOENIX_URL", "first_model": "gpt-x", "api_key_env": None},
}

pytestmark = pytest.mark.real


class Somebody:
    """Who works in the registry without the app."""

    def __init__(self, town: Town, spec: dict[str, Any]) -> None:
        self._target = open_target(
            spec, workflow="macros", base=town.repository.parent, record=RecordInMemory()
        )

    @property
    def live(self) -> str | None:
        """The text that clients get."""
        version = self._target.read_pointer("production")
        return None if version is None else self._target.read_content(version).text

    def put(self, text: str) -> None:
        """Make a version, and move the pointer there from wherever it is."""
        version = self._target.propose(text, change_name=f"by-hand-{uuid4()}", author="Somebody", key="x")
        at = self._target.read_pointer("production")
        self._target.move("production", expected=at, wanted=version, key=f"by-hand-{uuid4()}", why="by hand")


@pytest.mark.parametrize("kind", SPECS)
def test_the_whole_story_against_a_real_registry(town: Town, kind: str) -> None:
    """What the registry serves is what was approved, then what somebody put, and then each put back."""
    spec: dict[str, Any] = {**SPECS[kind], "kind": kind, "prompt": f"macros-{uuid4()}"}
    spec["host"] = os.environ[str(spec["host"])]
    somebody = Somebody(town, spec)
    somebody.put(OLD)

    def add(data: dict[str, Any]) -> None:
        there = data["workflows"]
        there["macros"] = {**there["summaries"], "target": spec}

    town.change_policy(add)
    assert town.propose("U0MIRA", "macros", text=NEW).last_answer.ok
    number = newest(town)
    assert "and briefly" in words(town.card(number))
    spot_check(town, number)
    assert somebody.live == OLD
    deploy(town, number)
    assert somebody.live == NEW
    assert f"Live: PC-{number}" in words(town.message("live"))

    look(town)
    somebody.put(OTHER)
    look(town)
    card = town.message("drift", to="C0TOOLS")
    assert actions(card) == ["adopt", "put_back"]
    assert somebody.live == OTHER
    town.person("U0RITA").click(card, "put_back")
    town.settle()
    assert somebody.live == NEW
    assert "Put back: macros" in words(town.message("drift", to="C0TOOLS"))

    roll_back(town, number)
    assert somebody.live == OLD
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))
