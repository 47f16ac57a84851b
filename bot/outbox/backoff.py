"""How long to wait before trying again: longer each time, never longer than a limit, and not all at once."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Final

Jitter = Callable[[], float]
"""A number from 0 up to 1."""

FIRST: Final = timedelta(seconds=1)
LONGEST: Final = timedelta(minutes=5)
LONGEST_FOR_MESSAGES: Final = timedelta(minutes=1)
"""When Slack is back after a day, whoever must be told hears it within a minute."""


def delay(attempts: int, *, longest: timedelta = LONGEST, jitter: Jitter = random.random) -> timedelta:
    """The pause after so many attempts: 1 s, 2 s, 4 s … up to ``longest``, shortened by up to a half."""
    doublings = min(max(attempts - 1, 0), 30)
    return min(FIRST * (1 << doublings), longest) * (1 - jitter() / 2)
