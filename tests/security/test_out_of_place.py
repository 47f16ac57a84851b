"""What is signed and yet cannot be: a click in a form that is not there, a tab of somebody who is not."""

from typing import Any

import pytest

from bot.cards.surface import Action
from tests.scenario.town import Town


@pytest.mark.parametrize("view", [{}, {"view": None}], ids=["absent", "null"])
@pytest.mark.parametrize("action", [Action.CHOOSE_WORKFLOW, Action.CHOOSE_HOW])
def test_a_choice_without_its_form_changes_nothing(town: Town, action: Action, view: dict[str, Any]) -> None:
    """There is nothing to draw again, and nothing fails: the town would say so."""
    payload = {
        "type": "block_actions",
        "user": {"id": "U0MIRA", "team_id": town.workspace.team.id},
        "team": {"id": town.workspace.team.id},
        "trigger_id": "1.2.3",
        "container": {"type": "view", "view_id": "V1"},
        "actions": [{"action_id": action, "block_id": "b", "selected_option": {"value": "summaries"}}],
        **view,
    }
    assert town.workspace.delivery.interaction(payload).ok
    assert not town.workspace.calls_of("views.update")


def test_the_home_tab_of_somebody_whom_slack_does_not_know_is_not_drawn(town: Town) -> None:
    """Slack refuses to draw it, and would refuse again: the event is taken."""
    envelope = town.workspace.events.envelope({"type": "app_home_opened", "user": "U0NOBODY", "tab": "home"})
    town.may_fail |= {"users.info", "views.publish"}
    assert town.workspace.delivery.event(envelope).ok
    assert town.workspace.calls_of("views.publish")
