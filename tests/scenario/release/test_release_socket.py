"""The same story over Socket Mode: no address of the app is known to Slack at all."""

from pathlib import Path

from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.release.story import LOW, live, roll_back
from tests.scenario.town import running_town, words


def test_a_low_change_goes_live_and_back_over_a_socket(tmp_path: Path) -> None:
    """Command, forms, approval, deployment, rollback and confirmation."""
    with running_town(tmp_path, over_socket=True) as town, overhearing(town):
        assert town.workspace.delivery.request_url is None
        old = town.live_text(LOW.path)
        live(town, LOW, "at most five bullet points")
        roll_back(town, 1)
        assert town.live_text(LOW.path) == old
        town.person("U0SARA").click(town.message("rollback_notice", to="U0SARA"), "acknowledge")
        town.settle()
        assert "Seen by 1 of" in words(town.message("rollback"))
        assert town.person("U0SARA").open_home().ok
        assert_in_order(town)
