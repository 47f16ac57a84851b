"""A prompt that a CI ships from GitHub: not live while the CI is at it, and not rolled back either."""

from collections.abc import Iterator

import pytest

from tests.scenario.release.story import deploy, newest, roll_back, spot_check
from tests.scenario.release.test_release_http import NEW, OLD, governed
from tests.scenario.town import Town, words
from tests.systems.github import LocalGithub, local_github
from tests.systems.system import System

STILL = "the CI has not shipped it yet"


@pytest.fixture
def system(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """A local GitHub that has shipped a text before the app came, and whose CI is slow from now on."""
    with local_github("macros") as found:
        found.put(OLD)
        found.local.ci = ["in_progress"]
        yield governed(town, found, monkeypatch)


@pytest.fixture
def local(system: System) -> LocalGithub:
    """What it holds."""
    found: LocalGithub = system.local
    return found


def ready(town: Town) -> int:
    """A change that only has to be deployed."""
    assert town.propose("U0MIRA", "macros", text=NEW).last_answer.ok
    number = newest(town)
    spot_check(town, number)
    return number


def later(town: Town) -> None:
    """The app asks again."""
    town.moment.pass_by(minutes=1)
    town.settle()


def test_a_release_is_live_once_the_ci_has_shipped_it(town: Town, local: LocalGithub) -> None:
    """Until then the card says that the CI is at it; one deployment, however often it is asked."""
    number = ready(town)
    deploy(town, number)
    later(town)
    assert STILL in words(town.card(number))
    assert town.messages("live") == []
    local.report(local.deployments[-1]["id"], "success")
    later(town)
    assert f"Live: PC-{number}" in words(town.message("live"))
    assert local.live() == NEW
    assert len(local.deployments) == 2


def test_a_release_that_the_ci_fails_to_ship_can_be_deployed_again(town: Town, local: LocalGithub) -> None:
    """The thread has the words of the CI, and the next click is another deployment."""
    number = ready(town)
    deploy(town, number)
    local.report(local.deployments[-1]["id"], "failure", "The upload failed")
    later(town)
    said = words(town.messages("outcome", to="U0MIRA")[-1])
    assert "ended with failure. It says: The upload failed." in said
    assert (town.messages("live"), local.live()) == ([], OLD)
    local.ci = ["success"]
    deploy(town, number)
    assert f"Live: PC-{number}" in words(town.message("live"))
    assert local.live() == NEW


def test_a_rollback_takes_as_long_as_the_ci(town: Town, local: LocalGithub) -> None:
    """It is loud until the CI has shipped the old commit."""
    number = ready(town)
    local.ci = ["success"]
    deploy(town, number)
    local.ci = ["in_progress"]
    roll_back(town, number)
    assert STILL in words(town.message("rollback"))
    assert "is *not* back on" in words(town.message("rollback"))
    local.report(local.deployments[-1]["id"], "success")
    later(town)
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))
    assert local.live() == OLD


def test_a_release_that_is_stopped_while_the_ci_is_at_it_does_not_come_later(
    town: Town, local: LocalGithub
) -> None:
    """The old commit is deployed after it, and until that is shipped nobody is told that it is back."""
    number = ready(town)
    deploy(town, number)
    forward = local.deployments[-1]["id"]
    town.person("U0RITA").click(town.card(number), "stop_release")
    town.settle()
    assert f"Rolled back: PC-{number}" not in words(town.message("rollback"))
    back = local.deployments[-1]["id"]
    local.report(forward, "success")
    later(town)
    assert local.live() == NEW
    assert f"Rolled back: PC-{number}" not in words(town.message("rollback"))
    local.report(back, "success")
    later(town)
    assert f"Rolled back: PC-{number}" in words(town.message("rollback"))
    assert local.live() == OLD
