"""The same story over Socket Mode: no address of the app is known to Slack at all."""

from pathlib import Path

import pytest
from slack_bolt import App
from sqlmodel import select

from bot.edge.socket import RECONNECTING, SocketMode
from bot.sandbox.server import running
from bot.sandbox.socket_mode import Reason
from bot.sandbox.workspace import Workspace
from storage.models import SeenEvent
from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.release.story import LOW, live, roll_back
from tests.scenario.town import Moment, running_town, words


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


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_a_connection_that_slack_renews_loses_nothing(tmp_path: Path, reason: Reason) -> None:
    """Somebody leaves a group in the very moment: the app hears of it, once, and the story goes on."""
    with running_town(tmp_path, over_socket=True) as town, overhearing(town):
        hub = town.workspace.delivery.sockets
        town.workspace.events.retry_delays = (0.1,) * 100
        town.workspace.answer_seconds = 3
        assert hub.disconnect(reason) == 1
        left = [each for each in town.workspace.group("S0ONCALL").members if each != "U0RITA"]
        town.workspace.set_group_members("S0ONCALL", left)
        assert town.workspace.events.settle(30)
        assert hub.wait_until_open(10)
        town.workspace.answer_seconds = 30
        with town.app.store.reading() as session:
            assert len(session.exec(select(SeenEvent)).all()) == 2
        live(town, LOW, "at most five bullet points")
        roll_back(town, 1, by="U0RITA")
        assert "not on the list of people who may roll back" in town.whispers("U0RITA")[-1]
        roll_back(town, 1, by="U0OMAR")
        assert "Rolled back: PC-1" in words(town.message("rollback"))
        assert_in_order(town)


def test_a_connection_that_stays_down_is_a_problem(tmp_path: Path) -> None:
    """While it is renewed nothing is amiss; half a minute later readiness says so, until it is back."""
    slack, moment = Workspace(tmp_path), Moment()
    with running(slack) as url:
        bolt = App(token=slack.app.bot_token, signing_secret="x", token_verification_enabled=False)
        socket = SocketMode(bolt, slack.app.app_token, f"{url}/api/", now=moment, ping_interval=0.3)
        socket.open()
        hub = slack.delivery.sockets
        assert hub.wait_until_open()
        assert socket.problem() is None
        hub.disconnect("link_disabled")
        while socket.client.is_connected():
            slack.wait_for_change(slack.revision, 0.02)
        assert socket.problem() is None
        moment.pass_by(seconds=RECONNECTING.total_seconds())
        assert "down since" in str(socket.problem())
        hub.switch_on()
        assert hub.wait_until_open(10)
        while not socket.client.is_connected():
            slack.wait_for_change(slack.revision, 0.02)
        assert socket.problem() is None
        socket.shut()
    slack.close()
