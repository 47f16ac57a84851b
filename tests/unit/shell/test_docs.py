"""What the documents name is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_promise_names_tests_that_exist() -> None:
    """A promise whose test was moved or taken out is a promise that nothing holds."""
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [each for each in named if not (ROOT / each).exists()] == []
