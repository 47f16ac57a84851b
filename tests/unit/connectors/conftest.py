"""Real repositories for the tests of the connectors."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking
from git_reached import Reached, in_folder, over_http

from bot.connectors.git_branches import LocalPlace
from tests.systems.git_server import GitServer
from tests.systems.system import served


@pytest.fixture
def clock() -> Ticking:
    """Give a clock of which no two readings are alike."""
    return Ticking()


@pytest.fixture
def new_repository(tmp_path: Path) -> Callable[..., GitHand]:
    """Give a maker of empty repositories, bare unless told otherwise."""

    def make(name: str = "prompts.git", *, bare: bool = True) -> GitHand:
        folder = tmp_path / name
        folder.mkdir()
        hand = GitHand(folder)
        hand("init", "-q", "-b", "main", *(["--bare"] if bare else []))
        return hand

    return make


@pytest.fixture
def git(new_repository: Callable[..., GitHand]) -> GitHand:
    """Give an empty bare repository."""
    return new_repository()


@pytest.fixture
def server(tmp_path: Path) -> GitServer:
    """Give a git server for the repositories of this test, which is not up yet."""
    return GitServer(tmp_path)


@pytest.fixture
def server_url(server: GitServer) -> Iterator[str]:
    """Give the address of the server, which is up."""
    with served(server) as url:
        yield url


@pytest.fixture(params=["on this machine", "in a folder", "over http"])
def reached(request: pytest.FixtureRequest, tmp_path: Path) -> Reached:
    """Give each way to reach a repository in turn; all must come to the same."""
    copies = tmp_path / "copies"
    if request.param == "on this machine":
        return lambda git: LocalPlace(git.folder, git.folder.name)
    if request.param == "in a folder":
        return lambda git: in_folder(git, copies)
    url = request.getfixturevalue("server_url")
    return lambda git: over_http(git, url, copies)
