"""A reader with a few names, enough to draw any block; and a whole workspace with its page served."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from page_acme import Acme
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.page.reader import Choice, Reader
from bot.sandbox.seed import seeded_in_memory
from bot.sandbox.server import running


class FewNames:
    """Two people, one channel, one group."""

    def person(self, user_id: str) -> str | None:
        """A name, or None."""
        return {"U0SAM": "Sam Ito", "U0EVIL": "<b>Eve</b>"}.get(user_id)

    def channel(self, channel_id: str) -> str | None:
        """A name, or None."""
        return {"C0REFUNDS": "refunds"}.get(channel_id)

    def group(self, group_id: str) -> str | None:
        """A handle, or None."""
        return {"S0PEERS": "peers"}.get(group_id)

    def people(self) -> list[Choice]:
        """Both."""
        return [Choice("U0SAM", "Sam Ito"), Choice("U0EVIL", "<b>Eve</b>")]

    def channels(self) -> list[Choice]:
        """The one."""
        return [Choice("C0REFUNDS", "refunds")]


@pytest.fixture
def reader() -> Reader:
    """Sam, in Berlin, at noon UTC on 3 March 2025."""
    return Reader("U0SAM", ZoneInfo("Europe/Berlin"), datetime(2025, 3, 3, 12, tzinfo=UTC), FewNames())


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Acme]:
    """Acme, served on a free port."""
    workspace = seeded_in_memory(tmp_path).workspace
    served: list[Acme] = []

    async def app(request: Request) -> Response:
        form = {} if "json" in request.headers["content-type"] else dict(await request.form())
        return await run_in_threadpool(served[0].hear, form)

    asgi = Starlette(routes=[Route("/slack", app, methods=["POST"])])
    with running(workspace, app_asgi=asgi) as url, httpx.Client(base_url=url) as browser:
        served.append(Acme(workspace, url, browser))
        workspace.deliver_to(f"{url}/app/slack")
        yield served[0]
    workspace.close()
