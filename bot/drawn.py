"""One drawn message: what the cards make and the outbox sends. It must never know what it says."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as Slack is to show it. ``text`` is what notifications and screen readers say."""

    text: str
    blocks: Sequence[dict[str, Any]] = ()

    @property
    def digest(self) -> str:
        """A hash by which an unchanged drawing is known, so that nothing is sent for it."""
        form = json.dumps([self.text, list(self.blocks)], sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(form.encode()).hexdigest()
