"""Events: which changes tell the app, and what happens when the app does not take them."""

from collections.abc import Iterator
from typing import Any

import pytest
from slack_bolt import App
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.serving import listening, serving
from bot.sandbox.workspace import Workspace


class Receiver:
    """An app that notes what it gets and answers as it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, Any], dict[str, str]]] = []
        self.answers: list[Response] = []

    async def take(self, request: Request) -> Response:
        """Take one request."""
        self.got.append((await request.json(), dict(request.headers)))
        return self.answers.pop(0) if self.answers else Response()


@pytest.fixture
def receiver(workspace: Workspace) -> Iterator[Receiver]:
    """A receiver to which the workspace delivers."""
    made = Receiver()
    asgi = Starlette(routes=[Route("/", made.take, methods=["POST"])])
    with listening() as bound, serving(asgi, bound) as url:
        workspace.deliver_to(url)
        yield made
        workspace.deliver_to(None)


def _events(receiver: Receiver) -> list[dict[str, Any]]:
    return [body["event"] for body, _ in receiver.got]


def test_each_change_of_people_is_told(workspace: Workspace, receiver: Receiver) -> None:
    """Joining, renaming, new groups, new members, and joining a channel."""
    workspace.add_user("U0CHLOE", "Chloe Martin")
    workspace.rename_user("U0CHLOE", "Chloe Durand")
    workspace.add_group("S0LEADS", "leads", "Leads")
    workspace.set_group_members("S0LEADS", ["U0CHLOE"])
    workspace.join("C0GENERAL", "U0CHLOE")
    assert workspace.events.settle()
    told = _events(receiver)
    assert [each["type"] for each in told] == [
        "team_join",
        "user_change",
        "subteam_created",
        "subteam_members_changed",
        "subteam_updated",
        "member_joined_channel",
    ]
    assert told[1]["user"]["real_name"] == "Chloe Durand"
    assert told[3]["added_users"] == ["U0CHLOE"]
    assert told[4]["subteam"]["users"] == ["U0CHLOE"]


def test_a_deactivation_takes_the_person_out_of_their_groups(
    workspace: Workspace, receiver: Receiver
) -> None:
    """user_change says deleted, and each group says who left."""
    workspace.deactivate_user("U0ANA")
    assert workspace.events.settle()
    told = _events(receiver)
    assert told[0]["user"]["deleted"]
    assert told[1]["removed_users"] == ["U0ANA"]
    assert workspace.group("S0PEERS").members == ()


def test_an_event_is_tried_again_with_the_same_id(workspace: Workspace, receiver: Receiver) -> None:
    """Two failures, then success: three deliveries of one event_id, with Slack's retry headers."""
    workspace.events.retry_delays = (0.0, 0.0, 0.0)
    receiver.answers = [Response(status_code=500), Response(status_code=500)]
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle()
    assert len({body["event_id"] for body, _ in receiver.got}) == 1
    headers = [(each.get("x-slack-retry-num"), each.get("x-slack-retry-reason")) for _, each in receiver.got]
    assert headers == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert workspace.events.undelivered == []


def test_an_event_is_given_up_after_the_third_retry(workspace: Workspace, receiver: Receiver) -> None:
    """Four deliveries and no more."""
    workspace.events.retry_delays = (0.0, 0.0, 0.0)
    receiver.answers = [Response(status_code=500)] * 9
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle()
    assert len(receiver.got) == 4
    assert len(workspace.events.undelivered) == 1


def test_an_app_may_ask_not_to_be_tried_again(workspace: Workspace, receiver: Receiver) -> None:
    """x-slack-no-retry ends it at once."""
    workspace.events.retry_delays = (0.0, 0.0, 0.0)
    receiver.answers = [Response(status_code=500, headers={"x-slack-no-retry": "1"})]
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle()
    assert len(receiver.got) == 1


def test_events_are_held_and_released(workspace: Workspace, receiver: Receiver) -> None:
    """While held nothing goes out; after release everything does."""
    workspace.events.hold()
    workspace.rename_user("U0ANA", "Ana Silva")
    assert not workspace.events.settle(0.05)
    assert receiver.got == []
    workspace.events.release()
    assert workspace.events.settle()
    assert len(receiver.got) == 1


def test_what_the_app_did_not_subscribe_to_is_not_sent(workspace: Workspace, receiver: Receiver) -> None:
    """Messages of people are not this app's business."""
    workspace.as_person("U0ANA").say("C0GENERAL", "hello")
    workspace.as_person("U0ANA").open_home()
    assert workspace.events.settle()
    assert [each["type"] for each in _events(receiver)] == ["app_home_opened"]


def test_bolt_takes_events_by_their_names(workspace: Workspace, connected: App) -> None:
    """The real framework dispatches what we send."""
    heard: list[str] = []
    connected.event("subteam_members_changed")(lambda event: heard.append(event["subteam_id"]))
    connected.event("subteam_updated")(lambda event: heard.append(event["subteam"]["handle"]))
    workspace.set_group_members("S0PEERS", ["U0BEN"])
    assert workspace.events.settle()
    for _ in range(100):
        if len(heard) == 2:
            break
        workspace.wait_for_change(workspace.revision, 0.02)
    assert sorted(heard) == ["S0PEERS", "peers"]


def test_retries_come_at_once_and_after_one_and_five_minutes(
    workspace: Workspace, receiver: Receiver
) -> None:
    """By the workspace's clock, which a test moves by hand: nobody waits."""
    now = [1_700_000_000.0]
    workspace.clock = lambda: now[0]
    workspace.events.publish({"type": "user_change", "user": {}})
    receiver.answers = [Response(status_code=500)] * 3
    seen = []
    for seconds in (0, 59, 1, 299, 1, 3_600):
        now[0] += seconds
        workspace.events.time_passed()
        assert workspace.events.quiet()
        seen.append(len(receiver.got))
    assert seen == [2, 2, 3, 3, 4, 4]
    assert [each.get("x-slack-retry-num") for _, each in receiver.got] == [None, "1", "2", "3"]
    assert workspace.events.undelivered == []


def test_an_answer_that_slack_does_not_hear_brings_the_event_again(
    workspace: Workspace, receiver: Receiver
) -> None:
    """The app took it; Slack, which cannot know, says that it timed out."""
    workspace.faults.deaf = 1
    workspace.rename_user("U0ANA", "Ana Silva")
    assert workspace.events.settle()
    assert len({body["event_id"] for body, _ in receiver.got}) == 1
    reasons = [each.get("x-slack-retry-reason") for _, each in receiver.got]
    assert reasons == [None, "http_timeout"]


def test_everything_can_be_delivered_twice(workspace: Workspace, connected: App) -> None:
    """Events, commands and clicks; the person sees the first answer."""
    heard: list[str] = []
    connected.command("/prompt-change")(lambda ack, command: (heard.append(command["text"]), ack("Yes.")))
    connected.event("app_home_opened")(lambda body: heard.append(body["event_id"]))
    workspace.faults.twice = True
    assert workspace.as_person("U0ANA").command("/prompt-change list", "C0GENERAL").ok
    assert heard == ["list", "list"]
    assert [each.text for each in workspace.as_person("U0ANA").ephemerals("C0GENERAL")] == ["Yes."]
    workspace.as_person("U0ANA").open_home()
    assert workspace.events.settle()
    for _ in range(100):
        if len(heard) == 4:
            break
        workspace.wait_for_change(workspace.revision, 0.02)
    assert len(heard[2:]) == 2
    assert len(set(heard[2:])) == 1


def test_a_group_that_is_switched_off_and_on_again_is_told(workspace: Workspace, receiver: Receiver) -> None:
    """Both are subteam_updated; the time of deletion says which."""
    workspace.disable_group("S0PEERS")
    workspace.enable_group("S0PEERS")
    assert workspace.events.settle()
    assert [bool(each["subteam"]["date_delete"]) for each in _events(receiver)] == [True, False]
