"""What a Slack client stops before anything is sent, and what a hostile one sends all the same."""

from typing import Any

import pytest
from sandbox_blocks import button, modal, section, text_input
from slack_bolt import Ack, App
from slack_sdk import WebClient

from bot.sandbox.inputs import Filled, NoSuchInputError
from bot.sandbox.records import View
from bot.sandbox.workspace import Workspace

CONFIRM = {
    "title": {"type": "plain_text", "text": "Sure?"},
    "text": {"type": "plain_text", "text": "Really?"},
    "confirm": {"type": "plain_text", "text": "Yes"},
    "deny": {"type": "plain_text", "text": "No"},
}


def _open(workspace: Workspace, *blocks: dict[str, Any]) -> View:
    return workspace.open_view(workspace.new_trigger("U0ANA"), modal(*blocks))


def _input(kind: str, **fields: object) -> dict[str, Any]:
    return {**text_input(), "element": {"type": kind, "action_id": "typed", **fields}}


@pytest.fixture
def heard(connected: App) -> list[dict[str, Any]]:
    """Every body of a click on approve, and of a submission."""
    bodies: list[dict[str, Any]] = []

    def hear(ack: Ack, body: dict[str, Any]) -> None:
        bodies.append(body)
        ack()

    connected.action("approve")(hear)
    connected.view("form")(hear)
    connected.command("/prompt-change")(hear)
    return bodies


@pytest.mark.parametrize(
    ("block", "value", "said"),
    [
        (text_input(), "", "Please complete this required field."),
        (text_input(min_length=3), "ab", "Please enter at least 3 characters."),
        (text_input(max_length=3), "abcd", "Please enter no more than 3 characters."),
        (text_input(), "x" * 3001, "Please enter no more than 3000 characters."),
        (_input("number_input", is_decimal_allowed=False), "1.5", "Please enter a whole number."),
        (
            _input("number_input", is_decimal_allowed=True, min_value="2"),
            "1.5",
            "Please enter a number of at least 2.",
        ),
        (_input("url_text_input"), "no address", "Enter a valid URL."),
        (
            _input("multi_users_select", max_selected_items=1),
            ["U0ANA", "U0BEN"],
            "Please choose no more than 1.",
        ),
    ],
)
def test_a_client_refuses_before_it_sends(
    workspace: Workspace, heard: list[dict[str, Any]], block: dict[str, Any], value: Filled, said: str
) -> None:
    """The sentence stands under the input and the app hears nothing."""
    _open(workspace, block)
    answer = workspace.as_person("U0ANA").submit(values={"why": value})
    assert (answer.ok, answer.errors, answer.sent) == (False, {"why": said}, False)
    assert workspace.views("U0ANA")[0].errors == {"why": said}
    assert heard == []


def test_a_hostile_client_sends_what_a_client_would_stop(
    workspace: Workspace, heard: list[dict[str, Any]]
) -> None:
    """The app gets the empty value and must judge it."""
    _open(workspace, text_input())
    assert workspace.as_person("U0ANA", hostile=True).submit(values={"why": ""}).ok
    assert heard[0]["view"]["state"]["values"]["why"]["typed"]["value"] is None


def test_a_form_submitted_twice_reaches_the_app_once_and_from_a_hostile_client_twice(
    workspace: Workspace, heard: list[dict[str, Any]]
) -> None:
    """A closed form cannot be sent again, unless a client has kept it."""
    form = _open(workspace, text_input(optional=True))
    ana = workspace.as_person("U0ANA")
    assert ana.submit(form).ok
    assert ana.submit(form).error == "This form is no longer open."
    assert workspace.as_person("U0ANA", hostile=True).submit(form).ok
    assert len(heard) == 2


def test_every_kind_of_input_gets_its_state(workspace: Workspace, heard: list[dict[str, Any]]) -> None:
    """Options by value or by text, people, dates, times, files, and initial values of what is not touched."""
    options = [
        {"text": {"type": "plain_text", "text": each}, "value": each.lower()} for each in ("Low", "High")
    ]
    kinds: dict[str, tuple[dict[str, Any], Any]] = {
        "radio": ({"type": "radio_buttons", "options": options}, "High"),
        "boxes": ({"type": "checkboxes", "options": options}, ["low", "high"]),
        "select": ({"type": "static_select", "options": options}, "low"),
        "many": ({"type": "multi_static_select", "options": options}, ["high"]),
        "user": ({"type": "users_select"}, "U0BEN"),
        "users": ({"type": "multi_users_select"}, ["U0ANA", "U0BEN"]),
        "channel": ({"type": "channels_select"}, "C0OPEN"),
        "date": ({"type": "datepicker"}, "2025-02-28"),
        "time": ({"type": "timepicker"}, "09:30"),
        "number": ({"type": "number_input", "is_decimal_allowed": True}, "0.5"),
        "kept": ({"type": "plain_text_input", "initial_value": "as it was"}, None),
    }
    blocks = [
        {**text_input(name), "element": {"action_id": "a", **element}} for name, (element, _) in kinds.items()
    ]
    ana = workspace.as_person("U0ANA")
    uploaded = ana.upload("prompt.md", b"Be kind.")
    blocks.append({**text_input("file"), "element": {"type": "file_input", "action_id": "a"}})
    _open(workspace, *blocks)
    values = {name: value for name, (_, value) in kinds.items() if name != "kept"}
    assert ana.submit(values={**values, "file": uploaded.id}).ok
    state = {name: held["a"] for name, held in heard[0]["view"]["state"]["values"].items()}
    assert state["radio"]["selected_option"]["value"] == "high"
    assert [each["value"] for each in state["boxes"]["selected_options"]] == ["low", "high"]
    assert state["select"]["selected_option"]["value"] == "low"
    assert [each["value"] for each in state["many"]["selected_options"]] == ["high"]
    assert state["user"]["selected_user"] == "U0BEN"
    assert state["users"]["selected_users"] == ["U0ANA", "U0BEN"]
    assert state["channel"]["selected_channel"] == "C0OPEN"
    assert state["date"]["selected_date"] == "2025-02-28"
    assert state["time"]["selected_time"] == "09:30"
    assert state["number"]["value"] == "0.5"
    assert state["kept"]["value"] == "as it was"
    assert state["file"]["files"][0]["id"] == uploaded.id


def test_a_confirm_dialog_answered_with_no_sends_nothing(
    workspace: Workspace, client: WebClient, heard: list[dict[str, Any]]
) -> None:
    """Yes sends the click, No sends nothing."""
    row = {"type": "actions", "elements": [button(confirm=CONFIRM)]}
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[row])
    ana = workspace.as_person("U0ANA")
    (card,) = ana.messages("C0GENERAL")
    assert not ana.click(card, "approve", confirm=False).sent
    assert heard == []
    assert ana.click(card, "approve").sent
    assert len(heard) == 1


def test_controls_are_told_apart_by_value(
    workspace: Workspace, client: WebClient, heard: list[dict[str, Any]]
) -> None:
    """Where one action_id stands in several blocks, the value says which; an unknown one is an error."""
    blocks = [section(accessory=button(value=each)) for each in ("one", "two")]
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=blocks)
    ana = workspace.as_person("U0ANA")
    (card,) = ana.messages("C0GENERAL")
    assert ana.click(card, "approve", value="two").ok
    assert heard[0]["actions"][0]["value"] == "two"
    with pytest.raises(NoSuchInputError):
        ana.click(card, "approve", value="three")
    with pytest.raises(NoSuchInputError):
        ana.click(card, "reject")
    assert workspace.as_person("U0ANA", hostile=True).click(card, "approve", value="three").ok
    assert heard[1]["actions"][0]["value"] == "three"


def test_a_person_clicks_only_what_they_see(
    workspace: Workspace, client: WebClient, heard: list[dict[str, Any]]
) -> None:
    """A channel one is not in, another's ephemeral message and a deleted one are out of reach."""
    row = {"type": "actions", "elements": [button()]}
    client.chat_postMessage(channel="C0OPEN", text="x", blocks=[row])
    (hidden,) = workspace.messages("C0OPEN")
    ben, ana = workspace.as_person("U0BEN"), workspace.as_person("U0ANA")
    assert ben.messages("C0OPEN") == []
    assert ben.click(hidden, "approve").error == "You are not in this conversation."
    client.chat_postEphemeral(channel="C0GENERAL", user="U0ANA", text="x", blocks=[row])
    (private,) = ana.ephemerals("C0GENERAL")
    assert not ben.click(private, "approve").sent
    assert ana.click(private, "approve").ok
    assert heard[0]["container"]["is_ephemeral"]
    assert "message" not in heard[0]
    client.chat_delete(channel="C0OPEN", ts=hidden.ts)
    assert ana.click(hidden, "approve").error == "This message was deleted."
    assert len(heard) == 1


def test_a_stranger_may_click_and_has_no_commands(
    workspace: Workspace, client: WebClient, heard: list[dict[str, Any]]
) -> None:
    """In a shared channel the button works and names the other team; commands and shortcuts do not exist."""
    row = {"type": "actions", "elements": [button()]}
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[row])
    oda = workspace.as_person("U0ODA")
    assert oda.click(oda.messages("C0GENERAL")[0], "approve").ok
    assert heard[0]["user"]["team_id"] == "T0OTHER"
    assert oda.command("/prompt-change", "C0GENERAL").error == "/prompt-change is not a valid command."
    assert not oda.shortcut("propose").sent
    assert not oda.open_home().sent


def test_the_deactivated_do_nothing(
    workspace: Workspace, client: WebClient, heard: list[dict[str, Any]]
) -> None:
    """Their client is signed out; only a hostile one still sends."""
    row = {"type": "actions", "elements": [button()]}
    client.chat_postMessage(channel="C0GENERAL", text="x", blocks=[row])
    (card,) = workspace.messages("C0GENERAL")
    workspace.deactivate_user("U0BEN")
    ben = workspace.as_person("U0BEN")
    assert ben.command("/prompt-change").error == "Your account has been deactivated."
    assert ben.click(card, "approve").error == "Your account has been deactivated."
    assert workspace.as_person("U0BEN", hostile=True).click(card, "approve").ok
    assert len(heard) == 1


def test_another_command_is_none_of_this_app(workspace: Workspace, heard: list[dict[str, Any]]) -> None:
    """Slack says so and sends nothing."""
    answer = workspace.as_person("U0ANA").command("/other thing")
    assert (answer.error, answer.sent) == ("/other is not a valid command.", False)
    assert heard == []


def test_what_is_new_is_counted_until_it_is_read(workspace: Workspace, client: WebClient) -> None:
    """Own messages and other people's ephemerals do not count."""
    ana = workspace.as_person("U0ANA")
    ana.say("C0GENERAL", "mine")
    client.chat_postMessage(channel="C0GENERAL", text="x")
    client.chat_postEphemeral(channel="C0GENERAL", user="U0BEN", text="x")
    client.chat_postMessage(channel="U0ANA", text="x")
    assert ana.unread() == {"C0GENERAL": 1, "D0ANA": 1}
    ana.mark_read("C0GENERAL")
    assert ana.unread() == {"D0ANA": 1}


def test_what_a_person_says_is_linked(workspace: Workspace) -> None:
    """A typed name becomes a mention; a channel one is not in takes nothing."""
    ben = workspace.as_person("U0BEN")
    assert ben.say("C0GENERAL", "@ana see #open").ok
    assert ben.messages("C0GENERAL")[0].text == "<@U0ANA|ana> see <#C0OPEN|open>"
    assert not ben.say("C0OPEN", "hello").ok
