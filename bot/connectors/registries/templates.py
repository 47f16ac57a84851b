"""What a text is in the templates of several registries: which names it has, and whether it can be loaded.

It must never change a text: a text that no client could load is refused, and whoever wrote it changes it.
"""

import re
from string import Formatter

from bot.connectors.protocol import TargetRefused


def names_in_fstring(text: str) -> set[str]:
    """The variables of an f-string template. Raises TargetRefused where its braces do not match."""
    try:
        return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError as error:
        raise TargetRefused(
            "The live version is an f-string template, and in this text the braces do not match, so no "
            "client could load it. A brace that stands for itself is written twice: {{ or }}."
        ) from error
