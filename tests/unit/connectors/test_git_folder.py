"""A remote in a folder: the git of this host serves it, with its hooks, and is stopped where it hangs."""

import shutil
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking, hook
from git_reached import in_folder

from bot.connectors.git import GitTarget
from bot.connectors.protocol import TargetRefused, TargetUnavailable

PATH = "one.md"


def proposed(target: GitTarget, text: str = "1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=f"PC-{text}", author="Ana", key=f"p:{text}")


def test_hooks_see_nothing_of_our_environment(
    git: GitHand, clock: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the app was given is not for other people's programs."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-canary")
    hook(git, "pre-receive", f"#!/bin/sh\nenv > {tmp_path / 'seen'}\n")

    proposed(GitTarget(in_folder(git, tmp_path / "copies"), PATH, clock=clock))

    seen = (tmp_path / "seen").read_text()
    assert "GIT_DIR" in seen
    assert "xoxb-canary" not in seen


def test_a_folder_that_does_not_answer_is_given_up_without_a_trace(
    git: GitHand, clock: Ticking, tmp_path: Path
) -> None:
    """A hook that hangs is stopped, no lock stays behind, and the move works once the hook is gone."""
    git.commit("production", {PATH: b"0"})
    patient = GitTarget(in_folder(git, tmp_path / "copies"), PATH, clock=clock)
    before, version = patient.read_pointer("production"), proposed(patient)
    hanging = hook(git, "pre-receive", "#!/bin/sh\nexec sleep 300\n")

    hasty = GitTarget(in_folder(git, tmp_path / "copies", seconds=1), PATH, clock=clock)
    with pytest.raises(TargetUnavailable, match=r"prompts\.git did not answer within 1 seconds"):
        hasty.move("production", expected=before, wanted=version, key="k", why="")
    assert not list(git.folder.rglob("*.lock"))
    assert git("show", f"production:{PATH}") == "0"
    hanging.unlink()

    assert not patient.move("production", expected=before, wanted=version, key="k", why="").already


def test_a_folder_without_a_repository_is_unavailable(git: GitHand, clock: Ticking, tmp_path: Path) -> None:
    """Gone, or something else."""
    target = GitTarget(in_folder(git, tmp_path / "copies"), PATH, clock=clock)
    shutil.rmtree(git.folder)
    assert target.problems() == ["There is no git repository at prompts.git."]
    git.folder.mkdir()
    with pytest.raises(TargetUnavailable, match="does not appear to be a git repository"):
        target.read_pointer("production")


def test_without_the_program_git_it_is_said_what_to_install(
    git: GitHand, clock: Ticking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A problem that can be read beforehand, and a refusal at the move."""
    target = GitTarget(in_folder(git, tmp_path / "copies"), PATH, clock=clock)
    monkeypatch.setenv("PATH", str(tmp_path))

    (said,) = target.problems()
    assert said == "The program git is not installed, which a remote in a folder needs."
    with pytest.raises(TargetRefused, match="git is not installed"):
        target.read_pointer("production")
