"""A desk with everything around the outbox: a database file, a local Slack, a clock moved by hand."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from slack_sdk import WebClient
from sqlmodel import Session, SQLModel, col, func, select

from bot.app import OUTBOX_SECONDS, slack_client
from bot.drawn import Drawn
from bot.outbox.crew import do_one
from bot.outbox.messages import Postman
from bot.outbox.pace import Pace
from bot.sandbox.records import Message as Shown
from bot.sandbox.workspace import Workspace
from storage.engine import Store
from storage.models import Account, Change, Message, MessageState, Person
from storage.vocabulary import AccountKind, State

CHANNEL, ANA, BEN = "C0REFUNDS", "U0ANA", "U0BEN"


class HandClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime.now(UTC)

    def __call__(self) -> datetime:
        """The time."""
        return self.time

    def forward(self, seconds: float) -> None:
        """Move it on."""
        self.time += timedelta(seconds=seconds)


class Desk:
    """What the tests of messages use."""

    def __init__(self, store: Store, slack: Workspace, url: str, clock: HandClock) -> None:
        self.store, self.slack, self.url, self.clock = store, slack, url, clock
        self.undrawable: set[str] = set()
        self.nothing_to_say: set[str] = set()
        SQLModel.metadata.create_all(store.engine)
        with store.transaction() as session:
            session.add(Person(id=1))
            session.flush()
            session.add(
                Account(
                    slack_id=ANA,
                    person_id=1,
                    team_id="T0ACME",
                    name="Ana",
                    kind=AccountKind.MEMBER,
                    refreshed_at=clock(),
                )
            )

    def client(self, token: str | None = None) -> WebClient:
        """The outbox's own client, to the local Slack."""
        return slack_client(SecretStr(token or self.slack.app.bot_token), f"{self.url}/api/", OUTBOX_SECONDS)

    def draw(self, session: Session, message: Message) -> Drawn | None:
        """The key, and the change's version."""
        if message.key in self.undrawable:
            raise LookupError(message.key)
        if message.key in self.nothing_to_say:
            return None
        change = session.get(Change, message.change_id) if message.change_id else None
        version = f" v{change.version}" if change and message.details.get("shows_version", True) else ""
        text = f"{message.key}{version}"
        section = {"type": "section", "text": {"type": "mrkdwn", "text": text}}
        padding = {"type": "section", "text": {"type": "plain_text", "text": "x" * 2_900}}
        return Drawn(text, (section, *[padding] * message.details.get("padding", 0)))

    def postman(self, **options: Any) -> Postman:
        """A postman in no hurry and without chance."""
        options = {"pace": Pace(0, 0, 0), "jitter": lambda: 0.0, "client": self.client()} | options
        return Postman(self.store, options.pop("client"), self.draw, self.clock, **options)

    def change(self) -> int:
        """A change; its version is 1."""
        with self.store.transaction() as session:
            now = self.clock()
            change = Change(
                workflow="refunds", submitter=ANA, state=State.IN_REVIEW, state_since=now, created_at=now
            )
            session.add(change)
            session.flush()
            assert change.id is not None
            return change.id

    def changes(self, count: int) -> list[int]:
        """So many changes at once."""
        now = self.clock()
        with self.store.transaction() as session:
            made = [
                Change(
                    workflow="refunds", submitter=ANA, state=State.IN_REVIEW, state_since=now, created_at=now
                )
                for _ in range(count)
            ]
            session.add_all(made)
            session.flush()
            return [each.id or 0 for each in made]

    def alter(self, change_id: int) -> None:
        """Something about the change that its cards show."""
        with self.store.transaction() as session:
            session.get_one(Change, change_id).version += 1

    def write(self, key: str, recipient: str = CHANNEL, **fields: Any) -> int:
        """A message row, as a use case writes it."""
        now = self.clock()
        row = {"kind": "test", "due_at": now, "created_at": now} | fields
        with self.store.transaction() as session:
            message = Message(key=key, recipient=recipient, **row)
            session.add(message)
            session.flush()
            assert message.id is not None
            return message.id

    def write_many(self, rows: Iterable[dict[str, Any]]) -> None:
        """Many message rows in one transaction."""
        now = self.clock()
        with self.store.transaction() as session:
            session.add_all(Message(kind="test", due_at=now, created_at=now, **row) for row in rows)

    def row(self, message_id: int) -> Message:
        """The row as it is now."""
        with self.store.reading() as session:
            return session.get_one(Message, message_id)

    def states(self) -> list[MessageState]:
        """The states of all rows, by id."""
        with self.store.reading() as session:
            return list(session.exec(select(Message.state).order_by(col(Message.id))))

    def waiting(self) -> int:
        """How many messages have not left."""
        with self.store.reading() as session:
            statement = select(func.count()).select_from(Message).where(Message.state == MessageState.PENDING)
            return session.exec(statement).one()

    def texts(self, channel: str = CHANNEL) -> list[str]:
        """What stands in a channel."""
        return [each.text for each in self.slack.messages(channel)]

    def direct(self, person: str) -> list[Shown]:
        """What stands in somebody's direct messages."""
        return self.slack.messages(self.slack.direct_message(person).id)


def let_pass(desk: Desk, postman: Postman, *, look_every: float = 0.0, **span: float) -> None:
    """Work for so long, and pass over the time for which the postman would sleep, or a little more."""
    until = desk.clock() + timedelta(**span)
    while desk.clock() < until:
        rest = do_one(postman.find)
        if rest is not None:
            desk.clock.forward(max(rest.seconds, look_every))


def send_all(desk: Desk, postman: Postman) -> float:
    """Work until nothing waits, and pass over sleep; how many seconds went by."""
    began = desk.clock()
    while True:
        rest = do_one(postman.find)
        if rest is not None:
            if not desk.waiting():
                return (desk.clock() - began).total_seconds()
            desk.clock.forward(rest.seconds)


def drain(postman: Postman) -> None:
    """Do everything that is due now."""
    while do_one(postman.find) is None:
        pass
