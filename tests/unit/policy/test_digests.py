"""The two digests and the form that they are made of."""

import json
from dataclasses import fields, replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.digests import Content, Reviewed, canonical_json, content_digest, review_digest
from bot.policy.note import ReleaseNote

NOTE = ReleaseNote("w", "y", "a", "g", "t")
CONTENT = Content("refunds", "git", "production", "2", "text", {"model": "m"})
REVIEWED = Reviewed(content_digest(CONTENT), "1", NOTE, ("canary", "full"), "s", "p", "ana", None)


def test_the_form_is_a_contract() -> None:
    """These two digests were made by the first version; another result breaks every vote on record."""
    assert content_digest(CONTENT) == (
        "content-v1:"
        + sha256(
            b'content-v1:{"after_text":"text","after_version":"2","boundary":{"model":"m"},'
            b'"pointer":"production","target_kind":"git","workflow":"refunds"}'
        ).hexdigest()
    )
    assert review_digest(REVIEWED) == (
        "review-v1:"
        + sha256(
            b'review-v1:{"before_version":"1","content_digest":"'
            + content_digest(CONTENT).encode()
            + b'","fallback":null,'
            b'"note":{"affected":"a","good":"g","trigger":"t","what_changed":"w","why":"y"},'
            b'"rollback_owner":"ana","rollback_plan":"p","stages":["canary","full"],"stop_conditions":"s"}'
        ).hexdigest()
    )


@pytest.mark.parametrize("name", [field.name for field in fields(Content)])
def test_each_field_of_the_content_counts(name: str) -> None:
    """Another value in any field is another content digest."""
    other: Any = {"model": "n"} if name == "boundary" else "other"
    assert content_digest(replace(CONTENT, **{name: other})) != content_digest(CONTENT)


@pytest.mark.parametrize("name", [field.name for field in fields(Reviewed)])
def test_each_field_of_the_review_counts(name: str) -> None:
    """Another value in any field is another review digest."""
    other: Any = {"note": replace(NOTE, good="h"), "stages": ("full",)}.get(name, "other")
    assert review_digest(replace(REVIEWED, **{name: other})) != review_digest(REVIEWED)


@pytest.mark.parametrize("name", [field.name for field in fields(ReleaseNote)])
def test_each_statement_counts(name: str) -> None:
    """Another word in any statement is another review digest."""
    changed = replace(REVIEWED, note=replace(NOTE, **{name: "other"}))
    assert review_digest(changed) != review_digest(REVIEWED)


def test_texts_that_only_look_the_same_differ() -> None:
    """Text is hashed as it is, composed and decomposed letters apart."""
    composed, decomposed = replace(CONTENT, after_text="\u00e9"), replace(CONTENT, after_text="e\u0301")
    assert content_digest(composed) != content_digest(decomposed)


def test_the_order_of_settings_does_not_count() -> None:
    """The boundary's keys are sorted before they are hashed."""
    there, back = replace(CONTENT, boundary={"a": 1, "b": 2}), replace(CONTENT, boundary={"b": 2, "a": 1})
    assert content_digest(there) == content_digest(back)


@given(
    st.text(alphabet=st.characters(exclude_categories=[])),
    st.text(alphabet=st.characters(exclude_categories=[])),
)
def test_any_two_texts_have_digests_of_their_own(one: str, other: str) -> None:
    """No text breaks the digest, lone surrogates included, and different texts differ."""
    first, second = replace(CONTENT, after_text=one), replace(CONTENT, after_text=other)
    assert (content_digest(first) == content_digest(second)) == (one == other)


def test_canonical_json_is_json_without_spaces() -> None:
    """It can be read back, and numbers that JSON does not know are refused."""
    assert json.loads(canonical_json({"b": [1, "\u00e9"], "a": None})) == {"a": None, "b": [1, "\u00e9"]}
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})
