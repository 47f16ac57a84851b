"""Where the time of one click goes: ``python -m tests.bench.spans``, and ``--sql`` for its statements.

The clicks run in this process, one after another, with nothing in the background; the watches hang on the
outside of the product, which knows nothing of them.
"""

import argparse
import asyncio
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from slack_bolt import App
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.listeners import decide
from bot.people import People
from storage.prepared import Prepared
from tests.bench.clicks import Click, request
from tests.bench.slack import REPLACED, copies
from tests.scenario.town import Town, running_town

CLICKS = 400
WARM_UP = 50


class Watches:
    """Seconds by name, taken around functions; what runs inside another watch is counted in both."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.statements: list[str] = []
        self._began = 0.0

    def around(self, owner: Any, attribute: str, name: str) -> None:
        """Watch a function by replacing it where it is looked up."""
        inner = getattr(owner, attribute)

        def watched(*args: Any, **more: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args, **more)
            finally:
                self.seconds[name] += time.perf_counter() - began

        setattr(owner, attribute, watched)

    def on(self, engine: Engine) -> None:
        """Watch what the database does: reads, writes, and the commit with its sync to the disk.

        Prepared statements go past SQLAlchemy, so both ways are watched.
        """
        self.around(engine.dialect, "do_commit", "commit")
        prepared = Prepared.rows

        def rows(statement: Prepared, where: Any, /, **values: Any) -> Any:
            began = time.perf_counter()
            try:
                return prepared(statement, where, **values)
            finally:
                self._ran(str(statement), time.perf_counter() - began)

        setattr(Prepared, "rows", rows)  # noqa: B010  a method, which mypy lets nobody assign

        @event.listens_for(engine, "before_cursor_execute")
        def begin(*_: Any) -> None:
            self._began = time.perf_counter()

        @event.listens_for(engine, "after_cursor_execute")
        def end(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            self._ran(statement, time.perf_counter() - self._began)

    def _ran(self, statement: str, seconds: float) -> None:
        self.seconds["reads" if statement.startswith(("SELECT", "BEGIN")) else "writes"] += seconds
        self.statements.append(" ".join(statement.split()))


async def clicked(edge: Any, click: Click, secret: str) -> int:
    """Hand one signed request to the edge as uvicorn does; the status of its answer."""
    head, _, body = request(click.body, secret).partition(b"\r\n\r\n")
    pairs = (line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    scope = {
        "type": "http",
        "path": "/slack/events",
        "method": "POST",
        "headers": [(key.lower(), value) for key, value in pairs],
    }
    statuses: list[int] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body}

    async def send(message: dict[str, Any]) -> None:
        statuses.append(message.get("status", 0))

    await edge(scope, receive, send)
    return statuses[0]


async def _all(town: Town, clicks: list[Click], watches: Watches) -> None:
    edge, secret = town.app.edge(), town.workspace.app.signing_secret
    for number, click in enumerate(clicks):
        if number == WARM_UP:
            watches.seconds.clear()
            watches.statements.clear()
        began = time.perf_counter()
        assert await clicked(edge, click, secret) == 200
        watches.seconds["whole"] += time.perf_counter() - began
    edge.close()


def measure(*, completing: bool) -> tuple[Watches, int]:
    """Click, and give the watches with the count of clicks that they saw."""
    watches = Watches()
    watches.around(App, "dispatch", "dispatch")
    watches.around(People, "actor", "actor")
    watches.around(decide, "approve", "approve")
    with tempfile.TemporaryDirectory() as folder, running_town(Path(folder)) as town:
        assert town.propose("U0MIRA", "support-answers", replace=REPLACED).last_answer.ok
        count = CLICKS + WARM_UP
        clicks = list(copies(town, count, 0 if completing else count))
        watches.on(town.app.store.engine)
        asyncio.run(_all(town, clicks, watches))
    return watches, CLICKS


def spans(watches: Watches, count: int) -> dict[str, float]:
    """Milliseconds of one click by where they went, without overlaps."""
    ms = {name: seconds * 1000 / count for name, seconds in watches.seconds.items()}
    database = ms["reads"] + ms["writes"] + ms["commit"]
    return {
        "edge: signature, JSON, shapes, threads": ms["whole"] - ms["dispatch"],
        "Bolt: middleware, arguments, matching": ms["dispatch"] - ms["actor"] - ms["approve"],
        "Python of the click: rights, rules, SQLAlchemy": ms["actor"] + ms["approve"] - database,
        "SQLite: reads": ms["reads"],
        "SQLite: writes": ms["writes"],
        "SQLite: commit, synced to the disk": ms["commit"],
        "one click": ms["whole"],
    }


def main() -> None:
    """Print the table, or the statements of one click."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.spans", description=__doc__)
    parser.add_argument("--sql", action="store_true", help="print the statements of one click")
    parser.add_argument("--completing", action="store_true", help="clicks that complete the approval")
    asked = parser.parse_args()
    watches, count = measure(completing=asked.completing)
    console = Console()
    each = len(watches.statements) // count
    if asked.sql:
        console.print("\n".join(watches.statements[:each]), markup=False, highlight=False)
    table = Table(title=f"One click, {each} statements: where its time goes", title_justify="left")
    table.add_column("")
    table.add_column("ms", justify="right")
    for name, ms in spans(watches, count).items():
        table.add_row(name, f"{ms:.2f}")
    console.print(table)


if __name__ == "__main__":
    main()
