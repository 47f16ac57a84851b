"""A local Slack with real `serve` processes beside it, driven by the same hands as a town.

The processes work by themselves, so ``settle()`` waits until nothing is left to do, and lets the next of them
answer what comes next. Nothing here may reach into a process: only its HTTP side, its database and Slack.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from subprocess import Popen
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from bot.changes import tell
from bot.sandbox.seed import SeededWorkspace, seeded_in_memory
from bot.sandbox.server import running
from storage.engine import Store
from storage.models import Change, EmailPin, Message, MessageState, Move, MoveState, UserGroup
from tests.scenario.town import Moment, Town
from tests.serving import free_port, starting, until_ready

PATIENCE = 120.0


class Company(Town):
    """A town whose app is several processes; what is read here, is read from their database."""

    def __init__(self, seeded: SeededWorkspace, store: Store, folder: Path, database: str) -> None:
        app = cast("Any", SimpleNamespace(store=store))
        super().__init__(seeded.workspace, app, seeded.repository, Moment(), database)
        self.folder, self.processes = folder, dict[int, Popen[str]]()

    def settle(self) -> None:
        """Wait until nothing is left to do, and let the next process answer what comes next."""
        self.wait_for(lambda session: not _something_waits(session))
        self.answer_in_turn()

    def answer_in_turn(self) -> None:
        """From now on another of the processes that live gets what people do."""
        alive = [port for port, process in self.processes.items() if process.poll() is None]
        before = str(self.workspace.delivery.request_url)
        after = next((port for port in alive if f":{port}/" > before), alive[0])
        self.workspace.deliver_to(f"http://127.0.0.1:{after}/slack/events")

    def wait_for(self, so: Any, seconds: float = PATIENCE) -> None:
        """Wait until the rows say so. Raises AssertionError when they do not for long."""
        until = time.monotonic() + seconds
        while True:
            with self.app.store.reading() as session:
                if so(session):
                    return
            assert time.monotonic() < until, "it never came to that"
            time.sleep(0.05)

    @contextmanager
    def starting(self, count: int) -> Iterator[None]:
        """So many more processes, begun at the same moment, and all of them ready."""
        local = self.workspace.app
        settings = {
            "SLACK_BOT_TOKEN": local.bot_token,
            "SLACK_SIGNING_SECRET": local.signing_secret,
            "DATABASE_URL": self.database,
        }
        with ExitStack() as stack:
            begun = {}
            for port in [free_port() for _ in range(count)]:
                one = starting(self.folder, self.workspace.base_url, port, **settings)
                begun[port] = stack.enter_context(one)
            for port, process in begun.items():
                until_ready(process, port)
            self.processes |= begun
            self.wait_for(_everybody_is_known)
            self.answer_in_turn()
            yield

    def tell(self, key: str, person: str, text: str) -> None:
        """Leave a message for one person in the outbox."""
        with self.app.store.transaction() as session:
            tell.privately(session, person, now=self.moment(), key=key, text=text)


@contextmanager
def company(folder: Path, database: str) -> Iterator[Company]:
    """The local Slack and a database, and no process yet."""
    with ExitStack() as stack:
        seeded = seeded_in_memory(folder)
        stack.callback(seeded.workspace.close)
        seeded.workspace.answer_seconds = seeded.workspace.trigger_seconds = 30.0
        (folder / "policy.yml").write_text(seeded.policy_text, encoding="utf-8")
        stack.enter_context(running(seeded.workspace))
        store = Store.open(database)
        stack.callback(store.close)
        yield Company(seeded, store, folder, database)


def _something_waits(session: Session) -> bool:
    """Whether a message or a move waits, or a card shows what is over."""
    waiting = select(Message.id).where(Message.state == MessageState.PENDING)
    moving = select(Move.id).where(or_(Move.state == MoveState.PENDING, col(Move.lease_until).is_not(None)))
    old = (
        select(Message.id)
        .join(Change, col(Change.id) == col(Message.change_id))
        .where(
            Message.state == MessageState.SENT,
            col(Message.redrawn).is_(True),
            col(Message.ts).is_not(None),
            col(Message.drawn_version) < col(Change.version),
        )
    )
    return any(session.exec(each).first() is not None for each in (waiting, moving, old))


def _everybody_is_known(session: Session) -> bool:
    """The first tick has read the groups and the addresses that the policy names."""
    groups = session.exec(select(UserGroup.refreshed_at)).all()
    pins = session.exec(select(func.count()).select_from(EmailPin)).one()
    return len(groups) == 3 and all(groups) and pins == 3
