"""The canary branch: what the first stage serves while the rest stays as it is live."""

import pytest
from git_hand import GitHand, Ticking
from git_reached import Reached

from bot.connectors.git import GitTarget
from bot.connectors.protocol import PointerElsewhere


@pytest.fixture
def target(git: GitHand, clock: Ticking, reached: Reached) -> GitTarget:
    """Give a workflow with stages, beside another one on the same branches."""
    git.commit("production", {"one.md": b"1", "two.md": b"2", "three.md": b"3"})
    return GitTarget(reached(git), "one.md", canary="canary", clock=clock)


@pytest.fixture
def neighbour(target: GitTarget, clock: Ticking) -> GitTarget:
    """Give the other workflow."""
    return GitTarget(target.place, "two.md", canary="canary", clock=clock)


def stage(target: GitTarget, text: str, pointer: str = "canary") -> str:
    """Move a pointer to a new text from wherever it is."""
    version = target.propose(text, change_name=f"PC-{text}", author="Ana", key=f"p:{text}")
    target.move(
        pointer,
        expected=target.read_pointer(pointer),
        wanted=version,
        key=f"{pointer}:{text}",
        why="",
    )
    return version


def contents(git: GitHand, branch: str) -> dict[str, str]:
    """The text of every file of a branch."""
    return {path: git("show", f"{branch}:{path}") for path in git.tree(branch)}


def test_a_canary_starts_as_a_copy_of_production(target: GitTarget, git: GitHand) -> None:
    """The first stage has everything that is live, and the one new text."""
    live = git.head("production")
    assert target.read_pointer("canary") is None

    stage(target, "new")

    assert contents(git, "canary") == {"one.md": "new", "two.md": "2", "three.md": "3"}
    assert git("rev-parse", "canary~1") == live == git.head("production")


def test_a_canary_that_is_missing_may_be_expected_as_production(target: GitTarget) -> None:
    """Whoever expects the copy that a new canary starts as is right, and any other version is not."""
    live, new = target.read_pointer("production"), stage(target, "x", "production")
    wanted = target.propose("y", change_name="PC-y", author="Ana", key="y")

    with pytest.raises(PointerElsewhere):
        target.move("canary", expected=live, wanted=wanted, key="k1", why="")
    target.move("canary", expected=new, wanted=wanted, key="k2", why="")

    assert target.read_pointer("canary") == wanted


def test_a_later_stage_carries_what_went_live_since(target: GitTarget, git: GitHand) -> None:
    """Added, changed and removed files of production reach the canary with the next stage, in one commit."""
    stage(target, "new")
    git.commit("production", {"two.md": b"2b", "three.md": None, "four/x.md": b"4"})
    before = git("rev-list", "--first-parent", "--count", "canary")

    stage(target, "newer")

    assert contents(git, "canary") == {"one.md": "newer", "two.md": "2b", "four/x.md": "4"}
    assert int(git("rev-list", "--first-parent", "--count", "canary")) == int(before) + 1
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_the_stage_of_another_workflow_stays(target: GitTarget, neighbour: GitTarget, git: GitHand) -> None:
    """A stage on a shared canary branch does not take back what a neighbour has staged there.

    Not even where the neighbour's live version has changed meanwhile.
    """
    stage(neighbour, "staged")
    git.commit("production", {"two.md": b"2b", "three.md": b"3b"})

    stage(target, "new")

    assert contents(git, "canary") == {"one.md": "new", "two.md": "staged", "three.md": "3b"}


def test_a_neighbour_that_went_live_is_carried_again(
    target: GitTarget, neighbour: GitTarget, git: GitHand
) -> None:
    """Once a stage has gone live, later live versions of that path reach the canary as well."""
    stage(neighbour, "staged")
    stage(neighbour, "staged", "production")
    stage(target, "new")
    stage(neighbour, "later", "production")

    stage(target, "newer")

    assert contents(git, "canary") == {"one.md": "newer", "two.md": "later", "three.md": "3"}


def test_taking_a_stage_back_leaves_production_and_neighbours(
    target: GitTarget, neighbour: GitTarget, git: GitHand
) -> None:
    """Stopping a stage puts the canary back on the live version and touches nothing else."""
    live = target.read_pointer("production")
    head = git.head("production")
    new = stage(target, "new")
    stage(neighbour, "staged")

    target.move("canary", expected=new, wanted=live, key="stop", why="stopped")

    assert contents(git, "canary") == {"one.md": "1", "two.md": "staged", "three.md": "3"}
    assert git.head("production") == head


def test_a_stage_without_news_has_one_parent(target: GitTarget, git: GitHand) -> None:
    """Production is joined into the canary only where it has something that the canary lacks."""
    stage(target, "new")
    stage(target, "newer")

    assert len(git("log", "-1", "--format=%P", "canary").split()) == 1


def test_a_path_that_production_has_lost_can_be_removed(target: GitTarget, git: GitHand) -> None:
    """Taking the prompt off the canary works also where carrying production along does it already."""
    stage(target, "new", "production")
    live = stage(target, "new")
    git.commit("production", {"two.md": b"2b"})
    stage(GitTarget(target.place, "three.md", canary="canary"), "other")
    git.commit("production", {"one.md": None})

    target.move("canary", expected=live, wanted=None, key="off", why="")

    assert sorted(git.tree("canary")) == ["three.md", "two.md"]


def test_advancing_moves_production_alone(target: GitTarget, git: GitHand) -> None:
    """The same version goes live by one commit on production that leaves the canary as it is."""
    new, live = stage(target, "new"), target.read_pointer("production")
    canary = git.head("canary")

    target.move("production", expected=live, wanted=new, key="advance", why="")

    assert contents(git, "production") == {"one.md": "new", "two.md": "2", "three.md": "3"}
    assert git.head("canary") == canary


def test_a_key_binds_one_pointer_only(target: GitTarget) -> None:
    """The stages of one release may share a key."""
    live = target.read_pointer("production")
    new = target.propose("new", change_name="PC-1", author="Ana", key="p")
    target.move("production", expected=live, wanted=new, key="release", why="")

    target.move("canary", expected=new, wanted=live, key="release", why="")

    assert target.read_pointer("canary") == live


def test_a_file_that_became_a_folder_is_carried(target: GitTarget, git: GitHand) -> None:
    """Production may turn a file into a folder or a folder into a file between two stages."""
    git.commit("production", {"a/b.md": b"x"})
    stage(target, "new")
    git.commit("production", {"three.md": None, "a/b.md": None})
    git.commit("production", {"three.md/deep.md": b"3", "a": b"y"})

    stage(target, "newer")

    assert contents(git, "canary") == {"one.md": "newer", "two.md": "2", "three.md/deep.md": "3", "a": "y"}


def test_an_unrelated_canary_is_joined(target: GitTarget, git: GitHand) -> None:
    """A canary branch that somebody made apart keeps its own files and gains what is live."""
    git.commit("canary", {"own.md": b"own", "one.md": b"own one"})

    stage(target, "new")

    assert contents(git, "canary") == {"one.md": "new", "own.md": "own", "two.md": "2", "three.md": "3"}
    assert git("merge-base", "--is-ancestor", "production", "canary") == ""
