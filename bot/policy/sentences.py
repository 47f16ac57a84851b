"""A prompt becomes sentences, each with the line that introduces it.

A prompt is prose, lists, headings and settings mixed. A line that ends without a full stop may go on in the
next one; a list is one sentence with the line before it. It must never cut a sentence in two where a
negation stands in one half and what it negates in the other.
"""

import re
from dataclasses import dataclass, field

from bot.policy.words import Word, whole_lines, words_of

_MARKER = re.compile(
    r"^\s*(?:>\s*)*"
    r"(?:[-*+\u2022\u25e6\u25aa\u2023\u2013\u2014]\s+(?:\[[ xX]\]\s+)?|\(?(?:\d{1,2}|[a-zA-Z])[.)]\s+)"
)
_HEADING = re.compile(r"^\s*#{1,6}\s")
_ROW = re.compile(r"^\s*\|")
_FENCE = re.compile(r"^\s*(?:```|~~~|---+\s*$|===+\s*$)")
_SETTING = re.compile(
    r"""^\s*(?:["']?[\w.\-]+["']?\s*[:=](?:\s|$)|["'][^"']+["']\s*:|</?[\w-]+>?|[\[\]{}|])"""
)
# Full-width signs stand beside the plain ones: prompts are written in every language.
_COLON = ":\uff1a"
_STOPS = ".!?\u2026\u3002\uff01\uff1f"
_CLOSING = "\"'\u201d\u2019)\\]*_"
_OPEN_END = re.compile(rf"[{_COLON}]\s*(?:[\[{{|>][-+]?\s*)?$|\{{\s*$")
_FULL_STOP = re.compile(rf"(?<=[{_STOPS}])[{_CLOSING}]*\s+|(?<=[\u3002\uff01\uff1f])")
_ENDED = re.compile(rf"[{_STOPS}{_COLON}][\s{_CLOSING}]*$")
_ABBREVIATED = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|no|approx|incl|excl|max|min|cf|ca|mr|mrs|ms|dr|inc|ltd)|\b[a-z])\.$",
    re.IGNORECASE,
)
_LONGEST_SHORT = 10
_ANSWER = 3
# A line that ends in one of these goes on, however the next one begins.
_UNFINISHED = frozenset(
    re.findall(
        r"\w+",
        """
        a an the of to and or not never no for with without in on at by from up than as is are be if that
        which your our their any all only unless except do does can may must should will offer promise
        """,
    )
)


@dataclass(frozen=True)
class Sentence:
    """One sentence or line. `lead` introduces it (a list's first line, a setting's parent)."""

    text: str
    words: tuple[Word, ...]
    lead: "Sentence | None" = None
    heading: "Sentence | None" = None
    key: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", tuple(word.key for word in self.words))

    @property
    def leads(self) -> "tuple[Sentence, ...]":
        """The lines that introduce this one, the nearest first."""
        found = []
        lead = self.lead
        while lead is not None:
            found.append(lead)
            lead = lead.lead
        return tuple(found)

    @property
    def is_setting(self) -> bool:
        """Say whether this is a line such as `temperature: 0.2`."""
        return bool(_SETTING.match(self.text))


@dataclass
class _Line:
    text: str
    indent: int
    bullet: bool
    heading: bool
    stands_alone: bool


def sentences_of(text: str) -> list[Sentence]:
    """Split a prompt into its sentences, in order. What holds no word is left out."""
    found: list[Sentence] = []
    leads: list[tuple[int, bool, Sentence]] = []
    heading: Sentence | None = None
    for line in _joined(text):
        while leads and not _introduces(leads[-1], line):
            leads.pop()
        lead = leads[-1][2] if leads else None
        made = [s for s in (_sentence(piece, lead, heading) for piece in _pieces(line)) if s.words]
        found += made
        if not made:
            continue
        if line.heading:
            heading, leads = made[-1], []
        elif _leads(line, lead):
            leads.append((line.indent, line.bullet, made[-1]))
    return found


def _leads(line: _Line, lead: Sentence | None) -> bool:
    """Say whether a line may introduce others. Of a table only the first row does."""
    if _ROW.match(line.text) and lead is not None and _ROW.match(lead.text):
        return False
    return bool(_OPEN_END.search(line.text)) or not _ENDED.search(line.text)


def _introduces(lead: tuple[int, bool, Sentence], line: _Line) -> bool:
    """Say whether a line belongs under an earlier one: it is indented deeper, or is an item of its list."""
    indent, bullet, sentence = lead
    if line.heading:
        return False
    if _ROW.match(line.text) and _ROW.match(sentence.text):
        return True
    deeper = line.indent > indent
    item = line.bullet and not bullet and line.indent >= indent
    return item or (deeper and bool(_OPEN_END.search(sentence.text)))


def _sentence(piece: str, lead: Sentence | None, heading: Sentence | None) -> Sentence:
    return Sentence(piece, words_of(_MARKER.sub("", piece)), lead, heading)


def _pieces(line: _Line) -> list[str]:
    """Split a line at its full stops, but not after e.g. or an initial."""
    marker = _MARKER.match(line.text)
    body = line.text[marker.end() :] if marker else line.text
    pieces: list[str] = []
    start = 0
    for stop in _FULL_STOP.finditer(body):
        if _ABBREVIATED.search(body[max(start, stop.start() - _LONGEST_SHORT) : stop.start()]):
            continue
        pieces.append(body[start : stop.end()].strip())
        start = stop.end()
    pieces.append(body[start:].strip())
    return _answered([piece for piece in pieces if piece])


def _answered(pieces: list[str]) -> list[str]:
    """Put a short answer to the question before it: "Refunds? Never." is one sentence."""
    whole: list[str] = []
    for piece in pieces:
        if whole and whole[-1].endswith("?") and len(piece.split()) <= _ANSWER:
            whole[-1] += f" {piece}"
        else:
            whole.append(piece)
    return whole


def _joined(text: str) -> list[_Line]:
    """Put lines together that are one sentence wrapped over several."""
    lines: list[_Line] = []
    open_end = False
    for raw in whole_lines(text):
        if not raw.strip():
            open_end = False
            continue
        line = _line(raw)
        if open_end and not line.stands_alone and _goes_on(lines[-1].text, raw):
            lines[-1].text += "\n" + raw.strip()
        else:
            lines.append(line)
        open_end = not _ENDED.search(raw) and not line.heading and not _FENCE.match(raw)
    return lines


def _line(raw: str) -> _Line:
    bullet = bool(_MARKER.match(raw))
    heading = bool(_HEADING.match(raw))
    alone = bullet or heading or bool(_FENCE.match(raw)) or bool(_SETTING.match(raw))
    return _Line(raw, len(raw) - len(raw.lstrip()), bullet, heading, alone)


def _goes_on(before: str, raw: str) -> bool:
    """Say whether an unfinished line is taken up by the next one."""
    last = before.rstrip().rsplit(None, 1)[-1].casefold() if before.strip() else ""
    if last in _UNFINISHED or last.endswith((",", "n't", "n\u2019t", "(")):
        return True
    first = raw.lstrip()[:1]
    return not first.isupper()
