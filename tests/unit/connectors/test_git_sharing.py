"""Many writers on one branch: threads, processes, and people with the real git."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking

from bot.connectors import git_objects
from bot.connectors.git import GitTarget
from bot.connectors.protocol import PointerElsewhere

ROUNDS = 5


def processes() -> Executor:
    """Two processes that share nothing but the disk."""
    return ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn"))


def threads() -> Executor:
    """Eight threads in one process."""
    return ThreadPoolExecutor(8)


def release_in_turn(folder: Path, path: str) -> list[str | None]:
    """Release several texts at one path, each from the one before; answers what was live after each."""
    target = GitTarget(folder, path)
    seen = []
    for number in range(ROUNDS):
        name = f"{path}-{number}"
        version = target.propose(f"{path} {number}\n", change_name=name, author="Ana", key=name)
        target.move(
            "production",
            expected=target.read_pointer("production"),
            wanted=version,
            key=name,
            why=name,
        )
        seen.append(target.read_pointer("production"))
    return seen


def race(folder: Path, number: int, expected: str) -> str:
    """Try to be the one who replaces `expected`; answers who won."""
    target = GitTarget(folder, "one.md")
    mine = target.propose(f"mine {number}\n", change_name=f"PC-{number}", author="Ana", key=f"p{number}")
    try:
        target.move("production", expected=expected, wanted=mine, key=f"m{number}", why="")
    except PointerElsewhere:
        return "lost"
    return "won"


@pytest.mark.parametrize("pool", [threads, processes])
def test_two_paths_on_one_branch_both_move(git: GitHand, pool: Callable[[], Executor]) -> None:
    """Workflows that share a branch do not disturb each other, and each move is one commit."""
    paths = ["a/one.md", "a/two.md"]
    git.commit("production", dict.fromkeys(paths, b"0") | {"other": b"0"})
    other = git.tree("production")["other"]

    with pool() as executor:
        seen = list(executor.map(release_in_turn, [git.folder] * 2, paths))

    for path, live in zip(paths, seen, strict=True):
        assert git("show", f"production:{path}") == f"{path} {ROUNDS - 1}"
        assert len(set(live)) == ROUNDS
    assert git.tree("production")["other"] == other
    assert git("rev-list", "--count", "production") == str(1 + 2 * ROUNDS)
    assert git("fsck", "--strict", "--no-dangling") == ""


@pytest.mark.parametrize("pool", [threads, processes])
def test_of_many_moves_of_one_path_exactly_one_wins(git: GitHand, pool: Callable[[], Executor]) -> None:
    """Where all start from the same version, the losers are told and the history has one more commit."""
    git.commit("production", {"one.md": b"0"})
    expected = git("rev-parse", "production:one.md")

    with pool() as executor:
        outcomes = list(executor.map(race, [git.folder] * 8, range(8), [expected] * 8))

    assert sorted(outcomes) == ["lost"] * 7 + ["won"]
    assert git("rev-list", "--count", "production") == "2"


def test_the_same_move_many_times_at_once_is_one_commit(git: GitHand) -> None:
    """A move that several processes carry out under one key has one effect, and all of them succeed."""
    git.commit("production", {"one.md": b"0"})
    target = GitTarget(git.folder, "one.md")
    before = target.read_pointer("production")
    after = target.propose("1", change_name="PC-1", author="Ana", key="p")

    def move(_number: int) -> bool:
        done = target.move("production", expected=before, wanted=after, key="same", why="")
        return done.already

    with threads() as executor:
        already = list(executor.map(move, range(8)))

    assert already.count(False) == 1
    assert git("rev-list", "--count", "production") == "2"


def _interrupted(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let somebody else act once, between the plan of a move and its compare-and-swap."""
    swap, pending = git_objects._swap, [act]  # noqa: SLF001 - the moment between two steps has no name outside

    def late(*arguments: object) -> bool:
        if pending:
            pending.pop()()
        return swap(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(git_objects, "_swap", late)


def test_a_push_to_another_path_in_between_is_kept(
    git: GitHand, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit that lands between reading and swapping stays in the history, and so does the move."""
    git.commit("production", {"one.md": b"0", "two.md": b"0"})
    target = GitTarget(git.folder, "one.md", clock=clock)
    version = target.propose("1", change_name="PC-1", author="Ana", key="p")
    before = target.read_pointer("production")
    _interrupted(monkeypatch, lambda: git.commit("production", {"two.md": b"by hand"}))

    target.move("production", expected=before, wanted=version, key="k", why="")

    assert git("show", "production:one.md") == "1"
    assert git("show", "production:two.md") == "by hand"


def test_a_push_to_this_path_in_between_wins(
    git: GitHand, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit to the same path that lands first is found and not overwritten."""
    git.commit("production", {"one.md": b"0"})
    target = GitTarget(git.folder, "one.md", clock=clock)
    version = target.propose("1", change_name="PC-1", author="Ana", key="p")
    before = target.read_pointer("production")
    _interrupted(monkeypatch, lambda: git.commit("production", {"one.md": b"by hand"}))

    with pytest.raises(PointerElsewhere):
        target.move("production", expected=before, wanted=version, key="k", why="")

    assert git("show", "production:one.md") == "by hand"


def test_a_branch_made_by_somebody_else_in_between_is_kept(
    git: GitHand, clock: Ticking, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two first releases on one branch that does not exist yet both end up on it."""
    target = GitTarget(git.folder, "one.md", clock=clock)
    version = target.propose("1", change_name="PC-1", author="Ana", key="p")
    _interrupted(monkeypatch, lambda: git.commit("production", {"two.md": b"2"}))

    target.move("production", expected=None, wanted=version, key="k", why="")

    assert sorted(git.tree("production")) == ["one.md", "two.md"]


@pytest.mark.parametrize("packed", [False, True])
def test_packed_branches_and_objects_are_moved_too(git: GitHand, clock: Ticking, *, packed: bool) -> None:
    """A repository that git has tidied up behaves like a fresh one."""
    git.commit("production", {"one.md": b"0"})
    target = GitTarget(git.folder, "one.md", clock=clock)
    version = target.propose("1", change_name="PC-1", author="Ana", key="p")
    if packed:
        git("gc", "-q", "--aggressive", "--prune=now")

    target.move("production", expected=target.read_pointer("production"), wanted=version, key="k", why="")

    assert git("show", "production:one.md") == "1"
    assert target.is_already("production", version)
