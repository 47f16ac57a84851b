"""The outbox as the app sees it: start it, wake it after a commit, ask how it is, stop it.

It must never do anything that is not a row: with every thread stopped and started again, the same things
leave the process.
"""

import time
from functools import partial
from typing import Final

from bot.outbox.bell import Bell
from bot.outbox.crew import Crew, Find, Rest, Work, do_one
from bot.outbox.messages import Postman
from bot.outbox.moves import Mover

MESSAGE_WORKERS: Final = 2
MOVE_WORKERS: Final = 16
"""Ten rollbacks at once wait for ten targets at once. Those that wait for work cost nothing."""

GATHER_MOVES: Final = 0.05
GATHER_MESSAGES: Final = 0.2
"""A rollback is to leave at once; looking for cards to redraw costs more than looking for moves."""


class Outbox:
    """Messages and moves, each with a few threads of its own: a slow target holds up no message."""

    def __init__(
        self,
        postman: Postman,
        mover: Mover,
        *,
        message_workers: int = MESSAGE_WORKERS,
        move_workers: int = MOVE_WORKERS,
    ) -> None:
        self._postman = postman
        self._bell = Bell()
        self._moves = self._ringing(mover.find)
        self._crews = (
            Crew("move", self._moves, self._bell, size=move_workers, gather=GATHER_MOVES),
            Crew("message", postman.find, self._bell, size=message_workers, gather=GATHER_MESSAGES),
        )

    def wake(self) -> None:
        """Look for work at once. Called after each commit that may have left some; costs next to nothing."""
        self._bell.ring()

    def start(self) -> None:
        """Let the threads work."""
        for crew in self._crews:
            crew.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """Begin nothing more and wait for what is under way; says whether all of it came to an end."""
        until = time.monotonic() + timeout
        for crew in self._crews:
            crew.ask_to_stop()
        ended = [crew.join(max(0.0, until - time.monotonic())) for crew in self._crews]
        return all(ended)

    def drain(self, limit_seconds: float = 30.0) -> bool:
        """Do everything that is due, in this thread. False: something was still due when the time was up.

        What is due only later (a failed attempt, a pause that Slack asked for) is left for later.
        """
        until = time.monotonic() + limit_seconds
        while time.monotonic() < until:
            rests = [rest for rest in (do_one(self._moves), do_one(self._postman.find)) if rest is not None]
            if len(rests) < len(self._crews):
                continue
            pause = min(rest.seconds for rest in rests)
            if pause >= Rest().seconds:
                return True
            time.sleep(pause)
        return False

    def problem(self) -> str | None:
        """Why something does not leave, in words for the readiness page, or None."""
        problems = [self._postman.problem(), *(crew.problem() for crew in self._crews)]
        return "; ".join(each for each in problems if each) or None

    def _ringing(self, find: Find) -> Find:
        """A move that was settled has left messages."""

        def found() -> Work | Rest:
            work = find()
            return work if isinstance(work, Rest) else partial(self._and_ring, work)

        return found

    def _and_ring(self, work: Work) -> None:
        work()
        self._bell.ring()
