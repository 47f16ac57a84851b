"""Whether a text that somebody wrote became more than a text."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from blockkit import texts_in

Json = dict[str, Any]
TOKEN = re.compile(
    r"<(@[UW]\w+|#C0\w+|!subteam\^S\w+|!date\^\d+\^\{date_short_pretty\} at \{time\}\|[^<>|]*)>"
)
KNOWN = {"U0ANA", "U0BEN", "U0CHLOE", "U0DEV"}


def assert_harmless(blocks: Sequence[Json], text: str = "") -> None:
    """Fail where a text that somebody wrote became markup, a mention, a link or a trick."""
    everything = [text]
    for part in texts_in(list(blocks)):
        if part["type"] == "mrkdwn":
            assert part["verbatim"] is True
            everything.append(part["text"])
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\ud800-\udfff]", part["text"])
    for written in everything:
        assert {found[1:] for found in re.findall(r"<(@\w+)>", written)} <= KNOWN
        left = TOKEN.sub("", written)
        assert not re.search(r"[<>]", left)
        assert not any(mark in left for mark in ("*b*", "_i_", "~s~", "`c`", "```"))
        assert not re.search(r"^&gt;", left, re.MULTILINE)
    _no_stray_elements(blocks)


def _no_stray_elements(blocks: Sequence[Json]) -> None:
    """Fail where rich text holds a broadcast, a stranger, or a link that is no evidence."""
    parts = [part for block in blocks if block["type"] == "rich_text" for part in _elements(block)]
    assert {part["user_id"] for part in parts if part["type"] == "user"} <= KNOWN
    assert {part["url"] for part in parts if part["type"] == "link"} <= {"https://ci.example.com/runs/1"}
    assert not [part for part in parts if part["type"] in {"broadcast", "usergroup", "channel", "emoji"}]


def _elements(block: Json) -> Iterator[Json]:
    for part in block.get("elements", []):
        yield part
        yield from _elements(part)
