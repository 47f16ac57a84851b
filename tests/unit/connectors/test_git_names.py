"""Settings of a git target that could never work are refused before anything is opened."""

from pathlib import Path

import pytest

from bot.connectors.git import GitTarget
from bot.connectors.protocol import TargetMisconfigured, TargetRefused

NOWHERE = Path("/nonexistent")


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a/./x",
        "a//x",
        "a/",
        ".git/config",
        "a/.GIT/x",
        "a\\x",
        "a\nx",
        "a\x00x",
    ],
)
def test_a_path_outside_the_repository_is_refused(path: str) -> None:
    """Only a plain path from the repository's root names a prompt."""
    with pytest.raises(TargetMisconfigured, match="not a path inside a git repository"):
        GitTarget(NOWHERE, path)


@pytest.mark.parametrize("path", ["x", "a b/ü (1).md", ".hidden", "a/...", "-x", "git/x"])
def test_a_path_inside_the_repository_is_taken(path: str) -> None:
    """Names that only look unusual are fine."""
    assert GitTarget(NOWHERE, path).path == path


@pytest.mark.parametrize(
    ("pointer", "canary"),
    [
        ("", None),
        ("a b", None),
        ("a..b", None),
        ("-x", None),
        ("HEAD", None),
        ("refs/heads/x", None),
        ("x.lock", None),
        ("x\n", None),
        ("prompt-change", None),
        ("prompt-change/PC-1", None),
        ("x", ""),
        ("x", "x"),
        ("x", "x/canary"),
        ("x/live", "x"),
    ],
)
def test_branches_that_git_cannot_hold_are_refused(pointer: str, canary: str | None) -> None:
    """A pointer must be a branch, beside its canary and apart from the proposals."""
    with pytest.raises(TargetMisconfigured):
        GitTarget(NOWHERE, "x.md", pointer, canary)


@pytest.mark.parametrize(("pointer", "canary"), [("production", None), ("eu/live", "eu/canary"), ("x", "xy")])
def test_branches_side_by_side_are_taken(pointer: str, canary: str | None) -> None:
    """Ordinary branch names are fine."""
    target = GitTarget(NOWHERE, "x.md", pointer, canary)

    assert (pointer, canary) == (target.live_pointer, target.canary_pointer)


@pytest.mark.parametrize("author", ["", "Ana", "<a@b>", "Ana <a@b> x", "Ana\n <a@b>", "A <a\n@b>", "A <<b>>"])
def test_an_author_that_git_cannot_store_is_refused(author: str) -> None:
    """The identity of the app's commits is a name and an address on one line."""
    with pytest.raises(TargetMisconfigured, match="git identity"):
        GitTarget(NOWHERE, "x.md", author=author)


@pytest.mark.parametrize("change_name", ["../production", "a b", "", "x.lock"])
def test_a_proposal_without_a_usable_name_is_refused(change_name: str) -> None:
    """A change's name cannot lead out of the branches that are kept for proposals."""
    target = GitTarget(NOWHERE, "x.md")

    with pytest.raises(TargetRefused, match="cannot hold a branch"):
        target.propose("x", change_name=change_name, author="Ana", key="p")
