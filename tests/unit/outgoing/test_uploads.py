"""The app's token goes to Slack and to nobody else, wherever an uploaded file says that it is."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from slack_sdk import WebClient

from bot.listeners.uploads import place_of, uploaded_text
from bot.outgoing import AddressRefusedError
from bot.sandbox.seed import seeded_in_memory
from bot.sandbox.server import running
from bot.sandbox.workspace import Workspace

ELSEWHERE = [
    "https://evil.example.com/file",
    "http://files.slack.com/file",
    "https://files.slack.com.evil.example.com/file",
    "https://evilslack.com/file",
    "https://slack.com@evil.example.com/file",
    "https://169.254.169.254/latest/meta-data/",
    "ftp://files.slack.com/file",
    "not an address",
    "",
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """The local Slack."""
    found = seeded_in_memory(tmp_path).workspace
    yield found
    found.close()


SLACK = "https://slack.com/api/"


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_token_is_not_taken_elsewhere(address: str) -> None:
    """A file that is not at Slack is refused before anything is asked."""
    with pytest.raises((AddressRefusedError, httpx.InvalidURL)):
        place_of(address, api=SLACK)


@pytest.mark.parametrize(
    ("address", "api"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.md", SLACK),
        ("https://files.slack-gov.com/files-pri/T1-F1/a.md", "https://slack-gov.com/api/"),
        ("https://chat.example.com/files/F1/a.md", "https://chat.example.com/api/"),
    ],
)
def test_a_file_at_slack_is_fetched_where_it_is(address: str, api: str) -> None:
    """At Slack, or where the Web API of another Slack is."""
    assert str(place_of(address, api=api)) == address


def test_a_local_slack_is_asked_itself_whatever_it_calls_itself(workspace: Workspace) -> None:
    """The sandbox may listen on every interface, and then its files name another host than its API."""
    with running(workspace) as api:
        file = workspace.add_file("U0MIRA", "summaries.md", b"new text")
        workspace.base_url = workspace.base_url.replace("127.0.0.1", "0.0.0.0")  # noqa: S104  a name, not bound
        client = WebClient(token=workspace.app.bot_token, base_url=f"{api}/api/", retry_handlers=[])
        assert uploaded_text(client, file.id) == "new text"
