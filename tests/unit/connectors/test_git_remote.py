"""A remote decides: what is read is what is there now, and a push is taken only from where it was read."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking, hook
from git_reached import Reached, in_folder, over_http

from bot.connectors.git import GitTarget
from bot.connectors.protocol import PointerElsewhere, TargetRefused, TargetUnavailable
from tests.systems.git_server import GitServer

PATH = "one.md"
MOMENTS = ["beforehand", "meanwhile"]
"""Before a push is told where the branches are, and after: the app sees the first, the remote the second."""
NO = "#!/bin/sh\necho 'Frozen until Monday, ask Chloe' >&2\nexit 1\n"


@pytest.fixture(params=["in a folder", "over http"])
def remote(request: pytest.FixtureRequest, tmp_path: Path) -> Reached:
    """Give each kind of remote in turn."""
    copies = tmp_path / "copies"
    if request.param == "in a folder":
        return lambda git: in_folder(git, copies)
    url = request.getfixturevalue("server_url")
    return lambda git: over_http(git, url, copies)


@pytest.fixture
def target(git: GitHand, clock: Ticking, remote: Reached) -> GitTarget:
    """Give a target on a remote with two files."""
    git.commit("production", {PATH: b"0", "two.md": b"0"})
    return GitTarget(remote(git), PATH, clock=clock)


@pytest.fixture
def over(git: GitHand, clock: Ticking, server_url: str, tmp_path: Path) -> GitTarget:
    """Give the same target over HTTP only, where a push can be met on its way."""
    git.commit("production", {PATH: b"0", "two.md": b"0"})
    return GitTarget(over_http(git, server_url, tmp_path / "copies"), PATH, clock=clock)


def proposed(target: GitTarget, text: str = "1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=f"PC-{text}", author="Ana", key=f"p:{text}")


def sent(server: GitServer) -> list[tuple[str, ...]]:
    """For each push that arrived: where the branch was to be, where it was to go, and which it was."""
    return [tuple(body[4:].split(b"\0")[0].decode().split()) for body in server.pushed]


def test_a_proposal_and_a_move_are_on_the_remote(target: GitTarget, git: GitHand) -> None:
    """Both are pushed, and the copy on this machine is not what says so."""
    before = target.read_pointer("production")
    version = proposed(target)
    assert git("rev-parse", f"prompt-change/PC-1:{PATH}") == version

    moved = target.move("production", expected=before, wanted=version, key="k", why="PC-1: by Ben")

    assert moved.reference == git.head("production")
    assert git("rev-list", "--count", "production") == "2"
    assert git("fsck", "--strict", "--no-dangling") == ""
    assert target.problems() == []


def test_what_somebody_pushed_is_read_at_once(target: GitTarget, git: GitHand) -> None:
    """Each reading asks the remote, also after the branch went away."""
    assert target.read_pointer("production") == git("rev-parse", f"production:{PATH}")
    git.commit("production", {PATH: b"by hand"})
    found = target.read_pointer("production")
    assert found == git("rev-parse", f"production:{PATH}")
    assert target.read_content(found).text == "by hand"
    assert next(version.id for version in target.list_versions()) == found
    git("update-ref", "-d", "refs/heads/production")

    assert target.read_pointer("production") is None


def test_history_that_was_rewritten_is_believed_and_not_rewritten_back(
    target: GitTarget, git: GitHand
) -> None:
    """After somebody forced the branch back, a move goes on from there."""
    old = git.head("production")
    git.commit("production", {PATH: b"forced away"})
    expected = target.read_pointer("production")
    git("update-ref", "refs/heads/production", old)
    version = proposed(target)

    with pytest.raises(PointerElsewhere):
        target.move("production", expected=expected, wanted=version, key="k", why="")
    target.move("production", expected=target.read_pointer("production"), wanted=version, key="k2", why="")

    assert git("rev-parse", "production~1") == old


def test_a_key_moves_a_remote_once(target: GitTarget, git: GitHand) -> None:
    """After somebody put it back, the same move is left to people."""
    before, version = target.read_pointer("production"), proposed(target)
    target.move("production", expected=before, wanted=version, key="k", why="")
    git.commit("production", {PATH: b"0"})

    with pytest.raises(PointerElsewhere, match="made once already") as raised:
        target.move("production", expected=before, wanted=version, key="k", why="")

    assert raised.value.found == before
    assert git("show", f"production:{PATH}") == "0"


def test_a_push_names_the_commit_that_was_read(over: GitTarget, git: GitHand, server: GitServer) -> None:
    """The remote is told where the branch has to be, and for a new branch that there is none."""
    head, version = git.head("production"), proposed(over)

    over.move("production", expected=over.read_pointer("production"), wanted=version, key="k", why="")

    assert sent(server) == [
        ("0" * 40, git.head("prompt-change/PC-1"), "refs/heads/prompt-change/PC-1"),
        (head, git.head("production"), "refs/heads/production"),
    ]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_push_to_another_path_in_between_is_kept(
    over: GitTarget, git: GitHand, server: GitServer, moment: str
) -> None:
    """The lease is lost, and the move is made again on top of what came in between."""
    before, version = over.read_pointer("production"), proposed(over)
    getattr(server, moment).append(lambda: git.commit("production", {"two.md": b"by hand"}))

    over.move("production", expected=before, wanted=version, key="k", why="")

    assert git("show", f"production:{PATH}") == "1"
    assert git("show", "production:two.md") == "by hand"
    assert git("rev-list", "--count", "production") == "3"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_push_to_this_path_in_between_wins(
    over: GitTarget, git: GitHand, server: GitServer, moment: str
) -> None:
    """What somebody pushed first is found and not overwritten."""
    before, version = over.read_pointer("production"), proposed(over)
    getattr(server, moment).append(lambda: git.commit("production", {PATH: b"by hand"}))

    with pytest.raises(PointerElsewhere) as raised:
        over.move("production", expected=before, wanted=version, key="k", why="")

    assert raised.value.found == git("rev-parse", f"production:{PATH}")
    assert git("show", f"production:{PATH}") == "by hand"


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_branch_that_goes_away_in_between_is_not_made_anew(
    over: GitTarget, git: GitHand, server: GitServer, moment: str
) -> None:
    """A deleted branch is nothing there, which was not expected."""
    before, version = over.read_pointer("production"), proposed(over)
    getattr(server, moment).append(lambda: git("update-ref", "-d", "refs/heads/production"))

    with pytest.raises(PointerElsewhere) as raised:
        over.move("production", expected=before, wanted=version, key="k", why="")

    assert raised.value.found is None
    assert git.head("production") == ""


def test_a_branch_that_comes_about_in_between_is_kept(
    git: GitHand, clock: Ticking, server: GitServer, server_url: str, tmp_path: Path
) -> None:
    """Two first releases on one branch both end up on it."""
    target = GitTarget(over_http(git, server_url, tmp_path / "copies"), PATH, clock=clock)
    version = proposed(target)
    server.meanwhile.append(lambda: git.commit("production", {"two.md": b"2"}))

    target.move("production", expected=None, wanted=version, key="k", why="")

    assert sorted(git.tree("production")) == [PATH, "two.md"]


def test_a_branch_that_moves_each_time_is_given_up(
    over: GitTarget, git: GitHand, server: GitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After some attempts the move is left for later, and nothing of it is on the branch."""
    monkeypatch.setattr("bot.connectors.git_remote.ATTEMPTS", 3)
    before, version = over.read_pointer("production"), proposed(over)
    server.meanwhile += [lambda: git.commit("production", {"two.md": b"busy"})] * 3

    with pytest.raises(TargetUnavailable, match="too busy to move production"):
        over.move("production", expected=before, wanted=version, key="k", why="")

    assert git("show", f"production:{PATH}") == "0"


@pytest.mark.parametrize("name", ["pre-receive", "update"])
def test_what_a_hook_declines_is_refused_in_its_words(target: GitTarget, git: GitHand, name: str) -> None:
    """A protected branch is one way to say no; nothing moved, and the same move works once it is allowed."""
    before, version, head = target.read_pointer("production"), proposed(target), git.head("production")
    declining = hook(git, name, NO)

    with pytest.raises(TargetRefused, match=r"declines the push to production: .*Frozen until Monday"):
        target.move("production", expected=before, wanted=version, key="k", why="")
    assert git.head("production") == head
    declining.unlink()

    target.move("production", expected=before, wanted=version, key="k", why="")
    assert git("show", f"production:{PATH}") == "1"


def test_a_branch_that_is_checked_out_there_is_refused(
    new_repository: Callable[..., GitHand], clock: Ticking, remote: Reached
) -> None:
    """Git itself says no where a working copy would be left behind."""
    git = new_repository("prompts", bare=False)
    git.commit("production", {PATH: b"0"})
    git("switch", "-q", "-f", "production")
    git("config", "http.receivepack", "true")
    target = GitTarget(remote(git), PATH, clock=clock)
    before, version = target.read_pointer("production"), proposed(target)

    with pytest.raises(TargetRefused, match=r"declines the push to production: .*checked out"):
        target.move("production", expected=before, wanted=version, key="k", why="")

    assert git("status", "--porcelain") == ""


def test_branches_that_git_cannot_hold_beside_each_other(target: GitTarget, git: GitHand) -> None:
    """The words of the remote are passed on, and nothing moved."""
    version = proposed(target)
    git("update-ref", "-d", "refs/heads/production")
    git.commit("production/eu", {"x": b"1"})

    with pytest.raises((TargetRefused, TargetUnavailable), match="production"):
        target.move("production", expected=None, wanted=version, key="k", why="")

    assert git.head("production/eu")


def test_the_copy_may_be_deleted_and_says_so_when_it_is_damaged(
    target: GitTarget, tmp_path: Path, git: GitHand
) -> None:
    """It is fetched anew, and the remote is as it was."""
    version = target.read_pointer("production")
    (copy,) = (tmp_path / "copies").iterdir()
    for pack in (*copy.glob("objects/pack/*"), *copy.glob("objects/??/*")):
        pack.chmod(0o644)
        pack.write_bytes(b"damaged")
    with pytest.raises(TargetUnavailable):
        target.read_pointer("production")
    shutil.rmtree(copy)

    assert target.read_pointer("production") == version
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_of_many_moves_of_one_path_exactly_one_wins(target: GitTarget, git: GitHand) -> None:
    """Threads that share one copy lose to each other as people do."""
    before = target.read_pointer("production")

    def race(number: int) -> str:
        mine = proposed(target, f"mine {number}".replace(" ", "-"))
        try:
            target.move("production", expected=before, wanted=mine, key=f"m{number}", why="")
        except PointerElsewhere:
            return "lost"
        return "won"

    with ThreadPoolExecutor(4) as executor:
        outcomes = sorted(executor.map(race, range(4)))

    assert outcomes == ["lost"] * 3 + ["won"]
    assert git("rev-list", "--count", "production") == "2"


def test_a_lock_that_somebody_left_in_the_copy_holds_nothing_up(target: GitTarget, tmp_path: Path) -> None:
    """Killed while writing what was fetched, before any branch was noted: the next one fetches it anew."""
    whole = target.read_pointer("production")
    (index,) = (tmp_path / "copies").rglob("*.idx")
    lock = index.with_name(f"{index.name}.lock")
    index.rename(lock)
    index.with_suffix(".pack").unlink()
    for each in (index.parents[2] / "refs" / "heads").iterdir():
        each.unlink()

    assert target.read_pointer("production") == whole
    assert not lock.exists()


def test_two_paths_on_one_branch_both_move(target: GitTarget, clock: Ticking, git: GitHand) -> None:
    """Workflows that share a branch of a remote do not disturb each other."""
    both = [target, GitTarget(target.place, "two.md", clock=clock)]

    def release(each: GitTarget) -> None:
        for number in range(3):
            name = f"{each.path}-{number}"
            version = each.propose(name, change_name=name, author="Ana", key=name)
            before = each.read_pointer("production")
            each.move("production", expected=before, wanted=version, key=name, why="")

    with ThreadPoolExecutor(2) as executor:
        list(executor.map(release, both))

    assert git("show", f"production:{PATH}") == f"{PATH}-2"
    assert git("show", "production:two.md") == "two.md-2"
    assert git("rev-list", "--count", "production") == "7"
