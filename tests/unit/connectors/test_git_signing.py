"""Signed tags: each move of a pointer on a remote can be verified with git, or does not come about."""

import shutil
import subprocess
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking, hook
from git_reached import over_http
from pydantic import SecretStr

from bot.connectors.git import GitTarget
from bot.connectors.opening import open_target
from bot.connectors.protocol import Moved, Target, TargetRefused
from tests.systems.faulty import STALL
from tests.systems.git_server import VARIABLES, GitServer
from tests.systems.record import RecordInMemory

PATH = "support/refunds.md"
TAG = "prompt-change/support-refunds-md/R-7-live"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Give a key without a passphrase, of the kind that docs/targets.md tells to make."""
    path = tmp_path / "signing-key"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "prompt-change", "-f", str(path)]
    subprocess.run(make, check=True)
    return path


@pytest.fixture(params=["in a folder", "over http"])
def remote(request: pytest.FixtureRequest, git: GitHand) -> dict[str, object]:
    """Give what a policy says of each kind of remote in turn."""
    if request.param == "in a folder":
        return {"remote": f"file://{git.folder}"}
    url = request.getfixturevalue("server_url")
    return {"remote": f"{url}/prompts.git", "username_env": "GIT_USER", "token_env": "GIT_TOKEN"}


@pytest.fixture
def target(git: GitHand, remote: dict[str, object], key: Path, tmp_path: Path) -> Target:
    """Give a target that signs, as the app opens it from a policy."""
    git.commit("production", {PATH: b"0"})
    return opened(remote, tmp_path, str(key))


def opened(remote: dict[str, object], base: Path, key: str | None) -> Target:
    """The target with this path in the variable for the key; None: it is not set."""
    held = {**VARIABLES, **({"SIGNING_KEY": key} if key else {})}
    secrets = {name: SecretStr(value) for name, value in held.items()}
    spec = {"kind": "git", "path": PATH, "sign_key_env": "SIGNING_KEY", **remote}
    return open_target(
        spec, workflow="refunds", base=base, record=RecordInMemory(), secret=secrets.get, seconds=STALL
    )


def proposed(target: Target) -> str:
    """A text that is kept."""
    return target.propose("1", change_name="PC-1", author="Ana", key="p")


def moved(target: Target, before: str | None, version: str, key: str = "R-7-live") -> Moved:
    """A move under the key of a release."""
    done = target.move("production", expected=before, wanted=version, key=key, why="PC-1: by Ben Ito")
    assert isinstance(done, Moved)
    return done


def tags(git: GitHand) -> list[str]:
    """The names of all tags."""
    return git("for-each-ref", "--format=%(refname:strip=2)", "refs/tags").splitlines()


def test_a_move_is_tagged_and_git_verifies_it(
    target: Target, git: GitHand, key: Path, tmp_path: Path
) -> None:
    """The tag is on the commit of the move, in its words, and good by the public key alone."""
    version = proposed(target)
    assert tags(git) == []

    done = moved(target, target.read_pointer("production"), version)

    assert git("rev-parse", f"{TAG}^{{commit}}") == done.reference == git.head("production")
    assert "by Ben Ito" in git("for-each-ref", "--format=%(contents)", f"refs/tags/{TAG}")
    allowed = tmp_path / "allowed"
    allowed.write_text(f"prompt-change@localhost {key.with_suffix('.pub').read_text()}")
    git("-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-tag", TAG)
    assert target.problems() == []
    assert git("fsck", "--strict", "--no-dangling") == ""


def test_a_forged_tag_is_not_verified(target: Target, git: GitHand, key: Path, tmp_path: Path) -> None:
    """What somebody changed in a tag is seen."""
    moved(target, target.read_pointer("production"), proposed(target))
    allowed = tmp_path / "allowed"
    allowed.write_text(f"prompt-change@localhost {key.with_suffix('.pub').read_text()}")
    forged = git.raw("cat-file", "tag", TAG).replace(b"by Ben Ito", b"by Eve Ito")
    name = git("hash-object", "-t", "tag", "-w", "--stdin", stdin=forged)

    with pytest.raises(subprocess.CalledProcessError):
        git("-c", f"gpg.ssh.allowedSignersFile={allowed}", "verify-tag", name)


def test_the_same_move_twice_is_one_tag(target: Target, git: GitHand) -> None:
    """A second attempt finds the move done, and a rollback has a tag of its own."""
    before, version = target.read_pointer("production"), proposed(target)
    moved(target, before, version)
    assert before is not None

    assert moved(target, before, version).already
    moved(target, version, before, "R-7-rollback-1-live")

    assert tags(git) == [TAG, TAG.replace("live", "rollback-1-live")]


def test_a_move_that_is_declined_leaves_no_tag(target: Target, git: GitHand) -> None:
    """The commit and its tag come about together, or neither does."""
    before, version, head = target.read_pointer("production"), proposed(target), git.head("production")
    hook(git, "update", '#!/bin/sh\ncase "$1" in refs/heads/production) exit 1;; esac\n')

    with pytest.raises(TargetRefused, match=r"declines the push to production: .*hook declined"):
        moved(target, before, version)

    assert (tags(git), git.head("production")) == ([], head)


def test_a_tag_that_is_declined_leaves_no_move(target: Target, git: GitHand) -> None:
    """Nothing goes live unsigned where it is to be signed."""
    before, version, head = target.read_pointer("production"), proposed(target), git.head("production")
    hook(git, "update", '#!/bin/sh\ncase "$1" in refs/tags/*) exit 1;; esac\n')

    with pytest.raises(TargetRefused, match=r"declines the push to production: .*hook declined"):
        moved(target, before, version)

    assert (tags(git), git.head("production")) == ([], head)


def test_a_move_that_was_taken_off_the_branch_is_not_made_again(target: Target, git: GitHand) -> None:
    """The tag stays where somebody forced the branch back, and tells that the move was made."""
    before, version, head = target.read_pointer("production"), proposed(target), git.head("production")
    moved(target, before, version)
    git("update-ref", "refs/heads/production", head)

    with pytest.raises(TargetRefused, match=f"has the tag {TAG} of this move already"):
        moved(target, before, version)

    assert git.head("production") == head


def test_a_remote_without_atomic_pushes_is_told_beforehand(target: Target, git: GitHand) -> None:
    """Such a remote could take the one and not the other, so that nothing is pushed there."""
    before, version, head = target.read_pointer("production"), proposed(target), git.head("production")
    git("config", "receive.advertiseAtomic", "false")

    (said,) = target.problems()
    assert "cannot take a commit and its signed tag at once" in said
    with pytest.raises(TargetRefused, match="at once"):
        moved(target, before, version)

    assert git.head("production") == head


def test_a_lost_lease_is_signed_anew(
    git: GitHand, server: GitServer, server_url: str, key: Path, tmp_path: Path
) -> None:
    """The tag is on the commit that landed, and not on the one that was planned first."""
    git.commit("production", {PATH: b"0"})
    remote = {"remote": f"{server_url}/prompts.git", "username_env": "GIT_USER", "token_env": "GIT_TOKEN"}
    target = opened({**remote}, tmp_path, str(key))
    before, version = target.read_pointer("production"), proposed(target)
    server.meanwhile.append(lambda: git.commit("production", {"two.md": b"by hand"}))

    moved(target, before, version)

    assert git("rev-parse", f"{TAG}^{{commit}}") == git.head("production")
    assert git("show", "production:two.md") == "by hand"


def test_what_lacks_for_a_signature_is_said_before_anything_moves(
    git: GitHand, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is not set, a key that is not there or asks for a passphrase, and the program."""
    git.commit("production", {PATH: b"0"})
    remote: dict[str, object] = {"remote": str(git.folder)}
    version, head = proposed(opened(remote, tmp_path, None)), git.head("production")
    closed = tmp_path / "closed-key"
    make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "a passphrase", "-f", str(closed)]
    subprocess.run(make, check=True)

    def says(path: str | None) -> str:
        target = opened(remote, tmp_path, path)
        (said,) = target.problems()
        with pytest.raises(TargetRefused) as raised:
            moved(target, target.read_pointer("production"), version)
        assert str(raised.value) == said
        return said

    assert says(None).startswith("SIGNING_KEY is not set.")
    for path in (str(tmp_path / "gone"), str(closed)):
        assert "the path of a private key without a passphrase" in says(path)
        assert path not in says(path)
    programs = tmp_path / "programs"
    programs.mkdir()
    for each in ("git", "sh"):
        (programs / each).symlink_to(shutil.which(each) or "")
    monkeypatch.setenv("PATH", str(programs))
    assert says(str(key)).startswith("The program ssh-keygen is not installed")
    assert git.head("production") == head


def test_without_the_setting_there_are_no_tags(
    git: GitHand, clock: Ticking, server_url: str, tmp_path: Path
) -> None:
    """Nothing is signed where the policy names no key."""
    git.commit("production", {PATH: b"0"})
    target = GitTarget(over_http(git, server_url, tmp_path / "copies"), PATH, clock=clock)

    moved(target, target.read_pointer("production"), proposed(target))

    assert tags(git) == []
