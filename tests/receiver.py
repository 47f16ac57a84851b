"""The receiver of webhooks that docs/targets.md shows, taken from that page and run as it stands there."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from bot.sandbox.serving import listening, serving

PAGE = Path(__file__).parents[1] / "docs" / "targets.md"
VARIABLE = "REFUNDS_WEBHOOK_SECRET"
SECRET = "5f1b0c52a8e14b0f9f6f2f1e0c9f7a11"


def documented() -> str:
    """The code on the page; there is one piece of Python."""
    (found,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


def receiver() -> dict[str, Any]:
    """A fresh one with nothing in it: its names, among them `app`, `live`, `texts` and `spent`."""
    names: dict[str, Any] = {}
    with mock.patch.dict(os.environ, {VARIABLE: SECRET}):
        exec(compile(documented(), str(PAGE), "exec"), names)  # noqa: S102 - our own page, which is the point
    return names


@contextmanager
def receiving(app: Any) -> Iterator[str]:
    """Serve it on loopback; yields the address to write into a policy."""
    with listening() as bound, serving(app, bound) as url:
        yield f"{url}/prompt-change"
