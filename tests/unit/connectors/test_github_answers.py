"""Answers of GitHub that are odd, and documented: each has its sentence, and moves nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
from github_hand import move, proposed, target_at
from starlette.responses import JSONResponse, Response

from bot.connectors.github.target import GithubTarget
from bot.connectors.protocol import (
    TargetError,
    TargetRefused,
    TargetUnavailable,
)
from tests.systems.github import PATH, TOKEN, LocalGithub, local_github
from tests.systems.system import System


@pytest.fixture
def system() -> Iterator[System]:
    """A local GitHub behind a door; a text that somebody committed is deployed nowhere."""
    with local_github() as found:
        yield found


@pytest.fixture
def local(system: System) -> LocalGithub:
    """What it holds."""
    found: LocalGithub = system.local
    return found


@pytest.fixture
def target(system: System) -> GithubTarget:
    """The target of its file, with a canary."""
    return target_at(system.spec["host"], canary_environment="canary")


DEPLOY = ("POST", "/deployments")
ODD: list[tuple[tuple[str, str], int, dict[str, Any], dict[str, str], type[TargetError], str]] = [
    (
        DEPLOY,
        409,
        {"message": "Conflict merging main into a."},
        {},
        TargetRefused,
        "refuses (409). It says: Conflict merging main into a.",
    ),
    (
        DEPLOY,
        409,
        {
            "message": "Conflict: Commit status checks failed for a",
            "errors": [{"contexts": [], "resource": "Deployment", "field": "required_contexts"}],
        },
        {},
        TargetRefused,
        "Commit status checks failed for a: required_contexts.",
    ),
    (
        DEPLOY,
        422,
        {"message": "Validation Failed", "errors": [{"message": "No ref found for: a"}, "and more"]},
        {},
        TargetRefused,
        "refuses (422). It says: Validation Failed: No ref found for: a; and more.",
    ),
    (
        DEPLOY,
        202,
        {"message": "Auto-merged main into a on deployment."},
        {},
        TargetUnavailable,
        "made no deployment (202). It says: Auto-merged",
    ),
    (
        DEPLOY,
        403,
        {"message": "Resource not accessible by personal access token"},
        {},
        TargetRefused,
        "does not accept the credential in GITHUB_TOKEN (403). It says: Resource not accessible",
    ),
    (
        DEPLOY,
        403,
        {"message": "API rate limit exceeded for user ID 1."},
        {"X-RateLimit-Remaining": "0"},
        TargetUnavailable,
        "cannot do it now (403). It says: API rate limit exceeded for user ID 1.",
    ),
    (
        DEPLOY,
        403,
        {"message": "You have exceeded a secondary rate limit."},
        {},
        TargetUnavailable,
        "cannot do it now (403)",
    ),
    (DEPLOY, 429, {"message": "Slow down"}, {"Retry-After": "60"}, TargetUnavailable, "do it now (429)"),
    (DEPLOY, 404, {"message": "Not Found"}, {}, TargetRefused, "the token in GITHUB_TOKEN has no right"),
    (("GET", "/deployments"), 404, {"message": "Not Found"}, {}, TargetRefused, "does not find what was"),
    (("GET", "/deployments"), 200, {"deployments": []}, {}, TargetUnavailable, "otherwise than documented"),
    (("GET", ""), 301, {"message": "Moved Permanently"}, {}, TargetRefused, "sends on to another address"),
]


@pytest.mark.parametrize(("where", "status", "told", "headers", "error", "says"), ODD, ids=range(len(ODD)))
def test_an_odd_answer_has_its_sentence_and_moves_nothing(
    target: GithubTarget,
    local: LocalGithub,
    where: tuple[str, str],
    status: int,
    told: dict[str, Any],
    headers: dict[str, str],
    error: type[TargetError],
    says: str,
) -> None:
    """And the same move goes through once the answer is another."""
    old, new = local.put("one"), proposed(target, "two")
    local.instead[where] = JSONResponse(told, status, headers=headers)
    wanted = new if where != ("GET", "") else "f" * 40
    with pytest.raises(error) as raised:
        move(target, old, wanted)
    assert says in str(raised.value)
    assert str(raised.value).endswith(".")
    assert local.at() == old
    local.instead.clear()
    assert move(target, old, new).already is False
    assert local.at() == new


def test_a_repository_that_is_not_shown_is_not_an_empty_one(system: System) -> None:
    """GitHub says 404 for what a token may not see; nothing is read as missing then."""
    target = target_at(system.spec["host"], "acme/secrets")
    unseen = (
        r"does not find what was asked of acme/secrets \(404\)\. There is no such repository, or the token"
    )
    for act in (
        lambda: target.read_pointer("production"),
        lambda: target.read_content("f" * 40),
        target.list_versions,
        lambda: proposed(target, "two"),
    ):
        with pytest.raises(TargetRefused, match=unseen):
            act()


def test_an_empty_repository_is_told(target: GithubTarget, local: LocalGithub) -> None:
    """There is no commit to put a proposal on."""
    local.git.branches.clear()
    with pytest.raises(TargetRefused, match=r"refuses \(409\)\. It says: Git Repository is empty\."):
        proposed(target, "two")


def test_a_file_in_another_encoding_is_not_believed(target: GithubTarget, local: LocalGithub) -> None:
    """Neither one that is none, nor one that is not known."""
    version = local.add("one")
    shown = {"type": "file", "sha": "a", "content": "not base 64!", "encoding": "base64"}
    local.instead["GET", f"/contents/{PATH}"] = JSONResponse(shown)
    with pytest.raises(TargetUnavailable, match="not in Base64"):
        target.read_content(version)


def test_more_than_a_page_is_gone_through(target: GithubTarget, local: LocalGithub) -> None:
    """By the header `Link`: a proposal on the second page of branches is listed."""
    for number in range(120):
        local.git.branches[f"prompt-change/refunds/A-{number}"] = local.git.branches["main"]
    version = proposed(target, "two", "PC-500")
    assert target.list_versions(limit=1)[0].id == version
    assert local.asked.count(("GET", "/git/matching-refs/heads/prompt-change/refunds/")) == 2


def test_a_token_is_sent_and_never_said(target: GithubTarget, local: LocalGithub) -> None:
    """Also if GitHub, or a CI in the description of a status, repeats it."""
    old, new = local.put("one"), proposed(target, "two")
    local.instead[DEPLOY] = JSONResponse({"message": f"{TOKEN} may not"}, 422)
    with pytest.raises(TargetRefused, match=r"\[withheld\] may not"):
        move(target, old, new)
    local.instead.clear()
    local.ci = []
    with pytest.raises(TargetUnavailable):
        move(target, old, new)
    local.report(local.deployments[-1]["id"], "failure", f"echo {TOKEN}")
    with pytest.raises(TargetRefused, match=r"echo \[withheld\]"):
        move(target, old, new)


def test_only_json_is_an_answer(target: GithubTarget, local: LocalGithub) -> None:
    """A page of a proxy is none."""
    local.instead["GET", "/deployments"] = Response("<html>", 200)
    with pytest.raises(TargetUnavailable, match="not JSON"):
        target.read_pointer("production")
