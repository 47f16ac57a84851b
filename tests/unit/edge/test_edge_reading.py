"""A body is read once, and as a browser's form or Slack's JSON would be read by anybody."""

import json
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.edge.reading import read
from bot.edge.shapes import Rejected

TEXT = st.text(st.characters(codec="utf-8"))
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
        assert read(body, "form") == found


@pytest.mark.parametrize("fields", [{"command": "/x", "text": "a&b=c+d%20é"}, {"text": "", "a": ""}])
def test_a_command_keeps_its_blank_fields_and_its_signs(fields: dict[str, str]) -> None:
    """Escapes are undone once."""
    assert read(urlencode(fields).encode(), "form") == fields
