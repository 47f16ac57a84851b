"""The manual target: the app asks, a person acts and confirms."""

import pytest

from bot.connectors.manual import ManualTarget, version_of_text
from bot.connectors.protocol import NeedsPerson
from tests.systems.record import RecordInMemory


@pytest.fixture
def record() -> RecordInMemory:
    """Give an empty record."""
    return RecordInMemory()


@pytest.fixture
def target(record: RecordInMemory) -> ManualTarget:
    """Give a manual target with instructions."""
    return ManualTarget("refunds", record, "Open Desk, Bots, Refunds.")


def test_nothing_is_live_before_a_person_says_so(target: ManualTarget) -> None:
    """A move answers with the task and leaves the pointer where it was, however often it is asked."""
    version = target.propose("one", change_name="PC-1", author="Ana", key="p")

    for _ in range(2):
        done = target.move("production", expected=None, wanted=version, key="k", why="PC-1, for Ben.")
        assert isinstance(done, NeedsPerson)

    assert target.read_pointer("production") is None
    assert not target.is_already("production", version)


def test_the_task_says_what_where_and_why(target: ManualTarget) -> None:
    """The person reads the exact version, the instructions of the policy, and the reason."""
    version = target.propose("one", change_name="PC-1", author="Ana", key="p")

    done = target.move("production", expected=None, wanted=version, key="k", why="PC-1, for Ben.")

    assert isinstance(done, NeedsPerson)
    assert version in done.instructions
    assert "Open Desk, Bots, Refunds." in done.instructions
    assert done.instructions.endswith("Why: PC-1, for Ben.")


def test_taking_the_first_release_back_says_to_switch_off(
    target: ManualTarget, record: RecordInMemory
) -> None:
    """Where no version was live before, the task is to remove the prompt."""
    version = target.propose("one", change_name="PC-1", author="Ana", key="p")
    record.pointers["refunds", "production"] = version

    done = target.move("production", expected=version, wanted=None, key="k", why="")

    assert isinstance(done, NeedsPerson)
    assert "switch it off" in done.instructions


def test_there_are_no_stages(target: ManualTarget) -> None:
    """A person is not asked to set a canary."""
    assert target.canary_pointer is None


def test_the_version_is_a_fact_of_the_text() -> None:
    """The name of a version depends on the exact text and nothing else."""
    assert version_of_text("") == "m-e3b0c44298fc"
    assert version_of_text("a\n") != version_of_text("a\r\n")


def test_a_live_version_without_its_text_is_a_problem(target: ManualTarget, record: RecordInMemory) -> None:
    """The check says when the confirmed version could not be shown or restored."""
    assert target.problems() == []
    record.pointers["refunds", "production"] = "m-gone"

    assert "m-gone" in target.problems()[0]
