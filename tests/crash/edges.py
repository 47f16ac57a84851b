"""Where harm hangs: on the database driver, in front of the local Slack, in front of the app, on the targets.

All of it is outside the product, which runs as it is. Nothing here may make an act succeed that failed.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar

from sqlalchemy import event
from sqlalchemy.engine import Engine
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.connectors.protocol import Content, Moved, NeedsPerson, Target, Version
from tests.crash.points import DeathError, Points


class Line(sqlite3.Connection):
    """A connection whose commits and write locks are points of its process."""

    def __init__(self, *args: Any, points: Points, ends: list["Line"], **options: Any) -> None:
        super().__init__(*args, **options)
        self.points = points
        self.is_over = False
        ends.append(self)

    def cursor(self, factory: Any = None) -> Any:
        """A cursor that counts."""
        del factory
        return super().cursor(Hand)

    def commit(self) -> None:
        """Commit what is open; without anything open there is nothing to count."""
        self.points.breathe()
        if self.in_transaction:
            self.points.passing("commit", super().commit)

    def rollback(self) -> None:
        """A dead process takes nothing back; its end does. What is left of it is garbage, and no act."""
        if self.is_over:
            return
        self.points.breathe()
        super().rollback()


class Hand(sqlite3.Cursor):
    """Executes, as long as the process lives."""

    POINTS: ClassVar = {"BEGIN IMMEDIATE": "begin", "COMMIT": "commit"}

    def execute(self, sql: str, *given: Any) -> Any:
        """Execute one statement."""
        act, points = super().execute, self.connection.points  # type: ignore[attr-defined]  # a Line
        if sql in self.POINTS:
            return points.passing(self.POINTS[sql], lambda: act(sql, *given))
        points.breathe()
        return act(sql, *given)

    def executemany(self, sql: str, *given: Any) -> Any:
        """Execute one statement many times."""
        self.connection.points.breathe()  # type: ignore[attr-defined]  # as above
        return super().executemany(sql, *given)


def wound_database(engine: Engine, points: Callable[[], Points]) -> Callable[[], None]:
    """Let this engine's connections count for the process of now. Returns what the kernel does at its end."""
    ends: list[Line] = []

    def connect(_dialect: object, _record: object, _args: object, options: dict[str, Any]) -> None:
        options["factory"] = partial(Line, points=points(), ends=ends)

    def end() -> None:
        for each in ends:
            each.is_over = True
            sqlite3.Connection.close(each)
        ends.clear()
        engine.dispose(close=False)

    event.listen(engine, "do_connect", connect)
    return end


class WoundedTarget:
    """A target whose every call is a point."""

    def __init__(self, inner: Target, points: Points) -> None:
        self._inner, self._points = inner, points
        self.live_pointer, self.canary_pointer, self.lag = inner.live_pointer, inner.canary_pointer, inner.lag

    def describe(self) -> str:
        """Where the prompt lives."""
        return self._inner.describe()

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """What a person would type."""
        return self._inner.by_hand(pointer, wanted)

    def problems(self) -> list[str]:
        """What stands in the way."""
        return self._inner.problems()

    def list_versions(self, limit: int = 20) -> list[Version]:
        """What it holds."""
        return self._passing("list_versions", lambda: self._inner.list_versions(limit))

    def read_pointer(self, pointer: str) -> str | None:
        """Where a pointer is."""
        return self._passing("read_pointer", lambda: self._inner.read_pointer(pointer))

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether a pointer is there."""
        return self._passing("is_already", lambda: self._inner.is_already(pointer, wanted))

    def read_content(self, version: str) -> Content:
        """What a version holds."""
        return self._passing("read_content", lambda: self._inner.read_content(version))

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:
        """Store a text."""
        return self._passing(
            "propose", lambda: self._inner.propose(text, change_name=change_name, author=author, key=key)
        )

    def move(
        self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str
    ) -> Moved | NeedsPerson:
        """Move a pointer."""
        return self._passing(
            "move", lambda: self._inner.move(pointer, expected=expected, wanted=wanted, key=key, why=why)
        )

    def _passing(self, what: str, act: Callable[[], Any]) -> Any:
        return self._points.passing(f"target {what}", act)


def wounded_opener(open_target: Callable[..., Target], points: Callable[[], Points]) -> Callable[..., Any]:
    """The app's own opener of targets, with each target's calls counted."""

    def opened(self: object, workflow: str, spec: Mapping[str, Any]) -> WoundedTarget:
        return WoundedTarget(open_target(self, workflow, spec), points())

    return opened


class CutError(Exception):
    """The connection ends without an answer."""


class Door:
    """An address that stays while what stands behind it changes: one server for all the runs of a test."""

    def __init__(self) -> None:
        self.behind: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; where harm is done, the connection ends without an answer."""
        try:
            if self.behind is not None:
                await self.behind(scope, receive, send)
        except (DeathError, CutError):
            await broken(send)


async def broken(send: Send) -> None:
    """Promise an answer that never comes."""
    headers = [(b"content-length", b"1000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


def in_front(inner: ASGIApp, points: Points, name_of: Callable[[str], str]) -> ASGIApp:
    """An application whose every answer is a point: harm done before it, or after it was made and not heard.

    ``name_of`` names the point by the request's path; empty: it is none.
    """

    async def front(scope: Scope, receive: Receive, send: Send) -> None:
        name = name_of(str(scope.get("path", "")))
        if scope["type"] != "http" or not name:
            await inner(scope, receive, send)
            return
        loop = asyncio.get_running_loop()
        told: list[Message] = []

        async def keep(message: Message) -> None:
            told.append(message)

        def carry_out() -> None:
            asyncio.run_coroutine_threadsafe(_run(inner, scope, receive, keep), loop).result()

        await loop.run_in_executor(None, lambda: points.passing(name, carry_out))
        for each in told:
            await send(each)

    return front


async def _run(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    await inner(scope, receive, send)


def slack_call(path: str) -> str:
    """What a call of the local Slack is called."""
    return f"slack {path.removeprefix('/api/')}" if path.startswith("/api/") else ""


def answer(path: str) -> str:
    """What an answer of the app is called."""
    return "answer" if path == "/slack/events" else ""
