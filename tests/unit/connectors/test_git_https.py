"""A remote over HTTP against each way in which its server can fail, and what people read of it."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking, hook
from git_reached import over_http
from pydantic import SecretStr
from starlette.responses import HTMLResponse, Response

from bot.connectors.credentials import Credential
from bot.connectors.git import GitTarget
from bot.connectors.git_https import HttpsRemote
from bot.connectors.git_remote import RemotePlace
from bot.connectors.protocol import (
    PointerElsewhere,
    TargetError,
    TargetMisconfigured,
    TargetRefused,
    TargetUnavailable,
)
from tests.systems.faulty import SILENCE, STALL
from tests.systems.git_server import TOKEN, USER, VARIABLES, GitServer, Trouble
from tests.systems.system import served

PATH = "one.md"
BROKEN = "127.0.0.1 broke the connection off before it had answered."
SILENT = "127.0.0.1 did not answer within 1.5 seconds. Whether it did what it was asked is not known yet."


@dataclass(frozen=True)
class Cell:
    """What people read of a trouble, and whether the move is found done at the second attempt."""

    says: str
    found_done: bool = False


TABLE = {
    Trouble.DIES_BEFORE: Cell(BROKEN),
    Trouble.DIES_AFTER: Cell(BROKEN, found_done=True),
    Trouble.SILENT_BEFORE: Cell(SILENT),
    Trouble.SILENT_AFTER: Cell(SILENT, found_done=True),
    Trouble.LIES: Cell("127.0.0.1 says that it took a commit, and production is without it."),
    Trouble.LATER: Cell("127.0.0.1 cannot do it now (503)."),
    Trouble.NONSENSE: Cell("127.0.0.1 does not answer as a git server. Is its address the right one?"),
}


@pytest.fixture
def target(git: GitHand, clock: Ticking, server_url: str, tmp_path: Path) -> GitTarget:
    """Give a target behind the server."""
    git.commit("production", {PATH: b"0"})
    return GitTarget(over_http(git, server_url, tmp_path / "copies"), PATH, clock=clock)


def proposed(target: GitTarget, text: str = "1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=f"PC-{text}", author="Ana", key=f"p:{text}")


@pytest.mark.parametrize("trouble", Trouble)
def test_a_push_in_trouble_has_its_sentence_and_one_effect(
    git: GitHand, clock: Ticking, server: GitServer, server_url: str, tmp_path: Path, trouble: Trouble
) -> None:
    """The first attempt is said to be unknown; the second, under the same key, ends it without harm."""
    git.commit("production", {PATH: b"0"})
    target = GitTarget(over_http(git, server_url, tmp_path / "copies"), PATH, clock=clock)
    before, version = target.read_pointer("production"), proposed(target)
    server.trouble = trouble
    is_silent = trouble in {Trouble.SILENT_BEFORE, Trouble.SILENT_AFTER}
    place = over_http(git, server_url, tmp_path / "copies", seconds=SILENCE if is_silent else STALL)

    with pytest.raises(TargetUnavailable) as raised:
        GitTarget(place, PATH, clock=clock).move(
            "production", expected=before, wanted=version, key="k", why=""
        )

    assert str(raised.value) == TABLE[trouble].says
    server.heal()
    again = target.move("production", expected=before, wanted=version, key="k", why="")
    assert again.already is TABLE[trouble].found_done
    assert git("rev-list", "--count", "production") == "2"
    assert git("show", f"production:{PATH}") == "1"


def test_a_lost_answer_that_was_undone_since_is_left_to_people(
    target: GitTarget, git: GitHand, server: GitServer
) -> None:
    """The key is found in the history of the remote, and the move is not made twice."""
    before, version = target.read_pointer("production"), proposed(target)
    server.trouble = Trouble.DIES_AFTER
    with pytest.raises(TargetUnavailable):
        target.move("production", expected=before, wanted=version, key="k", why="")
    server.heal()
    git.commit("production", {PATH: b"0"}, "Put back by hand")

    with pytest.raises(PointerElsewhere, match="made once already"):
        target.move("production", expected=before, wanted=version, key="k", why="")

    assert git("show", f"production:{PATH}") == "0"


def test_a_wrong_credential_is_named_and_never_told(
    target: GitTarget, git: GitHand, server: GitServer
) -> None:
    """By the names of its variables; the same holds for the check beforehand."""
    version, head = proposed(target), git.head("production")
    server.token = "another"

    with pytest.raises(TargetRefused) as raised:
        target.move("production", expected=None, wanted=version, key="k", why="")

    assert str(raised.value) == (
        "127.0.0.1 does not accept the credential in GIT_USER and GIT_TOKEN (401). "
        "It is wrong or expired, or lacks the right."
    )
    assert target.problems() == [str(raised.value)]
    assert git.head("production") == head


def test_what_the_remote_says_is_quoted_without_the_credential(target: GitTarget, git: GitHand) -> None:
    """A hook that knows the token does not get it onto a card."""
    version = proposed(target)
    hook(git, "pre-receive", f"#!/bin/sh\necho 'Who is {USER} with {TOKEN}?' >&2\nexit 1\n")

    with pytest.raises(TargetRefused, match=r"Who is \[withheld\] with \[withheld\]\?") as raised:
        target.move("production", expected=target.read_pointer("production"), wanted=version, key="k", why="")

    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize("missing", VARIABLES)
def test_a_missing_credential_is_named_before_anything_is_asked(
    git: GitHand, server: GitServer, server_url: str, tmp_path: Path, missing: str
) -> None:
    """It is a problem that can be read beforehand, and nobody is asked without it."""
    held = {name: value for name, value in VARIABLES.items() if name != missing}
    target = GitTarget(over_http(git, server_url, tmp_path / "copies", held=held), PATH)

    assert target.problems() == [
        f"{missing} is not set. Set it in the environment of the app, or in its .env."
    ]
    assert server.asked == []


def test_a_token_alone_goes_with_a_user_that_most_servers_take(
    git: GitHand, clock: Ticking, tmp_path: Path
) -> None:
    """Where the policy names no variable for the user."""
    server = GitServer(tmp_path)
    server.user = "x-access-token"
    with served(server) as url:
        token = Credential("GIT_TOKEN", {"GIT_TOKEN": SecretStr(TOKEN)}.get)
        remote = HttpsRemote(f"{url}/{git.folder.name}", token, seconds=STALL)
        target = GitTarget(RemotePlace(remote, tmp_path / "copies"), PATH, clock=clock)
        assert target.problems() == []


def test_a_server_that_wants_a_credential_when_none_is_named(
    git: GitHand, server_url: str, tmp_path: Path
) -> None:
    """The remedy is in the policy."""
    remote = HttpsRemote(f"{server_url}/{git.folder.name}", None, seconds=STALL)

    with pytest.raises(TargetRefused, match="wants a credential, and the policy names none"):
        GitTarget(RemotePlace(remote, tmp_path / "copies"), PATH).read_pointer("production")


def test_whoever_may_read_and_not_push_is_told_beforehand(target: GitTarget, git: GitHand) -> None:
    """Reading goes on; the check and the move say what lacks."""
    before, version = target.read_pointer("production"), proposed(target)
    git("config", "http.receivepack", "false")

    assert target.read_pointer("production") == before
    (said,) = target.problems()
    assert "lacks the right" in said
    with pytest.raises(TargetRefused, match="lacks the right"):
        target.move("production", expected=before, wanted=version, key="k", why="")


def test_a_repository_that_is_not_there_is_refused(target: GitTarget, git: GitHand, tmp_path: Path) -> None:
    """Servers hide what a credential may not see, so that both are named."""
    git.folder.rename(tmp_path / "elsewhere.git")

    with pytest.raises(TargetRefused, match=r"no repository at http://127\.0\.0\.1.*may not see it"):
        target.read_pointer("production")


def test_a_redirect_is_not_followed(target: GitTarget, server: GitServer, tmp_path: Path) -> None:
    """The other address is not asked, and gets no credential."""
    other = GitServer(tmp_path)
    with served(other) as url:
        server.sent_on = f"{url}/prompts.git/info/refs?service=git-upload-pack"
        with pytest.raises(TargetRefused, match="sends on to another address"):
            target.read_pointer("production")

    assert other.asked == []


def test_nobody_listens_there(git: GitHand, clock: Ticking, tmp_path: Path) -> None:
    """A remote that is away is told as such, and the way by hand needs it not."""
    with served(GitServer(tmp_path)) as url:
        target = GitTarget(over_http(git, url, tmp_path / "copies"), PATH, clock=clock)

    with pytest.raises(TargetUnavailable, match=r"^127\.0\.0\.1 cannot be reached\.$"):
        target.read_pointer("production")
    assert target.problems() == ["127.0.0.1 cannot be reached."]
    assert f"git clone -q -b production {url}/prompts.git by-hand" in target.by_hand("production", "0" * 40)


@pytest.mark.parametrize("address", ["http://git.example.com/p.git", "https://me:pw@git.example.com/p.git"])
def test_an_address_that_may_not_be_asked_is_no_remote(address: str) -> None:
    """Plain http leaves this machine never, and no address has a password in it."""
    with pytest.raises(TargetMisconfigured) as raised:
        HttpsRemote(address, None)
    assert "pw" not in str(raised.value)


def test_a_page_for_people_is_not_taken_for_a_server(git: GitHand, clock: Ticking, tmp_path: Path) -> None:
    """An address of something else is told as such, also when it is read."""
    with served(HTMLResponse("<p>Welcome</p>")) as url:
        target = GitTarget(over_http(git, url, tmp_path / "copies"), PATH, clock=clock)
        with pytest.raises(TargetError, match="does not answer as a git server"):
            target.read_pointer("production")


def test_garbage_is_not_believed(git: GitHand, clock: Ticking, tmp_path: Path) -> None:
    """Neither what is no protocol at all, nor a broken pack."""
    kind = "application/x-git-upload-pack-advertisement"
    with served(Response(b"zzzz garbage", media_type=kind)) as url:
        target = GitTarget(over_http(git, url, tmp_path / "copies"), PATH, clock=clock)
        with pytest.raises(TargetUnavailable, match="answers otherwise than git does"):
            target.read_pointer("production")
