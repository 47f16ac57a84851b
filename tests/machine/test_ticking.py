"""What is due is done once, however many tick at the same moment; a clock that ticks no more is noticed."""

import ctypes
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from sqlmodel import col, func, select

from bot.app import PromptChange
from bot.changes.stale import become_stale
from storage.engine import Store
from storage.models import AuditRow, Change, Message, Revision
from tests.app import local_app
from tests.machine.crowd import gathered
from tests.scenario.order import overhearing
from tests.scenario.town import Town, running_town

STALE = 12


@contextmanager
def more(town: Town, folder: Path, count: int) -> Iterator[list[PromptChange]]:
    """So many more apps on the town's database, each with connections of its own."""
    with ExitStack() as stack:
        apps = []
        for _ in range(count):
            store = Store.open(town.database)
            stack.callback(store.close)
            apps.append(local_app(store, town.workspace.base_url, repositories=folder, now=town.moment))
        yield apps


def test_each_due_item_is_handled_once_by_whoever_ticks(tmp_path: Path, database: str) -> None:
    """Four apps tick at the same moment; each stale change gets one new diff, and one line says so."""
    with running_town(tmp_path, database=database) as town, overhearing(town):
        numbers = list(gathered(town, STALE))
        with town.app.store.transaction() as session:
            for number in numbers:
                become_stale(session, session.get_one(Change, number), "moved", now=town.moment())
        with more(town, tmp_path, 4) as apps:
            line = threading.Barrier(len(apps))

            def tick(app: PromptChange) -> None:
                line.wait()
                app.clock.tick()

            threads = [threading.Thread(target=tick, args=(app,)) for app in apps]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        with town.app.store.reading() as session:
            for number in numbers:
                written = select(func.count()).select_from(Revision).where(col(Revision.change_id) == number)
                told = select(func.count()).select_from(AuditRow)
                told = told.where(AuditRow.subject == f"PC-{number}", AuditRow.verb == "change:new_before")
                lines = select(func.count()).select_from(Message)
                lines = lines.where(col(Message.key).like(f"thread:{number}:stale:%"))
                assert [session.exec(each).one() for each in (written, told, lines)] == [2, 1, 1]
        assert town.faults == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # it is killed
def test_a_dead_tick_makes_the_process_not_ready_within_thirty_seconds(tmp_path: Path) -> None:
    """Its thread is killed from outside; nothing else is wrong, and nothing was set."""
    with running_town(tmp_path) as town:
        page = str(town.workspace.delivery.request_url).replace("/slack/events", "/readyz")
        town.app.start()
        try:
            assert httpx.get(page).json() == {"status": "ready", "not_well": []}
            _kill(next(each for each in threading.enumerate() if each.name == "APScheduler"))
            until = time.monotonic() + 30
            while httpx.get(page).status_code == httpx.codes.OK:
                assert time.monotonic() < until, "still ready"
                time.sleep(0.2)
            assert httpx.get(page).json() == {"status": "not ready", "not_well": ["clock"]}
        finally:
            town.app.stop()


def _kill(thread: threading.Thread) -> None:
    """Raise SystemExit in it, which ends it without a word."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
    )
