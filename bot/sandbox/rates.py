"""How many calls Slack takes: one message a second and channel, so many a second overall, tiers a minute.

Off until somebody switches it on. It must never count a call that it refuses: whoever waits as long as it
says is served.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable

PER_MINUTE = {
    "users.list": 20,
    "usergroups.list": 20,
    "usergroups.users.list": 20,
    "conversations.list": 20,
    "chat.update": 50,
    "chat.delete": 50,
    "conversations.open": 50,
    "conversations.info": 50,
    "conversations.history": 50,
    "conversations.replies": 50,
    "users.lookupByEmail": 50,
    "apps.connections.open": 50,
}
"""Slack's tiers 2 and 3, calls a minute; what is not named is tier 4."""
TIER_4 = 100
POSTS_PER_SECOND_AND_CHANNEL = 1
POSTS_PER_SECOND = 4
"""Over all channels. Slack does not publish it; about so many have been seen to pass."""

_ROUNDING = 1e-6
"""A clock's seconds since 1970 are floats; what is a second apart may look a little less."""


class Rates:
    """The limits of one workspace, each over the seconds that have just passed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.posts_per_second = POSTS_PER_SECOND
        self._clock = clock
        self._recent: dict[str, deque[float]] = defaultdict(deque)

    def refuse(self, method: str, channel: str) -> int:
        """Seconds for Retry-After; 0 where the call is taken, which then counts."""
        limits = self._limits(method, channel)
        now = self._clock()
        waits = [self._wait(name, most, span, now) for name, most, span in limits]
        if any(waits):
            return max(1, math.ceil(max(waits)))
        for name, _, _ in limits:
            self._recent[name].append(now)
        return 0

    def _limits(self, method: str, channel: str) -> list[tuple[str, int, float]]:
        if method != "chat.postMessage":
            return [(method, PER_MINUTE.get(method, TIER_4), 60.0)]
        # A person's id stands for the direct message with them.
        place = "D" + channel[1:] if channel[:1] in ("U", "W") else channel
        return [
            (f"{method} {place}", POSTS_PER_SECOND_AND_CHANNEL, 1.0),
            (method, self.posts_per_second, 1.0),
        ]

    def _wait(self, name: str, most: int, span: float, now: float) -> float:
        recent = self._recent[name]
        while recent and recent[0] <= now - span + _ROUNDING:
            recent.popleft()
        return recent[0] + span - now if len(recent) >= most else 0.0
