"""Who a policy file may name: a Slack user, a user group, a channel, or an e-mail address.

These types exist so that a typing mistake in a name is an error at the line where it stands. A name that is
none of the four must never be read as somebody.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, StrictStr, WithJsonSchema


class PrincipalKind(StrEnum):
    """What a name in the policy file stands for."""

    USER = "user"
    GROUP = "group"
    CHANNEL = "channel"
    EMAIL = "email"


_SHAPES = {
    PrincipalKind.USER: re.compile(r"[UW][A-Z0-9]{2,20}"),
    PrincipalKind.GROUP: re.compile(r"S[A-Z0-9]{2,20}"),
    PrincipalKind.CHANNEL: re.compile(r"C[A-Z0-9]{2,20}"),
    PrincipalKind.EMAIL: re.compile(r"[^@\s<>,;]{1,64}@[^@\s<>,;.]+(\.[^@\s<>,;.]+)+"),
}
_WORDS = {
    PrincipalKind.USER: "a Slack user id (U… or W…)",
    PrincipalKind.GROUP: "a user group id (S…)",
    PrincipalKind.CHANNEL: "a channel id (C…)",
    PrincipalKind.EMAIL: "an e-mail address",
}
_DURATION = re.compile(r"([1-9][0-9]{0,5})\s*(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def principal_kind(principal: str) -> PrincipalKind:
    """Say what a name stands for. Raises ValueError where it is none of the four."""
    for kind, shape in _SHAPES.items():
        if shape.fullmatch(principal):
            return kind
    raise ValueError(f"{principal!r} names nobody")


def _one_of(*kinds: PrincipalKind) -> Callable[[str], str]:
    expected = ", ".join(_WORDS[kind] for kind in kinds[:-1])
    expected = f"{expected} or {_WORDS[kinds[-1]]}" if expected else _WORDS[kinds[-1]]

    def check(principal: str) -> str:
        try:
            kind = principal_kind(principal)
        except ValueError:
            kind = None
        if kind not in kinds:
            raise ValueError(f"{principal!r} cannot stand here. Write {expected}.")
        return principal.lower() if kind is PrincipalKind.EMAIL else principal

    return check


def _pattern(*kinds: PrincipalKind) -> dict[str, Any]:
    shapes = "|".join(_SHAPES[kind].pattern for kind in kinds)
    return {"type": "string", "pattern": f"^({shapes})$"}


_PEOPLE = (PrincipalKind.USER, PrincipalKind.EMAIL)
_HOLDERS = (PrincipalKind.USER, PrincipalKind.GROUP, PrincipalKind.EMAIL)
_AUDIENCE = (PrincipalKind.USER, PrincipalKind.GROUP, PrincipalKind.CHANNEL, PrincipalKind.EMAIL)

PersonName = Annotated[StrictStr, AfterValidator(_one_of(*_PEOPLE)), WithJsonSchema(_pattern(*_PEOPLE))]
HolderName = Annotated[StrictStr, AfterValidator(_one_of(*_HOLDERS)), WithJsonSchema(_pattern(*_HOLDERS))]
AudienceName = Annotated[StrictStr, AfterValidator(_one_of(*_AUDIENCE)), WithJsonSchema(_pattern(*_AUDIENCE))]
ChannelName = Annotated[
    StrictStr, AfterValidator(_one_of(PrincipalKind.CHANNEL)), WithJsonSchema(_pattern(PrincipalKind.CHANNEL))
]


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    found = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise ValueError(f"{value!r} is no duration. Write a number with m, h or d, such as 15m, 24h or 14d.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{_DURATION.pattern}$"}),
]
