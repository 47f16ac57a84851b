"""SIGKILL at random moments while people go through whole stories: nothing lost, nothing twice.

Two stories run at the same time, each first once in peace. Whatever it then moved, posted and changed it must
move, post and change as often in every later telling, however often the app was killed meanwhile.
"""

import asyncio
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path

import pytest
from dulwich.repo import Repo
from sqlmodel import func, select
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.changes.first_start import first_policy
from bot.connectors.git_history import KEY
from bot.directory import GROUPS_EVERY
from bot.outbox.mail import EVENT_TYPE
from bot.sandbox.records import Message as Shown
from bot.sandbox.seed import seeded_in_memory
from bot.sandbox.server import create_asgi
from bot.sandbox.serving import listening, serving
from storage import audit, models
from storage.engine import Store
from storage.models import MessageState
from tests.crash.killed_app import Clock, Lives
from tests.crash.killed_stories import (
    HIGH_CAST,
    LOW_CAST,
    KilledTown,
    Promises,
    refused_story,
    whole_story,
)
from tests.scenario.town import empty_database
from tests.sizes import sized

PARTS = 4
"""The kills are shared out, so that workers of the test run may take a part each."""
MEAN_LIFE = 0.15
"""Seconds from being ready to being killed, on average; the distribution has no memory."""
NO_HISTORY = "gates: {history: {events: 1000, within: 30d, because: rolled back all the time}}\n"
"""The same story is told over and over, so that it must not need more each time."""
KILLED_AT_START = 0.1
"""The share of lives that are killed before they were ever ready."""

Story = Callable[[KilledTown], int]


class SlowSlack:
    """The local Slack, slow at times, before it does what is asked and after it has done it."""

    def __init__(self, slack: ASGIApp, rng: random.Random) -> None:
        self._slack, self._rng = slack, rng
        self._busy = 0
        self._quiet = threading.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; what was asked is done even if nobody waits for the answer any more."""
        with self._quiet:
            self._busy += 1
        try:
            await self._dawdle()
            await self._slack(scope, receive, self._late(send))
        finally:
            with self._quiet:
                self._busy -= 1
                self._quiet.notify_all()

    def wait_until_quiet(self) -> None:
        """A dead process's calls come to their end; Slack never acts on one a minute later."""
        with self._quiet:
            assert self._quiet.wait_for(lambda: not self._busy, timeout=30)

    def _late(self, send: Send) -> Send:
        async def late(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                await self._dawdle()
            await send(message)  # type: ignore[arg-type]  # a message of ASGI

        return late  # type: ignore[return-value]  # the same

    async def _dawdle(self) -> None:
        if self._rng.random() < 0.3:
            await asyncio.sleep(self._rng.uniform(0, 0.03))


@dataclass
class Effects:
    """What one change led to: what stands in Slack, and how often each branch moved for it."""

    said: Counter[tuple[str, str, str]]
    moved: Counter[str]


@dataclass
class Teller:
    """Tells one story after another, and keeps what each led to."""

    tell: Story
    name: str
    effects: list[tuple[int, Effects]] = field(default_factory=list)
    problem: BaseException | None = None

    def once(self, town: KilledTown) -> None:
        """Tell it."""
        number = self.tell(town)
        self.effects.append((number, effects_of(town, number)))

    def until(self, town: KilledTown, over: threading.Event) -> None:
        """Tell it again and again."""
        try:
            while not over.is_set():
                self.once(town)
        except BaseException as error:  # noqa: BLE001  whatever it is, the test says so
            self.problem = error


def effects_of(town: KilledTown, number: int) -> Effects:
    """By what stands in Slack and in the repository, not by what the rows say was sent."""
    with town.app.store.reading() as session:
        rows = session.exec(select(models.Message).where(models.Message.change_id == number)).all()
        moves = session.exec(
            select(models.Move.key, models.Move.pointer, models.Release.id)
            .join(models.Release, models.Release.id == models.Move.release_id)  # type: ignore[arg-type]
            .where(models.Release.change_id == number)
        ).all()
    kinds, made = {row.key: row.kind for row in rows}, Counter(keys_in(town))
    names = re.compile("|".join([rf"PC-{number}\b", *(rf"R-{release}\b" for _, _, release in moves)]))
    said = Counter(
        (each.channel, kinds[mark_of(each)], names.sub("it", each.text))
        for each in posted_in(town)
        if mark_of(each) in kinds
    )
    moved: Counter[str] = Counter()
    for key, pointer, _ in moves:
        moved[pointer] += made[key]
    return Effects(said, moved)


def posted_in(town: KilledTown) -> Iterator[Shown]:
    """Everything that the app has posted, as it stands in Slack."""
    for channel in town.workspace.conversations():
        for top in town.workspace.messages(channel.id):
            for each in town.workspace.thread(channel.id, top.ts):
                if each.bot_id:
                    yield each


def mark_of(shown: Shown) -> str:
    """The key of the row that it says it is; empty where it says nothing."""
    metadata = shown.metadata or {}
    return str(metadata["event_payload"]["key"]) if metadata.get("event_type") == EVENT_TYPE else ""


def keys_in(town: KilledTown) -> Iterator[str]:
    """The idempotency key of each commit that a move has made, on any branch."""
    with Repo(str(town.repository)) as repo:
        heads = [repo.refs[ref] for ref in repo.refs.allkeys() if ref.startswith(b"refs/heads/production")]
        for entry in repo.get_walker(heads):
            for line in entry.commit.message.decode().splitlines():
                if line.startswith(f"{KEY}: "):
                    yield line.removeprefix(f"{KEY}: ")


@contextmanager
def killed_town(folder: Path, rng: random.Random) -> Iterator[tuple[KilledTown, Lives, SlowSlack]]:
    """Slack and the people here, the app in a process of its own."""
    with ExitStack() as stack:
        clock = Clock()
        seeded = seeded_in_memory(folder)
        seeded.workspace.clock = clock
        seeded.workspace.answer_seconds, seeded.workspace.trigger_seconds = 30.0, 600.0
        stack.callback(seeded.workspace.close)
        slack = SlowSlack(create_asgi(seeded.workspace), rng)
        url = stack.enter_context(serving(slack, stack.enter_context(listening())))
        with listening() as found:
            port = int(found.getsockname()[1])
        seeded.workspace.base_url = url
        seeded.workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        (folder / "app.db").write_bytes(empty_database())
        store = Store.open(f"sqlite:///{folder / 'app.db'}")
        stack.callback(store.close)
        policy = folder / "policy.yml"
        policy.write_text(seeded.policy_text + NO_HISTORY, encoding="utf-8")
        first_policy(store, policy, now=clock.now())
        lives = Lives(folder, url, port, clock)
        lives.begin()
        stack.callback(lambda: lives.kill(slack.wait_until_quiet))
        lives.become_ready()
        yield KilledTown(seeded, store, clock, Promises()), lives, slack


def assert_promises_kept(town: KilledTown) -> None:
    """What people saw succeed before is in the trail now."""
    made = list(town.promises.made)
    with town.app.store.reading() as session:
        trail = session.exec(select(models.AuditRow)).all()
    kept = {(row.verb, row.subject, row.actor) for row in trail}
    assert not [each for each in made if each not in kept]


def assert_nothing_lost_nothing_twice(town: KilledTown) -> None:
    """The database is sound, the trail verifies, each row stands in Slack once, each key made one commit."""
    with town.app.store.reading() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert not session.connection().exec_driver_sql("PRAGMA foreign_key_check").all()
        assert isinstance(audit.verify(session), audit.Head)
        rows = session.exec(select(models.Message)).all()
    assert {row.state for row in rows} == {MessageState.SENT}
    marks = Counter(mark_of(each) for each in posted_in(town))
    posted = {row.key for row in rows if row.ts}
    assert posted
    assert not posted - marks.keys(), "somebody went untold"
    assert [mark for mark, times in marks.items() if times > 1] == [], "somebody was told twice"
    assert "" not in marks, "something was posted that no row stands for"
    assert [key for key, times in Counter(keys_in(town)).items() if times > 1] == []


def kill_over_and_over(
    town: KilledTown, lives: Lives, slack: SlowSlack, rng: random.Random, kills: int, tellers: list[Teller]
) -> None:
    """Kill, look whether promises were kept, start the next; then let the stories that were begun end."""
    over = threading.Event()
    threads = [threading.Thread(target=each.until, args=(town, over), daemon=True) for each in tellers]
    for each in threads:
        each.start()
    for _ in range(kills):
        if any(each.problem for each in tellers):
            break
        time.sleep(rng.expovariate(1 / MEAN_LIFE))
        lives.kill(slack.wait_until_quiet)
        assert_promises_kept(town)
        lives.begin()
        if rng.random() < KILLED_AT_START:
            time.sleep(rng.uniform(0, lives.ready_after[0]))
        else:
            lives.become_ready()
            wait_for_groups(town)
    lives.become_ready()
    over.set()
    for each in threads:
        each.join()
    town.settle()


def wait_for_groups(town: KilledTown) -> None:
    """A minute passes with each death, and whose groups were not read for a quarter of an hour is refused."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with town.app.store.reading() as session:
            read = session.exec(select(func.min(models.UserGroup.refreshed_at))).one()
        if town.moment() - read.astimezone(UTC) < GROUPS_EVERY:
            return
        time.sleep(0.02)


def tellers_of_the_day(part: int) -> list[Teller]:
    """The whole story in the low and in the high lane; in one part a story that ends with a no."""
    low = refused_story if part == 0 else whole_story
    return [
        Teller(lambda town: low(town, LOW_CAST), "low"),
        Teller(lambda town: whole_story(town, HIGH_CAST), "high"),
    ]


def assert_same_each_time(tellers: list[Teller]) -> None:
    """Each telling under kills led to what the one in peace had led to."""
    for teller in tellers:
        assert teller.problem is None, teller.problem
        (_, in_peace), *under_kills = teller.effects
        assert under_kills, f"no story of {teller.name} was told to its end"
        assert in_peace.said
        for number, found in under_kills:
            assert found == in_peace, f"PC-{number}, {teller.name}"


def run(folder: Path, kills: int, part: int, seed: int) -> tuple[Lives, list[Teller]]:
    """One part: the stories in peace, then under kills, then everything that must hold."""
    rng = random.Random(seed)  # noqa: S311  no secret
    with killed_town(folder, rng) as (town, lives, slack):
        tellers = tellers_of_the_day(part)
        for each in tellers:
            each.once(town)
        kill_over_and_over(town, lives, slack, rng, kills, tellers)
        assert_same_each_time(tellers)
        assert_promises_kept(town)
        assert_nothing_lost_nothing_twice(town)
        assert lives.deaths >= kills
        return lives, tellers


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kills", [100, 1_000])
def test_kills_lose_nothing_and_repeat_nothing(
    kills: int, part: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Promises are kept after each kill; after the last, everyone was told once and each move made once."""
    seed = int(os.environ.get("KILL_SEED", str(random.SystemRandom().randrange(2**32)))) + part
    with capsys.disabled():
        print(f"\nkills, part {part}: KILL_SEED={seed - part}")  # noqa: T201  for whoever repeats it
        lives, tellers = run(tmp_path, sized(kills) // PARTS, part, seed)
        ready = sorted(lives.ready_after)
        print(  # noqa: T201  the measured distribution
            f"kills, part {part}: {lives.deaths} deaths, "
            f"{sum(len(each.effects) - 1 for each in tellers)} stories; ready after "
            f"p50 {ready[len(ready) // 2]:.3f} s, p99 {ready[int(len(ready) * 0.99)]:.3f} s, "
            f"max {ready[-1]:.3f} s"
        )
