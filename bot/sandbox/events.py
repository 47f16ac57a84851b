"""The events that Slack sends to the app, in the background, again when the app does not take them.

Slack tries four times: at once, and after `retry_delays` (immediately, 1 minute, 5 minutes), by the
workspace's clock: whoever moves that by hand says so with `time_passed`. It must never hold up whoever
caused the event.
"""

import heapq
import secrets
import threading
from dataclasses import dataclass, field
from itertools import count

from bot.sandbox.core import Core
from bot.sandbox.delivery import Delivery, Reply
from bot.sandbox.records import JsonObject

RETRY_DELAYS = (0.0, 60.0, 300.0)
_REASONS = {
    "operation_timeout": "http_timeout",
    "http_error": "http_error",
    "dispatch_failed": "connection_failed",
}


@dataclass(order=True, slots=True)
class _Waiting:
    due: float
    number: int
    body: JsonObject = field(compare=False)
    attempt: int = field(default=0, compare=False)
    reason: str = field(default="", compare=False)


class EventFeed:
    """A queue with one thread, started at the first event."""

    def __init__(self, core: Core, delivery: Delivery) -> None:
        self.retry_delays: tuple[float, ...] = RETRY_DELAYS
        self.undelivered: list[JsonObject] = []
        """Events that the app did not take after the last attempt."""
        self._core = core
        self._delivery = delivery
        self._queue: list[_Waiting] = []
        self._numbers = count()
        self._state = threading.Condition()
        self._busy = 0
        self._held = False
        self._stopped = False
        self._thread: threading.Thread | None = None

    def publish(self, event: JsonObject) -> None:
        """Queue an event for the app, if the app asked for its kind and has ever been there."""
        if self._wanted(event):
            self._enqueue(_Waiting(self._core.clock(), next(self._numbers), self.envelope(event)))

    def deliver_now(self, event: JsonObject) -> Reply:
        """Deliver an event in the caller's thread; retries, if needed, go on in the background."""
        if not self._wanted(event):
            return Reply("" if self._delivery.is_expected else "dispatch_failed")
        return self._attempt(_Waiting(self._core.clock(), next(self._numbers), self.envelope(event)))

    def hold(self) -> None:
        """Keep events back until `release`."""
        with self._state:
            self._held = True

    def release(self) -> None:
        """Let what was kept back go."""
        with self._state:
            self._held = False
            self._state.notify_all()

    def settle(self, timeout: float = 5.0) -> bool:
        """Block until every event was delivered or given up; False when the time is up first."""
        with self._state:
            return self._state.wait_for(lambda: not self._queue and not self._busy, timeout)

    def time_passed(self) -> None:
        """Look again what is due: the workspace's clock was moved."""
        with self._state:
            self._state.notify_all()

    def quiet(self, timeout: float = 5.0) -> bool:
        """Block until nothing is due at this time; what is tried again later may wait. False: time is up."""
        with self._state:
            return self._state.wait_for(lambda: not self._busy and not self._is_due(), timeout)

    def close(self) -> None:
        """Stop; what waits is dropped."""
        with self._state:
            self._stopped = True
            self._state.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=self._core.answer_seconds + 2)

    def envelope(self, event: JsonObject) -> JsonObject:
        """The callback around an event, with an id by which the app can know it again."""
        core = self._core
        seen_by = {"enterprise_id": None, "team_id": core.team.id, "user_id": core.app.bot_user_id}
        return {
            "token": core.app.verification_token,
            "team_id": core.team.id,
            "api_app_id": core.app.app_id,
            "event": {"event_ts": core.new_ts(), **event},
            "type": "event_callback",
            "event_id": core.new_id("Ev"),
            "event_time": core.now(),
            "authorizations": [{**seen_by, "is_bot": True, "is_enterprise_install": False}],
            "is_ext_shared_channel": False,
            "event_context": secrets.token_urlsafe(12),
        }

    def _wanted(self, event: JsonObject) -> bool:
        kind = str(event["type"])
        if kind == "message":
            kind = f"message.{event['channel_type']}".replace("message.channel", "message.channels")
            kind = kind.replace("message.group", "message.groups")
        return kind in self._core.app.events and self._delivery.is_expected

    def _enqueue(self, waiting: _Waiting) -> None:
        with self._state:
            heapq.heappush(self._queue, waiting)
            if self._thread is None and not self._stopped:
                self._thread = threading.Thread(target=self._run, name="sandbox-events", daemon=True)
                self._thread.start()
            self._state.notify_all()

    def _run(self) -> None:
        while (waiting := self._take()) is not None:
            try:
                self._attempt(waiting)
            finally:
                with self._state:
                    self._busy -= 1
                    self._state.notify_all()

    def _take(self) -> _Waiting | None:
        with self._state:
            while not self._stopped:
                if self._is_due() and not self._held:
                    self._busy += 1
                    return heapq.heappop(self._queue)
                pause = self._queue[0].due - self._core.clock() if self._queue and not self._held else None
                self._state.wait(pause)
            return None

    def _is_due(self) -> bool:
        return bool(self._queue) and self._queue[0].due <= self._core.clock()

    def _attempt(self, waiting: _Waiting) -> Reply:
        reply = self._delivery.event(waiting.body, waiting.attempt, waiting.reason)
        if reply.ok:
            return reply
        if reply.no_retry or waiting.attempt >= len(self.retry_delays):
            self.undelivered.append(waiting.body)
            return reply
        due = self._core.clock() + self.retry_delays[waiting.attempt]
        again = _Waiting(due, waiting.number, waiting.body, waiting.attempt + 1, _REASONS[reply.problem])
        self._enqueue(again)
        return reply
