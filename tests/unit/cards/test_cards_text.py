"""Texts: harmless, within limits, never cut inside what is one."""

import re

import pytest
from extremes import HOSTILE, crowd
from factory import ANA, LEADS, LEGAL, NOW, SUPPORT
from hypothesis import given
from hypothesis import strategies as st

from bot.cards.text import clean, clip, escape, mention, named, names, sendable, short, units, when
from bot.changes.facts import Who

ANYTHING = st.text(st.characters(), max_size=300)
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
CLUSTERS = ("a", " ", FAMILY, "👍🏽", "🇩🇪", "e\u0301", "❤️", "中", "🏴\U000e0067\U000e0062\U000e007f")


@given(ANYTHING)
def test_escaped_text_holds_no_markup(text: str) -> None:
    """No text comes out with a raw angle bracket, a style mark at a word's edge, or a bare ampersand."""
    escaped = escape(text)
    assert not re.search(r"[<>*~`]", escaped)
    assert not re.search(r"&(?!(?:amp|lt|gt);)", escaped)
    assert not re.search(r"(?<![^\W_])_|_(?![^\W_])", escaped)
    assert not re.search(r"^&gt;", escaped, re.MULTILINE)


@given(ANYTHING)
def test_escaping_keeps_every_letter_and_digit(text: str) -> None:
    """Reading is not changed by escaping: letters and digits stay, in order."""
    kept = "".join(re.findall(r"[A-Za-z0-9]", clean(text)))
    plain = escape(text).replace("&lt;", "").replace("&gt;", "").replace("&amp;", "")
    assert "".join(re.findall(r"[A-Za-z0-9]", plain)) == kept


def test_escaping_happens_once() -> None:
    """The three characters become the three escapes, and an underscore within a word stays."""
    assert escape("a & b < c > d") == "a &amp; b &lt; c &gt; d"
    assert escape("&lt;") == "&amp;lt;"
    assert escape("support_answers") == "support_answers"
    assert escape("<!channel>") == "&lt;!channel&gt;"


@given(ANYTHING, st.integers(0, 120))
def test_clipped_text_is_within_its_limit(text: str, limit: int) -> None:
    """Clipping never exceeds the limit, and what fits is untouched."""
    clipped = clip(text, limit)
    assert units(clipped) <= limit
    if units(text) <= limit:
        assert clipped == text


@given(ANYTHING, st.integers(1, 200))
def test_clipping_never_splits_an_escape(text: str, limit: int) -> None:
    """After clipping, every ampersand still begins a whole escape."""
    assert not re.search(r"&(?!(?:amp|lt|gt);)", clip(escape(text), limit))


@given(st.lists(st.sampled_from(CLUSTERS), min_size=1, max_size=60), st.integers(1, 120))
def test_clipping_never_splits_what_a_reader_sees_as_one(clusters: list[str], limit: int) -> None:
    """An emoji of several parts, a flag or an accented letter is kept whole or left out."""
    text = "".join(clusters)
    clipped = clip(text, limit)
    if clipped == text:
        return
    kept = clipped.removesuffix("…")
    ends = [""]
    for cluster in clusters:
        ends.append(ends[-1] + cluster)
    assert kept in {end.rstrip() for end in ends}


def test_clipping_never_splits_a_token() -> None:
    """A mention that does not fit is left out whole."""
    assert clip("by <@U0ANA12345> and others", 12) == "by…"


@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\U000e0041", "\x07"])
def test_hidden_characters_are_shown(hidden: str) -> None:
    """What a model reads and a reviewer does not see is shown by its number."""
    assert clean(f"a{hidden}b") == f"a[U+{ord(hidden):04X}]b"


def test_a_flag_made_of_tags_stays() -> None:
    """The flag of Scotland is spelled with hidden tags and is no trick."""
    scotland = "\U0001f3f4\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f"
    assert clean(scotland) == scotland


@given(st.text(st.characters(), max_size=100))
def test_sendable_text_is_utf_8_without_nulls(text: str) -> None:
    """Lone surrogates and null characters never reach Slack."""
    assert b"\0" not in sendable(text).encode("utf-8")


def test_people_are_mentioned_by_the_kind_of_their_id() -> None:
    """Users, groups and channels become mentions; an address or an odd id becomes a plain name."""
    assert mention(ANA) == "<@U0ANA>"
    assert mention(LEADS) == "<!subteam^S0LEADS>"
    assert mention(SUPPORT) == "<#C0SUPPORT>"
    assert mention(LEGAL) == "legal@example.com"
    assert mention(Who("U1> <!channel", "<!here>")) == "&lt;!here&gt;"


def test_a_name_disturbs_nobody() -> None:
    """A person who is only named is not mentioned."""
    assert named(ANA) == "Ana Lima"
    assert names(crowd(5), 2) == "Person Number 0, Person Number 1 and 3 more"
    assert names(crowd(2)) == "Person Number 0 and Person Number 1"
    assert names(()) == ""


def test_times_are_in_the_readers_zone() -> None:
    """A time is Slack's date token, with a fallback that names its zone."""
    assert when(NOW) == "<!date^1772721000^{date_short_pretty} at {time}|2026-03-05 14:30 UTC>"


def test_a_git_hash_is_shortened() -> None:
    """Forty hexadecimal digits are shown as eight; other versions stay as they are."""
    assert short("1f3c5a9e0b7d2c4e6f8091a2b3c4d5e6f7081920") == "1f3c5a9e"
    assert short("v17") == "v17"
    assert short(None) == "nothing"


def test_the_hostile_text_of_these_tests_is_hostile() -> None:
    """The text that all drawings are tried with holds what it is meant to hold."""
    assert {"<!channel>", "<@U1>", "\u202e", "\x00", "\ud800"} <= {
        part for part in ("<!channel>", "<@U1>", "\u202e", "\x00", "\ud800") if part in HOSTILE
    }
