"""What a failed call means, and the pauses that follow from it."""

from http.client import IncompleteRead, RemoteDisconnected
from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.outbox.answers import Means, judge
from bot.outbox.backoff import delay


def refused(error: str, status: int = 200, **headers: str) -> SlackApiError:
    """A refusal as the SDK raises it."""
    response = SlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.invalid",
        req_args={},
        data={"ok": False, "error": error},
        headers=headers,
        status_code=status,
    )
    return SlackApiError("no", response)


@pytest.mark.parametrize(
    ("error", "means"),
    [
        (refused("channel_not_found"), Means.NEVER),
        (refused("is_archived"), Means.NEVER),
        (refused("something_new"), Means.NEVER),
        (refused("missing_scope"), Means.LATER),
        (refused("ratelimited", 429), Means.SLOWER),
        (refused("rate_limited"), Means.SLOWER),
        (refused("internal_error"), Means.UNSURE),
        (refused("fatal_error", 500), Means.UNSURE),
        (refused("channel_not_found", 502), Means.UNSURE),
        (refused("Received a response in a non-JSON format: <html>"), Means.UNSURE),
        (refused("invalid_auth"), Means.TOKEN),
        (refused("account_inactive"), Means.TOKEN),
        (URLError(ConnectionRefusedError()), Means.LATER),
        (URLError(TimeoutError()), Means.UNSURE),
        (TimeoutError(), Means.UNSURE),
        (ConnectionResetError(), Means.UNSURE),
        (RemoteDisconnected(), Means.UNSURE),
        (IncompleteRead(b""), Means.UNSURE),
    ],
)
def test_only_what_cannot_have_happened_is_called_certain(error: Any, means: Means) -> None:
    """A failure is certain only where Slack says so or was never reached; it is told in a sentence."""
    assert judge(error).means is means
    assert judge(error).words.endswith(".")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"Retry-After": "7"}, 7), ({"retry-after": "7"}, 7), ({"Retry-After": "soon"}, 30), ({}, 30)],
)
def test_the_pause_is_the_one_that_slack_names(headers: dict[str, str], seconds: int) -> None:
    """Retry-After counts, however it is spelled; without a figure the pause is half a minute."""
    assert judge(refused("ratelimited", 429, **headers)).wait.total_seconds() == seconds


def test_pauses_differ_so_that_not_all_come_back_at_once() -> None:
    """Chance shortens a pause by up to a half, and very many attempts do no harm."""
    assert delay(3, jitter=lambda: 0.0).total_seconds() == 4
    assert delay(3, jitter=lambda: 1.0).total_seconds() == 2
    assert delay(10_000, jitter=lambda: 0.0).total_seconds() == 300
