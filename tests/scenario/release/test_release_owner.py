"""The rollback owner of a live release leaves: the workflow's owner hears it that day, once."""

import pytest

from tests.scenario.release.story import LOW, deploy, hearing, proposed, roll_back, spot_check
from tests.scenario.town import Town

GONE = "the rollback owner of PC-1 on summaries, was deactivated in Slack."


@pytest.fixture
def owner(town: Town, request: pytest.FixtureRequest) -> str:
    """A low change is live, and this person was named as its rollback owner."""
    found = str(getattr(request, "param", "U0RITA"))
    note = {"rollback_owner": found}
    number = proposed(town, LOW, "at most five bullet points", note=note)
    spot_check(town, number)
    deploy(town, number)
    return found


def leaves(town: Town, user: str) -> None:
    """Somebody's account is closed, and Slack says so twice."""
    town.workspace.deactivate_user(user)
    town.workspace.change_user(user, title="Gone")
    assert town.workspace.events.settle()
    town.settle()


def test_the_workflow_owner_is_told_once(town: Town, owner: str) -> None:
    """However often Slack tells of it; others who hold the right can still reverse it."""
    leaves(town, owner)
    assert len(hearing(town, "U0ANA", GONE)) == 1
    town.moment.pass_by(hours=25)
    town.app.people.refresh_accounts()
    town.settle()
    assert len(hearing(town, "U0ANA", GONE)) == 1
    roll_back(town, 1, by="U0OMAR")
    assert "one paragraph" in (town.live_text(LOW.path) or "")


@pytest.mark.parametrize("owner", ["U0ANA"], indirect=True)
def test_the_policy_owners_are_told_where_the_workflow_owner_is_who_left(town: Town, owner: str) -> None:
    """Otherwise the news would go to the one person who cannot read it."""
    leaves(town, owner)
    assert [len(hearing(town, who, GONE)) for who in ("U0BEN", "U0CHLOE")] == [1, 1]


def test_nobody_is_told_of_an_owner_whose_release_is_no_longer_live(town: Town, owner: str) -> None:
    """A rolled-back release has nothing left to reverse."""
    roll_back(town, 1, by="U0OMAR")
    leaves(town, owner)
    assert not hearing(town, "U0ANA", GONE)
