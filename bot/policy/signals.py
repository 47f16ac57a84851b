"""The diff is read for words that name an impact or a kind which nobody ticked.

A submitter can forget a box; the text that changes cannot. Only what was added or removed counts, except in
a sentence whose meaning turned. It must never miss a word because of how it is written.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from bot.policy.diff import Changed, changed, spans
from bot.policy.sections import Signals, Turns
from bot.policy.sentences import Sentence, sentences_of
from bot.policy.words import Word, forms, is_figure, words_of
from storage.vocabulary import Impact, Kind

_SETTING_VALUE = 4
_LABEL = 2


@dataclass(frozen=True)
class Signal:
    """An impact or a kind that the diff names, with the words that name it, as they stand in the text."""

    names: Impact | Kind
    words: tuple[str, ...]
    dismissed: bool = False


def find_signals(signals: Signals, tools: tuple[str, ...], before: str, after: str) -> tuple[Signal, ...]:
    """Read the difference between two versions for signal words. An empty `before` is a new prompt."""
    lexicon = _Lexicon(signals, tools)
    turning = _Turning(signals.turns)
    pairs = changed(sentences_of(before), sentences_of(after), same=turning.identity, loose=turning.is_loose)
    found: dict[Impact | Kind, dict[str, None]] = defaultdict(dict)
    for pair in pairs:
        for name, words in _read(pair, lexicon, turning):
            found[name].setdefault(words)
    order = [*Impact, *Kind]
    return tuple(Signal(name, tuple(found[name])) for name in sorted(found, key=order.index))


def _read(pair: Changed, lexicon: "_Lexicon", turning: "_Turning") -> Iterator[tuple[Impact | Kind, str]]:
    old, new = pair.before, pair.after
    gone, come = _changed_words(pair)
    turned = turning.turned(pair, gone, come)
    sides = [(old, gone, new), (new, come, old)]
    for side, indexes, other in sides:
        if side is None:
            continue
        counted = set(range(len(side.words))) if turned else indexes | _setting_name(pair)
        yield from lexicon.matches(side, counted)
        # Taking a word out can make a phrase of the words beside it.
        if other is not None:
            there = {match.parts for match in lexicon.found(other)}
            yield from (m.told(side) for m in lexicon.found(side) if m.is_phrase and m.parts not in there)
        if turning.reaches_up(pair, side, turned=turned):
            for lead in side.leads:
                yield from lexicon.matches(lead, set(range(len(lead.words))))


def _changed_words(pair: Changed) -> tuple[set[int], set[int]]:
    if pair.before is None or pair.after is None:
        return (
            set(range(len(pair.before.words))) if pair.before else set(),
            set(range(len(pair.after.words))) if pair.after else set(),
        )
    gone: set[int] = set()
    come: set[int] = set()
    # Where words repeat, each direction may align others; what either one calls changed is looked at.
    for equal, i, j, k, m in spans(pair.before.key, pair.after.key):
        if not equal:
            gone.update(range(i, j))
            come.update(range(k, m))
    for equal, i, j, k, m in spans(pair.after.key, pair.before.key):
        if not equal:
            come.update(range(i, j))
            gone.update(range(k, m))
    return gone, come


def _setting_name(pair: Changed) -> set[int]:
    """Count the name of a setting whose value changed: `tools: [a]` and `tools: [a, b]`."""
    if pair.before is None or pair.after is None:
        return set()
    short = max(len(pair.before.words), len(pair.after.words)) <= _SETTING_VALUE + 1
    listed = "[" in pair.after.text
    return {0} if pair.after.is_setting and pair.before.is_setting and (short or listed) else set()


@dataclass(frozen=True)
class _Match:
    name: Impact | Kind
    first: int
    last: int
    parts: tuple[str, ...]

    @property
    def is_phrase(self) -> bool:
        return len(self.parts) > 1

    def told(self, sentence: Sentence) -> tuple[Impact | Kind, str]:
        return self.name, " ".join(word.key for word in sentence.words[self.first : self.last + 1])


class _Lexicon:
    """The policy's word lists, ready for looking up."""

    def __init__(self, signals: Signals, tools: tuple[str, ...]) -> None:
        self._single: dict[str, set[Impact | Kind]] = defaultdict(set)
        self._phrases: dict[str, list[tuple[list[frozenset[str]], Impact | Kind]]] = defaultdict(list)
        self._signs: dict[str, set[Impact | Kind]] = defaultdict(set)
        lists: dict[Impact | Kind, tuple[str, ...]] = {
            **{impact: words.all for impact, words in signals.impacts.items()},
            **{kind: words.all for kind, words in signals.kinds.items()},
        }
        for name, entries in lists.items():
            for entry in entries:
                self._add(entry, name)
        for tool in tools:
            self._add(tool, Impact.ACTION_AUTHORITY)

    def _add(self, entry: str, name: Impact | Kind) -> None:
        if len(entry) == 1 and unicodedata.category(entry) == "Sc":
            self._signs[entry].add(name)
            return
        parts = [part for word in words_of(entry) for part in word.parts]
        if len(parts) > 1:
            each = [forms(part) for part in parts]
            for first in each[0]:
                self._phrases[first].append((each, name))
        for form in forms("".join(parts)):
            self._single[form].add(name)

    def matches(self, sentence: Sentence, counted: set[int]) -> Iterator[tuple[Impact | Kind, str]]:
        for match in self.found(sentence):
            if counted.intersection(range(match.first, match.last + 1)):
                yield match.told(sentence)

    def found(self, sentence: Sentence) -> Iterator[_Match]:
        for index, word in enumerate(sentence.words):
            for name in self._names(word):
                yield _Match(name, index, index, (word.key,))
        flat = [(part, index) for index, word in enumerate(sentence.words) for part in word.parts]
        for start, (part, first) in enumerate(flat):
            for each, name in self._phrases.get(part, ()):
                here = flat[start : start + len(each)]
                if len(here) == len(each) and all(
                    p in known for (p, _), known in zip(here, each, strict=True)
                ):
                    yield _Match(name, first, here[-1][1], tuple(p for p, _ in here))

    def _names(self, word: Word) -> set[Impact | Kind]:
        names = set[Impact | Kind]()
        for form in {word.joined, *word.parts}:
            names |= self._single.get(form, set())
        for sign in set(word.key) & set(self._signs):
            names |= self._signs[sign]
        return names


class _Turning:
    """The words that turn a sentence round."""

    def __init__(self, turns: Turns) -> None:
        self._negations = frozenset(turns.negations)
        self._modals = frozenset(turns.modals)
        self._numbers = frozenset(turns.numbers)
        plain = (turns.numbers, turns.negations, turns.modals, turns.conditions, turns.latitude)
        self._words = {
            part for words in plain for entry in words for word in words_of(entry) for part in word.parts
        }
        # Without the plural: two issues are a noun, and seldom somebody who issues.
        self._acts = {form for act in turns.acts for form in forms(act) if form != f"{act}s"}
        self._bounds = frozenset(turns.bounds)
        self._opposites = [frozenset(pair) for pair in turns.opposites]

    def identity(self, sentence: Sentence) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Give what makes a sentence the same one: its words, and what negates it from above."""
        return sentence.key, self._frame(sentence)

    def is_loose(self, sentence: Sentence) -> bool:
        """Say whether a sentence holds nothing that turns it, so that it may be cut into a list unharmed."""
        return not self._frame(sentence) and not any(self._turns(word) for word in sentence.words)

    def _frame(self, sentence: Sentence) -> tuple[str, ...]:
        """Collect what turns a sentence from above: its lead-ins, and a negation in its heading."""
        above = [
            word.key
            for lead in sentence.leads
            for word in lead.words
            # A label such as "Step 2:" only counts; its figure turns nothing below it.
            if self._turns(word) and not (is_figure(word) and len(lead.words) <= _LABEL)
        ]
        if sentence.heading is not None:
            above += [
                part for word in sentence.heading.words for part in word.parts if part in self._negations
            ]
        return tuple(above)

    def reaches_up(self, pair: Changed, side: Sentence, *, turned: bool) -> bool:
        """Say whether a change below reaches the words of the lines that introduce it.

        It does where an item turned, where an item comes or goes under a lead-in that forbids or demands, and
        where it is a value under the name of a setting.
        """
        if pair.before is not None and pair.after is not None:
            return turned
        demanded = (p for lead in side.leads for word in lead.words for p in word.parts)
        if any(part in self._negations | self._modals for part in demanded):
            return True
        named = side.lead is not None and side.lead.is_setting and len(side.lead.words) == 1
        return named and (side.is_setting or len(side.words) == 1)

    def turned(self, pair: Changed, gone: set[int], come: set[int]) -> bool:
        """Say whether a sentence differs in a number, a negation, a modal or the like."""
        sides = [side for side in (pair.before, pair.after) if side is not None]
        if len({self._frame(side) for side in sides}) > 1:
            return True
        old = [pair.before.words[i] for i in gone] if pair.before else []
        new = [pair.after.words[i] for i in come] if pair.after else []
        if any(self._turns(word) for word in (*old, *new)):
            return True
        removed = {part for word in old for part in word.parts}
        added = {part for word in new for part in word.parts}
        counts = any(self._is_number(word) for side in sides for word in side.words)
        if counts and (removed | added) & self._bounds:
            return True
        return any(p & removed and p & added and (p & removed) != (p & added) for p in self._opposites)

    def _is_number(self, word: Word) -> bool:
        return is_figure(word) or any(part in self._numbers for part in word.parts)

    def _turns(self, word: Word) -> bool:
        return is_figure(word) or any(
            part in self._words or part in self._acts for part in (*word.parts, word.key)
        )
