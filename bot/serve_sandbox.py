"""Starting the app with a local Slack of its own, in one process and on one port."""

import threading
from pathlib import Path

from pydantic import SecretStr

from bot.app import Identity, PromptChange, utc_now
from bot.changes.first_start import first_policy
from bot.outbox.pace import Pace
from bot.sandbox.seed import POLICY, seed
from bot.sandbox.server import create_asgi
from bot.serve import listen
from bot.settings import Settings
from storage import migrate
from storage.engine import Store


def serve_sandbox(settings: Settings) -> None:
    """Run with a local Slack of our own: its page is ``/``, and the app listens beside it."""
    folder = settings.sandbox_data
    seeded = seed(folder)
    seeded.workspace.base_url = f"http://{settings.host}:{settings.port}"
    store = _sandbox_store(folder)
    address = f"http://127.0.0.1:{settings.port}"
    local = seeded.workspace.app
    app = PromptChange(
        store,
        bot_token=SecretStr(local.bot_token),
        signing_secret=SecretStr(local.signing_secret),
        api_url=f"{address}/api/",
        repositories=folder,
        identity=Identity(seeded.workspace.team.id, local.bot_user_id, local.bot_id, None),
        pace=Pace(0, 0, 0),
    )
    edge = app.edge(elsewhere=create_asgi(seeded.workspace))
    seeded.workspace.delivery.request_url = f"{address}/slack/events"
    print(f"Prompt Change runs in its own local workspace. Open {seeded.workspace.base_url}/", flush=True)  # noqa: T201
    starting = threading.Timer(0.5, app.start)
    starting.start()
    try:
        listen(edge, settings)
    finally:
        starting.cancel()
        app.stop()


def _sandbox_store(folder: Path) -> Store:
    store = Store.open(f"sqlite:///{folder / 'prompt-change.db'}")
    migrate.upgrade(store)
    first_policy(store, folder / POLICY, now=utc_now())
    return store
