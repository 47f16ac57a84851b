"""The first release of a workflow: nothing stood there before, so the way back is written down beforehand."""

from typing import Any

import pytest

from bot.sandbox.person import SlackPerson
from tests.scenario.release.story import Prompt, deploy, proposed, roll_back, spot_check
from tests.scenario.town import Town, actions, top, words

GREETINGS = Prompt("greetings", "greetings.md", "")
OFF = "Set the flag greetings to off in the console of the chat."
SAFE, BOLD = "Say hello.\n", "Say hello, and offer help with anything.\n"


@pytest.fixture(autouse=True)
def _new_workflow(town: Town) -> None:
    def add(data: dict[str, Any]) -> None:
        workflows = data["workflows"]
        target = {**workflows["summaries"]["target"], "path": GREETINGS.path}
        workflows["greetings"] = {**workflows["summaries"], "target": target}

    town.change_policy(add)


def propose(town: Town, text: str, **note: str) -> SlackPerson:
    """Mira proposes the first text."""
    return town.propose("U0MIRA", "greetings", text=text, note=note)


def test_a_first_release_without_a_way_back_is_refused_at_submission(town: Town) -> None:
    """The form stays open, with the error where the way back is asked."""
    mira = propose(town, BOLD)
    assert not mira.last_answer.ok
    assert "Nothing is live yet, so nothing can come back." in mira.last_answer.errors["fallback_switch_off"]
    assert town.messages("review") == []
    assert mira.submit(values={"fallback_switch_off": OFF}).ok


def test_rolling_it_back_asks_a_person_to_switch_it_off(town: Town) -> None:
    """The workflow's owner and whoever clicked are told how; it is done once one of them says so."""
    assert propose(town, BOLD, fallback_switch_off=OFF).last_answer.ok
    spot_check(town, 1)
    deploy(town, 1)
    assert town.live_text(GREETINGS.path) == BOLD
    assert OFF in words(town.message("live"))
    roll_back(town, 1)
    assert "Rolling back" in words(town.message("rollback"))
    assert "not done yet" in words(town.message("rollback"))
    task = town.message("task", to="U0ANA")
    assert OFF in words(task)
    town.person("U0PAUL", hostile=True).click(town.card(), "task_done", value=task_id(town))
    assert "This was asked of somebody else." in town.whispers("U0PAUL")[-1]
    town.person("U0ANA").click(task, "task_done")
    town.settle()
    assert "Rolled back: PC-1" in words(town.message("rollback"))
    assert actions(town.message("task", to="U0RITA")) == []
    assert actions(town.message("live")) == []


def task_id(town: Town) -> str:
    """What the button of the task carries."""
    rows = [block for block in town.message("task", to="U0ANA").blocks if block["type"] == "actions"]
    return str(rows[0]["elements"][0]["value"])


def test_a_fallback_version_comes_back_by_itself(town: Town) -> None:
    """A version that the target holds is named at submission; the rollback puts it in place."""
    assert propose(town, SAFE, fallback_switch_off=OFF).last_answer.ok
    town.person("U0MIRA").click(town.card(), "change_menu", selected="Withdraw")
    assert town.person("U0MIRA").submit().ok
    town.settle()
    mira = town.first_step("U0MIRA", "greetings", text=BOLD)
    choices = next(it for it in top(mira).blocks if it["block_id"] == "fallback_version")["element"][
        "options"
    ]
    town.second_step(mira, {"fallback_version": choices[0]["value"]})
    assert mira.last_answer.ok
    spot_check(town, 2)
    deploy(town, 2)
    roll_back(town, 2)
    assert town.live_text(GREETINGS.path) == SAFE
    assert "Rolled back: PC-2" in words(town.message("rollback", change=2))


def test_the_second_release_goes_back_to_the_first(town: Town) -> None:
    """Once something was live, that is the way back, and no other is asked for."""
    assert propose(town, SAFE, fallback_switch_off=OFF).last_answer.ok
    spot_check(town, 1)
    deploy(town, 1)
    proposed(town, GREETINGS, "Say hello warmly", old="Say hello")
    spot_check(town, 2)
    deploy(town, 2)
    assert town.live_text(GREETINGS.path) == "Say hello warmly.\n"
    roll_back(town, 2)
    assert town.live_text(GREETINGS.path) == SAFE
    assert "roll_back" in actions(town.message("live", change=1))
