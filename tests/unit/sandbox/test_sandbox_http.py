"""A Bolt app over signed HTTP: what each act of a person brings it, and what its answers do."""

import threading
from typing import Any

from sandbox_blocks import button, modal, section
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.sandbox.workspace import Workspace


def test_a_command_reaches_the_app_and_its_words_are_shown_to_that_person_only(
    workspace: Workspace, connected: App
) -> None:
    """An acknowledgement with text is an ephemeral message where the command was typed."""
    connected.command("/prompt-change")(lambda ack, command: ack(f"You said {command['text']}"))
    ana = workspace.as_person("U0ANA")
    answer = ana.command("/prompt-change list", "C0GENERAL")
    assert answer.ok
    assert answer.status == 200
    assert [each.text for each in ana.ephemerals("C0GENERAL")] == ["You said list"]
    assert workspace.as_person("U0BEN").timeline("C0GENERAL") == []


def test_a_command_answered_in_channel_is_seen_by_all(workspace: Workspace, connected: App) -> None:
    """response_type in_channel makes an ordinary message."""
    connected.command("/prompt-change")(lambda ack: ack(text="For all", response_type="in_channel"))
    assert workspace.as_person("U0ANA").command("/prompt-change", "C0GENERAL").ok
    assert [each.text for each in workspace.as_person("U0BEN").messages("C0GENERAL")] == ["For all"]


def test_what_is_typed_in_a_command_is_escaped(workspace: Workspace, connected: App) -> None:
    """Mentions, links and angle brackets arrive as with should_escape."""
    heard: list[str] = []

    def hear(ack: Ack, command: dict[str, Any]) -> None:
        heard.append(command["text"])
        ack()

    connected.command("/prompt-change")(hear)
    line = "/prompt-change show @ana #general @peers <b> ana@example.com @nobody https://x.example/a"
    assert workspace.as_person("U0BEN").command(line).ok
    assert heard == [
        (
            "show <@U0ANA|ana> <#C0GENERAL|general> <!subteam^S0PEERS|@peers> &lt;b&gt; "
            "ana@example.com @nobody <https://x.example/a>"
        )
    ]


def test_a_late_answer_is_a_failure(workspace: Workspace, connected: App, never: threading.Event) -> None:
    """An app that takes too long is told off with Slack's words, and its answer is not used."""
    workspace.answer_seconds = 0.2
    connected.command("/prompt-change")(lambda ack: (never.wait(5), ack("too late")))
    ana = workspace.as_person("U0ANA")
    answer = ana.command("/prompt-change")
    assert (answer.ok, answer.error) == (False, '/prompt-change failed with the error "operation_timeout"')
    assert answer.seconds < 2
    assert ana.timeline(ana.direct_channel().id) == []


def test_an_app_that_fails_or_is_away_is_a_failure(workspace: Workspace, connected: App) -> None:
    """A 500 and a closed door both end in an error for the person."""

    def fail() -> None:
        raise RuntimeError("broken on purpose")

    connected.command("/prompt-change")(fail)
    ana = workspace.as_person("U0ANA")
    assert ana.command("/prompt-change").status == 500
    workspace.deliver_to("http://127.0.0.1:9/slack/events")
    assert ana.command("/prompt-change").error == '/prompt-change failed with the error "dispatch_failed"'


def test_a_wrong_signature_is_refused_by_the_app(workspace: Workspace, connected: App) -> None:
    """The signature is real: with another secret the app answers 401, with the right one it acts."""
    connected.command("/prompt-change")(lambda ack: ack())
    ana = workspace.as_person("U0ANA")
    assert ana.command("/prompt-change").status == 200
    right = workspace.app
    object.__setattr__(workspace, "app", type(right)(signing_secret="another"))
    assert ana.command("/prompt-change").status == 401


def test_the_url_is_verified_by_a_challenge(workspace: Workspace, connected: App) -> None:
    """The handshake succeeds with the app and fails where nobody listens."""
    del connected
    assert workspace.delivery.verify_url()
    workspace.deliver_to("http://127.0.0.1:9/slack/events")
    assert not workspace.delivery.verify_url()


def test_once_it_is_closed_nothing_is_sent_any_more(workspace: Workspace, connected: App) -> None:
    """A thread that is late finds no way to the app, and opens none."""
    connected.command("/prompt-change")(lambda ack: ack())
    ana = workspace.as_person("U0ANA")
    assert ana.command("/prompt-change").ok
    workspace.delivery.close()
    assert ana.command("/prompt-change").error == '/prompt-change failed with the error "dispatch_failed"'


def test_who_is_sending_when_it_is_closed_is_answered(workspace: Workspace, connected: App) -> None:
    """Its connection is dropped afterwards."""
    reached, closed = threading.Event(), threading.Event()

    @connected.command("/prompt-change")
    def wait(ack: Ack) -> None:
        reached.set()
        assert closed.wait(10)
        ack()

    answers: list[bool] = []
    ana = workspace.as_person("U0ANA")
    sending = threading.Thread(target=lambda: answers.append(ana.command("/prompt-change").ok))
    sending.start()
    assert reached.wait(10)
    workspace.delivery.close()
    closed.set()
    sending.join(10)
    assert answers == [True]


def test_a_click_carries_the_message_and_lets_the_app_change_it(
    workspace: Workspace, connected: App, client: WebClient
) -> None:
    """A button's payload names person, message, value and metadata; the app redraws the card."""
    bodies: list[dict[str, Any]] = []

    def approve(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        bodies.append(body)
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Approved")
        ack()

    connected.action("approve")(approve)
    client.chat_postMessage(
        channel="C0GENERAL",
        text="A card",
        blocks=[section(), {"type": "actions", "block_id": "row", "elements": [button(value="7")]}],
        metadata={"event_type": "outbox", "event_payload": {"row": 7}},
    )
    ben = workspace.as_person("U0BEN")
    (card,) = ben.messages("C0GENERAL")
    assert ben.click(card, "approve").ok
    (body,) = bodies
    assert body["user"]["id"] == "U0BEN"
    assert body["container"] == {
        "type": "message",
        "message_ts": card.ts,
        "channel_id": "C0GENERAL",
        "is_ephemeral": False,
    }
    assert body["actions"][0] | {"action_ts": ""} == {
        "type": "button",
        "action_id": "approve",
        "block_id": "row",
        "text": {"type": "plain_text", "text": "Press"},
        "value": "7",
        "action_ts": "",
    }
    assert body["message"]["metadata"]["event_payload"] == {"row": 7}
    changed = workspace.message("C0GENERAL", card.ts)
    assert (changed.text, changed.blocks) == ("Approved", ())


def test_shortcuts_reach_the_app(workspace: Workspace, connected: App, client: WebClient) -> None:
    """A global shortcut opens a form; a message shortcut carries its message."""
    heard: list[str] = []

    def from_anywhere(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        client.views_open(trigger_id=body["trigger_id"], view=modal(section()))
        ack()

    def from_message(ack: Ack, body: dict[str, Any]) -> None:
        heard.append(body["message"]["text"])
        ack()

    connected.global_shortcut("propose")(from_anywhere)
    connected.message_shortcut("propose_here")(from_message)
    ana = workspace.as_person("U0ANA")
    assert ana.shortcut("propose").ok
    assert len(ana.views()) == 1
    ts = client.chat_postMessage(channel="C0GENERAL", text="Look")["ts"]
    assert ana.message_shortcut("propose_here", "C0GENERAL", ts).ok
    assert heard == ["Look"]


def test_the_home_tab_is_published_when_it_is_opened(workspace: Workspace, connected: App) -> None:
    """app_home_opened comes with the person and the tab; the app publishes and gets a hash."""

    def publish(event: dict[str, Any], client: WebClient) -> None:
        client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [section(event["tab"])]})

    connected.event("app_home_opened")(publish)
    ana = workspace.as_person("U0ANA")
    assert ana.home() is None
    assert ana.open_home().ok
    home = ana.home()
    assert home is not None
    assert home.blocks[0]["text"]["text"] == "home"


def test_menus_and_boxes_of_a_message_send_what_was_chosen(
    workspace: Workspace, connected: App, client: WebClient
) -> None:
    """A select sends its option, and the message's state keeps it beside the next click."""
    heard: list[dict[str, Any]] = []

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        heard.append(body)
        ack()

    connected.action("menu")(hear)
    connected.action("approve")(hear)
    options = [
        {"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in ("Diff", "Edit")
    ]
    menu = {"type": "static_select", "action_id": "menu", "options": options}
    client.chat_postMessage(
        channel="C0GENERAL",
        text="x",
        blocks=[{"type": "actions", "block_id": "row", "elements": [menu, button()]}],
    )
    ana = workspace.as_person("U0ANA")
    (card,) = ana.messages("C0GENERAL")
    assert ana.click(card, "menu", selected="Edit").ok
    assert ana.click(card, "approve").ok
    assert heard[0]["actions"][0]["selected_option"]["value"] == "edit"
    assert heard[1]["state"]["values"]["row"]["menu"]["selected_option"]["value"] == "edit"
