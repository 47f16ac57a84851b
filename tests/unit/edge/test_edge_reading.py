"""A body is read once, and as a browser's form or Slack's JSON would be read by anybody."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.edge.reading import read
from bot.edge.shapes import Rejected

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXT, VALUES, max_size=6)


@given(OBJECTS, st.booleans())
def test_an_object_comes_out_as_it_went_in(payload: dict[str, Any], ascii_only: bool) -> None:  # noqa: FBT001
    """As JSON, as the one field of a form, and as one field among others."""
    text = json.dumps(payload, ensure_ascii=ascii_only)
    assert read(text.encode(), "json") == payload
    assert read(urlencode({"payload": text}).encode(), "form") == payload
    assert read(urlencode({"a": "1", "payload": text}).encode(), "form") == payload


@given(st.binary(max_size=60))
def test_the_short_way_for_one_field_agrees_with_the_library(tail: bytes) -> None:
    """Whatever the bytes are, it finds the same object as the general way, or neither finds one."""
    body = b"payload={" + tail.replace(b"&", b"%26")
    try:
        found = json.loads(dict(parse_qsl(body.decode(), errors="strict"))["payload"])
    except (ValueError, KeyError, RecursionError):
        assert isinstance(read(body, "form"), Rejected)
    else:
        assert read(body, "form") == found or "\\u0000" in json.dumps(found)


@pytest.mark.parametrize("fields", [{"command": "/x", "text": "a&b=c+d%20é"}, {"text": "", "a": ""}])
def test_a_command_keeps_its_blank_fields_and_its_signs(fields: dict[str, str]) -> None:
    """Escapes are undone once."""
    assert read(urlencode(fields).encode(), "form") == fields


@pytest.mark.parametrize(
    "payload", [{"a": "x\0"}, {"a\0": 1}, {"a": [{"b": ["\0"]}]}], ids=["a value", "a name", "deep inside"]
)
def test_a_null_character_is_turned_away(payload: dict[str, Any]) -> None:
    """Nobody can type one, and one database takes none; the letters of its escape are only letters."""
    text = json.dumps(payload)
    assert isinstance(read(text.encode(), "json"), Rejected)
    assert isinstance(read(urlencode({"payload": text}).encode(), "form"), Rejected)
    assert isinstance(read(urlencode({"command": "/x", "text": "\0"}).encode(), "form"), Rejected)
    typed = {"a": "\\u0000"}
    assert read(json.dumps(typed).encode(), "json") == typed
