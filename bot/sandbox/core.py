"""What every room of the workspace shares: the lock, the clock, the records, names for new things.

The lock is held for moments only. It must never be held while something is sent to the app, because the
app will call the Web API before it answers.
"""

import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.sandbox.faults import Faults
from bot.sandbox.records import (
    AppProfile,
    Call,
    Channel,
    JsonObject,
    Message,
    Rendered,
    StoredFile,
    Surface,
    Team,
    User,
    UserGroup,
    View,
)
from bot.sandbox.store import Shelf, Store

LOG_LENGTH = 20_000
"""How many calls and rendered surfaces are kept for whoever asserts on them."""


class Core:
    """State and the small tools of every rule. See `Workspace` for the whole."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        team: Team | None = None,
        app: AppProfile | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.team = team or Team()
        self.app = app or AppProfile()
        self.clock = clock
        self.base_url = ""
        self.trigger_seconds = 3.0
        self.answer_seconds = 3.0
        self.revision = 0
        self.faults = Faults(clock)
        self.calls: deque[Call] = deque(maxlen=LOG_LENGTH)
        self.rendered: deque[Rendered] = deque(maxlen=LOG_LENGTH)
        self._lock = threading.RLock()
        self._changes = threading.Condition()
        self._last_ts = 0
        self._open_shelves(folder)

    def _open_shelves(self, folder: Path | None) -> None:
        self._store = Store(folder) if folder is not None else None
        self._users = Shelf(self._store, "user", User)
        self._groups = Shelf(self._store, "group", UserGroup)
        self._channels = Shelf(self._store, "channel", Channel)
        self._messages = Shelf(self._store, "message", Message)
        self._views = Shelf(self._store, "view", View)
        self._files = Shelf(self._store, "file", StoredFile)
        self._contents: dict[str, bytes] = self._store.all_bytes() if self._store else {}

    def close(self) -> None:
        """Let go of the folder. An in-memory workspace is gone after this."""
        with self._lock:
            if self._store is not None:
                self._store.close()
                self._store = None

    def now(self) -> int:
        """Seconds since 1970, as Slack writes most times."""
        return int(self.clock())

    def new_ts(self) -> str:
        """A message timestamp, later than every one before it: `seconds.microseconds`."""
        with self._lock:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def new_id(self, prefix: str) -> str:
        """An id that looks like Slack's: a letter and ten capitals or digits."""
        return prefix + secrets.token_hex(5).upper()

    def changed(self) -> None:
        """Say that something can be seen now that could not be before."""
        with self._changes:
            self.revision += 1
            self._changes.notify_all()

    def wait_for_change(self, since: int, timeout: float) -> int:
        """Block until `revision` is beyond `since` or `timeout` seconds have passed; returns the revision."""
        with self._changes:
            self._changes.wait_for(lambda: self.revision > since, timeout)
            return self.revision

    def emit(self, event: JsonObject) -> None:
        """Tell the app of an event; the workspace knows how."""

    def note_rendered(
        self, surface: Surface, via: str, payload: Mapping[str, object] | Sequence[JsonObject]
    ) -> None:
        """Keep what the app wants to show, as it came, for whoever validates all of it."""
        shown = dict(payload) if isinstance(payload, Mapping) else {"blocks": list(payload)}
        self.rendered.append(Rendered(surface, shown, via))
