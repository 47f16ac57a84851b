"""The difference between two texts as rich text: removed words struck, added words bold.

An excerpt shows both sides of a change even where one side alone would fill it. It must never pretend to be
the whole: what is left out is marked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bot.cards.blocks import Block, run
from bot.cards.text import clip, units
from bot.policy.diff import word_diff

_AROUND: Final = 90
_LEFT_OUT: Final = " … "


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is ``equal``, ``added`` or ``removed``."""

    op: str
    text: str


def pieces(before: str, after: str) -> tuple[Piece, ...]:
    """Return the word diff of two texts as plain values."""
    return tuple(Piece(str(it.op), it.text) for it in word_diff(before, after) if it.text)


def excerpt(diff: Sequence[Piece], limit: int) -> tuple[list[Block], bool]:
    """Return runs of at most ``limit`` characters, and whether anything that changed was left out."""
    runs: list[Block] = []
    room, cut = limit, False
    for piece in contracted(diff, _AROUND):
        if room < 1:
            return runs, True
        allowed = room if piece.op == "equal" else max(limit // 3, 60)
        text = clip(piece.text, min(room, allowed))
        cut = cut or (text != piece.text and piece.op != "equal")
        room -= units(text)
        runs.append(styled(Piece(piece.op, text)))
    return runs, cut


def styled(piece: Piece) -> Block:
    """Return one piece as a run of rich text."""
    return run(piece.text, bold=piece.op == "added", strike=piece.op == "removed")


def contracted(diff: Sequence[Piece], around: int) -> Iterable[Piece]:
    """Yield the pieces with long unchanged stretches cut down to what stands beside a change."""
    last = len(diff) - 1
    for index, piece in enumerate(diff):
        if piece.op != "equal":
            yield piece
        else:
            yield Piece("equal", _context(piece.text, around, first=index == 0, last=index == last))


def _context(text: str, around: int, *, first: bool, last: bool) -> str:
    if len(text) <= around * (1 if first or last else 2) + len(_LEFT_OUT):
        return text
    head = "" if first else _until_space(text[:around])
    tail = "" if last else _from_space(text[-around:])
    return f"{head}{_LEFT_OUT}{tail}"


def _until_space(text: str) -> str:
    return text.rpartition(" ")[0] or text


def _from_space(text: str) -> str:
    return text.partition(" ")[2] or text


def is_empty(diff: Sequence[Piece]) -> bool:
    """Say whether no word differs."""
    return all(piece.op == "equal" or not piece.text.strip() for piece in diff)
