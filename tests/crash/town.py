"""A town whose app is hurt or killed at a numbered point, and where people click again what failed.

Whoever tells a story in it needs to know nothing of that: a click returns once the person has seen it
succeed, and ``settle`` once nothing is left to do. It must never help the app along in a way that the next
process, time, or a person would not.
"""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.changes.first_start import first_policy
from bot.sandbox.person import SlackPerson
from bot.sandbox.records import Answer, Message, View
from bot.sandbox.seed import REPOSITORY, seed
from bot.sandbox.server import create_asgi
from bot.sandbox.serving import listening, serving
from bot.sandbox.workspace import Workspace
from bot.targets import Targets
from storage.engine import Store
from tests.app import local_app
from tests.crash.edges import Door, answer, in_front, slack_call, wound_database, wounded_opener
from tests.crash.points import DeathError, Points
from tests.scenario.town import Moment, Town, empty_database
from tests.scenario.waiting import something_waits

PATIENCE = 5
"""How often a person clicks again."""
ROUNDS = 30
STEPS = 100
"""How many failing steps a story survives before it counts as stuck."""
LATER = 61
"""Seconds: more than a lease, and more than the first pauses before something is tried again."""
MOMENT = "moment.txt"
"""Beside the database: when the town was left. Who lives on from there does so at that moment, however long
ago it was, because rows that have grown old meanwhile would be read again, which makes other points."""


@dataclass
class Addresses:
    """What stays while towns come and go: two servers, a folder to live in, its database's engine."""

    slack: Door
    slack_url: str
    app: Door
    app_url: str
    folder: Path
    engine: Engine
    end: Callable[[], None]
    points: Points


@contextmanager
def addresses(room: Path) -> Iterator[Addresses]:
    """Serve both doors."""
    with ExitStack() as stack:
        doors = [Door(), Door()]
        urls = [stack.enter_context(serving(each, stack.enter_context(listening()))) for each in doors]
        folder = room / "town"
        # One engine for all, so that each statement is compiled once and not once in each short life.
        engine = Store.open(f"sqlite:///{folder / 'app.db'}").engine
        found: list[Addresses] = []
        end = wound_database(engine, lambda: found[0].points)
        found.append(
            Addresses(doors[0], urls[0], doors[1], urls[1], folder, engine, end, Points(frozenset()))
        )
        yield found[0]


class CrashTown(Town):
    """The town in its folder; everything that must survive a death lies there."""

    def __init__(self, at: Addresses) -> None:
        self.folder, self._at = at.folder, at
        self.deaths = 0
        seeded = seed(at.folder)
        workspace = seeded.workspace
        workspace.answer_seconds = workspace.trigger_seconds = 30.0
        workspace.base_url = at.slack_url
        workspace.deliver_to(f"{at.app_url}/slack/events")
        where = f"sqlite:///{at.folder / 'app.db'}"
        moment = _as_left(at.folder)
        super().__init__(workspace, None, seeded.repository, moment, where)  # type: ignore[arg-type]  # started below
        workspace.clock = lambda: self.moment().timestamp()  # time passes for Slack as well
        self.start()

    def person(self, user_id: str, *, hostile: bool = False) -> SlackPerson:
        """Somebody who clicks again what they saw fail."""
        return Insistent(self.workspace, user_id, hostile=hostile, after_failure=self.revive)

    def settle(self) -> None:
        """Let the app run on, and time pass, until nothing is left to do."""
        for _ in range(ROUNDS):
            self._run()
            if not something_waits(self.app.store, self.moment()):
                return
            self.moment.pass_by(seconds=LATER)
        raise AssertionError("something was still due")

    def start(self) -> None:
        """A new process on the same database."""
        self.app = local_app(
            Store(self._at.engine), self._at.slack_url, repositories=self.folder, now=self.moment
        )
        self._at.slack.behind = in_front(create_asgi(self.workspace), self._at.points, slack_call)
        self._at.app.behind = in_front(self.app.edge(now=self.workspace.clock), self._at.points, answer)

    def revive(self) -> None:
        """If the process is dead, the next one is started."""
        old = self._at.points
        if old.is_dead:
            self.deaths += 1
            self._at.points = Points(old.kinds)  # one death a story
            self._at.end()
            self.start()

    def leave(self) -> None:
        """Stop all of it."""
        self._at.slack.behind = self._at.app.behind = None
        self._at.end()
        self.workspace.close()
        _leave_at(self.folder, self.moment())

    def _run(self) -> None:
        """What the threads of the app do: a tick, and all that is due, however often a step fails."""
        for _ in range(STEPS):
            try:
                self.app.clock.tick()
                assert self.app.outbox.drain(), "something was still due"
            except DeathError:
                self.revive()
            except (SQLAlchemyError, sqlite3.Error):
                continue  # as the crew does: the step failed, the row's lease gives it back
            else:
                return
        raise AssertionError("the outbox fails over and over")


class Insistent(SlackPerson):
    """A person who clicks again what they saw fail."""

    def __init__(
        self, workspace: Workspace, user_id: str, *, hostile: bool, after_failure: Callable[[], None]
    ) -> None:
        super().__init__(workspace, user_id, hostile=hostile)
        self._after_failure = after_failure

    def command(self, text: str, channel: str = "") -> Answer:
        """Type it again."""
        return self._until_it_works(lambda: super(Insistent, self).command(text, channel))

    def click(self, message: Message, action_id: str, **how: Any) -> Answer:
        """Click again, on the card as it was on the screen."""
        shown = self.workspace.find_message(message.channel, message.ts) or message

        def again() -> Answer:
            self.hostile = True
            return super(Insistent, self).click(shown, action_id, **how)

        was, first = self.hostile, super().click(message, action_id, **how)
        try:
            return self._until_it_works(again, first)
        finally:
            self.hostile = was

    def click_in_view(self, view: View, action_id: str, **how: Any) -> Answer:
        """Choose it again."""
        return self._until_it_works(lambda: super(Insistent, self).click_in_view(view, action_id, **how))

    def submit(self, view: View | None = None, values: Any = None) -> Answer:
        """Send the form again; it is still open with all that was typed."""
        return self._until_it_works(lambda: super(Insistent, self).submit(view, values))

    def _until_it_works(self, act: Callable[[], Answer], answered: Answer | None = None) -> Answer:
        found = answered or act()
        for _ in range(PATIENCE):
            if found.ok or not found.sent:
                return found
            self._after_failure()
            found = act()
        return found


def found_town(folder: Path) -> None:
    """Make the folder in which a town begins: Slack, the repository, and a database with the policy."""
    folder.mkdir()
    seeded = seed(folder)
    policy = folder / "policy.yml"
    # The folder will be copied, and each copy must lead to its own repository.
    policy.write_text(seeded.policy_text.replace(f'"{seeded.repository}"', REPOSITORY), encoding="utf-8")
    seeded.workspace.close()
    (folder / "app.db").write_bytes(empty_database())
    store = Store.open(f"sqlite:///{folder / 'app.db'}")
    moment = Moment()()
    first_policy(store, policy, now=moment)
    store.close()
    _leave_at(folder, moment)


def _leave_at(folder: Path, moment: datetime) -> None:
    (folder / MOMENT).write_text(moment.isoformat(), encoding="utf-8")


def _as_left(folder: Path) -> Moment:
    left = datetime.fromisoformat((folder / MOMENT).read_text(encoding="utf-8"))
    return Moment(left - datetime.now(UTC))


@contextmanager
def town_from(folder: Path, at: Addresses, points: Points) -> Iterator[CrashTown]:
    """Live on from a copy of that folder for one run, with every point counted."""
    shutil.rmtree(at.folder, ignore_errors=True)
    shutil.copytree(folder, at.folder)
    at.points = points
    original = Targets.open
    Targets.open = wounded_opener(original, lambda: at.points)  # type: ignore[method-assign]
    town = CrashTown(at)
    try:
        yield town
    finally:
        Targets.open = original  # type: ignore[method-assign]
        town.leave()
