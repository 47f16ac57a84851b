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
    return tuple(_grouped([Piece(str(it.op), it.text) for it in word_diff(before, after) if it.text]))


def _grouped(diff: Sequence[Piece]) -> Iterable[Piece]:
    """Put neighbouring changed words together, so that a phrase is struck whole and its new one follows."""
    removed = added = ""
    for index, piece in enumerate(diff):
        between = piece.op == "equal" and not piece.text.strip() and "\n" not in piece.text
        if piece.op == "equal" and not (between and (removed or added) and index + 1 < len(diff)):
            yield from _sides(removed, added)
            removed = added = ""
            yield piece
        else:
            removed += piece.text if piece.op != "added" else ""
            added += piece.text if piece.op != "removed" else ""
    yield from _sides(removed, added)


def _sides(removed: str, added: str) -> Iterable[Piece]:
    yield from (Piece(op, text) for op, text in (("removed", removed), ("added", added)) if text)


def excerpt(diff: Sequence[Piece], limit: int) -> tuple[list[Block], bool]:
    """Return runs of at most ``limit`` characters, and whether anything that changed was left out."""
    runs: list[Block] = []
    room, cut = limit, False
    for piece in contracted(diff, _AROUND, within_line=True):
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


def contracted(diff: Sequence[Piece], around: int, *, within_line: bool = False) -> Iterable[Piece]:
    """Yield the pieces with long unchanged stretches cut down to what stands beside a change.

    ``within_line`` keeps only the line of the change. A space is put between what went and what came.
    """
    last = len(diff) - 1
    for index, piece in enumerate(diff):
        if piece.op == "equal":
            text = _context(piece.text, around, first=index == 0, last=index == last, line=within_line)
            yield Piece("equal", text)
            continue
        yield piece
        replaced = piece.op == "removed" and index < last and diff[index + 1].op == "added"
        if replaced and not piece.text[-1:].isspace():
            yield Piece("equal", " ")


def _context(text: str, around: int, *, first: bool, last: bool, line: bool) -> str:
    lines = text.count("\n") if line else 0
    if lines <= 1 and len(text) <= around * (1 if first or last else 2) + len(_LEFT_OUT):
        return text
    head = "" if first else _head(text, around, line=line)
    tail = "" if last else _tail(text, around, line=line)
    mark = " …\n" if lines and head and tail else _LEFT_OUT
    return f"{head}{mark}{tail}"


def _head(text: str, around: int, *, line: bool) -> str:
    whole = text.partition("\n")[0] if line else text
    return whole if len(whole) <= around else whole[:around].rpartition(" ")[0] or whole[:around]


def _tail(text: str, around: int, *, line: bool) -> str:
    whole = text.rpartition("\n")[2] if line else text
    return whole if len(whole) <= around else whole[-around:].partition(" ")[2] or whole[-around:]


def is_empty(diff: Sequence[Piece]) -> bool:
    """Say whether no word differs."""
    return all(piece.op == "equal" or not piece.text.strip() for piece in diff)
