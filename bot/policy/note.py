"""The release note: five statements, and what is no answer to them.

Exists because a note is read on the worst day, by somebody who was not there. A statement that answers
nothing must not pass as one.
"""

import re
import unicodedata
from dataclasses import dataclass

SHORTEST = 10
# What people write when they do not answer. Compared word by word, so that repeating one helps nobody.
_NO_ANSWERS = frozenset(
    re.findall(
        r"\w+",
        """
        tbd tba tbc todo na n a none nil null no nope nothing yes yep ok okay same see above below
        ditto as idk dunno unknown later soon wip test testing asdf qwerty lorem ipsum dolor sit amet
        placeholder xxx foo bar baz blah bla etc fixed fix change changes changed update updated
        updates misc various stuff minor not applicable available to be determined decided defined done
        confirmed announced follow follows added filled in the is it will do does dont don t know i we
        nothing special anything important here there answer empty blank void my previous field
        statement one
        """,
    )
)
_HIDDEN = ("Cf", "Cc", "Cn", "Co", "Cs")
_RUN = re.compile(r"(.)\1{3,}")


@dataclass(frozen=True)
class ReleaseNote:
    """The five statements. `affected` is filled in by the app, the others by a person."""

    what_changed: str
    why: str
    affected: str
    good: str
    trigger: str


WRITTEN = ("what_changed", "why", "good", "trigger")
_ASKED = {
    "what_changed": "what changed",
    "why": "why it changed",
    "good": "what good looks like after release",
    "trigger": "what would count as a rollback trigger",
}


def note_problems(note: ReleaseNote) -> dict[str, str]:
    """Find the statements that are no answers: field name to a sentence for under the field."""
    problems: dict[str, str] = {}
    seen = {_plain(note.affected): "what the app filled in"}
    for field in WRITTEN:
        text = str(getattr(note, field))
        plain = _plain(text)
        if _says_nothing(text):
            problems[field] = f"This does not answer the question. Say in a sentence {_ASKED[field]}."
        elif len(_squeezed(text)) < SHORTEST:
            problems[field] = f"This is too short. Say in at least {SHORTEST} characters {_ASKED[field]}."
        elif plain in seen:
            problems[field] = f"This says the same as {seen[plain]}. Say {_ASKED[field]}."
        seen.setdefault(plain, f"the statement of {_ASKED[field]}")
    return problems


def _visible(text: str) -> str:
    """Fold the ways of writing a letter together, and take out what shows nothing."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    shown = (" " if character.isspace() else character for character in plain)
    return "".join(c for c in shown if c == " " or unicodedata.category(c) not in _HIDDEN)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", _visible(text).replace("_", " ")))


def _squeezed(text: str) -> str:
    """Take out what makes a text longer without saying more: runs of one character, spaces, end marks."""
    return _RUN.sub(r"\1", " ".join(_visible(text).split())).strip(" .,;:!?-_*~#'\"()[]/\\|+=")


def _says_nothing(text: str) -> bool:
    words = _plain(text).split()
    unspelled = _plain(text.replace(".", "")).split()
    for said in (words, unspelled):
        if all(_RUN.sub(r"\1", word) in _NO_ANSWERS for word in said):
            return True
    letters = "".join(words)
    return len(set(letters)) <= max(2, len(letters) // 12) or (len(words) > 1 and len(set(words)) == 1)
