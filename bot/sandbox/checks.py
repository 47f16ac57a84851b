"""The small checks that Slack's block tables are built from: texts, numbers, lists, objects.

A check looks at one value at one place and appends sentences of Slack's kind, each with the place in it, to
a list. It must never raise on any JSON value, however odd.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

Check = Callable[[object, str, list[str]], None]


def complain(problems: list[str], path: str, what: str) -> None:
    """Add one problem in Slack's wording."""
    problems.append(f"[ERROR] {what} [json-pointer:{path}]")


def length(text: str) -> int:
    """How long a text is to Slack's clients: in UTF-16 units, so most emoji count twice.

    Which unit Slack's servers count is not documented; this is the stricter reading.
    """
    return len(text) + sum(1 for each in text if each > "\uffff")


def string(longest: int = 3_000, *, shortest: int = 0, pattern: str = "") -> Check:
    """A string of a length between the two, wholly matching the pattern if there is one."""
    form = re.compile(pattern) if pattern else None

    def check(value: object, path: str, problems: list[str]) -> None:
        if not isinstance(value, str):
            complain(problems, path, "must provide a string")
        elif length(value) > longest:
            complain(problems, path, f"must be less than {longest + 1} characters")
        elif len(value) < shortest:
            complain(problems, path, f"must be more than {shortest - 1} characters")
        elif form is not None and not form.fullmatch(value):
            complain(problems, path, "must provide a string in the right form")

    return check


def choice(*allowed: str) -> Check:
    """One of a few strings."""

    def check(value: object, path: str, problems: list[str]) -> None:
        if value not in allowed:
            complain(problems, path, f"must be one of {', '.join(allowed)}")

    return check


def boolean(value: object, path: str, problems: list[str]) -> None:
    """True or false, not 0, not "true"."""
    if not isinstance(value, bool):
        complain(problems, path, "must be a boolean")


def whole(least: int, most: int) -> Check:
    """A whole number between two, both included."""

    def check(value: object, path: str, problems: list[str]) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            complain(problems, path, f"must be a number from {least} to {most}")

    return check


def several(each: Check, *, least: int = 1, most: int = 10_000) -> Check:
    """A list with a number of items between two, each passing a check."""

    def check(value: object, path: str, problems: list[str]) -> None:
        if not isinstance(value, list):
            complain(problems, path, "must provide an array")
            return
        if len(value) > most:
            complain(problems, path, f"no more than {most} items allowed")
        if len(value) < least:
            complain(problems, path, f"at least {least} items required")
        for place, item in enumerate(value[:most]):
            each(item, f"{path}/{place}", problems)

    return check


@dataclass(frozen=True)
class Shape:
    """An object's fields: what each must be, which must be there, and what must hold between them."""

    fields: Mapping[str, Check]
    required: Collection[str] = ()
    between: Callable[[dict[str, object], str, list[str]], None] | None = None

    def __call__(self, value: object, path: str, problems: list[str]) -> None:
        """Check an object; `type` is checked by whoever chose this shape."""
        if not isinstance(value, dict):
            complain(problems, path, "must provide an object")
            return
        for name in self.required:
            if name not in value:
                complain(problems, path, f"missing required field: {name}")
        for name, each in value.items():
            if name in self.fields:
                self.fields[name](each, f"{path}/{name}", problems)
            elif name != "type":
                complain(problems, path, f"invalid additional property: {name}")
        if self.between is not None:
            self.between(value, path, problems)


def typed(shapes: Mapping[str, Check], allowed: Collection[str] | None = None) -> Check:
    """An object whose `type` chooses its shape, from all of a table or from some of it."""
    names = frozenset(shapes if allowed is None else allowed)

    def check(value: object, path: str, problems: list[str]) -> None:
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            complain(problems, path, "missing required field: type")
        elif kind not in names:
            complain(problems, f"{path}/type", f"unsupported type: {kind}")
        else:
            shapes[kind](value, path, problems)

    return check


def text_object(longest: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Check:
    """A text object of an allowed kind, not empty."""
    words = string(longest, shortest=1)
    shapes = {
        "plain_text": Shape({"text": words, "emoji": boolean}, ("text",)),
        "mrkdwn": Shape({"text": words, "verbatim": boolean}, ("text",)),
    }
    return typed(shapes, kinds)


def plain(longest: int) -> Check:
    """A text object that must be plain_text."""
    return text_object(longest, ("plain_text",))
