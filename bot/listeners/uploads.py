"""A prompt given as a file: fetched from Slack, and only from Slack, with a limit on its size."""

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import outgoing
from bot.changes.draft import LONGEST_TEXT
from bot.changes.outcome import Refused
from bot.loopback import is_loopback_name
from bot.outgoing import AddressRefusedError

SECONDS = 2.0
FILES_OF_SLACK = (".slack.com", ".slack-gov.com")
MOST_BYTES = LONGEST_TEXT * 4
"""The longest text, were each character four bytes long in UTF-8."""


def uploaded_text(client: WebClient, file_id: str) -> str | Refused:
    """The text of an uploaded file, or why there is none, told under the field."""
    try:
        info = client.files_info(file=file_id)["file"]
        if int(info.get("size") or 0) > MOST_BYTES:
            return _wrong("The file is larger than a prompt can be. Split it, or give a smaller one.")
        content = _fetched(client, str(info["url_private"]))
        content.raise_for_status()
        return content.content.decode()
    except UnicodeDecodeError:
        return _wrong("The file is not UTF-8 text. Save it as plain text in UTF-8.")
    except (SlackApiError, httpx.HTTPError, httpx.InvalidURL, AddressRefusedError, KeyError):
        return _wrong("The file could not be read from Slack. Upload it again.")


def _fetched(client: WebClient, private: str) -> httpx.Response:
    """The file, asked of Slack with the app's token. Raises AddressRefusedError."""
    where = place_of(private, api=client.base_url)
    token = {"Authorization": f"Bearer {client.token}"}
    with outgoing.client(str(where.copy_with(raw_path=b"/")), headers=token, seconds=SECONDS) as asking:
        return asking.get(where)


def place_of(private: str, *, api: str) -> httpx.URL:
    """Where a file is to be fetched. Raises AddressRefusedError for one that is not at Slack.

    What people add from elsewhere has an address of its own there, and the token is not for everybody.
    """
    ours, where = httpx.URL(api), httpx.URL(private)
    if is_loopback_name(ours.host):
        # A local Slack may tell its files under another name for this machine.
        return ours.copy_with(raw_path=where.raw_path)
    if where.scheme != "https" or not (where.host == ours.host or where.host.endswith(FILES_OF_SLACK)):
        raise AddressRefusedError("The file is not at Slack.")
    return where


def _wrong(words: str) -> Refused:
    return Refused(words, fields=(("file", words),))
