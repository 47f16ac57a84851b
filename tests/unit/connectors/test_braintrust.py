"""The Braintrust target, against a local server with the odd answers that the real one is known for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.braintrust import BraintrustTarget
from bot.connectors.registries.braintrust_answers import merged, shown
from bot.policy.targets import BraintrustTarget as Settings
from tests.systems.braintrust import KEY, PROJECT, PROMPT, LocalBraintrust, completion, local_braintrust
from tests.systems.faulty import STALL, Fault
from tests.systems.system import System, served

HELD = {"BRAINTRUST_API_KEY": SecretStr(KEY)}
CHAT = {"prompt": {"type": "chat", "messages": [{"role": "system", "content": "Hi"}]}}
MODEL = {"model": "gpt-x", "params": {"temperature": 0}}


def target_at(url: str, prompt: str = PROMPT, project: str = PROJECT, **more: Any) -> BraintrustTarget:
    """A target."""
    given = {"kind": "braintrust", "host": url, "project": project, "prompt": prompt, **more}
    return BraintrustTarget(Settings.model_validate(given), HELD.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local Braintrust behind a door; its first version is nobody's."""
    with local_braintrust() as found:
        yield found


@pytest.fixture
def project(system: System) -> LocalBraintrust:
    """What it holds."""
    return system.local


@pytest.fixture
def target(system: System) -> BraintrustTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_environment="canary")


def proposed(target: BraintrustTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: BraintrustTarget, old: str | None, new: str | None, key: str = "R-1") -> Moved:
    """One move."""
    return target.move("production", expected=old, wanted=new, key=key, why="PC-1, by Ben")


def live(project: LocalBraintrust, data: dict[str, Any] | None) -> str:
    """Somebody makes this live."""
    version = project.add(PROMPT, data)
    project.assign("production", version)
    return version


def test_a_proposal_carries_the_settings_of_the_live_version(
    target: BraintrustTarget, project: LocalBraintrust
) -> None:
    """Model and format go along, and what somebody has saved since in their place does not."""
    old = live(project, completion("one", options=MODEL, template_format="nunjucks"))
    project.add(PROMPT, completion("of somebody", options={"model": "another", "params": {"temperature": 1}}))
    new = proposed(target, "two")
    assert project.prompts[PROMPT][-1]["_xact_id"] == new
    assert project.prompts[PROMPT][-1]["prompt_data"] == completion(
        "two", options=MODEL, template_format="nunjucks"
    )
    assert target.read_pointer("production") == old


def test_settings_that_would_slip_in_are_refused(target: BraintrustTarget, project: LocalBraintrust) -> None:
    """Braintrust mixes a change into the newest version, whose settings nobody may have approved."""
    live(project, completion("one", options={"model": "gpt-x"}))
    project.add(PROMPT, completion("of somebody", options={"model": "gpt-x", "params": {"temperature": 2}}))
    with pytest.raises(TargetRefused, match="would mix them in"):
        proposed(target, "two")
    assert len(project.prompts[PROMPT]) == 3


def test_the_same_text_with_the_same_settings_is_the_same_version(
    system: System, target: BraintrustTarget
) -> None:
    """So a proposal whose answer was lost is found, also behind what somebody has saved since."""
    system.door.only = f"/v1/prompt/{system.local.prompts[PROMPT][0]['id']}"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    stored = system.local.prompts[PROMPT][-1]["_xact_id"]
    system.local.add(PROMPT, completion("of somebody"))
    assert proposed(target, "two", "PC-2") == stored
    assert len(system.local.prompts[PROMPT]) == 3


def test_the_first_version_makes_the_prompt(system: System) -> None:
    """In the project of the policy; where there is none of that name, that is said."""
    target = target_at(system.spec["host"], "new-one")
    assert target.read_pointer("production") is None
    proposed(target, 'Say {"refund": true} to {{name}}.')
    assert system.local.prompts["new-one"][0]["prompt_data"]["template_format"] == "mustache"
    with pytest.raises(TargetRefused, match="no project Elsewhere"):
        proposed(target_at(system.spec["host"], "new-two", "Elsewhere"), "two")


@pytest.mark.parametrize("data", [CHAT, {"prompt": None}, {}, None, {"prompt": {"type": "completion"}}])
def test_what_is_no_completion_is_refused_before_anything_is_written(
    target: BraintrustTarget, project: LocalBraintrust, data: dict[str, Any] | None
) -> None:
    """A chat prompt, and what holds nothing."""
    old = live(project, data)
    for act in (lambda: target.read_content(old), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match=rf"Version {shown(old)} of {PROMPT} is no completion prompt"):
            act()
    assert len(project.prompts[PROMPT]) == 2


def test_a_move_leaves_the_other_environments_as_they_are(
    target: BraintrustTarget, project: LocalBraintrust
) -> None:
    """Production is made, moved and taken away; the canary, and one of somebody else, stay."""
    one = project.prompts[PROMPT][0]["_xact_id"]
    project.assign("canary", one)
    project.assign("qa", one)
    new = proposed(target, "two")
    move(target, None, one, "R-1")
    move(target, one, new, "R-2")
    assert [project.has(each) for each in ("production", "canary", "qa")] == [new, one, one]
    move(target, new, None, "R-3")
    assert [project.has(each) for each in ("production", "canary", "qa")] == [None, one, one]
    assert {mark("move", "production", key) for key in ("R-1", "R-2", "R-3")} < set(project.prompts)


def test_a_lost_answer_is_found_and_then_the_key_is_used_up(system: System, target: BraintrustTarget) -> None:
    """The mark is left once the move was found, so that an environment that was put back is left alone."""
    old = system.put("one")
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, old, new)
    system.door.heal()
    assert move(target, old, new).already
    assert system.put("one") == old
    with pytest.raises(PointerElsewhere, match=f"put back to {old} since"):
        move(target, old, new)


def test_an_environment_that_is_not_there_is_refused(system: System) -> None:
    """Environments are made in the organisation, by people."""
    target = target_at(system.spec["host"], environment="live")
    with pytest.raises(TargetRefused, match=r"refuses \(400\)"):
        target.move("live", expected=None, wanted=system.other, key="R-1", why="")


def test_a_version_in_between_is_no_version(target: BraintrustTarget, project: LocalBraintrust) -> None:
    """Braintrust answers with what was there at that time, and takes any number for an environment."""
    one = project.prompts[PROMPT][0]["_xact_id"]
    proposed(target, "two")
    between = str(int(one) + 1)
    project.assign("production", between)
    assert target.read_pointer("production") == between
    for odd in (between, f"0{one}", "+1", "1", "\u0661", "9" * 20, shown(one), "production", ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
    assert "has no version" in target.problems()[0]


@pytest.mark.parametrize("lie", [{"_xact_id": "x"}, {"_xact_id": None}])
def test_an_answer_about_something_else_is_not_believed(lie: dict[str, Any]) -> None:
    """The prompt that is read is the one that was asked for, or none."""
    truth = {"id": "a", "project_id": "b", "slug": PROMPT, "_xact_id": 7, "prompt_data": completion("one")}
    with (
        served(JSONResponse({"objects": [truth | lie]})) as url,
        pytest.raises(TargetUnavailable, match="not believed"),
    ):
        target_at(url).read_content("7")


@pytest.mark.parametrize("slugs", [["other"], [PROMPT, PROMPT]])
def test_another_prompt_or_two_of_them_are_not_believed(slugs: list[str]) -> None:
    """A slug names one prompt."""
    found = [{"id": "a", "project_id": "b", "slug": each, "_xact_id": "7"} for each in slugs]
    with (
        served(JSONResponse({"objects": found})) as url,
        pytest.raises(TargetUnavailable, match=f"answers with {slugs[0]}, one of {len(slugs)}"),
    ):
        target_at(url).read_pointer("production")


def test_another_server_never_means_that_nothing_is_live() -> None:
    """A wrong address has no list of prompts."""
    with served(PlainTextResponse("Not Found", 404)) as url, pytest.raises(TargetRefused, match=r"\(404\)"):
        target_at(url).read_pointer("production")


def test_what_a_person_reads_has_the_name_that_the_browser_shows(target: BraintrustTarget) -> None:
    """As Braintrust's own command line turns the number into it."""
    assert shown("1000192656880881099") == "81cd05ee665fdfb3"
    assert "81cd05ee665fdfb3 (1000192656880881099)" in target.by_hand("production", "1000192656880881099")


def test_versions_say_when(target: BraintrustTarget) -> None:
    """By the seconds in the id of the transaction; a deletion is no version."""
    new = proposed(target, "two", "PC-7")
    newest, oldest = target.list_versions()
    assert (newest.id, newest.label) == (new, f"version {shown(new)}")
    assert oldest.at == datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
    assert target.lag == timedelta(0)


def test_a_change_is_mixed_as_braintrust_does() -> None:
    """Objects into what is there; lists, texts and nothing take its place."""
    assert merged({"a": {"b": 1, "c": [1]}, "d": 1}, {"a": {"c": [2]}, "d": None}) == {
        "a": {"b": 1, "c": [2]},
        "d": None,
    }
