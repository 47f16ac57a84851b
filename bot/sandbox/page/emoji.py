"""The emoji shortcodes that the sandbox draws: those an app of this sort uses, not all of Slack's.

They stand in `emoji.json`. A shortcode that is missing there stays as it was written. This module must never
fetch a picture.
"""

import json
import re
from importlib.resources import files

SHORTCODES: dict[str, str] = json.loads(files(__package__).joinpath("emoji.json").read_text("utf-8"))
_SHORTCODE = re.compile(r":([a-z0-9_+\-]+):")


def with_emoji(text: str) -> str:
    """Replace the shortcodes known here by their characters."""
    return _SHORTCODE.sub(lambda found: SHORTCODES.get(found[1], found[0]), text)
