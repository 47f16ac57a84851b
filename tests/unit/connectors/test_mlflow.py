"""The MLflow target, against a local server with the odd answers that a real one gave."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.mlflow import MlflowTarget
from bot.policy.targets import MlflowTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.mlflow import API, IS_PROMPT, MODEL, PASSWORD, TEXT, USER, LocalMlflow, local_mlflow
from tests.systems.system import System, served

HELD = {"ML_USER": SecretStr(USER), "ML_PASSWORD": SecretStr(PASSWORD)}
LOGIN = {"username_env": "ML_USER", "password_env": "ML_PASSWORD"}


def target_at(url: str, prompt: str = MODEL, **more: Any) -> MlflowTarget:
    """A target."""
    given = Settings.model_validate({"kind": "mlflow", "host": url, "prompt": prompt, **more})
    return MlflowTarget(given, HELD.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local MLflow behind a door; its version 1 is nobody's."""
    with local_mlflow() as found:
        yield found


@pytest.fixture
def registry(system: System) -> LocalMlflow:
    """What it holds."""
    return system.local


@pytest.fixture
def target(system: System) -> MlflowTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_alias="canary", **LOGIN)


def proposed(target: MlflowTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: MlflowTarget, old: str | None, new: str | None, pointer: str = "production") -> Moved:
    """One move."""
    return target.move(pointer, expected=old, wanted=new, key="R-1", why="PC-1, by Ben")


def odd_answers(url: str, name: str, auth: tuple[str, str] | None) -> list[tuple[int, str]]:
    """What a registry says to questions whose answers nobody would guess: status, and its own code."""
    with httpx.Client(base_url=url + API, auth=auth) as asking:
        prompt = {"name": name, "tags": [{"key": IS_PROMPT, "value": "true"}]}
        version = {**prompt, "source": "dummy-source"}
        version["tags"] = [*prompt["tags"], {"key": TEXT, "value": "one"}]
        about = {"name": name, "alias": "production"}
        said = [
            asking.get("/registered-models/alias", params=about),
            asking.post("/registered-models/create", json=prompt),
            asking.post("/registered-models/create", json=prompt),
            asking.get("/registered-models/alias", params=about),
            asking.post("/model-versions/create", json={**version, "source": "elsewhere"}),
            asking.post("/model-versions/create", json=version),
            asking.get("/model-versions/search", params={"filter": f"name = '{name}'", "max_results": 5}),
            asking.get("/model-versions/get", params={"name": name, "version": "9"}),
            asking.get("/model-versions/get", params={"name": name, "version": "x"}),
            asking.post("/registered-models/alias", json={**about, "version": "9"}),
            asking.post("/registered-models/alias", json={"name": name, "alias": "latest", "version": "1"}),
            asking.request("DELETE", "/registered-models/alias", json=about),
        ]
        return [(each.status_code, each.json().get("error_code", "")) for each in said]


ODD = [
    (404, "RESOURCE_DOES_NOT_EXIST"),
    (200, ""),
    (400, "RESOURCE_ALREADY_EXISTS"),
    (400, "INVALID_PARAMETER_VALUE"),
    (400, "INVALID_PARAMETER_VALUE"),
    (200, ""),
    (200, ""),
    (404, "RESOURCE_DOES_NOT_EXIST"),
    (400, "INVALID_PARAMETER_VALUE"),
    (404, "RESOURCE_DOES_NOT_EXIST"),
    (400, "INVALID_PARAMETER_VALUE"),
    (200, ""),
]


def test_the_local_mlflow_has_the_odd_answers_of_a_real_one(system: System) -> None:
    """An alias that is missing is a wrong question, taking away one that is missing is well, and so on."""
    name = f"odd-{uuid4()}"
    assert odd_answers(system.spec["host"], name, (USER, PASSWORD)) == ODD
    if "TEST_MLFLOW_URL" in os.environ:
        assert odd_answers(os.environ["TEST_MLFLOW_URL"], name, None) == ODD


def test_a_proposed_text_is_live_nowhere_and_carries_the_live_settings(
    target: MlflowTarget, registry: LocalMlflow
) -> None:
    """Model and format of the live version go along, or a deploy of a text would lose them."""
    settings = {"_mlflow_prompt_model_config": '{"model": "gpt-x"}', "_mlflow_prompt_type": "text"}
    live = registry.add(MODEL, "one", team="support", **settings)
    registry.aliases[MODEL]["production"] = live
    new = proposed(target, "two")
    made = registry.versions[MODEL][int(new) - 1]
    assert settings.items() <= made["tags"].items()
    assert "team" not in made["tags"]
    assert made["description"] == "PC-1, proposed by Ana Ito"
    assert registry.aliases[MODEL] == {"production": live}


def test_a_proposal_whose_answer_was_lost_is_one_version(system: System, target: MlflowTarget) -> None:
    """The second attempt finds what the first one stored."""
    system.door.only = "/model-versions/create"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == "2"
    assert len(system.local.versions[MODEL]) == 2


def test_a_move_leaves_the_other_aliases_where_they_are(target: MlflowTarget, registry: LocalMlflow) -> None:
    """Production moves and can be taken away; the canary, and an alias of somebody else, stay."""
    registry.aliases[MODEL] = {"production": "1", "canary": "1", "qa": "1"}
    new = proposed(target, "two")
    move(target, "1", new)
    assert registry.aliases[MODEL] == {"production": new, "canary": "1", "qa": "1"}
    target.move("canary", expected="1", wanted=None, key="R-2", why="")
    assert registry.aliases[MODEL] == {"production": new, "qa": "1"}


def test_a_lost_answer_is_found_and_then_the_key_is_used_up(system: System, target: MlflowTarget) -> None:
    """The tag that was begun is done once the move was found, so that a put back pointer is left alone."""
    system.local.aliases[MODEL]["production"] = "1"
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, "1", new)
    system.door.heal()
    tag = mark("move", "production", "R-1")
    assert system.local.versions[MODEL][-1]["tags"][tag] == "begun"
    assert move(target, "1", new).already
    assert system.local.versions[MODEL][-1]["tags"][tag] == "done"
    system.local.aliases[MODEL]["production"] = "1"
    with pytest.raises(PointerElsewhere, match="put back to 1 since"):
        move(target, "1", new)


@pytest.mark.parametrize("tags", [{"_mlflow_prompt_type": "chat"}, {IS_PROMPT: "false"}])
def test_what_is_no_text_prompt_is_refused_before_anything_is_written(
    target: MlflowTarget, registry: LocalMlflow, tags: dict[str, str]
) -> None:
    """A chat prompt, or a model of another kind under the same name."""
    registry.aliases[MODEL]["production"] = registry.add(MODEL, "[]", **tags)
    for act in (lambda: target.read_content("2"), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match="Version 2 of support-refunds is no text prompt"):
            act()
    assert len(registry.versions[MODEL]) == 2
    assert target.problems()


def test_a_text_that_is_too_long_is_refused_here(target: MlflowTarget) -> None:
    """With MLflow's own limit."""
    with pytest.raises(TargetRefused, match="up to 100,000 characters"):
        proposed(target, "x" * 100_001)
    assert proposed(target, "x" * 100_000)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"detail": "Not Found"}, 404),
        ({"error_code": "ENDPOINT_NOT_FOUND", "message": "No API found"}, 404),
        ({"error_code": "INVALID_PARAMETER_VALUE", "message": "Invalid alias name"}, 400),
    ],
)
def test_only_its_own_words_mean_that_nothing_is_live(body: dict[str, str], status: int) -> None:
    """A wrong address, or another wrong question, must not read as an empty pointer."""
    with (
        served(JSONResponse(body, status)) as url,
        pytest.raises(TargetRefused, match=rf"refuses \({status}\)"),
    ):
        target_at(url).read_pointer("production")


@pytest.mark.parametrize("lie", [{"name": "other"}, {"version": 7}, {"version": "0"}, {"version": "seven"}])
def test_an_answer_about_something_else_is_not_believed(lie: dict[str, Any]) -> None:
    """The version that is read is the one that was asked for, or none."""
    truth = {"name": MODEL, "version": "7"}
    with served(JSONResponse({"model_version": truth})) as url:
        assert target_at(url).read_pointer("production") == "7"
        with pytest.raises(TargetUnavailable, match="not believed"):
            target_at(url).read_content("8")
    with (
        served(JSONResponse({"model_version": truth | lie})) as url,
        pytest.raises(TargetUnavailable, match="not believed"),
    ):
        target_at(url).read_pointer("production")


def test_a_server_that_asks_for_a_login_that_the_policy_lacks_is_told(system: System) -> None:
    """Naming what to do about it and no variable."""
    with pytest.raises(TargetRefused, match="wants a credential, and the policy names none"):
        target_at(system.spec["host"]).read_pointer("production")


def test_versions_say_what_and_when(target: MlflowTarget) -> None:
    """By the description that they were stored with, or else by their number."""
    proposed(target, "two", "PC-7")
    newest, oldest = target.list_versions()
    assert (newest.id, newest.label) == ("2", "PC-7, proposed by Ana Ito")
    assert (oldest.id, oldest.label) == ("1", "version 1")
    assert newest.at == datetime(2026, 3, 1, 0, 1, tzinfo=UTC)
    assert target.lag == timedelta(seconds=60)
    for odd in ("01", "+1", "1 ", "\u0661", "3", ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
