"""The one place where the workspace misbehaves on purpose: failures, lost and slow answers, rate limits.

Everything here is off until somebody switches it on. It must never change what a rule decides: a call is
refused before the rules see it, or its answer is spoilt after they have spoken.
"""

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.sandbox.rates import Rates

ANY = "*"
"""Stands for every method."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with one call.

    `error`: refused with this code, nothing happens. `status`: this HTTP status with an empty answer,
    nothing happens unless `carried_out`. `lost`: the call is carried out and its answer never arrives.
    `reset`: the connection dies and nothing happens. `delay`: seconds to wait with the answer; what the
    call does is done at once. `retry_after`: with status 429, the header's seconds.
    """

    error: str = ""
    status: int = 0
    lost: bool = False
    reset: bool = False
    delay: float = 0.0
    retry_after: int = 1
    times: int = 1
    carried_out: bool = False


AWAY = Fault(status=503)
LOST = Fault(lost=True)

Weather = Callable[[str], Fault | None]
"""Says what is wrong with a call of this method at this time."""


class Faults:
    """Switches, for tests and for whoever tries the app by hand. Thread-safe.

    What is planned with `fail_next` comes first. The others last until they are switched off:
    `rate_limits`; `away`: Slack answers 503 to every call; `slow`: every answer takes so many seconds more;
    `lose_every`: of so many calls the last one's answer is lost; `twice`: whatever Slack sends to the app
    it sends twice; `deaf`: the app's next so many answers do not reach Slack; `weather`: asked before each
    call.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.rates = Rates(clock)
        self._lock = threading.Lock()
        self._planned: dict[str, deque[Fault]] = defaultdict(deque)
        self.clear()

    def clear(self) -> None:
        """Everything is well again."""
        with self._lock:
            self._planned.clear()
            self._calls = 0
            self.rate_limits = self.away = self.twice = False
            self.slow, self.lose_every, self.deaf = 0.0, 0, 0
            self.weather: Weather | None = None

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

        `outcome` is an error code ("channel_not_found"), an HTTP status (500), "lost", "reset", or empty
        where the call is only slow.
        """
        code = outcome if isinstance(outcome, str) and outcome not in {"lost", "reset"} else ""
        fault = Fault(
            error=code,
            status=outcome if isinstance(outcome, int) else 0,
            lost=outcome == "lost",
            reset=outcome == "reset",
            delay=delay,
            retry_after=retry_after,
            times=times,
            carried_out=carried_out,
        )
        with self._lock:
            self._planned[method].append(fault)

    def next(self, method: str, channel: str) -> Fault | None:
        """The fault that strikes this call, used up by asking."""
        with self._lock:
            fault = self._take(method) or self._take(ANY) or self._standing(method, channel)
        if not self.slow:
            return fault
        return replace(fault or Fault(), delay=self.slow + (fault.delay if fault else 0.0))

    def is_heard(self) -> bool:
        """Whether the app's next answer reaches Slack, used up by asking."""
        with self._lock:
            lost = self.deaf > 0
            self.deaf -= int(lost)
            return not lost

    def _take(self, method: str) -> Fault | None:
        queue = self._planned.get(method)
        if not queue:
            return None
        fault = queue.popleft()
        if fault.times > 1:
            queue.appendleft(replace(fault, times=fault.times - 1))
        return fault

    def _standing(self, method: str, channel: str) -> Fault | None:
        if self.away:
            return AWAY
        fault = self.weather(method) if self.weather else None
        if fault is None and self.rate_limits:
            wait = self.rates.refuse(method, channel)
            fault = Fault(status=429, retry_after=wait) if wait else None
        return fault or self._lost()

    def _lost(self) -> Fault | None:
        if not self.lose_every:
            return None
        self._calls += 1
        return LOST if self._calls % self.lose_every == 0 else None
