"""Which statements of a release note are answers."""

from dataclasses import replace

import pytest

from bot.policy.note import WRITTEN, ReleaseNote, note_problems

GOOD = ReleaseNote(
    what_changed="The greeting moved to the end.",
    why="Readers want the answer first.",
    affected="support-answers, low",
    good="Fewer people ask a second time.",
    trigger="More people ask for a human.",
)


def test_a_note_that_answers_has_no_problems() -> None:
    """Five statements in plain words pass."""
    assert note_problems(GOOD) == {}


@pytest.mark.parametrize("field", WRITTEN)
@pytest.mark.parametrize(
    "text",
    [
        "",
        "         ",
        "too short",
        "ok!!!!!!!!!!!!!!",
        "TBD",
        "T.B.D. T.B.D.",
        "TBD TBD TBD TBD",
        "n/a n/a n/a n/a",
        "N/A..........",
        "none, none, none",
        "nooooooooooone",
        "same as above.",
        "Same as the above!",
        "to be determined",
        "not applicable",
        "Will be added later.",
        "I don't know ...",
        "see above, see above",
        "------------",
        "aaaaaaaaaaaa",
        "xyxyxyxyxyxy",
        "word word word word",
        "\U0001f600" * 12,
        "t\u200bb\u200bd tbd tbd",
        "ＴＢＤ　ＴＢＤ　ＴＢＤ",  # noqa: RUF001 - full-width letters are the case
        "support-answers, low",
        "  Support answers LOW.",
    ],
)
def test_what_does_not_answer_is_refused_under_its_field(field: str, text: str) -> None:
    """Each of these is refused in each field, with a sentence."""
    problems = note_problems(replace(GOOD, **{field: text}))
    assert list(problems) == [field]
    assert problems[field].endswith(".")


def test_two_equal_statements_are_one_problem() -> None:
    """The later one is refused, however it is punctuated."""
    problems = note_problems(replace(GOOD, why="THE GREETING moved, to the end"))
    assert list(problems) == ["why"]


@pytest.mark.parametrize(
    "text",
    [
        "Greet last.",
        "Nothing but the greeting changed.",
        "回答を先に書き、挨拶は最後に書く",
        "Kürzere Sätze zuerst",
        "Error rate > 2%",
    ],
)
def test_short_answers_in_any_language_pass(text: str) -> None:
    """Ten characters that say something are enough."""
    assert note_problems(replace(GOOD, what_changed=text)) == {}
