"""What a move leaves behind in a git repository, looked at with the real git."""

import os
import subprocess
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from git_hand import IDENTITY, GitHand, Ticking
from git_reached import Reached
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.connectors.git import GitTarget
from bot.connectors.protocol import PointerElsewhere, TargetRefused, TargetUnavailable, VersionMissing
from tests.systems.git_server import TOKEN, USER

PATH = "support/refunds.md"
LOGIN = {
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "http.extraHeader",
    "GIT_CONFIG_VALUE_0": f"Authorization: Basic {b64encode(f'{USER}:{TOKEN}'.encode()).decode()}",
}
"""What a person has set up who reaches the server over HTTP."""
OTHERS: dict[str, bytes | None] = {
    "README.md": b"read me\n",
    "support/answers.md": b"crlf\r\nno newline at the end",
    "support/refunds.md.old": b"\xff\x00 not text",
}


@pytest.fixture
def target(git: GitHand, clock: Ticking, reached: Reached) -> GitTarget:
    """Give a target in a repository with other files, here and on remotes."""
    _fill(git)
    return GitTarget(reached(git), PATH, clock=clock)


@pytest.fixture
def local(git: GitHand, clock: Ticking) -> GitTarget:
    """Give the same target in a repository that the app writes itself."""
    _fill(git)
    return GitTarget(git.folder, PATH, name="prompts.git", clock=clock)


def _fill(git: GitHand) -> None:
    """Other files beside the prompt, among them an executable and a symbolic link."""
    git.commit("production", OTHERS | {PATH: b"one\n"})
    git.commit("production", {"tools/run": b"#!/bin/sh\n"}, mode="100755")
    git.commit("production", {"latest": b"README.md"}, mode="120000")


def deploy(target: GitTarget, text: str, change_name: str = "PC-1") -> str:
    """Propose a text and move production to it; answers its version."""
    version = target.propose(text, change_name=change_name, author="Ana Ito", key=f"p:{change_name}")
    target.move(
        "production",
        expected=target.read_pointer("production"),
        wanted=version,
        key=f"m:{change_name}",
        why=f"{change_name}: released by Ben Ito.",
    )
    return version


def test_a_move_is_one_commit_that_changes_one_path(target: GitTarget, git: GitHand) -> None:
    """Every other path keeps its object and its mode, and history grows by one."""
    before, commits = git.tree("production"), git("rev-list", "production").splitlines()

    version = deploy(target, "two\n")

    after = git.tree("production")
    assert after.pop(PATH) == ("100644", version)
    before.pop(PATH)
    assert after == before
    assert git("rev-list", "production").splitlines()[1:] == commits
    assert git("diff", "--name-only", "production~1", "production") == PATH


def test_the_version_is_what_git_calls_the_file(target: GitTarget, git: GitHand) -> None:
    """The pointer reads as the blob that git itself names, and git reads the proposed bytes."""
    version = deploy(target, "two\r\nwith ä")

    assert git("rev-parse", f"production:{PATH}") == version == target.read_pointer("production")
    assert git.raw("cat-file", "blob", version) == "two\r\nwith ä".encode()


def test_the_repository_stays_sound(target: GitTarget, git: GitHand) -> None:
    """The real git finds nothing wrong after proposals, moves and a removal."""
    version = deploy(target, "two\n")
    target.move("production", expected=version, wanted=None, key="r", why="")

    assert git("fsck", "--strict", "--no-dangling") == ""
    assert PATH not in git.tree("production")
    assert "support/answers.md" in git.tree("production")


def test_removing_the_last_file_of_a_folder_removes_the_folder(git: GitHand, clock: Ticking) -> None:
    """No empty folder is left in the tree, which git would call broken."""
    git.commit("production", {"a/b/c.md": b"1", "x": b"1"})
    target = GitTarget(git.folder, "a/b/c.md", clock=clock)

    target.move("production", expected=target.read_pointer("production"), wanted=None, key="k", why="off")

    assert git("ls-tree", "--name-only", "production") == "x"
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_an_executable_prompt_stays_executable(git: GitHand, clock: Ticking) -> None:
    """The mode of the file is not the app's to change."""
    git.commit("production", {"p.sh": b"1"}, mode="100755")

    deploy(GitTarget(git.folder, "p.sh", clock=clock), "2")

    assert git.tree("production")["p.sh"][0] == "100755"


def test_the_commit_says_who_why_and_under_which_key(target: GitTarget, git: GitHand) -> None:
    """The reason stands in the body, and real git reads the trailers, also where the reason imitates one."""
    version = target.propose("two", change_name="PC-2", author="Ana", key="p")
    why = "PC-2: released by Ben Ito.\n\nPrompt-Change-Key: forged"

    target.move("production", expected=target.read_pointer("production"), wanted=version, key="k-7", why=why)

    said = git("log", "-1", "--format=%an <%ae>%n%B", "production")
    assert said.startswith("Prompt Change <prompt-change@localhost>\n")
    assert "released by Ben Ito." in said
    keys = git("log", "-1", "--format=%(trailers:key=Prompt-Change-Key,valueonly)", "production")
    assert keys.strip() == "k-7"


def test_a_key_is_not_taken_from_the_reason(target: GitTarget) -> None:
    """A reason that imitates a trailer does not use up somebody else's key."""
    one = target.read_pointer("production")
    two = target.propose("two", change_name="PC-2", author="Ana", key="p")
    forged = f"x\n\nPrompt-Change-Path: {PATH}\nPrompt-Change-Pointer: production\nPrompt-Change-Key: later"
    target.move("production", expected=one, wanted=two, key="now", why=forged)

    target.move("production", expected=two, wanted=one, key="later", why="back")

    assert target.read_pointer("production") == one


def test_a_key_never_moves_twice(target: GitTarget) -> None:
    """A late second try does not undo a rollback that was made in between."""
    one = target.read_pointer("production")
    two = target.propose("two", change_name="PC-2", author="Ana", key="p")
    target.move("production", expected=one, wanted=two, key="deploy", why="")
    target.move("production", expected=two, wanted=one, key="rollback", why="")

    with pytest.raises(PointerElsewhere, match="made once already") as raised:
        target.move("production", expected=one, wanted=two, key="deploy", why="")

    assert raised.value.found == one == target.read_pointer("production")


def test_a_key_is_remembered_over_the_moves_of_others(
    target: GitTarget, git: GitHand, clock: Ticking
) -> None:
    """A late second try is known as such although the branch has gone on."""
    one = target.read_pointer("production")
    two = target.propose("two", change_name="PC-2", author="Ana", key="p")
    target.move("production", expected=one, wanted=two, key="deploy", why="")
    target.move("production", expected=two, wanted=one, key="rollback", why="")
    neighbour = GitTarget(git.folder, "README.md", clock=clock)
    for number in range(30):
        deploy(neighbour, str(number), f"PC-{number + 100}")

    with pytest.raises(PointerElsewhere, match="made once already"):
        target.move("production", expected=one, wanted=two, key="deploy", why="")


def test_a_key_binds_one_path_only(target: GitTarget, git: GitHand, clock: Ticking) -> None:
    """The same key on another workflow of the same branch is another move."""
    other = GitTarget(git.folder, "support/answers.md", clock=clock)
    deploy(target, "two", "PC-1")

    version = deploy(other, "three", "PC-1")

    assert other.read_pointer("production") == version


def test_the_first_move_makes_the_branch(git: GitHand, clock: Ticking) -> None:
    """A branch that is missing starts with this path alone and no history before it."""
    git.commit("main", {"README.md": b"read me"})
    target = GitTarget(git.folder, PATH, clock=clock)

    deploy(target, "one")

    assert list(git.tree("production")) == [PATH]
    assert git("rev-list", "--count", "production") == "1"


def test_a_proposal_is_a_commit_beside_production(target: GitTarget, git: GitHand) -> None:
    """The proposed text stands on the change's own branch, on top of what is live, and is stored once."""
    version = target.propose("two", change_name="PC-42", author="Ana Ito", key="p")
    first = git.head("prompt-change/PC-42")

    assert target.propose("two", change_name="PC-42", author="Ana Ito", key="p") == version
    assert git.head("prompt-change/PC-42") == first
    assert git("rev-parse", "prompt-change/PC-42~1") == git.head("production")
    assert git("diff", "--name-only", "production", "prompt-change/PC-42") == PATH
    assert "Proposed by Ana Ito." in git("log", "-1", "--format=%B", "prompt-change/PC-42")


def test_an_edited_proposal_is_one_more_commit(target: GitTarget, git: GitHand) -> None:
    """A second text for the same change goes on top of the first."""
    target.propose("two", change_name="PC-42", author="Ana", key="p1")
    target.propose("three", change_name="PC-42", author="Ana", key="p2")

    assert git("rev-list", "--count", "production..prompt-change/PC-42") == "2"
    assert git("show", f"prompt-change/PC-42:{PATH}") == "three"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_stored_to_the_byte(target: GitTarget, git: GitHand, text: str) -> None:
    """Whatever can be written in UTF-8 comes back from the app and from git unchanged."""
    version = target.propose(text, change_name="PC-9", author="Ana", key="p")

    assert target.read_content(version).text == text
    assert git.raw("cat-file", "blob", version) == text.encode()


def test_attributes_do_not_touch_the_bytes(target: GitTarget, git: GitHand) -> None:
    """Line endings stay as proposed even where the repository asks git to change them."""
    git.commit("production", {".gitattributes": b"* text eol=lf\n"})

    version = deploy(target, "a\r\nb\r\n")

    assert git.raw("cat-file", "blob", version) == b"a\r\nb\r\n"


def test_half_a_character_is_refused(target: GitTarget) -> None:
    """A lone surrogate is told to the person instead of being replaced silently."""
    with pytest.raises(TargetRefused, match="half a character at position 3"):
        target.propose("ab\ud83d", change_name="PC-1", author="Ana", key="p")


def test_content_that_is_no_text_is_refused(target: GitTarget, git: GitHand) -> None:
    """A file that is not UTF-8 is not shown as something else, and can still be moved back to."""
    git.commit("production", {PATH: b"caf\xe9"})
    old = target.read_pointer("production")
    assert old is not None

    with pytest.raises(TargetRefused, match=r"not UTF-8 text \(byte 4\)"):
        target.read_content(old)
    new = deploy(target, "café")
    target.move("production", expected=new, wanted=old, key="back", why="")

    assert target.read_pointer("production") == old


def test_only_a_text_can_be_wanted(target: GitTarget, git: GitHand) -> None:
    """The name of a commit, a tree, a short name or a branch is no version."""
    now = target.read_pointer("production")
    assert now is not None
    commit, tree = git("rev-parse", "production"), git("rev-parse", "production^{tree}")

    for wanted in (commit, tree, now[:10], now.upper(), "production", ""):
        with pytest.raises(VersionMissing):
            target.move("production", expected=now, wanted=wanted, key="k", why="")


@pytest.mark.parametrize(
    ("mode", "told"), [("120000", "a symbolic link"), ("160000", "a submodule")], ids=["link", "submodule"]
)
def test_what_is_no_plain_file_is_refused(git: GitHand, clock: Ticking, mode: str, told: str) -> None:
    """A link or a submodule at the path is neither read nor replaced."""
    git.commit("production", {PATH: b"elsewhere"}, mode=mode)
    name = git.tree("production")[PATH][1]
    target = GitTarget(git.folder, PATH, clock=clock)

    with pytest.raises(TargetRefused, match=told):
        target.read_pointer("production")
    with pytest.raises(TargetRefused, match=told):
        target.move("production", expected=None, wanted=name if mode == "120000" else None, key="k", why="")

    assert git.tree("production")[PATH] == (mode, name)
    assert told in target.problems()[0]


@pytest.mark.parametrize(
    ("path", "told"), [("support", "a folder"), ("README.md/refunds.md", "README.md is a file")]
)
def test_a_path_through_or_at_something_else_is_refused(
    target: GitTarget, git: GitHand, clock: Ticking, path: str, told: str
) -> None:
    """A folder is not overwritten with a file, nor a file with a folder."""
    assert target.read_pointer("production")
    before = git.head("production")
    wrong = GitTarget(git.folder, path, clock=clock)

    with pytest.raises(TargetRefused, match=told):
        wrong.propose("x", change_name="PC-1", author="Ana", key="p")

    assert git.head("production") == before
    assert told in wrong.problems()[0]


def test_a_missing_repository_is_unavailable(tmp_path: Path) -> None:
    """The name that people wrote is in the message, and the folder's own place is not."""
    target = GitTarget(tmp_path / "gone.git", PATH, name="gone.git")

    with pytest.raises(TargetUnavailable, match=r"git repository at gone\.git") as raised:
        target.read_pointer("production")

    assert str(tmp_path) not in str(raised.value)
    assert target.problems() == [str(raised.value)]


def test_a_damaged_repository_is_unavailable(local: GitTarget, git: GitHand) -> None:
    """A missing object is told as damage, and never read as nothing live."""
    tree = git("rev-parse", "production:support")
    (git.folder / "objects" / tree[:2] / tree[2:]).unlink()

    with pytest.raises(TargetUnavailable, match="damaged or incomplete"):
        local.read_pointer("production")


def test_a_repository_that_cannot_be_written_safely_is_refused(tmp_path: Path) -> None:
    """A repository with SHA-256 names is told apart instead of being written wrongly."""
    folder = tmp_path / "new.git"
    subprocess.run(
        ["git", "init", "-q", "--bare", "--object-format=sha256", str(folder)],  # noqa: S607
        check=True,
        env=IDENTITY,
    )

    with pytest.raises(TargetRefused, match="default format"):
        GitTarget(folder, PATH).read_pointer("production")


def test_a_lock_left_behind_is_unavailable_and_named(
    local: GitTarget, git: GitHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lock that does not go away ends in a message that names it, and nothing moves."""
    monkeypatch.setattr("bot.connectors.git_objects.ATTEMPTS", 3)
    version = local.propose("two", change_name="PC-1", author="Ana", key="p")
    before = git.head("production")
    (git.folder / "refs" / "heads" / "production.lock").touch()

    with pytest.raises(TargetUnavailable, match=r"production\.lock"):
        local.move("production", expected=local.read_pointer("production"), wanted=version, key="k", why="")

    assert git.head("production") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_repository_without_the_right_to_write_is_a_problem(local: GitTarget, git: GitHand) -> None:
    """The check says beforehand that a move would fail."""
    (git.folder / "refs" / "heads").chmod(0o555)

    assert "no right to write" in local.problems()[0]


def test_a_branch_beside_one_that_continues_its_name_is_refused(git: GitHand, clock: Ticking) -> None:
    """Where git cannot hold the branch, loose or packed, the message names the one in the way."""
    git.commit("production/eu", {"x": b"1"})
    git("pack-refs", "--all")
    target = GitTarget(git.folder, PATH, clock=clock)

    with pytest.raises(TargetRefused, match="production and production/eu beside"):
        deploy(target, "one")


@pytest.mark.parametrize("opened_at", [".", ".git"])
def test_a_branch_in_a_working_copy_is_not_moved(
    new_repository: Callable[..., GitHand], clock: Ticking, opened_at: str
) -> None:
    """A checked-out pointer is refused with the remedy; on another branch the same move works."""
    git = new_repository("prompts", bare=False)
    git.commit("production", {PATH: b"one"})
    git("switch", "-q", "-f", "production")
    target = GitTarget(git.folder / opened_at, PATH, name="prompts", clock=clock)

    with pytest.raises(TargetRefused, match="checked out in a working copy"):
        deploy(target, "two")
    assert "Use a bare repository" in target.problems()[0]
    git("switch", "-q", "-c", "elsewhere")

    assert target.problems() == []
    assert deploy(target, "two") == target.read_pointer("production")
    assert git("status", "--porcelain") == ""


def test_a_linked_working_copy_counts_too(local: GitTarget, git: GitHand, tmp_path: Path) -> None:
    """A branch that is checked out in a working copy elsewhere is not moved either."""
    git("worktree", "add", "-q", str(tmp_path / "desk"), "production")

    with pytest.raises(TargetRefused, match=r"working copy \(desk\)"):
        deploy(local, "two")


def test_a_proposal_under_review_in_a_working_copy_is_not_moved(
    local: GitTarget, git: GitHand, tmp_path: Path
) -> None:
    """A second text is refused while somebody has the change's branch checked out."""
    local.propose("two", change_name="PC-1", author="Ana", key="p")
    git("worktree", "add", "-q", str(tmp_path / "desk"), "prompt-change/PC-1")

    with pytest.raises(TargetRefused, match=r"prompt-change/PC-1 .* working copy \(desk\)"):
        local.propose("three", change_name="PC-1", author="Ana", key="p")


def test_a_working_copy_without_the_bare_setting_counts(
    new_repository: Callable[..., GitHand], clock: Ticking
) -> None:
    """Where the settings do not say whether there is a working copy, the folder's name does, as for git."""
    git = new_repository("prompts", bare=False)
    git("config", "--unset", "core.bare")
    git.commit("main", {PATH: b"one"})
    target = GitTarget(git.folder / ".git", PATH, "main", clock=clock)

    assert "checked out" in target.problems()[0]


def test_a_branch_that_is_checked_out_before_it_exists_is_not_made(
    new_repository: Callable[..., GitHand], clock: Ticking
) -> None:
    """A fresh working copy that waits for its first commit on the pointer is left alone."""
    git = new_repository("prompts", bare=False)

    target = GitTarget(git.folder, PATH, "main", clock=clock)
    version = target.propose("one", change_name="PC-1", author="Ana", key="p")

    with pytest.raises(TargetRefused, match="checked out"):
        target.move("main", expected=None, wanted=version, key="k", why="")

    assert git.head("main") == ""


@pytest.mark.parametrize("wanted", ["one", None])
def test_the_commands_for_a_person_do_the_same(
    target: GitTarget, git: GitHand, tmp_path: Path, wanted: str | None
) -> None:
    """What the message tells a person to type has the effect of the move, on this path alone."""
    old = target.read_pointer("production")
    deploy(target, "two\r\n")
    before = git.tree("production")
    version = old if wanted else None

    subprocess.run(  # noqa: S602 - the commands are the thing under test
        target.by_hand("production", version), shell=True, check=True, cwd=tmp_path, env=IDENTITY | LOGIN
    )

    after = git.tree("production")
    assert target.is_already("production", version)
    assert {path: entry for path, entry in after.items() if path != PATH} == {
        path: entry for path, entry in before.items() if path != PATH
    }
