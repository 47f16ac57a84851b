"""Text becomes words that can be compared, however they are written.

Exists because "ReFund," and "re-fund" and a word with an invisible character in it are one word to a reader.
It must never make two different numbers equal.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Letters of other alphabets that look like Latin ones; folded so that a word cannot hide behind them.
_LOOK_ALIKE = str.maketrans(
    {
        hidden: latin
        for latin, letters in {
            "a": "\u0430\u03b1",
            "b": "\u0432",
            "c": "\u0441",
            "d": "\u0501",
            "e": "\u0435",
            "g": "\u0261",
            "h": "\u04bb\u043d",
            "i": "\u0456\u03b9\u0131",
            "j": "\u0458",
            "k": "\u043a\u03ba",
            "l": "\u04cf",
            "m": "\u043c",
            "o": "\u043e\u03bf",
            "p": "\u0440\u03c1",
            "q": "\u051b",
            "r": "\u0433",
            "s": "\u0455",
            "t": "\u0442\u03c4",
            "u": "\u03c5",
            "v": "\u03bd",
            "w": "\u03c9\u051d",
            "x": "\u0445\u03c7",
            "y": "\u0443",
        }.items()
        for hidden in letters
    }
)
_APOSTROPHES = str.maketrans(dict.fromkeys("\u2019\u2018\u02bc\uff07\u00b4`\u02b9\u2032", "'"))
# Letters by class that show nothing: a filler stands for an empty syllable.
_FILLERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_SHORT_FORMS = {
    "cannot": ("can", "not"),
    "can't": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "when": ("if",),
    "whenever": ("if",),
    "dont": ("do", "not"),
    "doesnt": ("does", "not"),
    "didnt": ("did", "not"),
    "cant": ("can", "not"),
    "shouldnt": ("should", "not"),
    "mustnt": ("must", "not"),
    "isnt": ("is", "not"),
    "arent": ("are", "not"),
    "wouldnt": ("would", "not"),
    "couldnt": ("could", "not"),
}
_KEPT_ALONE = frozenset("%‰<>=≤≥≠±+")
_COMPARISONS = frozenset("%‰<>≤≥≠±+-\u2212=.")
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\n[ \t]*(?=[^\W\d_])")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+|\d+")


@dataclass(frozen=True)
class Word:
    """One word: `key` is what is compared, `parts` are the words inside it (re-fund, issueRefund, 50eur)."""

    key: str
    parts: tuple[str, ...]

    @property
    def joined(self) -> str:
        """The word with everything but letters and digits left out."""
        return "".join(character for character in self.key if character.isalnum())


def whole_lines(text: str) -> list[str]:
    """Split at every line ending that Unicode knows, after joining words broken at the end of a line."""
    return _BROKEN_WORD.sub("", "\n".join(text.splitlines())).split("\n")


def words_of(text: str) -> tuple[Word, ...]:
    """Read the words of a text in order; what is only punctuation vanishes."""
    plain = unicodedata.normalize("NFKC", text.translate(_APOSTROPHES))
    return tuple(word for token in plain.split() for word in _words(token))


@lru_cache(maxsize=20_000)
def _words(token: str) -> tuple[Word, ...]:
    visible = _fold("".join(c for c in token if not _invisible(c)))
    stripped = _strip(visible)
    if not stripped:
        return ()
    key = stripped.casefold()
    if short := _short_form(key):
        return tuple(Word(word, (word,)) for word in short)
    apart = _fold("".join(" " if _invisible(c) else c for c in token))
    found = [part.casefold() for piece in (stripped, apart) for part in _PARTS.findall(piece)]
    if apart == visible:
        found = found[: len(found) // 2]
    return (Word(key, tuple(part for part in found if part != "s") or (key,)),)


def _short_form(key: str) -> tuple[str, ...] | None:
    if key in _SHORT_FORMS:
        return _SHORT_FORMS[key]
    if len(key) > 3 and key.endswith("n't"):  # noqa: PLR2004 - n't itself
        return (key[:-3], "not")
    return None


def _invisible(character: str) -> bool:
    return character in _FILLERS or unicodedata.category(character) in ("Cf", "Cc", "Cn", "Co", "Cs")


def _fold(token: str) -> str:
    """Take accents off, and replace letters that only look Latin."""
    if token.isascii():
        return token
    bare = "".join(c for c in unicodedata.normalize("NFD", token) if unicodedata.category(c) != "Mn")
    if bare.isascii():
        return bare
    lowered = "".join(c if c.isascii() else c.lower() for c in bare)
    alike = lowered.translate(_LOOK_ALIKE)
    # A word with a Latin letter in it hides behind the others; one with none may be an honest foreign word,
    # unless every letter of it looks Latin.
    disguised = any(character.isascii() and character.isalpha() for character in bare) or alike.isascii()
    return alike if disguised else bare


def _strip(token: str) -> str:
    """Take surrounding punctuation off, yet keep what belongs to a figure: -5, .5, <50, 20%, $5."""
    if token in _KEPT_ALONE:
        return token
    start, end = 0, len(token)
    while start < end and not _kept(token[start], token[start + 1 : start + 2]):
        start += 1
    while end > start and not _kept(token[end - 1], token[end - 2 : end - 1] if end - 2 >= start else ""):
        end -= 1
    stripped = token[start:end]
    return stripped.rstrip(".-+=<>") if stripped.strip("".join(_COMPARISONS)) else ""


def _kept(character: str, neighbour: str) -> bool:
    if character.isalnum():
        return True
    beside_figure = neighbour.isnumeric()
    if unicodedata.category(character) == "Sc":
        return character != "$" or beside_figure or not neighbour
    return beside_figure and character in _COMPARISONS


def is_figure(word: Word) -> bool:
    """Say whether a word is or holds a number, or compares numbers."""
    return word.key in _KEPT_ALONE or any(character.isnumeric() for character in word.key)


def forms(word: str) -> frozenset[str]:
    """Give a signal word with its plain endings: refund, refunds, refunded, refunding."""
    found = {word, f"{word}s", f"{word}es", f"{word}ing", f"{word}ed"}
    if word.endswith("e") and not word.endswith("ee"):
        found |= {f"{word}d", f"{word[:-1]}ing"}
    if word.endswith("y") and word[-2:-1] not in "aeou":
        found |= {f"{word[:-1]}ies", f"{word[:-1]}ied"}
    if len(word) > 2 and word[-1] in "bdglmnprt" and word[-2] in "aeiou":  # noqa: PLR2004 - cut, cutting
        found |= {f"{word}{word[-1]}ing", f"{word}{word[-1]}ed"}
    return frozenset(found)
