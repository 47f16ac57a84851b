"""A secret that a target needs, known to the policy by the name of its environment variable only.

Its value must never come into a message, a log or the database; it is looked up for each use and let go.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pydantic import SecretStr

from bot.connectors.protocol import TargetRefused

Lookup = Callable[[str], SecretStr | None]
"""The secret in the variable of this name, or None where it is not set."""


@dataclass(frozen=True, slots=True)
class Credential:
    """One variable of the environment and how its value is found."""

    variable: str
    lookup: Lookup

    def value(self) -> str:
        """The secret itself. TargetRefused, naming the variable, where it is not set."""
        found = self.lookup(self.variable)
        if found is None:
            raise TargetRefused(
                f"{self.variable} is not set. Set it in the environment of the app, or in its .env."
            )
        return found.get_secret_value()

    def withheld_from(self, words: str) -> str:
        """What another system said, without the secret that it may have repeated."""
        found = self.lookup(self.variable)
        return words.replace(found.get_secret_value(), "[withheld]") if found else words
