"""The targets that must keep the contract. A later target joins by one more maker in `MAKERS`."""

from collections.abc import Callable

import pytest
from contract_case import Case, RecordInMemory
from git_hand import GitHand, Ticking

from bot.connectors.git import GitTarget
from bot.connectors.manual import ManualTarget


@pytest.fixture
def make_git_bare(new_repository: Callable[..., GitHand], clock: Ticking) -> Case:
    """A bare repository."""
    return Case(GitTarget(new_repository().folder, "support/refunds.md", canary="canary", clock=clock))


@pytest.fixture
def make_git_with_working_copy(new_repository: Callable[..., GitHand], clock: Ticking) -> Case:
    """A repository with a working copy, on another branch."""
    hand = new_repository("prompts", bare=False)
    return Case(GitTarget(hand.folder, "refunds.md", clock=clock))


@pytest.fixture
def make_manual() -> Case:
    """A person with another tool."""
    record = RecordInMemory()

    def confirm(pointer: str, wanted: str | None) -> None:
        record.pointers["refunds", pointer] = wanted

    return Case(ManualTarget("refunds", record), confirm=confirm, missing="m-000000000000")


MAKERS = ["make_git_bare", "make_git_with_working_copy", "make_manual"]


@pytest.fixture(params=MAKERS)
def case(request: pytest.FixtureRequest) -> Case:
    """Give each target in turn."""
    made = request.getfixturevalue(request.param)
    assert isinstance(made, Case)
    return made
