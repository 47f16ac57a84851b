"""A small workspace, a real Slack client for it, and a real Bolt app that it talks to."""

import threading
from collections.abc import Iterator

import pytest
from slack_bolt import App, BoltRequest
from slack_sdk import WebClient
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.records import AppProfile
from bot.sandbox.server import running
from bot.sandbox.serving import listening, serving
from bot.sandbox.workspace import Workspace

WIDER = AppProfile(
    scopes=AppProfile().scopes | {"channels:read", "files:write", "groups:read", "im:read"},
    events=AppProfile().events | {"app_uninstalled", "member_joined_channel", "tokens_revoked"},
)
"""The local Slack can do more than this app asks for."""


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    """Ana and Ben are members, Greta a guest, Oda a stranger; the app is in #general only."""
    made = Workspace(app=WIDER)
    made.add_user("U0ANA", "Ana Alves", email="ana@example.com")
    made.add_user("U0BEN", "Ben Okafor", email="ben@example.com")
    made.add_user("U0GRETA", "Greta Iversen", is_restricted=True)
    made.add_user("U0ODA", "Oda Berg", is_stranger=True, team_id="T0OTHER")
    made.add_group("S0PEERS", "peers", "Peers", ["U0ANA"])
    everyone = ["U0ANA", "U0BEN", "U0GRETA", "U0ODA", made.app.bot_user_id]
    made.add_channel("C0GENERAL", "general", everyone)
    made.add_channel("C0OPEN", "open", ["U0ANA"])
    made.add_channel("C0CLOSED", "closed", ["U0ANA"], kind="private")
    yield made
    made.close()


@pytest.fixture
def url(workspace: Workspace) -> Iterator[str]:
    """The workspace's address."""
    with running(workspace) as base:
        yield base


@pytest.fixture
def client(workspace: Workspace, url: str) -> WebClient:
    """The app's Web API client, without retries."""
    return WebClient(workspace.app.bot_token, base_url=f"{url}/api/", retry_handlers=[])


@pytest.fixture
def bolt(workspace: Workspace, client: WebClient) -> App:
    """A Bolt app with no listeners yet."""
    return App(client=client, signing_secret=workspace.app.signing_secret, process_before_response=True)


@pytest.fixture
def connected(workspace: Workspace, bolt: App) -> Iterator[App]:
    """The Bolt app, served over HTTP, and the workspace sends to it."""

    async def take(request: Request) -> Response:
        body = (await request.body()).decode()
        headers = dict(request.headers)
        answer = await run_in_threadpool(bolt.dispatch, BoltRequest(body=body, headers=headers))
        kind = answer.first_headers().get("content-type", "text/plain")
        return Response(answer.body or "", answer.status, media_type=kind)

    routes = [Route("/slack/events", take, methods=["POST"])]
    with listening() as bound, serving(Starlette(routes=routes), bound) as base:
        workspace.deliver_to(f"{base}/slack/events")
        yield bolt
        workspace.deliver_to(None)


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """An event that a slow listener waits for; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()
