"""The LangSmith target, against a local server with the odd answers that the real one is known for."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from bot.connectors.marks import mark
from bot.connectors.protocol import Moved, PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from bot.connectors.registries.langsmith import LangsmithTarget
from bot.policy.targets import LangsmithTarget as Settings
from tests.systems.faulty import STALL, Fault
from tests.systems.langsmith import KEY, PROMPT, LocalLangsmith, local_langsmith, string_prompt
from tests.systems.system import System, served

HELD = {"LANGSMITH_API_KEY": SecretStr(KEY)}
SEQUENCE = ["langchain", "schema", "runnable", "RunnableSequence"]
CHAT = {"lc": 1, "type": "constructor", "id": ["langchain", "prompts", "chat", "ChatPromptTemplate"]}
MODEL = {"lc": 1, "type": "constructor", "id": ["langchain", "chat_models", "openai", "ChatOpenAI"]}


def target_at(url: str, prompt: str = PROMPT, **more: Any) -> LangsmithTarget:
    """A target."""
    given = Settings.model_validate({"kind": "langsmith", "host": url, "prompt": prompt, **more})
    return LangsmithTarget(given, HELD.get, seconds=STALL)


@pytest.fixture
def system() -> Iterator[System]:
    """A local LangSmith behind a door; its first commit is nobody's."""
    with local_langsmith() as found:
        yield found


@pytest.fixture
def workspace(system: System) -> LocalLangsmith:
    """What it holds."""
    return system.local


@pytest.fixture
def target(system: System) -> LangsmithTarget:
    """The target of its prompt, with a canary."""
    return target_at(system.spec["host"], canary_tag="canary")


def proposed(target: LangsmithTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: LangsmithTarget, old: str | None, new: str | None, key: str = "R-1") -> Moved:
    """One move."""
    return target.move("production", expected=old, wanted=new, key=key, why="PC-1, by Ben")


def live(workspace: LocalLangsmith, manifest: dict[str, Any]) -> str:
    """Somebody makes this live."""
    commit = workspace.add(PROMPT, manifest)
    workspace.point(PROMPT, "production", commit)
    return str(commit["commit_hash"])


def test_a_proposal_carries_the_model_and_the_settings_of_the_live_version(
    target: LangsmithTarget, workspace: LocalLangsmith
) -> None:
    """A string prompt before a model: only its text and the names in it are other ones."""
    before = string_prompt("Dear {name}", template_format="f-string", partial_variables={"today": "Monday"})
    chain = {"lc": 1, "type": "constructor", "id": SEQUENCE, "kwargs": {"first": before, "last": MODEL}}
    old = live(workspace, chain)
    assert target.read_content(old).text == "Dear {name}"

    new = proposed(target, "Hello {who.first}, it is {today}. {{}}")

    made = workspace.commits[PROMPT][-1]
    assert made["commit_hash"] == new
    assert made["manifest"]["kwargs"]["last"] == MODEL
    assert made["manifest"]["kwargs"]["first"]["kwargs"] == {
        "input_variables": ["who"],
        "template": "Hello {who.first}, it is {today}. {{}}",
        "template_format": "f-string",
        "partial_variables": {"today": "Monday"},
    }
    assert target.read_pointer("production") == old


def test_the_first_version_of_a_prompt_leaves_single_braces_alone(system: System) -> None:
    """The prompt is made, private, and its template is one in which JSON stands for itself."""
    target = target_at(system.spec["host"], "new-one")
    assert target.read_pointer("production") is None
    proposed(target, 'Say {"refund": true} to {{ name }}, {{#items}}{{.}}{{/items}}.')
    given = system.local.commits["new-one"][0]["manifest"]["kwargs"]
    assert (given["template_format"], given["input_variables"]) == ("mustache", ["items", "name"])


@pytest.mark.parametrize(
    ("form", "text", "words"),
    [
        ("f-string", "Say {", "braces do not match"),
        ("f-string", "Say }", "braces do not match"),
        ("jinja2", "Say", "is a jinja2 template"),
    ],
)
def test_a_text_that_no_client_could_load_is_refused_here(
    target: LangsmithTarget, workspace: LocalLangsmith, form: str, text: str, words: str
) -> None:
    """Before anything is stored."""
    live(workspace, string_prompt("Hi", template_format=form))
    with pytest.raises(TargetRefused, match=words):
        proposed(target, text)
    assert len(workspace.commits[PROMPT]) == 2


@pytest.mark.parametrize(
    "manifest",
    [{**CHAT, "kwargs": {"messages": []}}, CHAT, {"kwargs": {"first": CHAT}}, string_prompt("x", template=1)],
)
def test_what_is_no_string_prompt_is_refused_before_anything_is_written(
    target: LangsmithTarget, workspace: LocalLangsmith, manifest: dict[str, Any]
) -> None:
    """A chat prompt, alone or before a model, and what is no prompt at all."""
    old = live(workspace, manifest)
    for act in (lambda: target.read_content(old), lambda: proposed(target, "two")):
        with pytest.raises(TargetRefused, match=rf"The commit {old[:8]} of {PROMPT} is no string prompt"):
            act()
    assert len(workspace.commits[PROMPT]) == 2


def test_a_text_like_the_newest_commit_is_that_commit(
    target: LangsmithTarget, workspace: LocalLangsmith
) -> None:
    """LangSmith takes no commit without a change; the one that is there has the text."""
    first = proposed(target, "two", "PC-1")
    assert proposed(target, "two", "PC-2") == first
    assert len(workspace.commits[PROMPT]) == 2


def test_a_proposal_whose_answer_was_lost_is_one_commit(system: System, target: LangsmithTarget) -> None:
    """The second attempt finds what the first one stored, by its description."""
    system.door.only = f"/commits/-/{PROMPT}"
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    system.local.add(PROMPT, string_prompt("of somebody else"))
    assert proposed(target, "two") == system.local.commits[PROMPT][1]["commit_hash"]
    assert len(system.local.commits[PROMPT]) == 3


def test_a_move_leaves_the_other_tags_where_they_are(
    target: LangsmithTarget, workspace: LocalLangsmith
) -> None:
    """Production is made, moved and taken away; the canary, and a tag of somebody else, stay."""
    one = workspace.commits[PROMPT][0]
    workspace.point(PROMPT, "canary", one)
    workspace.point(PROMPT, "qa", one)
    new = proposed(target, "two")
    move(target, None, one["commit_hash"], "R-1")
    move(target, one["commit_hash"], new, "R-2")
    marks = {mark("move", "production", key) for key in ("R-1", "R-2")}
    assert set(workspace.tags[PROMPT]) == {"canary", "qa", "production"} | marks
    assert workspace.tags[PROMPT]["canary"]["commit_hash"] == one["commit_hash"]
    move(target, new, None, "R-3")
    assert "production" not in workspace.tags[PROMPT]


def test_a_lost_move_that_was_put_back_is_left_to_people(system: System, target: LangsmithTarget) -> None:
    """The history of the tag tells of it, though nobody has heard the answer."""
    old = system.put("one")
    new = proposed(target, "two")
    system.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        move(target, old, new)
    system.door.heal()
    assert system.put("one") == old
    with pytest.raises(PointerElsewhere, match=f"put back to {old} since"):
        move(target, old, new)


def test_a_long_history_is_read_from_both_ends(system: System, target: LangsmithTarget) -> None:
    """In whichever order LangSmith tells it."""
    for _ in range(60):
        system.put("one")
        old = system.put("three")
    new = proposed(target, "two")
    move(target, old, new)
    assert system.put("three") == old
    with pytest.raises(PointerElsewhere, match="put back"):
        move(target, old, new)


def test_a_server_that_keeps_no_history_leaves_a_second_attempt_to_people(
    system: System, target: LangsmithTarget
) -> None:
    """Whether the first one moved the tag cannot be told there, so it is not made again."""
    system.local.keeps_history = False
    old = system.put("one")
    new = proposed(target, "two")
    system.door.fault = Fault.DOES_NOTHING
    with pytest.raises(TargetUnavailable):
        move(target, old, new)
    system.door.heal()
    with pytest.raises(PointerElsewhere, match="made before"):
        move(target, old, new)


def test_a_404_alone_never_means_that_nothing_is_live() -> None:
    """A wrong address has no list of prompts either."""
    with (
        served(JSONResponse({"detail": "Not Found"}, 404)) as url,
        pytest.raises(TargetRefused, match=r"refuses \(404\). It says: Not Found."),
    ):
        target_at(url).read_pointer("production")


def test_a_404_about_a_prompt_that_is_listed_is_refused() -> None:
    """The two answers contradict each other, so neither says that nothing is live."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        is_list = scope["path"] == "/repos/"
        told = {"repos": [{"repo_handle": PROMPT}]} if is_list else {"error": "not found"}
        await JSONResponse(told, 200 if is_list else 404)(scope, receive, send)

    with served(answer) as url, pytest.raises(TargetRefused, match=r"refuses \(404\)"):
        target_at(url).read_pointer("production")


def test_an_answer_about_another_commit_is_not_believed() -> None:
    """The commit that is read is the one that was asked for, or none."""
    truth = {"commit_hash": "a" * 64, "manifest": string_prompt("one")}
    with served(JSONResponse(truth)) as url:
        assert target_at(url).read_content("a" * 64).text == "one"
        with pytest.raises(TargetUnavailable, match="not believed"):
            target_at(url).read_content("b" * 64)


def test_only_a_whole_hash_is_a_version(target: LangsmithTarget, workspace: LocalLangsmith) -> None:
    """A tag, or the beginning of a hash, moves on or may come to mean two commits."""
    whole = proposed(target, "two")
    workspace.point(PROMPT, "production", workspace.commits[PROMPT][0])
    for odd in ("production", "latest", whole[:8], whole[:12], whole.upper(), ""):
        with pytest.raises(VersionMissing):
            target.read_content(odd)


def test_an_old_commit_is_found_behind_the_first_page(
    target: LangsmithTarget, workspace: LocalLangsmith
) -> None:
    """A tag is told the id of a commit, which only the list has."""
    old = workspace.commits[PROMPT][0]["commit_hash"]
    for number in range(120):
        workspace.add(PROMPT, string_prompt(f"text {number}"))
    move(target, None, old)
    assert workspace.tags[PROMPT]["production"]["commit_hash"] == old


def test_a_named_workspace_is_told() -> None:
    """In the header that a key for several workspaces needs; and two workspaces are two places."""
    workspace, told = "0b9f2f3e-5f0c-4d2e-9a52-1f4d7c1c0a11", []

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(Headers(scope=scope).get("X-Tenant-Id"))
        await JSONResponse([])(scope, receive, send)

    with served(answer) as url:
        target = target_at(url, workspace=workspace)
        assert target.read_pointer("production") is None
        assert target_at(url).read_pointer("production") is None
    assert told == [workspace, None]
    assert target.given.place == f"{url} {workspace}"


def test_versions_say_what_and_when(target: LangsmithTarget) -> None:
    """By the description that they were stored with, or else by their hash."""
    proposed(target, "two", "PC-7")
    newest, oldest = target.list_versions()
    assert (newest.label, newest.author) == ("PC-7, proposed by Ana Ito", "Town")
    assert oldest.label == f"commit {oldest.id[:8]}"
    assert oldest.at == datetime(2026, 3, 1, 0, 0, 1, tzinfo=UTC)
    assert target.lag == timedelta(seconds=360)
