"""Model and settings that a registry keeps with a version: seen, weighed, approved, served with its text."""

from collections.abc import Iterator

import pytest

from tests.scenario.release.story import deploy, newest, roll_back, spot_check, with_result
from tests.scenario.release.test_release_http import governed
from tests.scenario.review.hand import menu
from tests.scenario.town import Town, top, words
from tests.systems import SYSTEMS
from tests.systems.settings import MODEL_IS_AT, REGISTRIES, with_model
from tests.systems.system import System

OLD = "Answer kindly."
SOME = ("langfuse", "phoenix")
KINDS = [
    pytest.param(kind, marks=() if kind in SOME else (pytest.mark.slow, pytest.mark.soak))
    for kind in REGISTRIES
]


@pytest.fixture(params=KINDS)
def system(request: pytest.FixtureRequest, town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """Give each registry in turn, with a text that was live before the app came."""
    with SYSTEMS[request.param]("macros") as found:
        found.put(OLD)
        yield governed(town, found, monkeypatch)


def choose(town: Town, version: str) -> None:
    """Mira proposes a version that the registry holds already."""
    mira = town.person("U0MIRA")
    mira.command("/prompt-change")
    mira.click_in_view(top(mira), "choose_workflow", selected="macros")
    mira.click_in_view(top(mira), "choose_how", selected="existing")
    mira.submit(values={"Version": version, "What does it change?": ["system_prompt"]})
    assert mira.last_answer.ok, mira.last_answer


def submitted(town: Town) -> int:
    """She fills in the second step; the change's number."""
    mira = town.person("U0MIRA")
    town.second_step(mira, {})
    assert mira.last_answer.ok, mira.last_answer
    return newest(town)


def test_another_model_under_the_same_text_is_a_change_of_the_medium_lane(town: Town, system: System) -> None:
    """Though only the mildest kind is ticked; form, card and full difference name it, before and after."""
    version = with_model(system, OLD, "gpt-z")
    choose(town, version)
    name = MODEL_IS_AT[system.kind]
    shown = str(top(town.person("U0MIRA")).blocks)
    assert "Medium" in shown
    assert name in shown
    number = submitted(town)
    card = words(town.card(number))
    assert "Medium" in card
    assert "changes which model answers" in card
    assert f"{name}: " in card
    assert "gpt-z" in card
    assert "The text stays as it is." in card
    ben = town.person("U0BEN")
    menu(ben, town.card(number), "full_diff")
    assert name in str(top(ben).blocks)


def test_what_was_approved_with_its_model_goes_live_and_comes_back(town: Town, system: System) -> None:
    """The pointer moves to that very version, and a rollback to the model from before."""
    before = system.live()
    version = with_model(system, "Answer kindly and briefly.", "gpt-z")
    choose(town, version)
    number = submitted(town)
    with_result(town, number)
    town.person("U0BEN").click(town.card(number), "approve")
    town.settle()
    deploy(town, number)
    assert system.live() == "Answer kindly and briefly."
    assert f"Live: PC-{number}" in words(town.message("live"))
    roll_back(town, number)
    assert system.live() == before


def test_a_new_text_alone_stays_in_the_low_lane(town: Town, system: System) -> None:
    """What is typed here keeps the live settings, so nothing but the text is weighed."""
    mira = town.propose("U0MIRA", "macros", text="Answer kindly and briefly.")
    assert mira.last_answer.ok, mira.last_answer
    card = words(town.card(newest(town)))
    assert "Low" in card
    assert "Settings" not in card
    assert system.live() == OLD


def test_a_model_that_was_changed_in_place_does_not_go_live(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The text is still the one that was approved, and that is not enough."""
    with SYSTEMS["langfuse"]("macros") as system:
        system.put(OLD)
        governed(town, system, monkeypatch)
        mira = town.propose("U0MIRA", "macros", text="Answer kindly and briefly.")
        assert mira.last_answer.ok, mira.last_answer
        number = newest(town)
        spot_check(town, number)
        system.local.versions["support/refunds"][-1]["config"] = {"model": "another"}
        deploy(town, number)
        assert system.live() == OLD
        assert town.messages("live") == []
        assert "is not what was approved" in words(town.messages("outcome", to="U0MIRA")[-1])


def test_settings_that_nobody_could_foresee_are_shown_before_they_are_submitted(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry gives a first text the model of its newest version: the form comes again, with the lane."""
    with SYSTEMS["phoenix"]("macros") as system:
        governed(town, system, monkeypatch)
        mira = town.first_step("U0MIRA", "macros", text="Answer kindly.")
        assert mira.last_answer.ok, mira.last_answer
        note = {"fallback_switch_off": "Switch the macro off in the helpdesk."}
        town.second_step(mira, note)
        form = str(top(mira).blocks)
        assert "gpt-x" in form
        assert "put it in the medium lane" in form
        town.second_step(mira, {**note, "asked": ["U0BEN"]})
        assert mira.last_answer.ok, mira.last_answer
        assert "gpt-x" in words(town.card(newest(town)))
