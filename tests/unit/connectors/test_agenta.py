"""The Agenta target, against a local server that was written from Agenta's sources."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from starlette.responses import JSONResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.agenta import AgentaTarget
from bot.policy.targets import AgentaTarget as Settings
from tests.systems.agenta import KEY, PROMPT, LocalAgenta, local_agenta, revision_id
from tests.systems.faulty import STALL, Fault
from tests.systems.system import System, served


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> AgentaTarget:
    """A target."""
    given = Settings.model_validate({"kind": "agenta", "host": url, "prompt": prompt, **more})
    return AgentaTarget(given, {"AGENTA_API_KEY": SecretStr(KEY)}.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local Agenta behind a door; its version with a prompt is deployed nowhere."""
    with local_agenta() as found:
        yield found


@pytest.fixture
def local(system: System) -> LocalAgenta:
    """What it holds."""
    found: LocalAgenta = system.local
    return found


@pytest.fixture
def target(system: System) -> AgentaTarget:
    """The target of its application, with a canary."""
    return target_at(system.spec["host"], canary_environment="canary")


def proposed(target: AgentaTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: AgentaTarget, old: str | None, new: str | None) -> Moved:
    """One move."""
    return target.move("production", expected=old, wanted=new, key="R-1", why="PC-1, by Ben")


def test_a_proposed_text_is_live_nowhere_and_carries_role_and_settings(
    target: AgentaTarget, local: LocalAgenta
) -> None:
    """All that a version holds goes along from the live one, but for the text; so does the variant."""
    message = {"role": "user", "content": "one", "name": "ana"}
    local.put("one")
    local.revisions[-1]["data"]["parameters"] |= {"other": 1}
    local.revisions[-1]["data"]["parameters"]["prompt"] |= {
        "messages": [message],
        "llm_config": {"model": "m"},
    }
    live = local.at()
    local.add(PROMPT, "an experiment", llm_config={"model": "another"})
    assert proposed(target, "two") == local.revisions[-1]["id"]
    made, base = local.revisions[-1], next(each for each in local.revisions if each["id"] == live)
    expected = {**base["data"]["parameters"]["prompt"], "messages": [{**message, "content": "two"}]}
    assert made["data"] == {**base["data"], "parameters": {"other": 1, "prompt": expected}}
    assert made["message"] == "PC-1, proposed by Ana Ito"
    assert made["application_variant_id"] == base["application_variant_id"]
    assert local.at() == live


def test_the_first_prompt_needs_a_model(system: System, local: LocalAgenta) -> None:
    """Without one no client could call anything, and none is made up here."""
    local.make("empty")
    with pytest.raises(TargetRefused, match="Make the first version in Agenta, or write first_model"):
        proposed(target_at(system.spec["host"], "empty"), "one")
    proposed(target_at(system.spec["host"], "empty", first_model="gpt-z"), "one")
    assert local.revisions[-1]["data"]["parameters"]["prompt"]["llm_config"] == {"model": "gpt-z"}


def test_a_proposal_whose_answer_was_lost_is_one_version(
    system: System, target: AgentaTarget, local: LocalAgenta
) -> None:
    """The second attempt finds what the first one stored, by its slug."""
    system.door.only = "/applications/revisions/commit"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == local.revisions[-1]["id"]
    assert [each["slug"] for each in local.revisions[2:]] == [mark("proposal", PROMPT, "PC-1", "two")[3:15]]


def test_a_deploy_keeps_what_else_is_deployed_and_says_by_whom(
    target: AgentaTarget, local: LocalAgenta
) -> None:
    """An environment holds a version of each application; the message is in its history."""
    local.deploy("greetings", revision_id(90))
    local.deploy(PROMPT, revision_id(2))
    new = proposed(target, "two")
    move(target, revision_id(2), new)
    references = local.references()
    assert references["greetings.revision"] == {"application_revision": {"id": revision_id(90)}}
    assert references[f"{PROMPT}.revision"]["application_revision"]["id"] == new
    assert references[f"{PROMPT}.revision"]["application"]["slug"] == PROMPT
    assert local.commits[-1]["message"] == "PC-1, by Ben"


def test_a_move_and_its_mark_are_one_act(system: System, target: AgentaTarget, local: LocalAgenta) -> None:
    """So a pointer that was put back while the answer was lost is left alone, at the very next attempt."""
    old = local.put("one")
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, old, new)
    system.door.heal()
    assert local.at() == new
    local.put("one")
    with pytest.raises(PointerElsewhere, match=f"put back to {old} since"):
        move(target, old, new)
    assert local.at() == old


def test_a_key_has_one_effect_also_if_the_mark_is_overlooked(
    target: AgentaTarget, local: LocalAgenta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slug is there once; a second deploy under it is refused by Agenta itself."""
    old = local.put("one")
    new = proposed(target, "two")
    move(target, old, new)
    local.put("one")
    monkeypatch.setattr(target, "was_made", lambda _asking, _move: False)
    with pytest.raises(TargetRefused, match=r"refuses \(409\)"):
        move(target, old, new)
    assert local.at() == old


def test_an_answer_of_a_broken_database_is_not_read_as_nothing(
    target: AgentaTarget, local: LocalAgenta
) -> None:
    """Agenta answers with 200 and an empty list then, as it does where there is no such thing."""
    local.put("one")
    local.broken = True
    with pytest.raises(TargetUnavailable, match="shows no environment called production"):
        target.read_pointer("production")
    with pytest.raises(TargetUnavailable, match=f"shows no application called {PROMPT}"):
        proposed(target, "two")
    assert target.problems()


def test_an_environment_that_is_not_there_is_named(system: System) -> None:
    """And so is an application."""
    with pytest.raises(TargetUnavailable, match=r"shows no environment called qa\. Make it in Agenta"):
        target_at(system.spec["host"], environment="qa").read_pointer("qa")
    with pytest.raises(TargetUnavailable, match=r"shows no application called x\. Make it in Agenta"):
        target_at(system.spec["host"], "x").list_versions()


def test_the_last_of_an_environment_cannot_be_taken_away(target: AgentaTarget, local: LocalAgenta) -> None:
    """Agenta would bring it back at the next deploy of another application; beside others it goes."""
    old = local.put("one")
    with pytest.raises(TargetRefused, match=f"Nothing but {PROMPT} is deployed to production"):
        move(target, old, None)
    assert local.at() == old
    local.deploy("greetings", revision_id(90))
    move(target, old, None)
    assert local.at() is None
    assert set(local.references()) == {"greetings.revision"}


@pytest.mark.parametrize(
    "messages",
    [
        [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}],
        [],
        [{"role": "user", "content": [{"type": "text", "text": "a"}]}],
        "one",
    ],
    ids=["two messages", "none", "parts", "no list"],
)
def test_what_is_not_one_text_is_refused_before_anything_is_written(
    target: AgentaTarget, local: LocalAgenta, messages: Any
) -> None:
    """A release that told people of one message of several would change the others unseen."""
    live = local.add(PROMPT, "one", messages=messages)
    local.deploy(PROMPT, live)
    for act in (lambda: target.read_content(live), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match=f"Version {live} of {PROMPT} is not one message of text"):
            act()
    assert len(local.revisions) == 3


def test_a_version_of_another_application_is_never_read_or_deployed(
    target: AgentaTarget, local: LocalAgenta
) -> None:
    """Its identifier does not say whose it is."""
    theirs = local.add("greetings", "Hello.")
    with pytest.raises(VersionMissing):
        target.read_content(theirs)
    with pytest.raises(VersionMissing):
        move(target, None, theirs)
    assert local.at() is None


@pytest.mark.parametrize("named", [{}, {"application_revision": {"slug": "a"}}, {"application": {"id": "x"}}])
def test_a_deploy_that_names_no_version_is_not_believed(named: dict[str, Any]) -> None:
    """Something is live there, and which is not told."""
    shown = {"id": str(UUID(int=1)), "slug": "production", "variant_id": str(UUID(int=2))}
    told = {"environments": [{**shown, "data": {"references": {f"{PROMPT}.revision": named}}}]}
    with served(JSONResponse(told)) as url, pytest.raises(TargetUnavailable, match="not believed"):
        target_at(url).read_pointer("production")


def test_versions_say_what_who_and_when(target: AgentaTarget, local: LocalAgenta) -> None:
    """The empty first version of a variant is none that anybody could choose."""
    new = proposed(target, "two", "PC-7")
    local.revisions[1].update(created_at=None)
    newest, oldest = target.list_versions()
    assert (newest.id, newest.label, newest.author) == (new, "PC-7, proposed by Ana Ito", "")
    assert newest.at == datetime(2026, 3, 1, 0, 2, tzinfo=UTC)
    assert (oldest.id, oldest.label, oldest.at.year) == (revision_id(2), "version 1", 1970)
    assert target.lag == timedelta(0)
    for odd in ("1", new.upper(), new.replace("-", ""), f" {new}", revision_id(9), ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
