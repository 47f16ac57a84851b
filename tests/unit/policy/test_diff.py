"""How two versions of a prompt are compared."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy.diff import changed_sentences, word_diff
from bot.policy.load import default_policy
from bot.policy.signals import find_signals
from bot.policy.words import forms, words_of

texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(["a", "b.", "\n", " ", "C!", "- "]), max_size=60).map("".join),
)


@settings(max_examples=300, deadline=None)
@given(texts, texts)
def test_a_word_diff_holds_both_texts_exactly(before: str, after: str) -> None:
    """Equal and removed pieces give the old text, equal and added ones the new text."""
    pieces = word_diff(before, after)
    assert before == "".join(piece.text for piece in pieces if piece.op != "added")
    assert after == "".join(piece.text for piece in pieces if piece.op != "removed")


def test_a_word_diff_shows_only_the_word_that_differs() -> None:
    """One word replaced is one piece removed and one added."""
    pieces = word_diff("Be kind. Write short lines.\n", "Be kind. Write long lines.\n")
    assert [(piece.op, piece.text) for piece in pieces] == [
        ("equal", "Be kind. Write "),
        ("removed", "short"),
        ("added", "long"),
        ("equal", " lines.\n"),
    ]


def test_changed_sentences_leave_context_out() -> None:
    """A reworded sentence comes as a pair, an added and a removed one alone, a moved one not at all."""
    found = changed_sentences(
        "Stay. Write short plain lines. Farewell for ever.",
        "Greet people warmly. Write long plain lines. Stay.",
    )
    assert [(pair.before, pair.after) for pair in found] == [
        (None, "Greet people warmly."),
        ("Write short plain lines.", "Write long plain lines."),
        ("Farewell for ever.", None),
    ]


def test_an_abbreviation_ends_no_sentence() -> None:
    """A negation before e.g. still belongs to the words after it."""
    pair = changed_sentences("Never mention money, e.g. refunds.", "Do mention money, e.g. refunds.")[0]
    assert pair.before == "Never mention money, e.g. refunds."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 25_000, "b " + "a " * 24_000 + "c"),
        ("." * 50_000, ". " * 25_000),
        ("e.g. " * 10_000, "i.e. " * 10_000),
        (":" + " " * 49_998 + "x", ":" + " " * 49_998 + "y"),
        ("\n".join(f"k{i}: {i}" for i in range(4_000)), "\n".join(f"k{i}: {i + 1}" for i in range(4_000))),
        ("\n".join(" " * i + "not:" for i in range(300)), "\n".join(" " * i + "never:" for i in range(300))),
        ("ab " * 16_000, "ab ac " * 8_000),
    ],
    ids=["one word", "dots", "abbreviations", "spaces", "settings", "deep nesting", "alternating"],
)
def test_fifty_thousand_characters_stay_quick(before: str, after: str) -> None:
    """The worst texts we could think of take seconds at most, where a plain word diff takes minutes."""
    start = time.process_time()
    word_diff(before, after)
    find_signals(default_policy().signals, (), before, after)
    assert time.process_time() - start < 10


def test_long_shuffled_prose_is_all_context() -> None:
    """A prompt of 50,000 characters whose sentences only change places has no signal."""
    draw = random.Random(7)  # noqa: S311 - a repeatable order, no secret
    sentences = [f"Refund case {number} may cost ${number}." for number in range(1_500)]
    before = " ".join(sentences)
    draw.shuffle(sentences)
    assert find_signals(default_policy().signals, (), before, " ".join(sentences)) == ()


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("**Refund,**", ["refund"]),
        ("can't cannot can’t", ["can", "not"] * 3),  # noqa: RUF001 - the curly apostrophe is the case
        ("don't", ["do", "not"]),
        (".5 -5 <5 5.", [".5", "-5", "<5", "5"]),
        ("$5 5€ ${x} $x", ["$5", "5€", "x", "x"]),
        ("\u0440ri\u0441e", ["price"]),
        ("ref\u200bund", ["refund"]),
        ("\u0434\u043e\u043c", ["\u0434\u043e\u043c"]),
        ("... -- !", []),
    ],
)
def test_words_are_read_as_a_reader_sees_them(text: str, keys: list[str]) -> None:
    """Punctuation goes, figures keep what belongs to them, disguises fall, foreign words stay."""
    assert keys == [word.key for word in words_of(text)]


def test_forms_follow_plain_english() -> None:
    """Plain endings are known; feed is no form of fee."""
    assert {"policies", "policy"} <= forms("policy")
    assert "pricing" in forms("price")
    assert "feed" not in forms("fee")
