"""Times in the reader's own zone, in the forms that Slack's `<!date^...>` names.

The tokens are those of https://docs.slack.dev/messaging/formatting-message-text#date-formatting. A time must
never be shown in the server's zone.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import isfinite

from bot.sandbox.page.reader import Reader

_TOKEN = re.compile(r"\{(\w+)\}")
_LATEST = 253402300799  # the last second that a datetime can hold


def moment(seconds: float | str, reader: Reader) -> datetime | None:
    """Return an epoch time (or a message's `ts`) in the reader's zone, None where it is no time."""
    try:
        value = float(seconds)
    except (TypeError, ValueError):
        return None
    if not isfinite(value) or not 0 <= value <= _LATEST - 86400:
        return None
    return datetime.fromtimestamp(value, UTC).astimezone(reader.zone)


def clock(at: datetime) -> str:
    """Return the time of day as Slack writes it, `9:05 AM`."""
    return at.strftime("%I:%M %p").lstrip("0")


def formatted(seconds: float | str, pattern: str, fallback: str, reader: Reader) -> str:
    """Fill a pattern such as `{date_short_pretty} at {time}`; the fallback stands in for what is no time."""
    at = moment(seconds, reader)
    if at is None:
        return fallback
    return _TOKEN.sub(lambda found: _token(found[1], at, reader) or found[0], pattern)


def day_title(at: datetime, reader: Reader) -> str:
    """Return the words on the line between two days of messages."""
    name = day_name(at, reader)
    return name[0].upper() + name[1:]


def day_name(at: datetime, reader: Reader) -> str:
    """Return the same in the middle of a sentence."""
    return _pretty(at, reader, _FORMS["day_divider"](at))


def _token(name: str, at: datetime, reader: Reader) -> str | None:
    base, pretty = (name.removesuffix("_pretty"), True) if name.endswith("_pretty") else (name, False)
    make = _FORMS.get(base)
    if make is None:
        return _ago(at, reader) if name == "ago" else None
    return _pretty(at, reader, make(at)) if pretty else make(at)


def _pretty(at: datetime, reader: Reader, otherwise: str) -> str:
    today = reader.now.astimezone(reader.zone).date()
    near = {today - timedelta(days=1): "yesterday", today: "today", today + timedelta(days=1): "tomorrow"}
    return near.get(at.date(), otherwise)


def _ago(at: datetime, reader: Reader) -> str:
    seconds = int((reader.now - at).total_seconds())
    text = next(
        f"{abs(seconds) // size} {unit}{'s' if abs(seconds) // size != 1 else ''}"
        for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))
        if abs(seconds) >= size or size == 1
    )
    return f"{text} ago" if seconds >= 0 else f"in {text}"


def _ordinal(day: int) -> str:
    teens = 10 <= day % 100 <= 20  # noqa: PLR2004 - eleventh to twentieth all end in th
    return f"{day}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"


_FORMS: dict[str, Callable[[datetime], str]] = {
    "date_num": lambda at: f"{at:%Y-%m-%d}",
    "date_slash": lambda at: f"{at:%m/%d/%Y}",
    "date": lambda at: f"{at:%B} {_ordinal(at.day)}, {at.year}",
    "date_short": lambda at: f"{at:%b} {at.day}, {at.year}",
    "date_long": lambda at: f"{at:%A}, {at:%B} {_ordinal(at.day)}, {at.year}",
    "day_divider": lambda at: f"{at:%A}, {at:%B} {_ordinal(at.day)}",
    "time": clock,
    "time_secs": lambda at: at.strftime("%I:%M:%S %p").lstrip("0"),
}
