"""Failures on request: errors, statuses, lost and slow answers, Slack away, rate limits."""

import http.client
import time

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.faults import Fault, Faults
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


def test_a_call_that_times_out_is_carried_out_all_the_same(workspace: Workspace, client: WebClient) -> None:
    """The caller gives up before the answer comes; what it asked for has happened."""
    workspace.faults.fail_next("chat.postMessage", delay=0.5)
    client.timeout = 0.1  # type: ignore[assignment]  # the client takes fractions of a second, its hint does not
    with pytest.raises(TimeoutError):
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert [each.text for each in workspace.messages("C0GENERAL")] == ["a"]


def test_a_connection_that_dies_leaves_nothing(workspace: Workspace, client: WebClient) -> None:
    """To the caller it looks like a lost answer, and nothing has happened."""
    workspace.faults.fail_next("chat.postMessage", "reset")
    with pytest.raises(http.client.IncompleteRead):
        client.chat_postMessage(channel="C0GENERAL", text="a")
    assert workspace.messages("C0GENERAL") == []


def test_every_so_many_answers_can_be_lost(workspace: Workspace, client: WebClient) -> None:
    """Of three calls the third is carried out and its answer never comes, until that is switched off."""
    workspace.faults.lose_every = 3
    for _ in range(2):
        for text in "ab":
            client.chat_postMessage(channel="C0GENERAL", text=text)
        with pytest.raises(http.client.IncompleteRead):
            client.chat_postMessage(channel="C0GENERAL", text="c")
    workspace.faults.clear()
    for text in "abc":
        client.chat_postMessage(channel="C0GENERAL", text=text)
    assert [each.text for each in workspace.messages("C0GENERAL")] == list("abcabcabc")


def test_all_answers_can_be_slow(workspace: Workspace, client: WebClient) -> None:
    """Also those that are errors anyway."""
    workspace.faults.slow = 0.2
    workspace.faults.fail_next("auth.test", "fatal_error")
    for _ in range(2):
        began = time.monotonic()
        try:
            client.auth_test()
        except SlackApiError as error:
            assert "fatal_error" in str(error)  # noqa: PT017  either way the answer is late
        assert time.monotonic() - began >= 0.2


def test_the_weather_is_asked_before_each_call(workspace: Workspace, client: WebClient) -> None:
    """A test decides for each method and moment what goes wrong."""
    workspace.faults.weather = lambda method: Fault(status=502) if method == "auth.test" else None
    with pytest.raises(SlackApiError):
        client.auth_test()
    assert client.chat_postMessage(channel="C0GENERAL", text="a")["ok"]


def test_the_whole_workspace_has_a_limit_for_messages() -> None:
    """Four a second over all channels unless set otherwise; a refused call does not count."""
    now = [0.0]
    faults = Faults(clock=lambda: now[0])
    faults.rate_limits = True
    posted = [faults.next("chat.postMessage", f"C{number}") is None for number in range(6)]
    assert posted == [True] * 4 + [False] * 2
    now[0] = 1.0
    faults.rates.posts_per_second = 5
    posted = [faults.next("chat.postMessage", f"C{number}") is None for number in range(6)]
    assert posted == [True] * 5 + [False]


def test_a_person_and_the_direct_message_with_them_are_one_channel() -> None:
    """Whichever id is given, one message a second."""
    faults = Faults(clock=lambda: 0.0)
    faults.rate_limits = True
    assert faults.next("chat.postMessage", "U0ANA") is None
    refused = faults.next("chat.postMessage", "D0ANA")
    assert refused is not None
    assert (refused.status, refused.retry_after) == (429, 1)


def test_whoever_waits_as_long_as_it_says_is_served() -> None:
    """Retry-After is whole seconds and never too few."""
    now = [0.0]
    faults = Faults(clock=lambda: now[0])
    faults.rate_limits = True
    for number in range(20):
        now[0] = number / 10
        faults.next("users.list", "")
    now[0] = 10.7
    refused = faults.next("users.list", "")
    assert refused is not None
    now[0] += refused.retry_after
    assert faults.next("users.list", "") is None
