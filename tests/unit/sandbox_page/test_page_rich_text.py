"""rich_text blocks are drawn with their styles, lists and mentions, and their text is never markup."""

from typing import Any

import pytest

from bot.sandbox.page.reader import Reader
from bot.sandbox.page.richtext import rich_text


def _section(*elements: dict[str, Any], kind: str = "rich_text_section") -> dict[str, Any]:
    return {"type": kind, "elements": list(elements)}


def _drawn(reader: Reader, *parts: dict[str, Any]) -> str:
    return rich_text({"type": "rich_text", "elements": list(parts)}, reader)


def test_a_word_diff_strikes_and_bolds(reader: Reader) -> None:
    """Struck and bold words stand out of a sentence, as in a review card."""
    drawn = _drawn(
        reader,
        _section(
            {"type": "text", "text": "up to "},
            {"type": "text", "text": "$50", "style": {"strike": True}},
            {"type": "text", "text": "$500", "style": {"bold": True, "italic": True}},
        ),
    )
    assert drawn == '<div class="rich">up to <s>$50</s><b><i>$500</i></b></div>'


@pytest.mark.parametrize(
    ("element", "html"),
    [
        ({"type": "text", "text": "*a* <b>"}, "*a* &lt;b&gt;"),
        ({"type": "text", "text": "x", "style": {"code": True}}, "<code>x</code>"),
        ({"type": "text", "text": "x", "style": {"underline": True}}, "<u>x</u>"),
        ({"type": "user", "user_id": "U0SAM"}, '<span class="mention me" data-user="U0SAM">@Sam Ito</span>'),
        ({"type": "usergroup", "usergroup_id": "S0PEERS"}, '<span class="mention">@peers</span>'),
        ({"type": "channel", "channel_id": "C0NONE"}, '<span class="mention">#private channel</span>'),
        ({"type": "broadcast", "range": "here"}, '<span class="mention me">@here</span>'),
        ({"type": "emoji", "name": "x", "unicode": "1f44d-1f3fb"}, "👍🏻"),
        ({"type": "emoji", "name": "tada"}, "🎉"),
        ({"type": "emoji", "name": "x", "unicode": "zz"}, "❌"),
        ({"type": "color", "value": "#ff0000"}, "<code>#ff0000</code>"),
        ({"type": "date", "timestamp": 1741003200, "format": "{time}"}, "<time>1:00 PM</time>"),
        ({"type": "date", "timestamp": -5, "format": "{time}", "fallback": "<f>"}, "<time>&lt;f&gt;</time>"),
        ({"type": "link", "url": "javascript:alert(1)", "text": "go"}, "go"),
        ({"type": "hologram"}, "[hologram]"),
    ],
)  # fmt: skip
def test_each_element(reader: Reader, element: dict[str, Any], html: str) -> None:
    """Every element that may stand in a section is drawn; an unknown one leaves its type behind."""
    assert f'<div class="rich">{html}</div>' == _drawn(reader, _section(element))


def test_links_have_a_label_or_their_address(reader: Reader) -> None:
    """A link element leads where it says."""
    drawn = _drawn(reader, _section({"type": "link", "url": "https://a.example/?a=1&b=2"}))
    assert 'href="https://a.example/?a=1&amp;b=2"' in drawn
    assert ">https://a.example/?a=1&amp;b=2</a>" in drawn


def test_quotes_and_preformatted_text(reader: Reader) -> None:
    """Preformatted text keeps its lines, a quote gets breaks."""
    text = {"type": "text", "text": "a\n<b>"}
    assert _drawn(reader, _section(text, kind="rich_text_preformatted")) == "<pre>a\n&lt;b&gt;</pre>"
    assert _drawn(reader, _section(text, kind="rich_text_quote")) == "<blockquote>a<br>&lt;b&gt;</blockquote>"


def test_lists_nest_by_indent_and_count_on(reader: Reader) -> None:
    """Bullets and numbers change with the indent, and an offset starts the count later."""
    item = _section({"type": "text", "text": "one"})
    bullets = {"type": "rich_text_list", "style": "bullet", "indent": 1, "elements": [item]}
    numbers = {"type": "rich_text_list", "style": "ordered", "offset": 2, "elements": [item]}
    drawn = _drawn(reader, bullets, numbers)
    assert '<ul class="indent-1 circle"><li><div class="rich">one</div></li></ul>' in drawn
    assert '<ol class="indent-0 decimal" start="3">' in drawn
