"""Payloads as no Slack client sends them: fields dropped, replaced, retyped, nested, raw bytes gone wrong.

Every one of them is signed properly, so that what is under test is all that follows the signature.
"""

import copy
import json
import random
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
PEOPLE = ("U0MIRA", "U0PAUL", "U0BEN", "U0CHLOE", "U0DEV", "U0RITA", "U0SARA", "U0ANA", "U0OMAR", "U0GRETA")
OTHERS = ("U0GIL", "U0ODA", "U0NOBODY", "USLACKBOT", "U0PROMPTCHANGE", "W0MIRA", "u0mira", "U0MIRA ", "")
PLACES = (
    "C0TOOLS",
    "C0REFUNDS",
    "C0NOWHERE",
    "D0MIRA",
    "G0SECRET",
    "T0ACME",
    "T0NORTHWIND",
    "E0GRID",
    "S0PEERS",
)
NUMBERS = (
    *(str(each) for each in (*range(12), -1, 10**9, 10**30)), "1.0", "1e3", "\uff11", "+1", " 1", "0x1",
)  # fmt: skip
METADATA = tuple(
    json.dumps({name: value})
    for name in ("revision", "change", "release", "rollback", "workflow", "decision", "deploy", "section")
    for value in (
        1,
        2,
        3,
        0,
        -1,
        10**12,
        "1",
        None,
        True,
        [1],
        {},
        "approve",
        "reject",
        "summaries",
        "release-policy",
    )
)
WORDS = (
    "approve", "deploy", "roll_back", "decide", "submit_note", "submit_change", "high", "low", "good",
    "summaries", "refunds", "release-policy", "replace", "existing", "full_diff:1", "edit:2", "yes",
    "withdraw:3", "lower_lane:3", "raise_lane:4", "block_actions", "view_submission", "modal", "home",
    "1'; DROP TABLE vote; --", "<!channel>", "{{7*7}}", "../../etc/passwd", "%00", "\u202e", "\ufeff",
)  # fmt: skip
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3.5, 1e308, 10**18, 10**40, [], {}, [[]], [None], {"id": None}, {"id": {}},
    {"value": 1}, {"id": "U0BEN"}, ["a"] * 300, "x" * 3_000, "\U0001f469\u200d" * 500, "a" * 100_000,
)  # fmt: skip
RAW: tuple[tuple[bytes, bytes], ...] = (
    (b'"', b""), (b":", b':NaN,"z":'), (b":", b':Infinity,"z":'), (b":", b':-Infinity,"z":'),
    (b'": "', b'": "\\ud800'), (b'": "', b'": "\\udfff\\ud800'), (b'": "', b'": "\\u0000'), (b"{", b"["),
    (b"}", b"]"), (b"{", b'{"user":{"id":"U0BEN"},'), (b"{", b"{" * 2_000), (b'": "', b'": "\xff\xfe'),
    (b"null", b"nul"), (b",", b",,"), (b'": "', b'": "\x01\x02'),
)  # fmt: skip
Path = tuple[str | int, ...]


def nested(depth: int) -> Any:
    """A list in a list, so many levels deep."""
    found: Any = "deep"
    for _ in range(depth):
        found = [found]
    return found


def paths_in(value: Any, before: Path = ()) -> Iterator[Path]:
    """Every place in a payload."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*before, name)
        yield from paths_in(each, (*before, name))


def body_of(way: str, payload: Any) -> tuple[bytes, str]:
    """The bytes that Slack would send, and their content type."""
    if way == "event":
        return json.dumps(payload).encode(), JSON
    if way == "command":
        return urlencode({name: _plain(value) for name, value in payload.items()}).encode(), FORM
    return urlencode({"payload": json.dumps(payload)}).encode(), FORM


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def mutated(rng: random.Random, way: str, payload: dict[str, Any]) -> tuple[bytes, str]:
    """One payload of another shape: its bytes, and its content type."""
    changed = copy.deepcopy(payload)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        changed = _step(rng, changed)
    body, kind = body_of(way, changed)
    if rng.random() < 0.1:
        return _raw(rng, way, changed), kind
    return body, kind


def _raw(rng: random.Random, way: str, changed: Any) -> bytes:
    """Break the JSON, or the form around it, at a place of its own."""
    text = json.dumps(changed).encode()
    old, new = rng.choice(RAW)
    places = [place for place in range(len(text)) if text.startswith(old, place)]
    if places:
        place = rng.choice(places)
        text = text[:place] + new + text[place + len(old) :]
    if rng.random() < 0.2:
        text = text[: rng.randrange(len(text))]
    if way != "interaction":
        return text
    return b"payload=" + urlencode({"": text}).encode()[1:] + rng.choice((b"", b"", b"&payload={}", b"%zz"))


def _step(rng: random.Random, payload: dict[str, Any]) -> dict[str, Any]:
    step: Callable[..., None] = rng.choice((_replace, _replace, _replace, _person, _ids, _drop, _move, _add))
    step(rng, payload)
    return payload


def _somewhere(rng: random.Random, payload: Any, names: Sequence[str] = ()) -> Path | None:
    found = [path for path in paths_in(payload) if not names or path[-1] in names]
    if not found:
        return None
    # What stands high up is read; deep down there is a message of some hundred places that nobody reads.
    shallow = [path for path in found if len(path) <= 4]
    return rng.choice(shallow if shallow and rng.random() < 0.7 else found)


def _holder(payload: Any, path: Path) -> Any:
    for name in path[:-1]:
        payload = payload[name]
    return payload


def _replace(rng: random.Random, payload: Any) -> None:
    path = _somewhere(rng, payload)
    if path:
        pool = rng.choice((ODD, ODD, WORDS, NUMBERS, PEOPLE, OTHERS, PLACES, METADATA))
        value = nested(rng.choice((5, 150, 400))) if rng.random() < 0.03 else rng.choice(pool)
        _holder(payload, path)[path[-1]] = value


def _person(rng: random.Random, payload: Any) -> None:
    """Somebody else has signed it."""
    who = rng.choice(PEOPLE if rng.random() < 0.8 else OTHERS)
    if isinstance(payload.get("user"), dict):
        payload["user"]["id"] = who
    elif "user_id" in payload:
        payload["user_id"] = who


def _ids(rng: random.Random, payload: Any) -> None:
    """The id of another row, or of another kind of row."""
    path = _somewhere(rng, payload, ("value", "private_metadata", "action_id", "callback_id", "hash", "text"))
    if path:
        pool = METADATA if path[-1] == "private_metadata" else rng.choice((NUMBERS, NUMBERS, WORDS))
        _holder(payload, path)[path[-1]] = rng.choice(pool)


def _drop(rng: random.Random, payload: Any) -> None:
    path = _somewhere(rng, payload)
    if path:
        del _holder(payload, path)[path[-1]]


def _move(rng: random.Random, payload: Any) -> None:
    """One value in the place of another."""
    one, other = _somewhere(rng, payload), _somewhere(rng, payload)
    if one and other and other[: len(one)] != one:
        _holder(payload, one)[one[-1]] = copy.deepcopy(_holder(payload, other)[other[-1]])


def _add(rng: random.Random, payload: Any) -> None:
    payload[rng.choice(("enterprise", "enterprise_id", "team_id", "user_id", "view", "actions", "type"))] = (
        rng.choice((*ODD[:18], *PLACES, *PEOPLE))
    )
