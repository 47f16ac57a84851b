"""A prompt given as a file: fetched from Slack, and only from Slack, with a limit on its size."""

import httpx
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.changes.draft import LONGEST_TEXT
from bot.changes.outcome import Refused

SECONDS = 2.0
MOST_BYTES = LONGEST_TEXT * 4
"""The longest text, were each character four bytes long in UTF-8."""


def uploaded_text(client: WebClient, file_id: str) -> str | Refused:
    """The text of an uploaded file, or why there is none, told under the field."""
    try:
        info = client.files_info(file=file_id)["file"]
        if int(info.get("size") or 0) > MOST_BYTES:
            return _wrong("The file is larger than a prompt can be. Split it, or give a smaller one.")
        address = str(info["url_private"])
        content = httpx.get(address, headers={"Authorization": f"Bearer {client.token}"}, timeout=SECONDS)
        content.raise_for_status()
        return content.content.decode()
    except UnicodeDecodeError:
        return _wrong("The file is not UTF-8 text. Save it as plain text in UTF-8.")
    except (SlackApiError, httpx.HTTPError, KeyError):
        return _wrong("The file could not be read from Slack. Upload it again.")


def _wrong(words: str) -> Refused:
    return Refused(words, fields=(("file", words),))
