"""The PromptLayer target, against a local server with the odd answers that the real one is known for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.promptlayer import PromptlayerTarget
from bot.policy.targets import PromptlayerTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.promptlayer import KEY, PROMPT, LocalPromptlayer, completion, local_promptlayer
from tests.systems.system import System, served

HELD = {"PROMPTLAYER_API_KEY": SecretStr(KEY)}
CHAT = {"type": "chat", "messages": [{"role": "system", "content": [{"type": "text", "text": "Hi"}]}]}
IMAGE = {"type": "image_url", "image_url": {"url": "https://x.example/a.png"}}
TEXT = {"type": "text", "text": "Hi"}


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> PromptlayerTarget:
    """A target."""
    given = Settings.model_validate({"kind": "promptlayer", "host": url, "prompt": prompt, **more})
    return PromptlayerTarget(given, HELD.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local PromptLayer behind a door; its version 1 is nobody's."""
    with local_promptlayer() as found:
        yield found


@pytest.fixture
def workspace(system: System) -> LocalPromptlayer:
    """What it holds."""
    return system.local


@pytest.fixture
def target(system: System) -> PromptlayerTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_label="canary")


def proposed(target: PromptlayerTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: PromptlayerTarget, old: str | None, new: str | None, key: str = "R-1") -> Moved:
    """One move."""
    return target.move("production", expected=old, wanted=new, key=key, why="PC-1, by Ben")


def test_a_proposal_is_made_from_the_live_version(
    target: PromptlayerTarget, workspace: LocalPromptlayer
) -> None:
    """With its model, tags and format, and not from the newest one, which nobody may have approved."""
    model = {"model": {"provider": "openai", "name": "gpt-x", "parameters": {"temperature": 0}}}
    live = completion("one", template_format="f-string")
    workspace.add(PROMPT, live, metadata=model, tags=["support"], release_labels=["production"])
    workspace.add(PROMPT, completion("of somebody"), metadata={"model": "another"})
    assert proposed(target, "two {{}}") == "4"
    made = workspace.versions[PROMPT][3]
    assert (made["metadata"], made["tags"]) == (model, ["support"])
    assert made["prompt_template"]["template_format"] == "f-string"
    assert made["commit_message"] == "PC-1, proposed by Ana Ito"
    assert workspace.labels[PROMPT]["production"] == 2


def test_the_first_version_of_a_prompt_leaves_single_braces_alone(system: System) -> None:
    """The prompt is made with it, and its template is one in which JSON stands for itself."""
    target = target_at(system.spec["host"], "new one")
    assert target.read_pointer("production") is None
    assert proposed(target, 'Say {"refund": true} to {{ name }}.') == "1"
    made = system.local.versions["new one"][0]["prompt_template"]
    assert (made["template_format"], made["input_variables"]) == ("jinja2", ["name"])


def test_an_fstring_whose_braces_do_not_match_is_refused_here(
    target: PromptlayerTarget, workspace: LocalPromptlayer
) -> None:
    """No client could fill it in."""
    workspace.add(PROMPT, completion("one", template_format="f-string"), release_labels=["production"])
    with pytest.raises(TargetRefused, match="braces do not match"):
        proposed(target, "Say {")
    assert len(workspace.versions[PROMPT]) == 2


def test_a_text_that_takes_in_another_prompt_is_refused(
    target: PromptlayerTarget, workspace: LocalPromptlayer
) -> None:
    """A snippet changes without a new version of this prompt."""
    with pytest.raises(TargetRefused, match="takes in another prompt"):
        proposed(target, "Be kind. @@@tone@@@")
    assert len(workspace.versions[PROMPT]) == 1


@pytest.mark.parametrize(
    "template",
    [CHAT, {"type": "completion", "content": [IMAGE]}, {"type": "completion", "content": [TEXT, TEXT]}],
)
def test_what_is_more_than_a_text_is_refused_before_anything_is_written(
    target: PromptlayerTarget, workspace: LocalPromptlayer, template: dict[str, Any]
) -> None:
    """A chat prompt, a picture, and a text in two pieces."""
    workspace.add(PROMPT, template, release_labels=["production"])
    for act in (lambda: target.read_content("2"), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match=rf"Version 2 of {PROMPT} is no completion prompt"):
            act()
    assert len(workspace.versions[PROMPT]) == 2
    assert target.problems()


def test_a_proposal_whose_answer_was_lost_is_one_version(system: System, target: PromptlayerTarget) -> None:
    """The second attempt finds what the first one stored, by the label that was set with it."""
    system.door.only = f"/rest/prompt-templates/{PROMPT}"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == "2"
    assert len(system.local.versions[PROMPT]) == 2


def test_a_move_leaves_the_other_labels_where_they_are(
    target: PromptlayerTarget, workspace: LocalPromptlayer
) -> None:
    """Production is made, moved and taken away; the canary, and a label of somebody else, stay."""
    workspace.labels[PROMPT] = {"canary": 1, "qa": 1}
    new = proposed(target, "two")
    move(target, None, "1", "R-1")
    move(target, "1", new, "R-2")
    assert {key: workspace.labels[PROMPT][key] for key in ("production", "canary", "qa")} == {
        "production": 2,
        "canary": 1,
        "qa": 1,
    }
    move(target, new, None, "R-3")
    assert "production" not in workspace.labels[PROMPT]
    marks = {mark("move", "production", key) for key in ("R-1", "R-2", "R-3")}
    assert marks < set(workspace.labels[PROMPT])


def test_a_lost_answer_is_found_and_then_the_key_is_used_up(
    system: System, target: PromptlayerTarget
) -> None:
    """The mark is left once the move was found, so that a put back label is left alone."""
    system.local.labels[PROMPT]["production"] = 1
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, "1", new)
    system.door.heal()
    assert mark("move", "production", "R-1") not in system.local.labels[PROMPT]
    assert move(target, "1", new).already
    system.local.labels[PROMPT]["production"] = 1
    with pytest.raises(PointerElsewhere, match="put back to 1 since"):
        move(target, "1", new)


def test_a_404_alone_never_means_that_nothing_is_live() -> None:
    """A wrong address has no list of prompts either."""
    with served(JSONResponse({"message": "Not Found"}, 404)) as url:
        for act in (
            lambda: target_at(url).read_pointer("production"),
            lambda: target_at(url).read_content("1"),
        ):
            with pytest.raises(TargetRefused, match=r"refuses \(404\). It says: Not Found."):
                act()


@pytest.mark.parametrize("lie", [{"prompt_name": "other"}, {"version": 8}, {"version": 0}, {"version": "7"}])
def test_an_answer_about_something_else_is_not_believed(lie: dict[str, Any]) -> None:
    """The version that is read is the one that was asked for, or none."""
    truth = {"id": 1, "prompt_name": PROMPT, "version": 7, "prompt_template": completion("one")}
    with served(JSONResponse(truth)) as url:
        assert target_at(url).read_content("7").text == "one"
    with served(JSONResponse(truth | lie)) as url, pytest.raises(TargetUnavailable, match="not believed"):
        target_at(url).read_content("7")


def test_versions_are_read_by_number_and_deleted_ones_are_left_out(
    target: PromptlayerTarget, workspace: LocalPromptlayer
) -> None:
    """By the message that they were stored with, or else by their number."""
    workspace.versions[PROMPT][0]["created_at"] = "2026-03-01T00:00:00"
    workspace.add(PROMPT, completion("gone"), deleted=True)
    proposed(target, "two", "PC-7, in which much is said about a great many things at great length")
    newest, oldest = target.list_versions()
    assert (newest.id, len(newest.label)) == ("3", 72)
    assert (oldest.id, oldest.label) == ("1", "version 1")
    assert oldest.at == datetime(2026, 3, 1, tzinfo=UTC)
    assert [each.id for each in target.list_versions(limit=1)] == ["3"]
    assert target.lag == timedelta(0)
    for odd in ("01", "+1", "1 ", "\u0661", "2", "9", "production", ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
