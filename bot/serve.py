"""Starting the app in a Slack workspace. It must never load what only the sandbox needs."""

import gc
import secrets

import structlog
import uvicorn
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError

from bot.app import OUTBOX_SECONDS, Identity, PromptChange, slack_client, utc_now
from bot.changes.first_start import first_policy
from bot.edge import Edge
from bot.edge.socket import SocketMode
from bot.outbox.answers import judge
from bot.policy.load import PolicyError
from bot.settings import Mode, Settings, WrongSettingError
from storage import migrate
from storage.engine import Store

log = structlog.get_logger(__name__)


def who_we_are(token: SecretStr, api_url: str) -> Identity:
    """Ask Slack who this token is. Raises WrongSettingError for a token that Slack refuses."""
    try:
        answer = slack_client(token, api_url, OUTBOX_SECONDS).auth_test()
    except SlackApiError as error:
        remedy = f"was refused by Slack ({_code(error)}). Copy the Bot User OAuth Token again."
        raise WrongSettingError("SLACK_BOT_TOKEN", remedy) from None
    except OSError as error:
        raise WrongSettingError(
            "SLACK_API_URL", f"does not answer at {api_url} ({type(error).__name__})."
        ) from None
    return Identity(answer["team_id"], answer["user_id"], answer["bot_id"], answer.get("enterprise_id"))


def _code(error: SlackApiError) -> str:
    """Slack's own word for it, and nothing else of an answer: that may repeat what it was asked with."""
    return judge(error).code or "without a word that we know"


def open_store(settings: Settings) -> Store:
    """The database, brought to the schema that this version needs, with a policy in force."""
    store = Store.open(settings.database_url.get_secret_value())
    if migrate.upgrade(store):
        log.info("database migrated", schema=migrate.revision_of(store))
    try:
        if first_policy(store, settings.policy_file, now=utc_now()):
            log.info("policy in force", file=str(settings.policy_file))
    except (PolicyError, OSError, UnicodeDecodeError) as error:
        raise WrongSettingError("POLICY_FILE", f"cannot be used: {error}") from None
    return store


def build(settings: Settings) -> PromptChange:
    """The app for a workspace that the settings name."""
    token = settings.slack_bot_token or SecretStr("")
    secret = settings.slack_signing_secret or SecretStr(secrets.token_hex(32))
    return PromptChange(
        open_store(settings),
        bot_token=token,
        signing_secret=secret,
        api_url=settings.slack_api_url,
        repositories=settings.repositories,
        identity=who_we_are(token, settings.slack_api_url),
    )


def serve(settings: Settings) -> None:
    """Run in a Slack workspace until told to stop: over Socket Mode with an app token, else over HTTP."""
    app = build(settings)
    socket = connect(app, settings) if settings.mode is Mode.SOCKET else None
    app.start()
    way = "over Socket Mode" if socket else f"at http://{settings.host}:{settings.port}/slack/events"
    print(f"Prompt Change is connected to Slack {way}. Type /prompt-change there.", flush=True)  # noqa: T201
    try:
        listen(app.edge(), settings)
    finally:
        if socket is not None:
            socket.shut()
        app.stop()


def connect(app: PromptChange, settings: Settings) -> SocketMode:
    """Open a Socket Mode connection. Its payloads pass through the same shapes as those over HTTP."""
    token = settings.slack_app_token or SecretStr("")
    _check_app_token(token, settings.slack_api_url)
    socket = SocketMode(app.bolt, token.get_secret_value(), settings.slack_api_url)
    socket.open()
    app.depend_on("socket", socket.problem)
    return socket


def _check_app_token(token: SecretStr, api_url: str) -> None:
    """Ask for a connection that is not used: the client itself would only log what Slack says."""
    try:
        slack_client(token, api_url, OUTBOX_SECONDS).apps_connections_open(app_token=token.get_secret_value())
    except SlackApiError as error:
        remedy = f"was refused by Slack ({_code(error)}). Make one with connections:write."
        raise WrongSettingError("SLACK_APP_TOKEN", remedy) from None


def listen(asgi: Edge, settings: Settings) -> None:
    """Serve HTTP until told to stop."""
    # What is loaded by now stays: without this each full collection would walk over all of it again. And a
    # click leaves some thousand objects that are gone when it is answered, so there is no hurry to look.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    uvicorn.run(
        asgi,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
