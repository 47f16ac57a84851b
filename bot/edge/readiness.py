"""Whether this process can do its work now: `GET /readyz`.

What is asked may itself hang, a database for instance. So there is one thread for it, one question at a time,
and an end to waiting. An answer names what is not well and must never say more: a reason can hold an address
with a password in it, so reasons go to the log.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import structlog

PATIENCE_SECONDS: Final = 2.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something is not well, for the log."""

    reason: str


Ask = Callable[[], Mapping[str, Problem | None]]


class Readiness:
    """Asks what is not well, and remembers it so that the log tells changes only."""

    def __init__(self, ask: Ask, *, seconds: float = PATIENCE_SECONDS) -> None:
        self._ask = ask
        self._seconds = seconds
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
        self._asked: asyncio.Future[Mapping[str, Problem | None]] | None = None
        self._told: frozenset[str] = frozenset()

    async def not_well(self) -> list[str]:
        """The names of what is not well, sorted; empty when all is. A question that hangs is not well."""
        if self._asked is None or self._asked.done():
            self._asked = asyncio.get_running_loop().run_in_executor(self._thread, self._ask)
        try:
            found = await asyncio.wait_for(asyncio.shield(self._asked), self._seconds)
        except Exception as error:  # noqa: BLE001 - any fault in asking is an answer to the question
            found = {"readiness": Problem(f"could not be asked ({type(error).__name__})")}
        problems = {name: problem for name, problem in found.items() if problem is not None}
        self._tell(problems)
        return sorted(problems)

    def _tell(self, problems: Mapping[str, Problem]) -> None:
        names = frozenset(problems)
        for name in sorted(names - self._told):
            log.warning("not well", part=name, reason=problems[name].reason)
        for name in sorted(self._told - names):
            log.info("well again", part=name)
        self._told = names

    def close(self) -> None:
        """Let the thread go without waiting for what it may hang on."""
        self._thread.shutdown(wait=False, cancel_futures=True)
