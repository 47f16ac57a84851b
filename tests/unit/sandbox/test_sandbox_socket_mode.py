"""A Bolt app over Socket Mode: the same acts, envelopes, turns and disconnects."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from sandbox_blocks import modal, text_input
from slack_bolt import App
from slack_sdk.errors import SlackApiError
from websockets.sync.client import connect

from bot.edge.socket import SocketMode
from bot.sandbox.socket_mode import Reason
from bot.sandbox.workspace import Workspace


def _note(turns: list[str], name: str) -> Callable[[object, dict[str, Any], str], None]:
    def note(_client: object, message: dict[str, Any], _raw: str) -> None:
        if message["type"] == "slash_commands":
            turns.append(name)

    return note


def _connect(workspace: Workspace, bolt: App, url: str, *, ping_interval: float = 10) -> SocketMode:
    handler = SocketMode(bolt, workspace.app.app_token, f"{url}/api/", ping_interval=ping_interval)
    handler.open()
    assert workspace.delivery.sockets.wait_until_open()
    return handler


@pytest.fixture
def socketed(workspace: Workspace, bolt: App, url: str) -> Iterator[SocketMode]:
    """The Bolt app with one open connection."""
    handler = _connect(workspace, bolt, url)
    yield handler
    handler.shut()


def test_a_command_and_a_submission_work_over_a_socket(
    workspace: Workspace, bolt: App, socketed: SocketMode
) -> None:
    """Answers come back in the acknowledgement of the envelope."""
    del socketed
    bolt.command("/prompt-change")(lambda ack, command: ack(f"You said {command['text']}"))
    bolt.view("form")(lambda ack: ack(response_action="errors", errors={"why": "No."}))
    ana = workspace.as_person("U0ANA")
    answer = ana.command("/prompt-change list", "C0GENERAL")
    assert (answer.ok, answer.status) == (True, None)
    assert [each.text for each in ana.ephemerals("C0GENERAL")] == ["You said list"]
    workspace.open_view(workspace.new_trigger("U0ANA"), modal(text_input()))
    assert ana.submit(values={"why": "x"}).errors == {"why": "No."}


def test_an_event_is_acknowledged_over_a_socket(
    workspace: Workspace, bolt: App, socketed: SocketMode
) -> None:
    """Events go out as events_api envelopes."""
    del socketed
    heard: list[str] = []
    bolt.event("user_change")(lambda event: heard.append(event["user"]["real_name"]))
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle()
    assert workspace.events.undelivered == []
    for _ in range(100):
        if heard:
            break
        workspace.wait_for_change(workspace.revision, 0.02)
    assert heard == ["Ana Silva"]


def test_a_command_that_no_listener_takes_is_never_answered_over_a_socket(
    workspace: Workspace, socketed: SocketMode
) -> None:
    """Bolt leaves the envelope without an acknowledgement, and the person waits in vain."""
    del socketed
    workspace.answer_seconds = 0.2
    answer = workspace.as_person("U0ANA").command("/prompt-change")
    assert answer.error == '/prompt-change failed with the error "operation_timeout"'


def test_without_a_connection_nothing_is_delivered(workspace: Workspace) -> None:
    """No URL and no socket: the person sees that the app is not there."""
    assert not workspace.app_is_connected
    answer = workspace.as_person("U0ANA").command("/prompt-change")
    assert answer.error == '/prompt-change failed with the error "dispatch_failed"'


def test_several_connections_take_turns(
    workspace: Workspace, bolt: App, url: str, socketed: SocketMode
) -> None:
    """Each envelope goes to one connection."""
    heard: list[Any] = []
    bolt.command("/prompt-change")(lambda ack: (heard.append(1), ack()))
    second = _connect(workspace, bolt, url)
    try:
        assert workspace.delivery.sockets.wait_until_open(connections=2)
        turns: list[str] = []
        for handler, name in ((socketed, "first"), (second, "second")):
            handler.client.message_listeners.append(_note(turns, name))
        for _ in range(4):
            assert workspace.as_person("U0ANA").command("/prompt-change").ok
    finally:
        second.shut()
    assert len(heard) == 4
    assert sorted(turns) == ["first", "first", "second", "second"]


def test_a_refresh_makes_the_client_connect_again(
    workspace: Workspace, bolt: App, socketed: SocketMode
) -> None:
    """After `disconnect` the real client comes back with a new ticket and goes on."""
    del socketed
    bolt.command("/prompt-change")(lambda ack: ack())
    assert workspace.delivery.sockets.disconnect() == 1
    assert workspace.delivery.sockets.wait_until_open(timeout=10)
    assert workspace.as_person("U0ANA").command("/prompt-change").ok
    assert len(workspace.calls_of("apps.connections.open")) == 2


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "too_many_websockets"])
def test_after_each_farewell_the_client_is_back_and_no_event_is_lost(
    workspace: Workspace, bolt: App, socketed: SocketMode, reason: Reason
) -> None:
    """What happens meanwhile is delivered; twice where the acknowledgement went down with its connection."""
    del socketed
    heard: list[str] = []
    bolt.event("user_change")(lambda event: heard.append(event["user"]["real_name"]))
    workspace.events.retry_delays = (0.1,) * 50
    assert workspace.delivery.sockets.disconnect(reason) == 1
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle(10)
    for _ in range(100):
        if heard:
            break
        workspace.wait_for_change(workspace.revision, 0.02)
    assert set(heard) == {"Ana Silva"}
    assert workspace.events.undelivered == []
    assert len(workspace.calls_of("apps.connections.open")) == 2


def test_while_socket_mode_is_switched_off_no_connection_can_be_opened(
    workspace: Workspace, bolt: App, url: str
) -> None:
    """After `link_disabled` the client keeps trying, and is back once somebody switches it on."""
    handler = _connect(workspace, bolt, url, ping_interval=0.2)
    workspace.delivery.sockets.disconnect("link_disabled")
    with pytest.raises(SlackApiError, match="forbidden_team"):
        bolt.client.apps_connections_open(app_token=workspace.app.app_token)
    assert not workspace.app_is_connected
    workspace.delivery.sockets.switch_on()
    assert workspace.delivery.sockets.wait_until_open(10)
    handler.shut()


def test_the_eleventh_connection_is_told_that_it_is_one_too_many(workspace: Workspace, url: str) -> None:
    """Slack takes it, says why, and closes it; the ten are left alone."""
    sockets, hub = [], workspace.delivery.sockets
    address = url.replace("http", "ws", 1)
    with ExitStack() as stack:
        for _ in range(11):
            opened = stack.enter_context(connect(f"{address}/socket?ticket={hub.new_ticket()}"))
            sockets.append(json.loads(opened.recv(5)))
    assert [each["type"] for each in sockets] == ["hello"] * 10 + ["disconnect"]
    assert sockets[-1]["reason"] == "too_many_websockets"


def test_opening_a_connection_needs_the_app_token(bolt: App, workspace: Workspace) -> None:
    """The bot's token does not open a socket, the app's token posts no message."""
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        bolt.client.apps_connections_open(app_token=workspace.app.bot_token)
    with pytest.raises(SlackApiError, match="not_allowed_token_type"):
        bolt.client.chat_postMessage(channel="C0GENERAL", text="x", token=workspace.app.app_token)
