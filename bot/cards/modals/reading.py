"""Views that are only read: the whole difference, the history of a change, a notice, a loading screen.

What does not fit is said to be missing; a view must never look complete when it is not.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards.blocks import VIEW_SIZE, Block, context, rich, section, view_size, words
from bot.cards.diff import Piece, contracted, is_empty, pieces, styled
from bot.cards.modals.form import view
from bot.cards.parts import no_word_differs, settings
from bot.cards.text import clean, clip, count, escape, named, short, subject, units, when
from bot.changes.facts import ChangeFacts, Who

_AROUND = 300
_A_BLOCK = 2_400
_MOST_BLOCKS = 94
_MOST_SETTINGS = 40


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a change's history. ``who`` is None for what the app did by itself."""

    at: datetime
    who: Who | None
    text: str


def full_diff(facts: ChangeFacts) -> Block:
    """Draw every word that changes, with the words around it."""
    revision = facts.revision
    diff = pieces(revision.before_text, revision.after_text)
    old = "nothing" if revision.before_version is None else short(revision.before_version)
    head = section(
        f"*{subject(facts.id, facts.workflow)}*: {escape(old)} → {escape(short(revision.after_version))}\n"
        "Struck is removed, bold is added. Long unchanged stretches are left out."
    )
    beside = settings(revision.settings, _MOST_SETTINGS)
    if is_empty(diff):
        return view("Full diff", [head, section(no_word_differs(facts)), *beside])
    blocks, cut = _within([*beside, *_paragraphs(contracted(diff, _AROUND))])
    note = "*Cut here.* The rest does not fit; read the whole text in the target."
    return view("Full diff", [head, *blocks, *([section(note)] if cut else [])])


def _within(drawn: Iterable[Block]) -> tuple[list[Block], bool]:
    """Take blocks while there is room."""
    kept: list[Block] = []
    room = VIEW_SIZE
    for block in drawn:
        room -= view_size([block])
        if room < 0 or len(kept) == _MOST_BLOCKS:
            return kept, True
        kept.append(block)
    return kept, False


def _paragraphs(diff: Iterable[Piece]) -> Iterable[Block]:
    """Yield blocks of at most ``_A_BLOCK`` characters."""
    runs: list[Block] = []
    room = _A_BLOCK
    for piece in diff:
        for part in _split(piece):
            if units(part.text) > room and runs:
                yield rich(words(*runs))
                runs, room = [], _A_BLOCK
            runs.append(styled(part))
            room -= units(part.text)
    if runs:
        yield rich(words(*runs))


def _split(piece: Piece) -> Iterable[Piece]:
    left = clean(piece.text)
    while units(left) > _A_BLOCK:
        head = clip(left, _A_BLOCK)[:-1] or left[:1]
        yield Piece(piece.op, head)
        left = left[len(head) :]
    yield Piece(piece.op, left)


def history(facts: ChangeFacts, events: Sequence[Event]) -> Block:
    """Draw what happened to a change, newest first."""
    newest = sorted(events, key=lambda it: it.at, reverse=True)
    lines = [
        f"{when(it.at)} {f'{named(it.who)}: ' if it.who else ''}{escape(clip(it.text, 600))}" for it in newest
    ]
    head = section(f"*{subject(facts.id, facts.workflow)}*")
    shown, _ = _within(section(it) for it in lines)
    left = len(lines) - len(shown)
    more = [context(f"{count(left, 'older entry is', 'older entries are')} not shown.")] if left else []
    return view("History", [head, *shown, *more])


def notice(title: str, text: str) -> Block:
    """Draw a refusal or an answer in the place where a form is."""
    return view(title, [section(escape(clip(text, 1_400)))])


def loading(title: str) -> Block:
    """Draw what stands there until something slow has come."""
    return view(title, [section("One moment.")])
