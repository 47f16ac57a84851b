"""Texts that try to become more than a text, made anew each time, and what became of them."""

import random
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from blockkit import texts_in

Json = dict[str, Any]
MARKUP = (
    "<!channel>", "<!here>", "<!everyone>", "<@U0ANA>", "<@U0BEN|Ben>", "<#C0SUPPORT>", "<!subteam^S0LEADS>",
    "<https://evil.example|Approve>", "<mailto:a@b.example|mail>", "<javascript:alert(1)>", "<tel:1|call>",
    "<!date^1772721000^{date}|then>", "<", ">", "&", "&lt;!channel&gt;", "&amp;lt;@U0BEN&amp;gt;",
    "<<@U0BEN>>", "<@U0BEN", "U0BEN>", "<!chan\u200bnel>", "<\u202e@U0BEN>", "<!channel\n>", "@here",
    "@channel", "#general",
    "https://evil.example/approve", "www.evil.example", "evil.example", ":tada:", ":rotating_light:",
)  # fmt: skip
STYLE = (
    "*bold*", "_italic_", "~gone~", "`code`", "```block```", "*", "_", "~", "`", "```", "> quote", ">>> all",
    "\n> quote", "\n>>> rest", "* a", "- b", "1. c", "*_~`all`~_*", "**", "__init__", "a_b", "*Approved*",
    "\n*Lane:* low", "~*_", "\n\n\n", "\t", "\r\n> quote",
)  # fmt: skip
HIDDEN = (
    "\u202e", "\u202d", "\u202a", "\u202c", "\u2066", "\u2067", "\u2068", "\u2069", "\u200e", "\u200f",
    "\u200b",
    "\u200d", "\ufeff", "\u2028", "\u2029", "\x00", "\x07", "\x1b[31m", "\x7f", "\x85", "\ud800", "\udfff",
    "\U000e0041\U000e007f", "\U0001f3f4\U000e0067\U000e0062\U000e007f", "\u0301" * 40, "\ufe0f", "\u3164",
    "\uff1c!channel\uff1e",
)  # fmt: skip
PLAIN = (
    "refund",
    "up to $500",
    "Ben approved this.",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u4e2d\u6587",
    "\U0001f44d",
    " ",
    "x" * 400,
)
CALM = "An ordinary sentence."
TOKEN = re.compile(r"<[^<>]*>")
ADDRESS = re.compile(r"https?://[a-z./-]+")


def hostile(rng: random.Random) -> str:
    """A text of one to twenty tricks, with or without anything between them."""
    parts = [
        rng.choice(rng.choice((MARKUP, MARKUP, STYLE, STYLE, HIDDEN, PLAIN)))
        for _ in range(rng.randint(1, 20))
    ]
    return rng.choice(("", " ", "", "a", "\n")).join(parts)


def controls(blocks: Sequence[Json], text: str) -> Counter[str]:
    """Every mrkdwn control in a message: mentions, links and dates as they stand, and each mark of style."""
    mrkdwn = [part["text"] for part in texts_in(list(blocks)) if part["type"] == "mrkdwn"]
    found: Counter[str] = Counter()
    for written in (text, *mrkdwn):
        found.update(TOKEN.findall(written))
        left = TOKEN.sub("", written)
        found.update(mark for mark in left if mark in "<>*~`")
        found["_"] += len(re.findall(r"(?<![^\W_])_|_(?![^\W_])", left))
        found["> quote"] += len(re.findall(r"^(?:&gt;|>)", left, re.MULTILINE))
        found["bare &"] += len(re.findall(r"&(?!(?:amp|lt|gt);)", left))
    return found


def elements(value: object) -> Counter[str]:
    """Everything in rich text that is not just a text: people, links, dates, broadcasts, emoji."""
    found: Counter[str] = Counter()
    if isinstance(value, dict):
        if value.get("type") == "link" and ADDRESS.fullmatch(str(value["url"])):
            # The one link that people give: that of a test result, where it is an address and nothing else.
            return found
        if value.get("type") in {"user", "usergroup", "channel", "link", "broadcast", "emoji", "color"}:
            found[str(sorted((name, str(it)) for name, it in value.items() if name != "text"))] += 1
        for inner in value.values():
            found += elements(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            found += elements(inner)
    return found
