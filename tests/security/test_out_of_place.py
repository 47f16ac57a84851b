"""A click that belongs into a form, signed and sent without one."""

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
