"""Slack's own markup to HTML.

Texts arrive as an app sends them: `&`, `<` and `>` escaped by the app, `<...>` meaning a link or a mention.
Text must never become markup by any other way than the ones written here: each piece is unescaped once and
escaped again by markupsafe on its way out.
"""

import re
from collections.abc import Iterable
from itertools import groupby
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from bot.sandbox.page.dates import formatted
from bot.sandbox.page.emoji import SHORTCODES, with_emoji
from bot.sandbox.page.reader import Reader

_FENCE = re.compile(r"```(.+?)```", re.DOTALL)
# What may stand between two style marks. The three alternatives exclude each other, so that a hostile text
# cannot make the search exponential.
_WITHIN = r"(?:<[^<>\n]*>|`[^`\n]*`|[^{mark}<`\n])+?"
_STYLE = r"(?<![^\W_])(?<!{mark}){mark}(?P<{name}>(?=\S)" + _WITHIN + r"(?<=\S)){mark}(?!{mark})(?![^\W_])"
_INLINE = re.compile(
    "|".join(
        (
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<control>[^<>\n]+)>",
            _STYLE.format(mark=r"\*", name="bold"),
            _STYLE.format(mark="_", name="italic"),
            _STYLE.format(mark="~", name="strike"),
            r":(?P<emoji>[a-z0-9_+\-]+):",
            r"(?P<url>https?://[^\s<>|]*[^\s<>|.,;:!?'\")\]*_~`])",
        )
    )
)
_QUOTE = re.compile(r"^(?:&gt;|>) ?")
_QUOTE_REST = re.compile(r"^(?:&gt;&gt;&gt;|>>>) ?")
_SAFE_SCHEMES = {"http", "https", "mailto", "tel"}
_TAGS = {"bold": Markup("<b>{}</b>"), "italic": Markup("<i>{}</i>"), "strike": Markup("<s>{}</s>")}


def unescape(text: str) -> str:
    """Undo the three escapes that Slack asks apps for, once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain(text: str, *, emoji: bool = True) -> Markup:
    """Draw a `plain_text` object: nothing is markup in it, line breaks and emoji are kept."""
    shown = with_emoji(unescape(text)) if emoji else unescape(text)
    return Markup("<br>").join(shown.split("\n"))


def mrkdwn(text: str, reader: Reader) -> Markup:
    """Draw a `mrkdwn` text with its code blocks, quotes, styles, links and mentions."""
    parts = _FENCE.split(text)
    return Markup("").join(
        Markup("<pre>{}</pre>").format(unescape(part.strip("\n")))
        if index % 2
        else _lines(part, reader, after_pre=index > 0, before_pre=index < len(parts) - 1)
        for index, part in enumerate(parts)
    )


def link(url: str, label: str | Markup) -> Markup:
    """Draw a link, or only its label where the address is of a kind that could run something."""
    if urlsplit_scheme(url) not in _SAFE_SCHEMES:
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def urlsplit_scheme(url: str) -> str:
    """Return an address's scheme in lower case, empty for what is no address."""
    try:
        return urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""


def person_mention(user_id: str, reader: Reader, known_as: str = "") -> Markup:
    """Draw `@Name`, marked when it is the reader."""
    name = reader.names.person(user_id) or known_as or "unknown user"
    mine = " me" if user_id == reader.user_id else ""
    return Markup('<span class="mention{}" data-user="{}">@{}</span>').format(mine, user_id, name)


def channel_mention(channel_id: str, reader: Reader, known_as: str = "") -> Markup:
    """Draw `#name`, which leads to the channel where this person may know of it."""
    name = reader.names.channel(channel_id)
    if name is None:
        return Markup('<span class="mention">#{}</span>').format(known_as or "private channel")
    return Markup('<a class="mention" href="/as/{}/{}">#{}</a>').format(reader.user_id, channel_id, name)


def group_mention(group_id: str, reader: Reader, known_as: str = "") -> Markup:
    """Draw a user group's handle."""
    name = reader.names.group(group_id) or known_as.removeprefix("@") or "unknown group"
    return Markup('<span class="mention">@{}</span>').format(name)


def broadcast_mention(word: str) -> Markup:
    """Draw `@here`, `@channel` or `@everyone`, which Slack colours as a shout."""
    return Markup('<span class="mention me">@{}</span>').format(word)


def _lines(text: str, reader: Reader, *, after_pre: bool, before_pre: bool) -> Markup:
    text = text.removeprefix("\n") if after_pre else text
    text = text.removesuffix("\n") if before_pre else text
    if not text:
        return Markup("")
    drawn: list[Markup] = []
    for quoted, lines in groupby(_marked(text.split("\n")), key=lambda pair: pair[0]):
        body = Markup("<br>").join(_inline(line, reader) for _, line in lines)
        drawn.append(Markup("<blockquote>{}</blockquote>").format(body) if quoted else body)
    return Markup("").join(drawn)


def _marked(lines: list[str]) -> Iterable[tuple[bool, str]]:
    """Yield every line with whether it is quoted; three marks quote all that follows."""
    rest = False
    for line in lines:
        if not rest and _QUOTE_REST.match(line):
            rest = True
            yield True, _QUOTE_REST.sub("", line)
        elif rest:
            yield True, line
        else:
            yield bool(_QUOTE.match(line)), _QUOTE.sub("", line)


def _inline(text: str, reader: Reader) -> Markup:
    drawn = Markup("")
    at = 0
    for found in _INLINE.finditer(text):
        drawn += escape(unescape(text[at : found.start()])) + _piece(found, reader)
        at = found.end()
    return drawn + escape(unescape(text[at:]))


def _piece(found: re.Match[str], reader: Reader) -> Markup:
    kind, body = found.lastgroup or "", found[found.lastgroup or 0]
    if kind in _TAGS:
        return _TAGS[kind].format(_inline(body, reader))
    if kind == "code":
        return Markup("<code>{}</code>").format(unescape(body))
    if kind == "emoji":
        return escape(SHORTCODES.get(body, found[0]))
    if kind == "url":
        return link(unescape(body), unescape(body))
    return _control(body, reader)


def _control(body: str, reader: Reader) -> Markup:
    target, _, label = body.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return person_mention(target[1:], reader, label)
    if target.startswith("#"):
        return channel_mention(target[1:], reader, label)
    if target.startswith("!"):
        return _special(target[1:], label, reader)
    address = unescape(target)
    if urlsplit_scheme(address) not in _SAFE_SCHEMES:
        return escape(unescape(f"<{body}>"))
    return link(address, label or address.removeprefix("mailto:"))


def _special(command: str, label: str, reader: Reader) -> Markup:
    name, _, rest = command.partition("^")
    if name in {"here", "channel", "everyone", "group"}:
        return broadcast_mention(name)
    if name == "subteam":
        return group_mention(rest, reader, label)
    if name == "date":
        seconds, pattern, *address = [*rest.split("^"), ""][:3]
        shown = formatted(seconds, unescape(pattern), label or rest, reader)
        return link(address[0], shown) if address and address[0] else Markup("<time>{}</time>").format(shown)
    return escape(label or f"<!{command}>")
