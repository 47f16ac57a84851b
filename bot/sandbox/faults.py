"""The one place where the workspace misbehaves on purpose: failures, lost and slow answers, rate limits.

Everything here is off until somebody switches it on. It must never change what a rule decides: a call is
refused before the rules see it, or its answer is spoilt after they have spoken.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

ANY = "*"
"""Stands for every method."""

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


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call.

    `error`: refused with this code, nothing happens. `status`: this HTTP status with an empty answer,
    nothing happens. `lost`: the call is carried out and its answer never arrives. `delay`: seconds to wait
    before anything else. `retry_after`: with status 429, the header's seconds.
    """

    error: str = ""
    status: int = 0
    lost: bool = False
    delay: float = 0.0
    retry_after: int = 1
    times: int = 1
    carried_out: bool = False
    """With `status`: the call is carried out before the answer fails."""


class Faults:
    """Switches for tests. Thread-safe."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate_limits = False
        self.away = False
        """While True, Slack answers 503 to every call."""
        self._lock = threading.Lock()
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self._recent: dict[str, deque[float]] = defaultdict(deque)
        self._clock = clock

    def fail_next(
        self,
        method: str,
        outcome: str | int = "",
        *,
        delay: float = 0.0,
        retry_after: int = 1,
        times: int = 1,
        carried_out: bool = False,
    ) -> None:
        """Plan for the next `times` calls of a method (or of any, "*").

        `outcome` is an error code ("channel_not_found"), an HTTP status (500), "lost", or empty where the
        call is only slow.
        """
        fault = Fault(
            error=outcome if isinstance(outcome, str) and outcome != "lost" else "",
            status=outcome if isinstance(outcome, int) else 0,
            lost=outcome == "lost",
            delay=delay,
            retry_after=retry_after,
            times=times,
            carried_out=carried_out,
        )
        with self._lock:
            self._planned[method].append(fault)

    def clear(self) -> None:
        """Everything is well again."""
        with self._lock:
            self._planned.clear()
            self.away = False
            self.rate_limits = False

    def next(self, method: str, channel: str) -> Fault | None:
        """The fault that strikes this call, used up by asking."""
        if self.away:
            return Fault(status=503)
        if not self._planned and not self.rate_limits:
            return None
        with self._lock:
            return self._take(method) or self._take(ANY) or self._limited(method, channel)

    def _take(self, method: str) -> Fault | None:
        queue = self._planned.get(method)
        if not queue:
            return None
        fault = queue.popleft()
        if fault.times > 1:
            queue.appendleft(replace(fault, times=fault.times - 1))
        return fault

    def _limited(self, method: str, channel: str) -> Fault | None:
        if not self.rate_limits:
            return None
        posting = method == "chat.postMessage"
        window, allowed = (
            (1.0, POSTS_PER_SECOND_AND_CHANNEL) if posting else (60.0, PER_MINUTE.get(method, TIER_4))
        )
        recent = self._recent[f"{method} {channel}" if posting else method]
        now = self._clock()
        while recent and recent[0] <= now - window:
            recent.popleft()
        if len(recent) >= allowed:
            return Fault(status=429, retry_after=max(1, round(recent[0] + window - now)))
        recent.append(now)
        return None
