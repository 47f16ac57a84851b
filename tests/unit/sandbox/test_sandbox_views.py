"""Modals: triggers, the stack, hashes, and what stays typed."""

import pytest
from sandbox_blocks import modal, section, text_input
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.refusals import SlackRefusesError
from bot.sandbox.workspace import Workspace


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        """Seconds since 1970."""
        return self.now


@pytest.fixture
def clock() -> Clock:
    """The moved clock."""
    return Clock()


@pytest.fixture
def timed(clock: Clock) -> Workspace:
    """A workspace that runs on the moved clock."""
    made = Workspace(clock=clock)
    made.add_user("U0ANA", "Ana Alves")
    return made


def test_a_trigger_works_once(timed: Workspace) -> None:
    """The second exchange is refused, and so is a trigger that nobody issued."""
    trigger = timed.new_trigger("U0ANA")
    timed.open_view(trigger, modal(section()))
    with pytest.raises(SlackRefusesError, match="exchanged_trigger_id"):
        timed.open_view(trigger, modal(section()))
    with pytest.raises(SlackRefusesError, match="invalid_trigger_id"):
        timed.open_view("made.up", modal(section()))


def test_a_trigger_lives_three_seconds(timed: Workspace, clock: Clock) -> None:
    """Good at three seconds, expired after."""
    in_time, late = timed.new_trigger("U0ANA"), timed.new_trigger("U0ANA")
    clock.now += 3
    timed.open_view(in_time, modal(section()))
    clock.now += 0.1
    with pytest.raises(SlackRefusesError, match="expired_trigger_id"):
        timed.open_view(late, modal(section()))


def test_a_refused_view_does_not_use_up_the_trigger(timed: Workspace) -> None:
    """The app may correct its view and try again."""
    trigger = timed.new_trigger("U0ANA")
    with pytest.raises(SlackRefusesError, match="invalid_arguments"):
        timed.open_view(trigger, modal(section("")))
    assert timed.open_view(trigger, modal(section())).user == "U0ANA"


def test_the_stack_holds_three(timed: Workspace) -> None:
    """Two pushes fit on the first; pushing on nothing and a third push are refused."""
    with pytest.raises(SlackRefusesError, match="not_found"):
        timed.push_view(timed.new_trigger("U0ANA"), modal(section()))
    root = timed.open_view(timed.new_trigger("U0ANA"), modal(section()))
    second = timed.push_view(timed.new_trigger("U0ANA"), modal(section()))
    third = timed.push_view(timed.new_trigger("U0ANA"), modal(section()))
    assert (second.root_id, third.root_id, third.previous_id) == (root.id, root.id, second.id)
    with pytest.raises(SlackRefusesError, match="push_limit_reached"):
        timed.push_view(timed.new_trigger("U0ANA"), modal(section()))
    timed.drop_view(third.id)
    assert [each.id for each in timed.views("U0ANA")] == [root.id, second.id]


def test_an_old_hash_is_a_conflict(timed: Workspace) -> None:
    """A second update with the same hash loses; one without any hash wins."""
    view = timed.open_view(timed.new_trigger("U0ANA"), modal(section()))
    timed.update_view(view.id, modal(section("two")), view.hash)
    with pytest.raises(SlackRefusesError, match="hash_conflict"):
        timed.update_view(view.id, modal(section("three")), view.hash)
    assert timed.update_view(view.id, modal(section("four"))).blocks[0]["text"]["text"] == "four"


def test_a_closed_view_cannot_be_updated(timed: Workspace) -> None:
    """not_found once it is gone."""
    view = timed.open_view(timed.new_trigger("U0ANA"), modal(section()))
    timed.drop_view(view.id)
    with pytest.raises(SlackRefusesError, match="not_found"):
        timed.update_view(view.id, modal(section()))


def test_what_was_typed_survives_an_update_with_the_same_ids_only(timed: Workspace) -> None:
    """An input that keeps both its ids keeps its value; a renamed one starts afresh."""
    view = timed.open_view(timed.new_trigger("U0ANA"), modal(text_input(), text_input("gone")))
    timed.as_person("U0ANA").fill(view, {"why": "typed", "gone": "typed"})
    changed = timed.update_view(view.id, modal(text_input(initial_value="new"), text_input("fresh")))
    assert changed.typed["why"]["typed"]["value"] == "typed"
    assert changed.typed["fresh"]["typed"]["value"] is None
    assert "gone" not in changed.typed


def test_an_external_id_stands_for_one_open_view(timed: Workspace) -> None:
    """It finds the view for an update, and a second view may not take it."""
    timed.open_view(timed.new_trigger("U0ANA"), modal(section(), external_id="one"))
    assert timed.update_view("", modal(section("x"), external_id="one"), external_id="one")
    with pytest.raises(SlackRefusesError, match="duplicate_external_id"):
        timed.push_view(timed.new_trigger("U0ANA"), modal(section(), external_id="one"))


def test_views_work_through_the_client(workspace: Workspace, client: WebClient) -> None:
    """Open, push and update over HTTP, with Slack's words for a bad view."""
    opened = client.views_open(trigger_id=workspace.new_trigger("U0ANA"), view=modal(text_input()))["view"]
    assert opened["root_view_id"] == opened["id"]
    assert opened["state"]["values"]["why"]["typed"]["value"] is None
    client.views_push(trigger_id=workspace.new_trigger("U0ANA"), view=modal(section()))
    changed = client.views_update(view_id=opened["id"], hash=opened["hash"], view=modal(section("x")))["view"]
    assert changed["hash"] != opened["hash"]
    with pytest.raises(SlackApiError, match="invalid_arguments") as caught:
        client.views_open(trigger_id=workspace.new_trigger("U0ANA"), view={"type": "modal", "blocks": []})
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] missing required field: title [json-pointer:/view]"
    ]
