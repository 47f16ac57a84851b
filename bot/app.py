"""The only place that wires: settings, storage, targets, Bolt, the edge, the outbox, the clock.

Nothing here decides anything. What two processes must agree on is in the database, never in these objects.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from pydantic import SecretStr
from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from sqlmodel import Session

from bot.changes import rechecks, settle, stale
from bot.changes.announcing import announce_head
from bot.changes.context import Context
from bot.changes.drift_watch import look_for_drift
from bot.changes.named import everybody_named
from bot.changes.undelivered import tell_undelivered
from bot.clock import Clock, Job
from bot.connectors.protocol import Target
from bot.drawing import drawer
from bot.edge import create_edge
from bot.edge.asgi import Edge
from bot.edge.readiness import Problem
from bot.edge.web_client import Client
from bot.listeners import register
from bot.listeners.desk import Desk
from bot.outbox.messages import Postman
from bot.outbox.moves import Mover
from bot.outbox.outbox import Outbox
from bot.outbox.pace import Pace
from bot.outbox.results import Landed, Result
from bot.people import People
from bot.policy.model import RELEASE_POLICY
from bot.targets import Targets
from storage.engine import Store
from storage.models import Message, Move

OUTBOX_SECONDS = 10
"""How long the outbox waits for Slack. Its client retries nothing: the rows do that."""
CLICK_SECONDS = 2
"""How long a click may wait for Slack, which itself waits three seconds for us."""
SEATS_ON_POSTGRES = 4
"""How many clicks are worked on at a time there, where each statement is a wait for the server."""
SWEEP = timedelta(minutes=1)
DRIFT = timedelta(minutes=3)
"""How often each live pointer is compared with the record."""

log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The one clock of the app; everything else takes ``now``."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are in Slack, as ``auth.test`` said."""

    team_id: str
    bot_user_id: str
    bot_id: str
    enterprise_id: str | None


class PromptChange:
    """The running app. ``start`` begins what works in the background, ``edge`` answers HTTP."""

    def __init__(
        self,
        store: Store,
        *,
        bot_token: SecretStr,
        signing_secret: SecretStr,
        api_url: str,
        repositories: Path,
        identity: Identity,
        now: Callable[[], datetime] = utc_now,
        pace: Pace | None = None,
        click_seconds: int = CLICK_SECONDS,
    ) -> None:
        self.store, self.now = store, now
        self.targets = Targets(store, repositories, now)
        self.context = Context(store, self.targets.open, self._wake)
        self.client = slack_client(bot_token, api_url, OUTBOX_SECONDS)
        quick = slack_client(bot_token, api_url, click_seconds)
        self.people = People(
            store,
            self.client,
            identity.team_id,
            now,
            quick=quick,
            enterprise_id=identity.enterprise_id,
            named=everybody_named,
            on_change=self._people_changed,
        )
        postman = Postman(
            store,
            self.client,
            drawer(self.context, now),
            now,
            find=self.people.find,
            tell_of_parked=self._tell_of_parked,
            pace=pace,
        )
        mover = Mover(store, self._target_of, self._settle, now)
        self.outbox = Outbox(postman, mover)
        self.clock = Clock(
            [
                Job("refresh_groups", timedelta(minutes=1), self.people.refresh_groups),
                Job("refresh_accounts", timedelta(minutes=1), self.people.refresh_accounts),
                Job("renew_diffs", SWEEP, self._renew_diffs),
                Job("look_for_drift", DRIFT, self._look_for_drift),
                Job("announce_head", SWEEP, self._announce_head),
            ],
            now,
        )
        self.bolt = _bolt(bot_token, slack_client(None, api_url, click_seconds), identity)
        register(self.bolt, Desk(self.context, self.people, quick, now))
        self._signing_secret = signing_secret
        self._parts: dict[str, Callable[[], str | None]] = {
            "database": self.store.problem,
            "clock": self.clock.problem,
            "outbox": self.outbox.problem,
        }

    def edge(self, **options: Any) -> Edge:  # noqa: ANN401  passed on as they are
        """The ASGI application that Slack's requests come to."""
        options.setdefault("seats", 1 if self.store.is_sqlite else SEATS_ON_POSTGRES)
        return create_edge(
            self.bolt, signing_secret=self._signing_secret, readiness=self.readiness, **options
        )

    def readiness(self) -> Mapping[str, Problem | None]:
        """What is not well, by part."""
        found = {name: problem() for name, problem in self._parts.items()}
        return {name: Problem(words) if words else None for name, words in found.items()}

    def depend_on(self, part: str, problem: Callable[[], str | None]) -> None:
        """Without this part, too, the app is not ready. ``problem`` says in words what is not well."""
        self._parts[part] = problem

    def start(self) -> None:
        """Let the outbox and the clock work."""
        self.outbox.start()
        self.clock.start()

    def stop(self) -> None:
        """Begin nothing more, and wait for what is under way."""
        self.clock.stop()
        self.outbox.stop()

    def meet_people(self) -> None:
        """Read whom the policy names and we have not met, so that their rights hold at once."""
        self.people.refresh_groups()
        self.people.refresh_accounts()

    def _tell_of_parked(self, session: Session, message: Message) -> None:
        tell_undelivered(session, message, now=self.now())

    def _wake(self) -> None:
        self.outbox.wake()

    def _target_of(self, move: Move) -> Target:
        return self.targets.open(move.workflow, move.target)

    def _settle(self, move_id: int, result: Result) -> None:
        settle.settle(self.context, move_id, result, now=self.now())
        self._renew_diffs()
        with self.store.reading() as session:
            move = session.get(Move, move_id)
        if move is not None and move.workflow == RELEASE_POLICY and isinstance(result, Landed):
            self.meet_people()

    def _renew_diffs(self) -> None:
        """What became stale gets its new diff; a target that is down is asked again at the next sweep."""
        stale.renew_diffs(self.context, now=self.now())

    def _look_for_drift(self) -> None:
        look_for_drift(self.context, now=self.now())

    def _announce_head(self) -> None:
        announce_head(self.context, now=self.now())

    def _people_changed(self, slack_ids: frozenset[str]) -> None:
        rechecks.after_people_changed(self.context, slack_ids, now=self.now())


def slack_client(token: SecretStr | None, api_url: str, seconds: int) -> WebClient:
    """A client that gives up after so many seconds and tries nothing twice."""
    secret = token.get_secret_value() if token else None
    return Client(token=secret, base_url=api_url, timeout=seconds, retry_handlers=[])


def _bolt(token: SecretStr, client: WebClient, identity: Identity) -> App:
    """Bolt without what the edge has done already, and without a call to Slack at each start of a request."""
    known = AuthorizeResult(
        enterprise_id=identity.enterprise_id,
        team_id=identity.team_id,
        bot_token=token.get_secret_value(),
        bot_id=identity.bot_id,
        bot_user_id=identity.bot_user_id,
    )

    def authorize() -> AuthorizeResult:
        return known

    # Bolt reads these by itself: the first two would switch it to OAuth without a word, and of the third it
    # would warn that it has no use for it.
    for name in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        os.environ.pop(name, None)
    return App(
        client=client,
        authorize=authorize,
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        url_verification_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
        raise_error_for_unhandled_request=False,
    )
