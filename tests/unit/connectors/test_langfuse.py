"""The Langfuse target, against a local server with the odd answers that Langfuse is known for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.langfuse import LangfuseTarget
from bot.policy.targets import LangfuseTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.langfuse import LABEL, PROMPT, PROMPTS, PUBLIC, SECRET, LocalLangfuse, local_langfuse
from tests.systems.system import System, served

HELD = {"LF_PUBLIC": SecretStr(PUBLIC), "LF_SECRET": SecretStr(SECRET)}


@pytest.fixture
def system() -> Iterator[System]:
    """A local Langfuse behind a door; its version 1 is nobody's."""
    with local_langfuse() as found:
        yield found


@pytest.fixture
def project(system: System) -> LocalLangfuse:
    """What it holds."""
    return system.local


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> LangfuseTarget:
    """A target with the right keys."""
    names = {"public_key_env": "LF_PUBLIC", "secret_key_env": "LF_SECRET"}
    given = Settings.model_validate({"kind": "langfuse", "host": url, "prompt": prompt, **names, **more})
    return LangfuseTarget(given, HELD.get, seconds=STALL)


@pytest.fixture
def target(system: System) -> LangfuseTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_label="canary")


def proposed(target: LangfuseTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: LangfuseTarget, old: str | None, new: str | None, pointer: str = "production") -> Moved:
    """One move."""
    return target.move(pointer, expected=old, wanted=new, key="R-1", why="PC-1, by Ben")


def test_the_local_langfuse_has_its_odd_answers(system: System, project: LocalLangfuse) -> None:
    """An empty list is answered with 200 and does nothing; labels are unique; a new version is the latest."""
    project.add(PROMPT, "one", labels=("production",))
    path = f"{system.spec['host']}{PROMPTS}/support%2Frefunds/versions"
    keys = (PUBLIC, SECRET)
    empty = httpx.patch(f"{path}/2", json={"newLabels": []}, auth=keys)
    assert (empty.status_code, project.labelled(PROMPT, "production")) == (200, 2)
    taken = httpx.patch(f"{path}/1", json={"newLabels": ["production"]}, auth=keys)
    assert (taken.status_code, project.labelled(PROMPT, "production")) == (200, 1)
    assert project.labelled(PROMPT, "latest") == 2


def test_a_move_leaves_the_other_labels_where_they_are(
    target: LangfuseTarget, project: LocalLangfuse
) -> None:
    """Production moves; the canary, and a label of somebody else, stay."""
    project.add(PROMPT, "one", labels=("production", "canary", "qa"))
    new = proposed(target, "two")
    move(target, "2", new)
    assert {name: project.labelled(PROMPT, name) for name in ("production", "canary", "qa")} == {
        "production": int(new),
        "canary": 2,
        "qa": 2,
    }
    assert target.read_pointer("canary") == "2"


def test_a_proposed_text_is_live_nowhere_and_carries_the_live_settings(
    target: LangfuseTarget, project: LocalLangfuse
) -> None:
    """Model and sampling of the live version go along, or a deploy of a text would lose them."""
    settings = {"model": "gpt-x", "temperature": 0.2}
    project.add(PROMPT, "one", labels=("production", "canary"), config=settings)
    new = proposed(target, "two")
    made = project.versions[PROMPT][int(new) - 1]
    assert made["config"] == settings
    assert made["commitMessage"] == "PC-1, proposed by Ana Ito"
    assert not {"production", "canary"} & set(made["labels"])


def test_a_proposal_whose_answer_was_lost_is_one_version(system: System, target: LangfuseTarget) -> None:
    """The second attempt finds what the first one stored."""
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    assert proposed(target, "two") == "2"
    assert len(system.local.versions[PROMPT]) == 2


def test_nothing_live_cannot_be_had_and_the_refusal_says_what_to_do(
    target: LangfuseTarget, project: LocalLangfuse
) -> None:
    """Asked through its API, Langfuse would answer 200 and do nothing. By hand it is done, and then seen."""
    project.add(PROMPT, "one", labels=("production",))
    with pytest.raises(TargetRefused) as raised:
        move(target, "2", None)
    assert str(raised.value) == (
        "Langfuse cannot take a label away when it is asked through its API. In Langfuse at 127.0.0.1, open "
        "the prompt support/refunds and take the label production off the version that carries it. This app "
        "sees it then."
    )
    project.versions[PROMPT][1]["labels"] = []
    assert move(target, "2", None).already


def test_a_chat_prompt_is_refused_before_anything_is_written(
    target: LangfuseTarget, project: LocalLangfuse
) -> None:
    """Its text cannot be shown, and no text may be put beside it."""
    project.versions.clear()
    project.add(PROMPT, [{"role": "system", "content": "Hi"}], labels=("production",), type="chat")
    for act in (lambda: target.read_content("1"), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match="Version 1 of support/refunds is a chat prompt"):
            act()
    assert target.problems() == [
        "Version 1 of support/refunds is a chat prompt. This app releases text prompts only."
    ]
    assert len(project.versions[PROMPT]) == 1


def test_a_text_that_takes_in_another_prompt_is_refused(target: LangfuseTarget) -> None:
    """What is approved must not change without a new version."""
    with pytest.raises(TargetRefused, match="takes in another prompt"):
        proposed(target, "Kind. @@@langfusePrompt:name=tone|label=production@@@")


def test_versions_say_who_and_when(target: LangfuseTarget, project: LocalLangfuse) -> None:
    """By the message that they were stored with, or else by their number; of this prompt only."""
    project.add(PROMPT + "-de", "eins")
    proposed(target, "two", "PC-7")
    newest, oldest = target.list_versions()
    assert (newest.id, newest.label, newest.author) == ("2", "PC-7, proposed by Ana Ito", "API")
    assert (oldest.id, oldest.label) == ("1", "version 1")
    assert newest.at == datetime(2026, 3, 1, 0, 2, tzinfo=UTC)


def test_a_version_is_a_number_as_langfuse_writes_it(target: LangfuseTarget) -> None:
    """Anything else is not asked for."""
    assert target.read_content("1").text == "Somebody else's text."
    for odd in ("01", "1 ", "+1", "\u0661", "1/../2", "2", "-1", ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)


def test_a_404_of_something_else_is_not_nothing_live() -> None:
    """A wrong address must not read as a pointer that nothing is at."""
    for body in ({"detail": "Not Found"}, {"error": "NotFound", "message": "No route"}):
        with served(JSONResponse(body, 404)) as url:
            with pytest.raises(TargetRefused, match=r"refuses \(404\)"):
                target_at(url).read_pointer("production")
            assert target_at(url).problems()


@pytest.mark.parametrize(
    "lie",
    [{"name": "support/other"}, {"labels": ["latest"]}, {"version": "7"}, {"labels": None}],
    ids=["another prompt", "without the label", "no number", "no labels"],
)
def test_an_answer_about_something_else_is_not_believed(lie: dict[str, Any]) -> None:
    """The version that is read is the one that was asked for, or none."""
    truth = {"name": PROMPT, "version": 7, "labels": ["production"], "prompt": "x", "type": "text"}
    with served(JSONResponse(truth)) as url:
        assert target_at(url).read_pointer("production") == "7"
    with (
        served(JSONResponse({**truth, **lie})) as url,
        pytest.raises(TargetUnavailable, match="not believed"),
    ):
        target_at(url).read_pointer("production")
    with served(JSONResponse(truth)) as url, pytest.raises(TargetUnavailable, match="not believed"):
        target_at(url).read_content("8")


def test_it_is_asked_past_the_caches_and_by_the_whole_name() -> None:
    """`resolve=false` reads what is stored now; a folder's slash is part of the name."""
    heard: list[str] = []

    async def hear(scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope)
        heard.append(f"{scope['raw_path'].decode()}?{request.url.query}")
        error = {"error": "LangfuseNotFoundError", "message": "Prompt not found"}
        await JSONResponse(error, 404)(scope, receive, send)

    with served(hear) as url:
        assert target_at(url, "support/Rück & co").read_pointer("production") is None
    (asked,) = heard
    assert asked == ("/api/public/v2/prompts/support%2FR%C3%BCck%20%26%20co?label=production&resolve=false")


def test_the_lag_is_what_clients_keep(target: LangfuseTarget) -> None:
    """A minute, unless the policy says otherwise."""
    assert target.lag == timedelta(seconds=60)


def test_a_mark_is_a_label_that_langfuse_takes() -> None:
    """Short enough and of its characters, and another for each key."""
    assert LABEL.fullmatch(mark("move", "production", "R-1-production"))
    assert mark("a", "bc") != mark("ab", "c")
