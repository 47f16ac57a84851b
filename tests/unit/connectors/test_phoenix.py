"""The Arize Phoenix target, against a local server with the odd answers that a real one gave."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.phoenix import PhoenixTarget
from bot.policy.targets import PhoenixTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.phoenix import KEY, PROMPT, SETTINGS, LocalPhoenix, local_phoenix, version_id
from tests.systems.system import System, served

OTHER = version_id(1)
CHAT = {"type": "chat", "messages": [{"role": "system", "content": "one"}]}


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> PhoenixTarget:
    """A target."""
    given = Settings.model_validate({"kind": "phoenix", "host": url, "prompt": prompt, **more})
    return PhoenixTarget(given, {"PX_KEY": SecretStr(KEY)}.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local Phoenix behind a door; its version 1 is nobody's."""
    with local_phoenix() as found:
        yield found


@pytest.fixture
def server(system: System) -> LocalPhoenix:
    """What it holds."""
    found: LocalPhoenix = system.local
    return found


@pytest.fixture
def target(system: System) -> PhoenixTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_tag="canary", api_key_env="PX_KEY")


def proposed(target: PhoenixTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: PhoenixTarget, old: str | None, new: str | None, pointer: str = "production") -> Moved:
    """One move."""
    return target.move(pointer, expected=old, wanted=new, key="R-1", why="PC-1, by Ben")


def odd_answers(url: str, name: str, key: str | None) -> list[tuple[int, str]]:
    """What a server says to questions whose answers nobody would guess: status, and plain words."""
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    with httpx.Client(base_url=f"{url}/v1", headers=headers) as asking:
        version = {**SETTINGS, "template": CHAT, "template_type": "CHAT"}
        other = {**version, "template": {"type": "string", "template": "one"}, "template_type": "STR"}
        tags = [{"name": "pc-1", "description": "begun"}]
        nothing, said = version_id(999_999), []

        def ask(method: str, path: str, told: Any = None) -> httpx.Response:
            answer = asking.request(method, path, json=told)
            plain = answer.headers.get("content-type", "").startswith("text/plain")
            said.append((answer.status_code, answer.text if plain else ""))
            return answer

        ask("GET", f"/prompts/{name}/tags/production")
        ask("GET", f"/prompts/{name}/versions")
        ask("POST", f"/prompts/{name}/versions", {"version": version, "tags": tags})
        ask("POST", "/prompts", {"prompt": {"name": name}, "version": version})
        one = ask("GET", f"/prompts/{name}/versions").json()["data"][0]["id"]
        ask("POST", f"/prompts/{name}/versions", {"version": other, "tags": tags})
        ask("POST", f"/prompts/{name}/versions", {"version": {"template_type": "CHAT"}, "tags": tags})
        made = ask("POST", f"/prompts/{name}/versions", {"version": version, "tags": tags})
        two = made.json()["data"]["id"]
        ask("GET", f"/prompts/{name}/versions?cursor=HEAD")
        ask("GET", f"/prompt_versions/{nothing}/tags")
        ask("POST", f"/prompt_versions/{nothing}/tags", {"name": "production"})
        ask("POST", f"/prompt_versions/{two}/tags", {"name": "Bad Name"})
        ask("POST", f"/prompt_versions/{two}/tags", {"name": "production"})
        ask("DELETE", f"/prompt_versions/{one}/tags/production")  # it is on the other one, and goes
        ask("DELETE", f"/prompt_versions/{one}/tags/production")
        return said


ODD = [
    (404, "Not Found"),
    (200, ""),
    (404, "Prompt not found"),
    (200, ""),
    (200, ""),
    (422, "Only CHAT template type is supported for prompts"),
    (422, ""),
    (201, ""),
    (422, "Invalid cursor format: HEAD"),
    (404, "Prompt version not found"),
    (404, "Not Found"),
    (422, ""),
    (204, ""),
    (204, ""),
    (404, "Not Found"),
]


def test_the_local_phoenix_has_the_odd_answers_of_a_real_one(system: System) -> None:
    """A prompt that is missing has an empty list of versions, a tag goes from wherever it is, and so on."""
    name = f"odd-{uuid4()}"
    assert odd_answers(system.spec["host"], name, KEY) == ODD
    if "TEST_PHOENIX_URL" in os.environ:
        url = os.environ["TEST_PHOENIX_URL"]
        assert odd_answers(url, name, os.environ.get("TEST_PHOENIX_KEY")) == ODD


def test_a_proposed_text_is_live_nowhere_and_carries_role_and_settings(
    target: PhoenixTarget, server: LocalPhoenix
) -> None:
    """Model, parameters, tools and placeholders of the live version go along, not those of the newest."""
    settings = {
        "model_provider": "ANTHROPIC",
        "model_name": "claude-x",
        "template_format": "F_STRING",
        "invocation_parameters": {"type": "anthropic", "anthropic": {"max_tokens": 9}},
        "tools": {"type": "tools", "tools": []},
    }
    live = server.add(PROMPT, "one", role="user", metadata={"team": "support"}, **settings)
    server.tags[PROMPT]["production"] = (live, "")
    server.add(PROMPT, "an experiment")
    made = server.versions[proposed(target, "two")]
    assert settings.items() <= made.items()
    assert made["template"]["messages"] == [{"role": "user", "content": "two"}]
    assert made["description"] == "PC-1, proposed by Ana Ito"
    assert set(made["metadata"]) == {"prompt_change"}
    assert "response_format" not in made
    assert server.tags[PROMPT]["production"] == (live, "")


def test_without_a_live_version_the_newest_gives_the_settings(
    target: PhoenixTarget, server: LocalPhoenix
) -> None:
    """As in a prompt that was made in the browser and has no tag yet."""
    server.add(PROMPT, "made by hand", model_name="gpt-y")
    assert server.versions[proposed(target, "two")]["model_name"] == "gpt-y"


def test_the_first_version_of_all_needs_a_model(system: System) -> None:
    """Phoenix stores no version without one, and none is made up here."""
    url, key = system.spec["host"], {"api_key_env": "PX_KEY"}
    with pytest.raises(TargetRefused, match="Make the first version in Phoenix, or write first_model"):
        proposed(target_at(url, "new", **key), "one")
    made = proposed(target_at(url, "new", first_model="gpt-z", **key), "one")
    assert system.local.versions[made]["model_name"] == "gpt-z"
    assert [name for name, (at, _) in system.local.tags["new"].items() if at == made] == [
        mark("proposal", "new", "PC-1", "one")
    ]


def test_a_proposal_whose_answer_was_lost_is_one_version(system: System, target: PhoenixTarget) -> None:
    """The second attempt finds what the first one stored."""
    system.door.only, system.door.about = "/versions", b""
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == version_id(2)
    assert len(system.local.versions) == 2


def test_a_first_proposal_whose_answer_was_lost_is_one_version(system: System) -> None:
    """It has no tag yet, because making a prompt takes none; its metadata tells, and the tag follows."""
    target = target_at(system.spec["host"], "new", first_model="gpt-z", api_key_env="PX_KEY")
    system.door.only, system.door.about = "/prompts", b""
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "one")
    system.door.heal()
    assert proposed(target, "one") == system.local.prompts["new"][0]
    assert len(system.local.prompts["new"]) == len(system.local.tags["new"]) == 1


def test_a_move_leaves_the_other_tags_where_they_are(target: PhoenixTarget, server: LocalPhoenix) -> None:
    """Production moves and says by whom, and can be taken away; the canary, and a tag of others, stay."""
    server.tags[PROMPT] = dict.fromkeys(("production", "canary", "qa"), (OTHER, "theirs"))
    new = proposed(target, "two")
    move(target, OTHER, new)
    found = {name: at for name, at in server.tags[PROMPT].items() if not name.startswith("pc-")}
    assert found == {
        "production": (new, "PC-1, by Ben"),
        "canary": (OTHER, "theirs"),
        "qa": (OTHER, "theirs"),
    }
    target.move("canary", expected=OTHER, wanted=None, key="R-2", why="")
    assert "canary" not in server.tags[PROMPT]


def test_a_lost_answer_is_found_and_then_the_key_is_used_up(system: System, target: PhoenixTarget) -> None:
    """The tag that was begun is done once the move was found, so that a put back pointer is left alone."""
    system.local.tags[PROMPT]["production"] = (OTHER, "")
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, OTHER, new)
    system.door.heal()
    name = mark("move", "production", "R-1")
    assert system.local.tags[PROMPT][name] == (new, "begun")
    assert move(target, OTHER, new).already
    assert system.local.tags[PROMPT][name] == (new, "done")
    system.local.tags[PROMPT]["production"] = (OTHER, "")
    with pytest.raises(PointerElsewhere, match=f"put back to {OTHER} since"):
        move(target, OTHER, new)


PART = {"type": "text", "text": "one"}


@pytest.mark.parametrize(
    "template",
    [
        {"type": "chat", "messages": [{"role": "user", "content": "a"}, {"role": "ai", "content": "b"}]},
        {"type": "chat", "messages": []},
        {"type": "chat", "messages": [{"role": "user", "content": [PART, PART]}]},
        {"type": "chat", "messages": [{"role": "user", "content": [{"type": "tool_call", "text": "x"}]}]},
        {"type": "string", "template": "one"},
    ],
    ids=["two messages", "none", "two parts", "a tool", "another type"],
)
def test_what_is_not_one_text_is_refused_before_anything_is_written(
    target: PhoenixTarget, server: LocalPhoenix, template: dict[str, Any]
) -> None:
    """A release that told people of one message of several would change the others unseen."""
    live = server.add(PROMPT, "one", template=template)
    server.tags[PROMPT]["production"] = (live, "")
    for act in (lambda: target.read_content(live), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match=f"Version {live} of {PROMPT} is not one message of text"):
            act()
    assert len(server.versions) == 2
    assert target.problems()


def test_a_version_of_another_prompt_is_never_read_or_tagged(
    target: PhoenixTarget, server: LocalPhoenix
) -> None:
    """Its tag would go to the other prompt, and the identifier does not say whose it is."""
    theirs = server.add("greetings", "Hello.")
    with pytest.raises(VersionMissing):
        target.read_content(theirs)
    with pytest.raises(VersionMissing):
        move(target, None, theirs)
    assert server.tags["greetings"] == {}


@pytest.mark.parametrize("elsewhere", [PlainTextResponse("Not Found", 404), JSONResponse({}, 404)])
def test_a_404_alone_does_not_mean_that_nothing_is_live(elsewhere: Response) -> None:
    """Phoenix's has no words that another system's lacks, so the list of versions has to answer as well."""
    with served(elsewhere) as url, pytest.raises(TargetRefused, match=r"refuses \(404\)"):
        target_at(url).read_pointer("production")


@pytest.mark.parametrize("name", ["7", "UHJvbXB0OjE=", "", 7])
def test_an_answer_that_names_no_version_is_not_believed(name: Any) -> None:
    """Also the identifier of something else in Phoenix."""
    with (
        served(JSONResponse({"data": {**SETTINGS, "id": name, "template": CHAT}})) as url,
        pytest.raises(TargetUnavailable, match="not believed"),
    ):
        target_at(url).read_pointer("production")


def test_a_server_that_asks_for_a_key_that_the_policy_lacks_is_told(system: System) -> None:
    """Naming what to do about it and no variable."""
    with pytest.raises(TargetRefused, match="wants a credential, and the policy names none"):
        target_at(system.spec["host"]).read_pointer("production")


def test_versions_say_what_and_when(target: PhoenixTarget, server: LocalPhoenix) -> None:
    """By what the app left there; of other versions the REST API tells neither time nor author."""
    new = proposed(target, "two", "PC-7")
    kept = server.versions[new]["metadata"]["prompt_change"]
    for said, at in {
        "2026-03-01T01:00:00+01:00": datetime(2026, 3, 1, tzinfo=UTC),
        "2026-03-01T00:00:00": datetime(2026, 3, 1, tzinfo=UTC),
        "yesterday": datetime(1970, 1, 1, tzinfo=UTC),
    }.items():
        kept["at"] = said
        newest, oldest = target.list_versions()
        assert (newest.id, newest.label, newest.at) == (new, "PC-7, proposed by Ana Ito", at)
    assert (oldest.id, oldest.label, oldest.at.year) == (OTHER, f"version {OTHER}", 1970)
    assert target.lag == timedelta(0)
    for odd in ("1", "UHJvbXB0OjE=", version_id(9), OTHER.rstrip("=") + " ", "HEAD", "", "\u0661"):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
