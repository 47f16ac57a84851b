"""The clients, as a process of their own: raw connections, kept alive, one click after another on each.

It reads one round a line from its input, as JSON, and writes what came of it. It must never be what the
server waits for, so requests are signed and connections are opened before the watch is started.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any

import uvloop

from tests.bench.clicks import request

ANSWER_SECONDS = 30


async def _click(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> tuple[int, float]:
    """Send one request and read its whole answer: the status, and how many seconds it took."""
    began = time.perf_counter()
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    if length:
        await reader.readexactly(length)
    return int(head[9:12]), time.perf_counter() - began


async def _client(
    port: int, raws: Sequence[bytes], begin: asyncio.Event, opened: asyncio.Semaphore
) -> list[tuple[int, float]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    opened.release()
    try:
        await begin.wait()
        async with asyncio.timeout(ANSWER_SECONDS):
            return [await _click(reader, writer, raw) for raw in raws]
    finally:
        writer.close()


async def _round(port: int, secret: str, clients: int, bodies: Sequence[str]) -> dict[str, Any]:
    """Share the clicks out among so many clients, and let all of them begin at the same moment."""
    raws = [request(body, secret) for body in bodies]
    begin, opened = asyncio.Event(), asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_client(port, raws[at::clients], begin, opened)) for at in range(clients)]
        for _ in tasks:
            await opened.acquire()
        began = time.perf_counter()
        begin.set()
    seconds = time.perf_counter() - began
    answers = [each for task in tasks for each in task.result()]
    return {
        "seconds": seconds,
        "statuses": Counter(str(status) for status, _ in answers),
        "latencies": sorted(took for _, took in answers),
    }


def main() -> None:
    """One line in, one line out, until the input ends."""
    for line in sys.stdin:
        asked = json.loads(line)
        print(json.dumps(uvloop.run(_round(**asked))), flush=True)  # noqa: T201  that is how it answers


if __name__ == "__main__":
    main()
