"""How large the long suites are: the sizes that our promises name, or a multiple of them for ``make soak``.

A suite must take its counts from here, so that one word makes all of them longer.
"""

import os

TIMES = int(os.environ.get("SUITE_TIMES", "1"))


def sized(count: int) -> int:
    """``count`` as promised, times what ``SUITE_TIMES`` says."""
    return count * TIMES
