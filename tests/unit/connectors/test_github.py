"""The texts of a prompt on GitHub: stored once, on a branch of their own, and read to the byte."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from github_hand import proposed, target_at
from starlette.responses import JSONResponse

from bot.connectors.github.target import GithubTarget
from bot.connectors.marks import mark
from bot.connectors.protocol import (
    TargetRefused,
    TargetUnavailable,
    VersionMissing,
)
from tests.systems.faulty import Fault
from tests.systems.github import PATH, LocalGithub, local_github
from tests.systems.github_git import LONG
from tests.systems.system import System

BRANCH = f"prompt-change/refunds/PC-1-{mark('proposal', PATH, 'PC-1', 'two')[3:15]}"


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


def test_a_proposal_is_one_commit_on_a_branch_of_its_own(target: GithubTarget, local: LocalGithub) -> None:
    """On top of the default branch, with nothing changed but the file."""
    main = local.git.branches["main"]
    version = proposed(target, "two")
    made = local.git.commits[version]
    assert local.git.branches[BRANCH] == version
    assert (made["parents"], made["message"]) == ([main], "PC-1, proposed by Ana Ito")
    before, after = (local.git.trees[local.git.commits[each]["tree"]] for each in (main, version))
    assert {path for path in after if after[path] != before.get(path)} == {PATH}
    assert set(before) == set(after)
    assert local.git.branches["main"] == main
    assert (local.deployments, local.at()) == ([], None)


@pytest.mark.parametrize("lost", ["/git/blobs", "/git/trees", "/git/commits", "/git/refs"])
def test_a_proposal_whose_answer_was_lost_is_stored_once(
    system: System, target: GithubTarget, local: LocalGithub, lost: str
) -> None:
    """What was made before the branch belongs to nothing, and the branch is found by its name."""
    system.door.only, system.door.fault = lost, Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable):
        proposed(target, "two")
    system.door.heal()
    version = proposed(target, "two")
    assert version == proposed(target, "two") == local.git.branches[BRANCH]
    assert sorted(local.git.branches) == ["main", BRANCH]
    assert len([each for each in target.list_versions() if each.label.startswith("PC-1,")]) == 1


def test_two_texts_of_one_change_are_two_versions(target: GithubTarget) -> None:
    """And a text of two changes, too; each has a branch."""
    versions = [proposed(target, "two"), proposed(target, "three"), proposed(target, "two", "PC-2")]
    assert len(set(versions)) == 3
    assert [target.read_content(each).text for each in versions] == ["two", "three", "two"]


def test_a_branch_that_somebody_changed_is_not_taken_for_the_proposal(
    target: GithubTarget, local: LocalGithub
) -> None:
    """Nor is it overwritten."""
    proposed(target, "two")
    theirs = local.git.push(PATH, b"Refund everything.", branch=BRANCH)
    with pytest.raises(TargetRefused, match=f"{BRANCH} of acme/prompts holds another text"):
        proposed(target, "two")
    assert local.git.branches[BRANCH] == theirs


def test_a_branch_made_at_the_same_moment_is_tried_again(target: GithubTarget, local: LocalGithub) -> None:
    """GitHub makes no branch twice; what the other one stored is found then."""

    class Meanwhile(JSONResponse):
        async def __call__(self, *args: Any) -> None:
            local.git.branches[BRANCH] = next(iter(local.git.commits))
            await super().__call__(*args)

    local.instead["POST", "/git/refs"] = Meanwhile({"message": "Reference already exists"}, 422)
    with pytest.raises(TargetUnavailable, match="made at the same moment"):
        proposed(target, "two")


def test_versions_are_commits_that_changed_the_file_and_proposals(
    target: GithubTarget, local: LocalGithub
) -> None:
    """With who and when; a commit of another file is none, nor is a branch with nothing of ours."""
    first = local.put("one")
    local.add("Hello.", "greetings.md")
    local.git.branches["prompt-change/refunds/PC-3-theirs"] = local.git.branches["main"]
    second = proposed(target, "two", "PC-2")
    tenth = proposed(target, "three", "PC-10")
    newest, before, *rest = target.list_versions()
    assert [each.id for each in (newest, before, rest[0])] == [tenth, second, first]
    assert (before.label, before.author) == ("PC-2, proposed by Ana Ito", "prompt-change-app")
    assert (rest[0].label, rest[0].author) == (f"Change {PATH}", "Ben Ito")
    assert before.at.replace(second=0) == datetime(2026, 3, 1, tzinfo=UTC)
    assert len(rest) == 2  # the text that somebody committed before
    assert [each.id for each in target.list_versions(limit=1)] == [tenth]


def test_a_long_text_comes_in_a_second_answer(target: GithubTarget, local: LocalGithub) -> None:
    """Above a megabyte the contents come without content."""
    text = "Ä" * (LONG // 2 + 1)
    assert target.read_content(local.add(text)).text == text
    assert any(rest.startswith("/git/blobs/") for _, rest in local.asked)
    assert target.read_content(local.add("Ä" * 100)).text == "Ä" * 100


@pytest.mark.parametrize("kind", ["dir", "symlink", "submodule"])
def test_what_is_no_file_is_refused(target: GithubTarget, local: LocalGithub, kind: str) -> None:
    """Whatever it is."""
    version = local.add("one")
    local.git.kinds[PATH] = kind
    with pytest.raises(TargetRefused, match=f"is no file in {version[:10]} of acme/prompts"):
        target.read_content(version)


def test_what_is_no_text_is_refused(target: GithubTarget, local: LocalGithub) -> None:
    """Bytes that are not UTF-8, and half a character that no file can hold."""
    with pytest.raises(TargetRefused, match=r"not UTF-8 text in \w{10} \(byte 2\)"):
        target.read_content(local.git.push(PATH, b"a\xff"))
    with pytest.raises(TargetRefused, match="half a character at position 2"):
        proposed(target, "a\ud800")


def test_only_a_whole_name_of_a_commit_is_a_version(target: GithubTarget, local: LocalGithub) -> None:
    """What may mean another commit tomorrow is none."""
    version = local.add("one")
    for odd in ("main", version[:10], version.upper(), f" {version}", "f" * 40, "", "../main"):
        with pytest.raises(VersionMissing):
            target.read_content(odd)
