r"""Texts for Slack: escaping, shortening, dates, names.

Text that people wrote can never become markup: not a mention, not a link, not bold, not code. A person is
mentioned where they did something and only named where they might: a mention disturbs.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from bot.changes.facts import Who

_USER: Final = re.compile(r"[UW][A-Z0-9]{2,20}")
_GROUP: Final = re.compile(r"S[A-Z0-9]{2,20}")
_CHANNEL: Final = re.compile(r"[CG][A-Z0-9]{2,20}")

_ADDRESS: Final = re.compile(r"https?://[!-~]+")
"""Printable ASCII and no space, so that what is shown as a link is one address and looks like what it is."""

# Slack draws these as formatting, and has no escape for them. The lookalikes read the same.
_LOOKALIKES: Final = {"*": "\u2217", "~": "\u223c", "`": "\u02cb", "_": "\u02cd"}
# Within a word an underscore is only an underscore: support_answers stays as it is.
_STYLE: Final = re.compile(r"[*~`]|(?<![^\W_])_|_(?![^\W_])")
_QUOTE: Final = re.compile(r"^&gt;", re.MULTILINE)
_ZERO_WIDTH_SPACE: Final = "\u200b"

_UNSENDABLE: Final = re.compile("[\x00\ud800-\udfff]")
# What turns the reading order around, or is read by a model and by nobody else: shown by its number, so that
# a reviewer sees what the model sees. A flag such as Scotland's is spelled with such tags and stays.
_HIDDEN: Final = re.compile(
    "(\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,8}\U000e007f)"
    "|([\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f])"
)

_HALF_TOKEN: Final = re.compile(r"(?:&(?:a(?:mp?)?|lt?|gt?)?|<[^<>\s][^<>]{0,118})$")
_JOINER: Final = "\u200d"
_ELLIPSIS: Final = "…"
_SHORT_VERSION: Final = 8


def units(text: str) -> int:
    """Return a text's length in UTF-16 units: the strictest way in which Slack may count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sendable(text: str) -> str:
    """Replace what JSON in UTF-8 cannot carry (lone surrogates, null characters) and nothing else."""
    return _UNSENDABLE.sub("\ufffd", text)


def clean(text: str) -> str:
    """Make a text fit for showing: hidden characters become visible ones such as ``[U+202E]``."""
    shown = sendable(text).replace("\r\n", "\n").replace("\r", "\n")
    return _HIDDEN.sub(lambda found: found[1] or f"[U+{ord(found[2]):04X}]", shown)


def escape(text: str) -> str:
    """Make a text that somebody wrote harmless in mrkdwn. Call it once, then measure."""
    harmless = clean(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    harmless = _QUOTE.sub(f"{_ZERO_WIDTH_SPACE}&gt;", harmless)
    return _STYLE.sub(lambda found: _LOOKALIKES[found[0]], harmless)


def clip(text: str, limit: int) -> str:
    """Shorten to at most ``limit`` UTF-16 units, ending in an ellipsis.

    Never splits an escape, a ``<...>`` token, or what a reader sees as one character.
    """
    if len(text) * 2 <= limit or units(text) <= limit:
        return text
    if limit < 1:
        return ""
    end = _length_within(text, limit - 1)
    while end > 0 and _joined(text, end):
        end -= 1
    kept = text[:end]
    token = _HALF_TOKEN.search(kept, max(0, end - 120))
    return (kept[: token.start()] if token else kept).rstrip() + _ELLIPSIS


def one_line(text: str, limit: int) -> str:
    """Return the text on a single line, cleaned and shortened; not escaped."""
    return clip(" ".join(clean(text).split()), limit)


def _length_within(text: str, limit: int) -> int:
    room = limit
    for index, character in enumerate(text):
        room -= 2 if character > "\uffff" else 1
        if room < 0:
            return index
    return len(text)


def _joined(text: str, at: int) -> bool:
    """Say whether the characters on both sides of a position are drawn as one."""
    if at >= len(text):
        return False
    return _extends(text[at]) or text[at - 1] == _JOINER or _inside_flag(text, at)


def _extends(character: str) -> bool:
    return (
        character == _JOINER
        or unicodedata.category(character) in {"Mn", "Me", "Mc"}
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _inside_flag(text: str, at: int) -> bool:
    start = at
    while start > 0 and "\U0001f1e6" <= text[start - 1] <= "\U0001f1ff":
        start -= 1
    return "\U0001f1e6" <= text[at] <= "\U0001f1ff" and (at - start) % 2 == 1


def when(at: datetime) -> str:
    """Return Slack's date token: each reader sees their own zone. ``at`` must know its zone."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} at {{time}}|{plain_time(at)}>"


def plain_time(at: datetime) -> str:
    """Return a time for places where Slack's date token does not work."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def is_address(text: str) -> bool:
    """Say whether this is a web address that may be shown as a link."""
    return bool(_ADDRESS.fullmatch(text)) and not set(text) & set('<>|"`')


def is_user(identifier: str) -> bool:
    """Say whether this is a Slack user id."""
    return bool(_USER.fullmatch(identifier))


def mention(who: Who) -> str:
    """Return a mention where the id is one of Slack's, else the name, as mrkdwn."""
    if _USER.fullmatch(who.id):
        return f"<@{who.id}>"
    if _GROUP.fullmatch(who.id):
        return f"<!subteam^{who.id}>"
    if _CHANNEL.fullmatch(who.id):
        return f"<#{who.id}>"
    return named(who)


def named(who: Who) -> str:
    """Return somebody's name as mrkdwn, disturbing nobody."""
    return escape(one_line(who.name or who.id, 80))


def names(people: Sequence[Who], limit: int = 12) -> str:
    """Return names as plain text, such as ``Ben, Chloe and 3 more``; not escaped."""
    shown = [one_line(who.name or who.id, 80) for who in people[:limit]]
    return _and(shown, len(people) - len(shown))


def listed(people: Sequence[Who], limit: int = 12) -> str:
    """Return names as mrkdwn, disturbing nobody. Of a channel only Slack knows the name."""
    shown = [mention(who) if _CHANNEL.fullmatch(who.id) else named(who) for who in people[:limit]]
    return _and(shown, len(people) - len(shown))


def _and(shown: Sequence[str], left: int) -> str:
    if left > 0:
        return f"{', '.join(shown)} and {left} more"
    return " and ".join(part for part in (", ".join(shown[:-1]), *shown[-1:]) if part)


def short(version: str | None) -> str:
    """Return a version as people read it: a git hash by its first eight digits; not escaped."""
    if version is None:
        return "nothing"
    if re.fullmatch(r"[0-9a-f]{40,64}", version):
        return version[:_SHORT_VERSION]
    return one_line(version, 60)


def code(text: str) -> str:
    """Return a text in code style, as mrkdwn."""
    return f"`{escape(text)}`"


def label(change_id: int) -> str:
    """Return a change's name, ``PC-42``."""
    return f"PC-{change_id}"


def subject(change_id: int, workflow: str) -> str:
    """Return which change it is about, as mrkdwn: ``PC-42 on refunds``."""
    return f"{label(change_id)} on {escape(one_line(workflow, 100))}"


def count(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: ``1 approval``, ``2 approvals``."""
    return f"{number} {one if number == 1 else many or one + 's'}"
