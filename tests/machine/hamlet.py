"""A town without doors: the app's use cases called as its listeners call them, beside a local Slack.

Clicks do not pass through HTTP here, so that thousands of them are told in a minute; what the app sends goes
to the local Slack as ever. The clock stands still until somebody moves it.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from dulwich.repo import Repo
from slack_sdk import WebClient
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.app import PromptChange
from bot.changes.first_start import first_policy
from bot.changes.force import keep_version, put_in_force
from bot.changes.outcome import Actor, Refused
from bot.changes.rechecks import after_new_policy
from bot.outbox.crew import Rest, do_one
from bot.sandbox.seed import seeded_in_memory
from bot.sandbox.server import create_asgi
from bot.sandbox.serving import listening, serving
from storage import backup
from storage.engine import Store
from storage.queries import record
from tests.app import local_app
from tests.scenario.town import Town, empty_database

BEGINNING = datetime(2025, 6, 2, 10, tzinfo=UTC)
MEMORY = Path("/dev/shm")  # noqa: S108  a folder of our own is made in it
"""Where a machine has it, files cost no disk: what is told here is no power failure."""
MOST_STEPS = 5_000
BY_HAND = "letters"
"""A workflow whose prompt a person moves."""


@dataclass
class Still:
    """A clock that stands still until it is moved."""

    at: datetime = BEGINNING

    def __call__(self) -> datetime:
        """What the time is."""
        return self.at

    def pass_by(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)


class Street:
    """One server for all hamlets of a process, since starting one takes longer than a story."""

    def __init__(self) -> None:
        self.house: ASGIApp | None = None
        self.first_day = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Whoever lives here now answers."""
        assert self.house is not None
        await self.house(scope, receive, send)


@contextmanager
def street() -> Iterator[tuple[Street, str]]:
    """The server, and its address."""
    found = Street()
    with listening() as bound, serving(found, bound) as url:
        yield found, url


class Hamlet:
    """``reopen()`` is a death and a new start: nothing but the database goes on."""

    def __init__(self, here: Street, url: str) -> None:
        self._folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.folder, self.url = Path(self._folder.name), url
        # The seed makes the repository and the people; everything else of the first day is kept.
        seeded = seeded_in_memory(self.folder)
        self.workspace, self.repository, self.moment = seeded.workspace, seeded.repository, Still()
        here.house, here.first_day = create_asgi(self.workspace), here.first_day or empty_database()
        is_first = here.first_day == empty_database()
        (self.folder / "app.db").write_bytes(here.first_day)
        self.app = self._opened()
        if is_first:
            here.first_day = self._first_day(seeded.policy_text)
        self._events = 0

    def close(self) -> None:
        """Leave nothing behind."""
        self.app.store.close()
        self.workspace.close()
        self._folder.cleanup()

    def reopen(self) -> None:
        """The process dies and another one starts."""
        self.app.store.close()
        self.app = self._opened()

    def work(self) -> Rest | None:
        """One move and one message, as the outbox's threads do them; or for how long there is nothing."""
        outbox = self.app.outbox
        rests = [do_one(outbox._moves), do_one(outbox._postman.find)]  # noqa: SLF001  its threads are not started here
        found = [each for each in rests if each is not None]
        return min(found, key=lambda each: each.seconds) if len(found) == len(rests) else None

    def drain(self) -> None:
        """Let everything leave that is due; where the outbox paces itself, time passes."""
        for _ in range(MOST_STEPS):
            rest = self.work()
            if rest is not None and rest.seconds >= Rest().seconds:
                return
            if rest is not None:
                self.moment.pass_by(seconds=rest.seconds)
        raise AssertionError("the outbox never comes to rest")

    def actor(self, who: str, *, acknowledging: bool = False) -> Actor | None:
        """Who acts, through the app's own door; None where nobody may act under that name."""
        found = self.app.people.actor(who, self.workspace.team.id, acknowledging=acknowledging)
        return None if isinstance(found, Refused) else found

    def hear_of_person(self, who: str) -> None:
        """Slack tells the app that an account was altered."""
        user = WebClient(token=self.workspace.app.bot_token, base_url=f"{self.url}/api/").users_info(user=who)
        self.app.people.on_user_change({"user": user["user"]}, self._event())

    def hear_of_group(self, group: str) -> None:
        """Slack tells the app who is in a group."""
        members = list(self.workspace.group(group).members)
        self.app.people.on_subteam_updated({"subteam": {"id": group, "users": members}}, self._event())

    def change_policy(self, edit: Callable[[dict[str, Any]], None]) -> None:
        """Put another policy in force, as ``policy load`` does."""
        now = self.moment()
        with self.app.store.transaction() as session:
            found = record.text_in_force(session)
            assert found is not None
            data = yaml.safe_load(found[1])
            edit(data)
            version = keep_version(session, yaml.safe_dump(data), source="host", now=now)
            if version != found[0]:
                put_in_force(session, version, actor="system", now=now)
                after_new_policy(session, now=now)

    def live_text(self, path: str) -> str:
        """What production serves at this path."""
        found = Town.live_text(self, path)  # type: ignore[arg-type]  it needs the repository alone
        assert found is not None
        return found

    def commit_outside(self, path: str, text: str, branch: str) -> None:
        """Somebody moves a branch past the app."""
        Town.commit_outside(self, path, text, branch)  # type: ignore[arg-type]  the repository and the time

    def has_branch(self, branch: str) -> bool:
        """Whether the repository has it yet."""
        with Repo(str(self.repository)) as repo:
            return f"refs/heads/{branch}".encode() in repo.refs

    @property
    def target_is_away(self) -> bool:
        """Whether the repository is out of reach."""
        return not self.repository.exists()

    def take_target_away(self) -> None:
        """The repository is out of reach from now on."""
        self.repository.rename(self._aside)

    def bring_target_back(self) -> None:
        """It is there again."""
        if self.target_is_away:
            self._aside.rename(self.repository)

    @property
    def _aside(self) -> Path:
        return self.repository.with_suffix(".aside")

    def _event(self) -> str:
        self._events += 1
        return f"Ev{self._events}"

    def _first_day(self, text: str) -> bytes:
        """A policy comes into force, and the app meets its people; the database afterwards."""
        (self.folder / "policy.yml").write_text(self._with_a_manual_workflow(text), encoding="utf-8")
        first_policy(self.app.store, self.folder / "policy.yml", now=self.moment())
        self.app.meet_people()
        copy = self.folder / "first-day.db"
        backup.back_up(self.folder / "app.db", copy)
        return copy.read_bytes()

    def _with_a_manual_workflow(self, text: str) -> str:
        # Named relative to the folder, so that the same policy holds in every hamlet.
        data = yaml.safe_load(text.replace(str(self.repository), self.repository.name))
        data["workflows"][BY_HAND] = {
            **data["workflows"]["summaries"],
            "target": {"kind": "manual", "person": "U0DEV"},
        }
        return yaml.safe_dump(data)

    def _opened(self) -> PromptChange:
        store = Store.open(f"sqlite:///{self.folder / 'app.db'}")
        return local_app(store, self.url, repositories=self.folder, now=self.moment)
