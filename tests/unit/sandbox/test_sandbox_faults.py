"""Failures on request: errors, statuses, lost and slow answers, Slack away, rate limits."""

import http.client

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.faults import Faults
from bot.sandbox.workspace import Workspace


def test_the_next_call_fails_and_the_one_after_does_not(workspace: Workspace, client: WebClient) -> None:
    """An error code and nothing stored, then all is well."""
    workspace.faults.fail_next("chat.postMessage", "channel_not_found")
    with pytest.raises(SlackApiError, match="channel_not_found"):
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert workspace.messages("C0GENERAL") == []
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]


def test_a_status_fails_with_or_without_effect(workspace: Workspace, client: WebClient) -> None:
    """A 500 before the rules leaves nothing behind; one after them leaves the message."""
    workspace.faults.fail_next("chat.postMessage", 500)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert workspace.messages("C0GENERAL") == []
    workspace.faults.fail_next("*", 500, carried_out=True)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0GENERAL", text="b")
    assert [each.text for each in workspace.messages("C0GENERAL")] == ["b"]


def test_a_lost_answer_leaves_the_message(workspace: Workspace, client: WebClient) -> None:
    """The caller cannot know, but the message is there."""
    workspace.faults.fail_next("chat.postMessage", "lost")
    with pytest.raises(http.client.IncompleteRead):
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert [each.text for each in workspace.messages("C0GENERAL")] == ["a"]


def test_a_slow_answer_still_comes(workspace: Workspace, client: WebClient) -> None:
    """A delay alone changes nothing else; a client with less patience gives up."""
    workspace.faults.fail_next("chat.postMessage", delay=0.05)
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]
    workspace.faults.fail_next("chat.postMessage", delay=0.5)
    client.timeout = 0.1  # type: ignore[assignment]  # the client takes fractions of a second, its hint does not
    with pytest.raises(TimeoutError):
        client.chat_postMessage(channel="C0GENERAL", text="a")


def test_slack_can_be_away(workspace: Workspace, client: WebClient) -> None:
    """Every call fails until it is back."""
    workspace.faults.away = True
    with pytest.raises(SlackApiError):
        client.auth_test()
    workspace.faults.clear()
    assert client.auth_test()["ok"]


def test_rate_limits_are_off_until_switched_on(workspace: Workspace, client: WebClient) -> None:
    """One message a second and channel, with Retry-After; another channel is free."""
    for _ in range(3):
        assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]
    workspace.faults.rate_limits = True
    client.chat_postMessage(channel="C0GENERAL", text="a")
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["retry-after"] == "1"
    assert client.chat_postMessage(channel="C0OPEN", text="a")["ok"]


def test_a_tier_counts_calls_of_a_minute() -> None:
    """Tier 2 allows twenty, and again when the minute is over."""
    now = [0.0]
    faults = Faults(clock=lambda: now[0])
    faults.rate_limits = True
    assert [faults.next("users.list", "") for _ in range(20)] == [None] * 20
    refused = faults.next("users.list", "")
    assert refused is not None
    assert (refused.status, refused.retry_after) == (429, 60)
    now[0] = 60.0
    assert faults.next("users.list", "") is None
