"""``make bench``: the approve click beside a bare Bolt app, in turns, and what came of it on record.

Exits with 1 when 1,000 clicks at once are not all answered in time, or an answered click is not on record.
"""

import argparse
import json
import resource
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from itertools import islice
from pathlib import Path
from subprocess import Popen
from typing import Any

from storage.engine import Store
from tests.bench.clicks import Click
from tests.bench.figures import Rounds
from tests.bench.processes import Server, free_port, running, talking
from tests.bench.record import NotOnRecordError, check
from tests.bench.report import show

WARM_UP = 200
AT_SIXTEEN = 480
AT_ONE = 200
AT_ONCE = 1_000
AT_ONCE_ROUNDS = 3
COMPLETING_ROUNDS = 2
STARTS = 3
IN_TIME = 3.0
"""Seconds; Slack waits no longer for an answer."""
FILES = 4_096
"""1,000 connections at each end, and the rest."""


class Bench:
    """Two servers that take turns: while one is measured, the other and what it talks to are paused."""

    def __init__(self, stack: ExitStack, folder: Path, rounds: int) -> None:
        self.rounds = rounds
        plain = WARM_UP + rounds * (AT_SIXTEEN + AT_ONE) + AT_ONCE_ROUNDS * AT_ONCE
        count = plain + COMPLETING_ROUNDS * AT_SIXTEEN
        self._slack = stack.enter_context(talking("tests.bench.slack", str(folder), str(count), str(plain)))
        self._place = _line(self._slack)
        self._load = stack.enter_context(talking("tests.bench.load"))
        self._folder, self._stack = folder, stack
        url = f"sqlite:///{folder / 'app.db'}"
        self._environment = {
            "SLACK_BOT_TOKEN": self._place["token"],
            "SLACK_SIGNING_SECRET": self._place["secret"],
            "SLACK_API_URL": self._place["api"],
            "DATABASE_URL": url,
            "REPOSITORIES": str(folder),
            "LOG_LEVEL": "WARNING",
        }
        self.store = Store.open(url)
        stack.callback(self.store.close)
        self._clicks = iter([Click(**each) for each in json.loads((folder / "clicks.json").read_text())])
        self.done: list[Click] = []
        self.ready: dict[str, list[float]] = {"ours": [], "bare": []}

    def start(self) -> None:
        """Start both a few times for the time that it takes, and leave both running."""
        for left in reversed(range(STARTS)):
            stack = ExitStack() if left else self._stack
            self.ours = stack.enter_context(self._ours())
            self.ready["ours"].append(self.ours.ready_seconds)
            self.ours.pause()
            self.bare = stack.enter_context(self._bare())
            self.ready["bare"].append(self.bare.ready_seconds)
            self.ours.resume()
            if left:
                stack.close()

    def _ours(self) -> AbstractContextManager[Server]:
        port = free_port()
        environment = {**self._environment, "PORT": str(port)}
        return running("bot", ["serve"], port, environment, self._folder / "ours.log")

    def _bare(self) -> AbstractContextManager[Server]:
        port = free_port()
        arguments = [self._place["token"], self._place["secret"], self._place["api"], str(port)]
        return running("tests.bench.bare", arguments, port, {}, self._folder / "bare.log")

    def pair(self, clicks: int, clients: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """One round of each server with the same clicks: the bare one first. Ours are checked on record."""
        mine = list(islice(self._clicks, clicks))
        self.ours.pause()
        theirs = self._round(self.bare, mine, clients)
        self.ours.resume()
        ours = self._round(self.ours, mine, clients)
        self.done += mine
        check(self.store, self.done)
        return ours, theirs

    def _round(self, server: Server, clicks: list[Click], clients: int) -> dict[str, Any]:
        asked = {"port": server.port, "secret": self._place["secret"], "clients": clients}
        if self._load.stdin is None:
            raise RuntimeError("the load generator has no input")
        self._load.stdin.write(json.dumps(asked | {"bodies": [each.body for each in clicks]}) + "\n")
        self._load.stdin.flush()
        return _line(self._load)


def _line(process: Popen[str]) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("a process of the bench has ended early; what it said stands above")
    found: dict[str, Any] = json.loads(line)
    return found


def _rounds(bench: Bench) -> Iterator[tuple[str, int, int]]:
    """What is measured: a name, how many clicks, from how many clients at a time."""
    for _ in range(bench.rounds):
        yield "16 clients", AT_SIXTEEN, 16
        yield "1 client", AT_ONE, 1
    for _ in range(AT_ONCE_ROUNDS):
        yield "1,000 at once", AT_ONCE, AT_ONCE
    for _ in range(COMPLETING_ROUNDS):
        yield "16 clients, completing", AT_SIXTEEN, 16


def main() -> int:
    """Run the bench and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds with 16 clients and with 1")
    rounds = parser.parse_args().rounds
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))
    with tempfile.TemporaryDirectory(prefix="prompt-change-bench-") as name, ExitStack() as stack:
        bench = Bench(stack, Path(name), rounds)
        bench.start()
        bench.pair(WARM_UP, 16)
        ours: dict[str, Rounds] = {}
        theirs: dict[str, Rounds] = {}
        memory = {"ours": bench.ours.resident(), "bare": bench.bare.resident()}
        try:
            for kind, clicks, clients in _rounds(bench):
                mine, other = bench.pair(clicks, clients)
                ours.setdefault(kind, Rounds()).add(mine)
                theirs.setdefault(kind, Rounds()).add(other)
                memory = {each: max(memory[each], getattr(bench, each).resident()) for each in memory}
        except NotOnRecordError as error:
            print(f"Not on record: {error}", file=sys.stderr)  # noqa: T201  for whoever ran it
            return 1
        show(ours, theirs, bench.ready, memory, len(bench.done))
        return verdict(ours)


def verdict(ours: Mapping[str, Rounds]) -> int:
    """Say whether what the bench insists on holds; the exit status."""
    slowest = max(ours["1,000 at once"].slowest)
    refused = sum(each.refused for each in ours.values())
    if refused:
        words = f"{refused} clicks were not answered with 200."
    elif slowest > IN_TIME:
        words = f"Too slow: of 1,000 clicks at once the last was answered after {slowest:.2f} s."
    else:
        words = f"Of 1,000 clicks at once the last was answered after {slowest:.2f} s, and all are on record."
    print(words)  # noqa: T201  for whoever ran it
    return 1 if refused or slowest > IN_TIME else 0


if __name__ == "__main__":
    sys.exit(main())
