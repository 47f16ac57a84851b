"""The ways in which the app reaches a git repository in the tests."""

from collections.abc import Callable
from pathlib import Path

from git_hand import GitHand
from pydantic import SecretStr

from bot.connectors.credentials import Credential
from bot.connectors.git_branches import Place
from bot.connectors.git_folder import FolderRemote
from bot.connectors.git_https import HttpsRemote
from bot.connectors.git_remote import RemotePlace
from tests.systems.faulty import STALL
from tests.systems.git_server import VARIABLES

Reached = Callable[[GitHand], Place]
"""How the app reaches a repository that stands somewhere."""


def over_http(
    git: GitHand, url: str, copies: Path, *, seconds: float = STALL, held: dict[str, str] = VARIABLES
) -> Place:
    """A repository behind a server, with the credentials that are held."""
    secrets = {name: SecretStr(value) for name, value in held.items()}
    token, user = (Credential(each, secrets.get) for each in ("GIT_TOKEN", "GIT_USER"))
    return RemotePlace(HttpsRemote(f"{url}/{git.folder.name}", token, user, seconds=seconds), copies)


def in_folder(git: GitHand, copies: Path, *, seconds: float = STALL) -> Place:
    """A repository in another folder of this host."""
    return RemotePlace(FolderRemote(git.folder, name=git.folder.name, seconds=seconds), copies)
