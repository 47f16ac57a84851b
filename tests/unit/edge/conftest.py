"""A real edge on loopback, with a Bolt app behind it that writes down what reaches it."""

import io
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
import structlog
import uvicorn
from edge_hand import LIMIT, SECRET, Server, bolt_app
from pydantic import SecretStr

from bot import logs
from bot.edge import Problem, create_edge


@pytest.fixture(scope="session")
def _served() -> Iterator[Server]:
    logged = io.StringIO()
    reached: list[dict[str, Any]] = []
    headers: list[dict[str, Sequence[str]]] = []
    problems: dict[str, Problem | None] = {"database": None, "tick": None, "outbox": None}
    edge = create_edge(
        bolt_app(reached, headers),
        signing_secret=SecretStr(SECRET),
        readiness=lambda: dict(problems),
        max_body=LIMIT,
        body_seconds=0.4,
    )
    config = uvicorn.Config(edge, host="127.0.0.1", port=0, log_config=None, access_log=False, ws="none")
    server = uvicorn.Server(config)
    wire = socket.create_server(("127.0.0.1", 0))
    port = wire.getsockname()[1]
    thread = threading.Thread(target=server.run, args=([wire],))
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield Server(port, edge, reached, headers, problems, logged, client)
    server.should_exit = True
    thread.join()
    wire.close()


@pytest.fixture
def server(_served: Server) -> Iterator[Server]:
    """The edge with nothing remembered of earlier tests, and everything that is logged caught."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    _served.reached.clear()
    _served.headers.clear()
    for part in _served.problems:
        _served.problems[part] = None
    _served.logged.seek(0)
    _served.logged.truncate()
    logs.set_up("DEBUG", secrets_held=[SecretStr(SECRET)], stream=_served.logged)
    # The strictest case: libraries may log as much as they like, and it still must hold no body.
    for name in ("slack_bolt", "slack_sdk", "uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield _served
    logging.captureWarnings(capture=False)
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()
