"""The text in a LangSmith commit, which is no text but a serialised object of LangChain.

A text is the `template` of a string prompt (PromptTemplate), alone or before a model. It is taken out and put
in as it is, to the byte. What cannot be shown as one text, a chat prompt above all, must never be guessed at.
"""

import re
from copy import deepcopy
from typing import Any, Final

from bot.connectors.protocol import TargetRefused
from bot.connectors.registries.templates import names_in_fstring

CLASS: Final = "PromptTemplate"
ID: Final = ["langchain", "prompts", "prompt", CLASS]
FIRST_FORMAT: Final = "mustache"
"""Of a prompt that has no live version: variables are {{so}}, and a single brace stands for itself."""
FORMATS: Final = ("f-string", "mustache")
NAME_IN_MUSTACHE: Final = re.compile(r"\{\{[{&#^]?\s*([^\s{}./!>=]+)")

Manifest = dict[str, Any]


def text_of(manifest: Manifest) -> str | None:
    """The template of a string prompt; None for anything else."""
    prompt = _prompt_in(manifest)
    template = prompt.get("kwargs", {}).get("template") if prompt else None
    return template if isinstance(template, str) else None


def manifest_for(text: str, live: Manifest | None) -> Manifest:
    """What to store for a text: the live version, whose text was read before, with this one in its place.

    Model and settings go along. Raises TargetRefused for a text that no client could load.
    """
    made: Manifest = deepcopy(live) if live else {"lc": 1, "type": "constructor", "id": ID, "kwargs": {}}
    given: Manifest = (_prompt_in(made) or made)["kwargs"]
    form = given.setdefault("template_format", "f-string" if live else FIRST_FORMAT)
    names = _variables(text, form)
    given |= {"template": text, "input_variables": sorted(names - set(given.get("partial_variables") or {}))}
    return made


def settings_of(manifest: Manifest) -> dict[str, Any]:
    """What else a commit holds: how variables are written and, in a chain, the model with its settings."""
    rest = deepcopy(manifest)
    given: Manifest = (_prompt_in(rest) or rest)["kwargs"]
    for name in ("template", "input_variables"):
        given.pop(name, None)
    plain = _plain(rest)
    return plain if isinstance(plain, dict) else {}


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON it is
    """An object of LangChain as what it was made of, with its class by name."""
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "lc" in value and isinstance(value.get("id"), list):
        kwargs = value.get("kwargs")
        given = kwargs if isinstance(kwargs, dict) else {}
        return {"class": str(value["id"][-1:] and value["id"][-1]), **_plain(given)}
    return {name: _plain(each) for name, each in value.items()}


def _prompt_in(manifest: Manifest) -> Manifest | None:
    """The string prompt: the whole, or what stands first in a chain with a model."""
    given = manifest.get("kwargs")
    if not isinstance(given, dict):
        return None
    if isinstance(given.get("first"), dict):
        return _prompt_in(given["first"])
    kind = manifest.get("id")
    return manifest if isinstance(kind, list) and kind[-1:] == [CLASS] else None


def _variables(text: str, form: str) -> set[str]:
    if form not in FORMATS:
        raise TargetRefused(
            f"The live version is a {form} template. This app releases f-string and mustache templates only."
        )
    if form == "mustache":
        return set(NAME_IN_MUSTACHE.findall(text))
    return names_in_fstring(text)
