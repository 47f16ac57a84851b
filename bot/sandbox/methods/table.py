"""The table of Web API methods, and how their arguments are read, which come as forms and as JSON.

A missing or malformed argument is refused as Slack does it. Reading must never guess: what is not a
number is no number.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.sandbox.records import JsonObject
from bot.sandbox.refusals import SlackRefusesError

if TYPE_CHECKING:
    from bot.sandbox.workspace import Workspace

T = TypeVar("T")
Handler = Callable[["Workspace", "Args"], JsonObject]
MOST_PER_PAGE = 1_000


class Args:
    """The arguments of one call, wherever they stood."""

    def __init__(self, given: JsonObject) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        """A string; numbers in JSON are taken for strings, as Slack does."""
        value = self.given.get(name)
        if value is None:
            return default
        if isinstance(value, (dict, list, bool)):
            raise invalid(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def needed(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise invalid(f"missing required field: {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean in any of the spellings that Slack takes."""
        value = self.given.get(name)
        if value is None or value == "":
            return default
        return str(value).lower() in ("1", "true")

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.text(name)
        if value and not value.isdecimal():
            raise invalid(f"must be a number [json-pointer:/{name}]")
        return int(value) if value else default

    def structure(self, name: str, refusal: str = "invalid_arguments") -> object:
        """A JSON value, sent as such or as a string of JSON; None where there is none."""
        value = self.given.get(name)
        if not isinstance(value, str) or value == "":
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError as bad:
            raise SlackRefusesError(refusal) from bad

    def objects(self, name: str, refusal: str) -> list[JsonObject] | None:
        """A list of JSON objects, or None where there is none."""
        value = self.structure(name, refusal)
        if value is None:
            return None
        if not isinstance(value, list):
            raise SlackRefusesError(refusal)
        return value

    def page(self, found: Sequence[T], default: int = 100) -> tuple[list[T], JsonObject]:
        """One page of a list by `limit` and `cursor`, with the metadata that names the next."""
        limit = self.number("limit", default) or default
        if limit > MOST_PER_PAGE:
            raise SlackRefusesError("invalid_limit")
        start = _place(self.text("cursor"))
        if start > len(found):
            raise SlackRefusesError("invalid_cursor")
        end = start + limit
        cursor = base64.urlsafe_b64encode(f"next:{end}".encode()).decode() if end < len(found) else ""
        return list(found[start:end]), {"response_metadata": {"next_cursor": cursor}}


@dataclass(frozen=True, slots=True)
class Method:
    """One method: what it does, which scopes open it (any one of them), which kind of token."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    by: Literal["bot", "app"] = "bot"


METHODS: dict[str, Method] = {}


def method(name: str, *scopes: str, by: Literal["bot", "app"] = "bot") -> Callable[[Handler], Handler]:
    """Put a function into the table under Slack's name for it."""

    def put(handler: Handler) -> Handler:
        METHODS[name] = Method(handler, scopes, by)
        return handler

    return put


def invalid(message: str) -> SlackRefusesError:
    """An invalid_arguments refusal with one sentence."""
    return SlackRefusesError("invalid_arguments", [f"[ERROR] {message}"])


def need_scope(workspace: "Workspace", scope: str) -> None:
    """Refuse with missing_scope where the app was not granted this one."""
    if scope not in workspace.app.scopes:
        raise SlackRefusesError("missing_scope", [scope])


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.urlsafe_b64decode(cursor.encode()).decode().partition(":")
    except (binascii.Error, UnicodeError) as bad:
        raise SlackRefusesError("invalid_cursor") from bad
    if word != "next" or not place.isdecimal():
        raise SlackRefusesError("invalid_cursor")
    return int(place)
