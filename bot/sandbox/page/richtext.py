"""`rich_text` blocks to HTML: sections, lists, quotes, preformatted text and what stands in them.

Unlike mrkdwn, nothing inside a text element means anything: it is shown as it is. An element of an unknown
type must never vanish: its text, or its type, is shown.
"""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup, escape

from bot.sandbox.page.dates import formatted
from bot.sandbox.page.emoji import SHORTCODES
from bot.sandbox.page.mrkdwn import broadcast_mention, channel_mention, group_mention, link, person_mention
from bot.sandbox.page.reader import Reader

Json = dict[str, Any]
_BULLETS = ("disc", "circle", "square")
_NUMBERS = ("decimal", "lower-alpha", "lower-roman")
_STYLES = {
    "code": Markup("<code>{}</code>"),
    "strike": Markup("<s>{}</s>"),
    "italic": Markup("<i>{}</i>"),
    "bold": Markup("<b>{}</b>"),
    "underline": Markup("<u>{}</u>"),
    "highlight": Markup("<mark>{}</mark>"),
}
_ORDERED = Markup('<ol class="indent-{} {}{}" start="{}">{}</ol>')
_UNORDERED = Markup('<ul class="indent-{} {}{}">{}</ul>')


def rich_text(block: Json, reader: Reader) -> Markup:
    """Draw one `rich_text` block (or a table cell of that type)."""
    return Markup("").join(_part(part, reader) for part in block.get("elements", []))


def _part(part: Json, reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, reader)
    body = _run(part.get("elements", []), reader)
    if kind == "rich_text_preformatted":
        return Markup("<pre>{}</pre>").format(body)
    broken = Markup("<br>").join(body.split("\n"))
    if kind == "rich_text_quote":
        return Markup("<blockquote>{}</blockquote>").format(broken)
    return Markup('<div class="rich">{}</div>').format(broken)


def _list(part: Json, reader: Reader) -> Markup:
    """Draw one list. Slack sends nested lists as siblings with an `indent` of 0 to 8."""
    indent = min(max(int(part.get("indent", 0)), 0), 8)
    ordered = part.get("style") == "ordered"
    mark = (_NUMBERS if ordered else _BULLETS)[indent % 3]
    items = Markup("").join(
        Markup("<li>{}</li>").format(_part(item, reader)) for item in part.get("elements", [])
    )
    border = " bordered" if part.get("border") else ""
    if not ordered:
        return _UNORDERED.format(indent, mark, border, items)
    return _ORDERED.format(indent, mark, border, int(part.get("offset", 0)) + 1, items)


def _run(elements: list[Json], reader: Reader) -> Markup:
    return Markup("").join(_styled(element, _element(element, reader)) for element in elements)


def _styled(element: Json, body: Markup) -> Markup:
    style = element.get("style") or {}
    for name, wrapped in _STYLES.items():
        if style.get(name):
            body = wrapped.format(body)
    return body


def _element(element: Json, reader: Reader) -> Markup:
    draw = _ELEMENTS.get(str(element.get("type")))
    if draw is None:
        return escape(element.get("text") or f"[{element.get('type')}]")
    return draw(element, reader)


def _emoji(element: Json, _reader: Reader) -> Markup:
    """Draw an emoji from its code points (`1f44d-1f3fb`) or its name."""
    points = str(element.get("unicode") or "").split("-")
    try:
        if points != [""]:
            return escape("".join(chr(int(point, 16)) for point in points))
    except (ValueError, OverflowError):
        pass
    name = str(element.get("name"))
    return escape(SHORTCODES.get(name, f":{name}:"))


def _date(element: Json, reader: Reader) -> Markup:
    shown = formatted(
        element.get("timestamp", ""),
        str(element.get("format", "{date_num}")),
        str(element.get("fallback") or element.get("timestamp", "")),
        reader,
    )
    url = element.get("url")
    return link(url, shown) if url else Markup("<time>{}</time>").format(shown)


_ELEMENTS: dict[str, Callable[[Json, Reader], Markup]] = {
    "text": lambda it, _: escape(it.get("text", "")),
    "link": lambda it, _: link(it.get("url", ""), it.get("text") or it.get("url", "")),
    "user": lambda it, reader: person_mention(it.get("user_id", ""), reader),
    "channel": lambda it, reader: channel_mention(it.get("channel_id", ""), reader),
    "usergroup": lambda it, reader: group_mention(it.get("usergroup_id", ""), reader),
    "team": lambda _it, _: Markup('<span class="mention">this workspace</span>'),
    "broadcast": lambda it, _: broadcast_mention(it.get("range", "")),
    "color": lambda it, _: Markup("<code>{}</code>").format(it.get("value", "")),
    "emoji": _emoji,
    "date": _date,
}
