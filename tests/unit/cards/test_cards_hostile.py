"""No text that people wrote becomes markup: a message drawn with it has no control that it lacks without."""

import random
import re
from collections.abc import Callable, Iterator
from itertools import islice

import pytest
from blockkit import texts_in
from extremes import with_prose
from hostile_texts import CALM, Json, controls, elements, hostile
from test_cards_answers import drawn_answers
from test_cards_forms import forms
from test_cards_messages import CASES

from bot.cards.messages import draw
from tests.sizes import TIMES, sized

Drawing = Callable[[str], tuple[list[Json], str]]
TURNED = re.compile("[\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
AT_ONCE = 4 if TIMES > 1 else 1
"""Messages that each text is drawn in; together the texts come to all of them, many times."""


def messages() -> Iterator[tuple[str, Drawing]]:
    """Every message, as a drawing of a text."""
    for place, (kind, facts, details) in enumerate(CASES):
        if facts is not None:
            yield f"{kind} {place}", _message(kind, facts, details)
    for name in ("thread", "private", "outcome"):
        yield f"typed into {name}", _typed(name)


def _message(kind: str, facts: object, details: Json) -> Drawing:
    def drawn(text: str) -> tuple[list[Json], str]:
        made = draw(kind, with_prose(facts, text), "U0BEN", details)
        return list(made.blocks), made.text

    return drawn


def _typed(kind: str) -> Drawing:
    facts = next(facts for each, facts, _ in CASES if each == kind)

    def drawn(text: str) -> tuple[list[Json], str]:
        details = {"text": text, "reason": text, "remedy": text, "what": "rejected", "by": "U0BEN"}
        made = draw(kind, facts, "U0BEN", details)
        return list(made.blocks), made.text

    return drawn


def _screen(place: int, every: Callable[[str], Iterator[object]]) -> Drawing:
    def drawn(text: str) -> tuple[list[Json], str]:
        made = next(islice(every(text), place, None))
        if isinstance(made, dict):
            return list(made["blocks"]), ""
        return list(made.blocks), made.text  # type: ignore[attr-defined]

    return drawn


DRAWINGS: dict[str, Drawing] = {
    **dict(messages()),
    **{f"form {n}": _screen(n, forms) for n in range(len(list(forms())))},
    **{f"answer {n}": _screen(n, drawn_answers) for n in range(len(list(drawn_answers(""))))},
}


def stronger(drawing: Drawing, text: str) -> str:
    """Which control a message has with this text and not with a calm one; empty where there is none.

    Calm is an ordinary text, and a blank one: where texts are short, more of a list fits.
    """
    calm, little = drawing(CALM), drawing(" ")
    blocks, shown = drawing(text)
    more = controls(blocks, shown) - (controls(*calm) | controls(*little))
    more += elements(blocks) - (elements(calm[0]) | elements(little[0]))
    hidden = [part["text"] for part in texts_in(blocks) if TURNED.search(part["text"])]
    return f"{dict(more)} {hidden}" if more or hidden else ""


def tried(first: int, count: int) -> None:
    """So many texts, each in a few drawings, one after another."""
    names = list(DRAWINGS)
    for number in range(first, first + count):
        text = hostile(random.Random(number))  # noqa: S311  the same texts in every run
        for turn in range(AT_ONCE):
            name = names[(number * AT_ONCE + turn) % len(names)]
            said = stronger(DRAWINGS[name], text)
            assert not said, f"{name}: {said}, from {text!r}"


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_no_hostile_text_becomes_markup(part: int) -> None:
    """Five thousand of them, in ten parts."""
    each = sized(500)
    tried(1_000 + part * each, each)


def test_some_hostile_texts_stay_texts() -> None:
    """A few dozen; the slow suite has the numbers."""
    tried(0, 40)


def test_markup_would_be_noticed() -> None:
    """A drawing that forgets to escape is found out, for a mention, for a style and for a turned text."""

    def careless(text: str) -> tuple[list[Json], str]:
        return [{"type": "section", "text": {"type": "mrkdwn", "text": f"*Why:* {text}"}}], "Why"

    for text in ("<@U0BEN>", "*Approved*", "~no~", "> Ben: yes", "\u202eok", "&lt;!here&gt; & <!here>"):
        assert stronger(careless, text)
    assert not stronger(careless, "An ordinary text.")
