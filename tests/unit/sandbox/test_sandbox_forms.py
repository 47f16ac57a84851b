"""Forms of a Bolt app over HTTP: opened, filled, refused, pushed, updated, cleared and closed."""

from typing import Any

from sandbox_blocks import modal, section, text_input
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.sandbox.workspace import Workspace


def test_a_form_is_opened_filled_refused_and_closed(workspace: Workspace, connected: App) -> None:
    """The app's errors keep the form with what was typed; an empty acknowledgement closes it."""
    seen: list[Any] = []

    def open_form(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(
            trigger_id=body["trigger_id"], view=modal(text_input(), text_input("more", optional=True))
        )
        ack()

    def take(ack: Ack, view: dict[str, Any]) -> None:
        seen.append(view["state"]["values"])
        said = view["state"]["values"]["why"]["typed"]["value"]
        if said == "TBD":
            ack(response_action="errors", errors={"why": "Say more."})
        else:
            ack()

    connected.command("/prompt-change")(open_form)
    connected.view("form")(take)
    ana = workspace.as_person("U0ANA")
    assert ana.command("/prompt-change new").ok
    refused = ana.submit(values={"Say why": "TBD"})
    assert (refused.ok, refused.errors) == (False, {"why": "Say more."})
    (form,) = ana.views()
    assert form.errors == {"why": "Say more."}
    assert form.typed["why"]["typed"]["value"] == "TBD"
    assert ana.submit(values={"why": "Because it is clearer."}).ok
    assert ana.views() == []
    assert seen[-1] == {
        "why": {"typed": {"type": "plain_text_input", "value": "Because it is clearer."}},
        "more": {"typed": {"type": "plain_text_input", "value": None}},
    }


def test_a_form_is_pushed_updated_and_cleared_by_answers(workspace: Workspace, connected: App) -> None:
    """response_action push, update and clear do what Slack says; a fourth form on the stack is refused."""
    answers: list[dict[str, Any]] = []
    connected.view("form")(lambda ack: ack(**answers.pop(0)))
    ana = workspace.as_person("U0ANA")
    workspace.open_view(workspace.new_trigger("U0ANA"), modal(text_input(optional=True)))
    second = modal(text_input("two", optional=True))
    answers += [
        {"response_action": "push", "view": second},
        {"response_action": "update", "view": modal(text_input("three", optional=True))},
        {"response_action": "push", "view": second},
        {"response_action": "push", "view": second},
        {"response_action": "clear"},
    ]
    assert ana.submit().ok
    assert len(ana.views()) == 2
    assert ana.submit().ok
    assert ana.views()[-1].blocks[0]["block_id"] == "three"
    assert ana.submit().ok
    too_many = ana.submit()
    assert not too_many.ok
    assert "push_limit_reached" in too_many.error
    assert len(ana.views()) == 3
    assert ana.submit().ok
    assert ana.views() == []


def test_errors_for_a_block_that_is_no_input_are_refused(workspace: Workspace, connected: App) -> None:
    """An app that names a wrong block sees its answer refused, as in Slack."""
    connected.view("form")(lambda ack: ack(response_action="errors", errors={"nowhere": "No."}))
    ana = workspace.as_person("U0ANA")
    workspace.open_view(workspace.new_trigger("U0ANA"), modal(text_input(optional=True)))
    answer = ana.submit()
    assert answer.error.startswith("We had some trouble connecting.")
    assert len(ana.views()) == 1


def test_closing_tells_the_app_only_where_it_asked(workspace: Workspace, connected: App) -> None:
    """view_closed comes with notify_on_close, and says whether the whole stack went."""
    heard: list[bool] = []

    def closed(ack: Ack, body: dict[str, Any]) -> None:
        heard.append(body["is_cleared"])
        ack()

    connected.view_closed("form")(closed)
    ana = workspace.as_person("U0ANA")
    workspace.open_view(workspace.new_trigger("U0ANA"), modal(section()))
    assert not ana.close().sent
    workspace.open_view(workspace.new_trigger("U0ANA"), modal(section(), notify_on_close=True))
    workspace.push_view(workspace.new_trigger("U0ANA"), modal(section()))
    assert ana.close(whole_stack=True).ok
    assert (heard, ana.views()) == ([True], [])


def test_controls_in_a_form_send_what_was_typed_so_far(workspace: Workspace, connected: App) -> None:
    """An input with dispatch_action sends block_actions with the view's state; one without sends nothing."""
    heard: list[dict[str, Any]] = []

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        heard.append(body)
        ack()

    connected.action("typed")(hear)
    ana = workspace.as_person("U0ANA")
    form = workspace.open_view(
        workspace.new_trigger("U0ANA"), modal(text_input(), text_input("live", dispatch_action=True))
    )
    assert not ana.click_in_view(form, "typed", block_id="why", selected="first").sent
    assert ana.click_in_view(form, "typed", block_id="live", selected="second").ok
    (body,) = heard
    assert body["actions"][0]["value"] == "second"
    assert body["view"]["state"]["values"]["why"]["typed"]["value"] == "first"
    assert body["view"]["hash"] == workspace.view(form.id).hash
