"""The Opik target, against a local server that was written from Opik's sources."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.opik import OpikTarget
from bot.policy.targets import OpikTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.opik import KEY, PROJECT, PROMPT, WORKSPACE, LocalOpik, local_opik
from tests.systems.system import System, served

SIGNED = {"workspace": WORKSPACE, "api_key_env": "OPIK_KEY"}
HELD = {
    "id": str(UUID(int=5)),
    "prompt_id": str(UUID(int=6)),
    "version_number": "v7",
    "template": "Answer kindly.",
    "environments": ["production"],
}


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> OpikTarget:
    """A target."""
    given = Settings.model_validate({"kind": "opik", "host": url, "prompt": prompt, **more})
    return OpikTarget(given, {"OPIK_KEY": SecretStr(KEY)}.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local Opik behind a door; its version v1 is deployed nowhere."""
    with local_opik() as found:
        yield found


@pytest.fixture
def versions(system: System) -> list[dict[str, Any]]:
    """What it holds of the prompt."""
    local: LocalOpik = system.local
    return local.versions[PROJECT, PROMPT]


@pytest.fixture
def target(system: System) -> OpikTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_environment="canary", **SIGNED)


def proposed(target: OpikTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: OpikTarget, old: str | None, new: str | None, pointer: str = "production") -> Moved:
    """One move."""
    return target.move(pointer, expected=old, wanted=new, key=f"R-1-{pointer}", why="PC-1, by Ben")


def test_a_proposed_text_is_live_nowhere_and_carries_the_live_settings(
    system: System, target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """The style of placeholders and the metadata of the live version go along, not those of the newest."""
    settings = {"type": "jinja2", "metadata": {"model": "gpt-x"}}
    system.local.add(PROMPT, "one", environments=["production"], **settings)
    system.local.add(PROMPT, "an experiment", metadata={"model": "gpt-y"})
    assert proposed(target, "two") == "v4"
    made = versions[-1]
    assert settings.items() <= made.items()
    assert made["change_description"] == "PC-1, proposed by Ana Ito"
    assert "environments" not in made
    assert versions[1]["environments"] == ["production"]


def test_a_proposal_whose_answer_was_lost_is_one_version(
    system: System, target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """The second attempt finds what the first one stored, by the commit that it chose."""
    system.door.only = "/prompts/versions"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == "v2"
    assert [each["commit"] for each in versions[1:]] == [mark("proposal", PROMPT, "PC-1", "two")[3:11]]


def test_a_commit_that_is_taken_is_a_refusal_and_no_second_version(
    target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """Eight characters may meet; then another text is never taken for the proposed one."""
    versions[0]["commit"] = mark("proposal", PROMPT, "PC-1", "two")[3:11]
    with pytest.raises(TargetRefused, match=r"refuses \(409\)\. It says: Prompt version already exists\."):
        proposed(target, "two")
    assert len(versions) == 1


def test_setting_replaces_all_so_the_others_are_sent_along(
    target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """What else is deployed stays where it is when production and the canary come and go."""
    versions[0]["environments"] = ["production", "canary", "development"]
    new = proposed(target, "two")
    versions[1]["environments"] = ["staging"]
    move(target, "v1", new)
    assert versions[0]["environments"] == ["canary", "development"]
    assert versions[1]["environments"] == ["production", "staging"]
    move(target, "v1", None, "canary")
    assert versions[0]["environments"] == ["development"]
    assert versions[1]["environments"] == ["production", "staging"]


def test_a_lost_answer_is_found_and_then_the_key_is_used_up(
    system: System, target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """The second tag is set once the move was found, so that a put back pointer is left alone."""
    versions[0]["environments"] = ["production"]
    new = proposed(target, "two")
    versions[1]["tags"] = ["theirs"]
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, "v1", new)
    system.door.heal()
    tag = mark("move", "production", "R-1-production")
    assert versions[1]["tags"] == ["theirs", tag]
    assert move(target, "v1", new).already
    assert move(target, "v1", new).already
    assert versions[1]["tags"] == ["theirs", tag, f"{tag}-done"]
    system.local.put(versions[0]["template"])
    with pytest.raises(PointerElsewhere, match="put back to v1 since"):
        move(target, "v1", new)


def test_an_environment_that_the_workspace_lacks_is_named(system: System) -> None:
    """Opik makes none by itself, and says 404, which means other things as well."""
    target = target_at(system.spec["host"], environment="prod", **SIGNED)
    assert target.read_pointer("prod") is None
    with pytest.raises(
        TargetRefused, match=r"Environment not found\. Is there an environment called prod in"
    ):
        move(target, None, "v1", "prod")


def test_a_chat_prompt_is_refused_before_anything_is_written(
    system: System, target: OpikTarget, versions: list[dict[str, Any]]
) -> None:
    """Its template is a list of messages, written as text."""
    versions[0].update(template_structure="chat", environments=["production"])
    for act in (lambda: target.read_content("v1"), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match="Version v1 of support-refunds is a chat prompt"):
            act()
    assert (len(versions), len(system.local.versions)) == (1, 1)
    assert target.problems()


def test_a_prompt_of_no_project_is_not_hidden_by_another(system: System) -> None:
    """Clients that name the project get it by a fallback, until the project has one of that name."""
    system.local.add("old", "one", project=None, environments=["production"])
    target = target_at(system.spec["host"], "old", **SIGNED)
    assert target.read_pointer("production") == "v1"
    with pytest.raises(TargetRefused, match="old belongs to no project of Opik"):
        proposed(target, "two")
    assert (PROJECT, "old") not in system.local.versions


@pytest.mark.parametrize(
    "body",
    [{"code": 404, "message": "HTTP 404 Not Found"}, {"detail": "Prompt not found"}, "Prompt not found", {}],
)
def test_only_its_own_words_mean_that_nothing_is_live(body: Any) -> None:
    """A wrong address, such as one without /api, must not read as an empty pointer."""
    with (
        served(JSONResponse(body, 404)) as url,
        pytest.raises(TargetRefused, match=r"refuses \(404\)"),
    ):
        target_at(url).read_pointer("production")


def test_what_it_says_of_a_wrong_question_is_passed_on() -> None:
    """In the shape that it has for those."""
    told = {"errors": ["name must not be blank", "project_name must not be blank"]}
    with (
        served(JSONResponse(told, 422)) as url,
        pytest.raises(
            TargetRefused, match=r"It says: name must not be blank; project_name must not be blank\."
        ),
    ):
        target_at(url).read_pointer("production")


@pytest.mark.parametrize(
    "lie", [{"environments": ["staging"]}, {"environments": None}, {"version_number": None}, {"id": "7"}]
)
def test_an_answer_that_does_not_say_what_it_is_is_not_believed(lie: dict[str, Any]) -> None:
    """An older server leaves out the environment of the question, and answers with the latest version."""
    with served(JSONResponse(HELD)) as url:
        assert target_at(url).read_pointer("production") == "v7"
        with pytest.raises(TargetUnavailable, match=r"asked for version v8 of .* answers with v7"):
            target_at(url).read_content("v8")
        with pytest.raises(TargetUnavailable, match="asked for commit"):
            proposed(target_at(url), "two")
    with (
        served(JSONResponse(HELD | lie)) as url,
        pytest.raises(TargetUnavailable, match="not believed"),
    ):
        target_at(url).read_pointer("production")


def test_a_server_without_a_login_gets_none() -> None:
    """As an Opik of one's own is, unless something stands before it."""
    with served(JSONResponse({}, 401)) as url, pytest.raises(TargetRefused, match="the policy names none"):
        target_at(url).read_pointer("production")


def test_versions_say_what_who_and_when(target: OpikTarget, versions: list[dict[str, Any]]) -> None:
    """By the description that they were stored with, or else by their number."""
    proposed(target, "two", "PC-7")
    versions[0].update(created_at=None, created_by=None)
    newest, oldest = target.list_versions()
    assert (newest.id, newest.label, newest.author) == ("v2", "PC-7, proposed by Ana Ito", "admin")
    assert newest.at == datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
    assert (oldest.id, oldest.label, oldest.author, oldest.at.year) == ("v1", "version v1", "", 1970)
    assert target.lag == timedelta(seconds=300)
    for odd in ("1", "v01", "v0", "v1 ", "v\u0661", "v3", "v" + "9" * 10, "latest", ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)


def test_a_name_is_one_in_a_project_of_a_workspace(target: OpikTarget) -> None:
    """So the same name elsewhere is another prompt, which another workflow may have."""
    assert target.given.held()[0].place.endswith(f" {WORKSPACE} {PROJECT}")
