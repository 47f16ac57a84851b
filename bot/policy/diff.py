"""What differs between two versions of a prompt: changed sentences, and the words inside them.

Whole sentences are matched first, and difflib sees only what is left, within bounds: its worst case grows
with the square of the text, and a person may paste 50,000 characters. Past the bounds a passage counts as
replaced, so that nothing is ever taken for unchanged because looking was too dear.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from bot.policy.sentences import Sentence, sentences_of

_LONGEST = 2_000
_LONGEST_CUT = 400
_MOST_MEETINGS = 20_000
_COMMON_WORD = 40
_CANDIDATES = 8
_ALIKE = 0.4
_TOKENS = re.compile(r"\s+|\S+")
_PASSAGES = re.compile(r"(?<=\n)|(?<=[.!?] )")

Op = Literal["equal", "added", "removed"]
Span = tuple[bool, int, int, int, int]


@dataclass(frozen=True)
class Segment:
    """A piece of a word diff. Equal and removed pieces give the old text, equal and added the new one."""

    op: Op
    text: str


@dataclass(frozen=True)
class Changed:
    """A sentence that differs: both sides where it was reworded, one where it was added or removed."""

    before: Sentence | None
    after: Sentence | None


@dataclass(frozen=True)
class ChangedSentence:
    """The text of a sentence that differs, for a card; None on the side where it does not stand."""

    before: str | None
    after: str | None


def changed_sentences(before: str, after: str) -> list[ChangedSentence]:
    """List the sentences that differ, in the order of the new text, removed ones last."""
    pairs = changed(sentences_of(before), sentences_of(after), same=lambda sentence: sentence.key)
    return [
        ChangedSentence(pair.before.text if pair.before else None, pair.after.text if pair.after else None)
        for pair in pairs
    ]


def changed(
    before: Sequence[Sentence],
    after: Sequence[Sentence],
    *,
    same: Callable[[Sentence], Hashable],
    loose: Callable[[Sentence], bool] = lambda _: False,
) -> list[Changed]:
    """Pair the sentences that do not stand whole in both versions; `same` says when two are the same.

    A `loose` sentence that was only cut into several, or put together from several, is context as well.
    """
    old, new = {same(sentence) for sentence in before}, {same(sentence) for sentence in after}
    left = list({same(s): s for s in before if same(s) not in new}.values())
    right = list({same(s): s for s in after if same(s) not in old}.values())
    left, right = _without_cuts(left, right, loose)
    right, left = _without_cuts(right, left, loose)
    partner = _partners(left, right)
    taken = set(partner.values())
    pairs = [Changed(left[partner[i]] if i in partner else None, s) for i, s in enumerate(right)]
    return pairs + [Changed(s, None) for i, s in enumerate(left) if i not in taken]


def _without_cuts(
    wholes: list[Sentence], pieces: list[Sentence], loose: Callable[[Sentence], bool]
) -> tuple[list[Sentence], list[Sentence]]:
    """Leave out each loose sentence that stands on the other side as several in a row, and those."""
    known = {sentence.key: index for index, sentence in enumerate(wholes) if loose(sentence)}
    longest = min(max(map(len, known), default=0), _LONGEST_CUT)
    gone_wholes: set[int] = set()
    gone_pieces: set[int] = set()
    for start in range(len(pieces)):
        key: tuple[str, ...] = ()
        for end in range(start, len(pieces)):
            key += pieces[end].key
            if len(key) > longest or end in gone_pieces:
                break
            if end > start and key in known and all(map(loose, pieces[start : end + 1])):
                gone_wholes.add(known[key])
                gone_pieces.update(range(start, end + 1))
                break
    return (
        [sentence for index, sentence in enumerate(wholes) if index not in gone_wholes],
        [sentence for index, sentence in enumerate(pieces) if index not in gone_pieces],
    )


def _partners(left: list[Sentence], right: list[Sentence]) -> dict[int, int]:
    """Find for each new sentence the old one that it was made of, if one is alike enough."""
    places: dict[str, list[int]] = defaultdict(list)
    for index, sentence in enumerate(left):
        for key in set(sentence.key):
            places[key].append(index)
    scored = []
    for index, sentence in enumerate(right):
        meetings = Counter(
            other
            for key in set(sentence.key)
            if len(places.get(key, ())) <= _COMMON_WORD
            for other in places.get(key, ())
        )
        for other, _ in meetings.most_common(_CANDIDATES):
            score = _likeness(left[other].key, sentence.key)
            if score >= _ALIKE:
                scored.append((-score, abs(other - index), index, other))
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, _, index, other in sorted(scored):
        if index not in partner and other not in taken:
            partner[index] = other
            taken.add(other)
    return partner


def _likeness(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    common = (Counter(a) & Counter(b)).total()
    return 2 * common / (len(a) + len(b))


def spans(a: Sequence[str], b: Sequence[str]) -> list[Span]:
    """Align two lists: (are equal, start and end in the first, start and end in the second)."""
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    end_a, end_b = len(a) - tail, len(b) - tail
    found: list[Span] = [(True, 0, head, 0, head)]
    found += _middle(a[head:end_a], b[head:end_b], head)
    found.append((True, end_a, len(a), end_b, len(b)))
    return [span for span in found if span[1] < span[2] or span[3] < span[4]]


def _middle(a: Sequence[str], b: Sequence[str], offset: int) -> list[Span]:
    if not a or not b or _too_dear(a, b):
        return [(False, offset, offset + len(a), offset, offset + len(b))]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    return [
        (tag == "equal", offset + i, offset + j, offset + k, offset + m)
        for tag, i, j, k, m in matcher.get_opcodes()
    ]


def _too_dear(a: Sequence[str], b: Sequence[str]) -> bool:
    if max(len(a), len(b)) > _LONGEST:
        return True
    in_b = Counter(b)
    return sum(count * in_b[item] for item, count in Counter(a).items()) > _MOST_MEETINGS


def word_diff(before: str, after: str) -> list[Segment]:
    """Show two texts as pieces that are equal, removed or added, with every space and line ending kept."""
    left = _PASSAGES.split(before)
    right = _PASSAGES.split(after)
    found: list[Segment] = []
    for equal, i, j, k, m in spans(left, right):
        old, new = "".join(left[i:j]), "".join(right[k:m])
        found += [Segment("equal", old)] if equal else _token_diff(old, new)
    return _merged(found)


def _token_diff(before: str, after: str) -> list[Segment]:
    left, right = _TOKENS.findall(before), _TOKENS.findall(after)
    found: list[Segment] = []
    for equal, i, j, k, m in spans(left, right):
        if equal:
            found.append(Segment("equal", "".join(left[i:j])))
        else:
            found += [Segment("removed", "".join(left[i:j])), Segment("added", "".join(right[k:m]))]
    return found


def _merged(segments: list[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for segment in segments:
        if merged and merged[-1].op == segment.op:
            merged[-1] = Segment(segment.op, merged[-1].text + segment.text)
        elif segment.text:
            merged.append(segment)
    return merged
