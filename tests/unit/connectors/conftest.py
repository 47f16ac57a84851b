"""Real repositories for the tests of the connectors."""

from collections.abc import Callable
from pathlib import Path

import pytest
from git_hand import GitHand, Ticking


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
