"""An office: a database file, a local Slack with people of every kind, and a clock moved by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import SecretStr
from slack_sdk import WebClient
from sqlmodel import SQLModel, col, select

from bot.app import OUTBOX_SECONDS, slack_client
from bot.people import People
from bot.sandbox.shapes import group_as_slack, user_as_slack
from bot.sandbox.workspace import Workspace
from storage.engine import Store
from storage.models import Account, EmailPin, Grant, GroupMember, UserGroup
from storage.vocabulary import Lane, Role

HERE, ELSEWHERE = "T0ACME", "T0OTHER"


class Office:
    """What the tests of people use."""

    def __init__(self, store: Store, slack: Workspace, url: str) -> None:
        self.store, self.slack, self.url = store, slack, url
        self.time = datetime.now(UTC)
        self.told: list[frozenset[str]] = []
        SQLModel.metadata.create_all(store.engine)
        slack.add_user("U0ANA", "Ana Lopez", name="ana", email="Ana@Example.com")
        slack.add_user("U0BEN", "Ben Okafor", name="ben", email="ben@example.com")
        slack.add_user("U0GUEST", "Gil Guest", email="gil@partner.example", is_restricted=True)
        slack.add_user("U0ROBOT", "Robot", is_bot=True)
        slack.add_user("U0FAR", "Far Away", team_id=ELSEWHERE, is_stranger=True)
        slack.add_user("U0GONE", "Gone Long", email="gone@example.com", deleted=True)
        self.people = self.make_people()

    def make_people(self, **options: Any) -> People:
        """The door, with a client to the local Slack."""
        return People(
            self.store,
            self.client(OUTBOX_SECONDS),
            HERE,
            lambda: self.time,
            on_change=self.told.append,
            **options,
        )

    def client(self, seconds: int) -> WebClient:
        """A client of the local Slack that waits so long."""
        return slack_client(SecretStr(self.slack.app.bot_token), f"{self.url}/api/", seconds)

    def forward(self, **span: float) -> None:
        """Move the clock on."""
        self.time += timedelta(**span)

    def grant(self, *principals: str) -> None:
        """Let the policy in force name these."""
        with self.store.transaction() as session:
            for principal in principals:
                session.add(Grant(workflow="refunds", role=Role.APPROVE, lane=Lane.LOW, principal=principal))

    def account(self, slack_id: str) -> Account | None:
        """The row of an account."""
        with self.store.reading() as session:
            return session.get(Account, slack_id)

    def known(self, slack_id: str) -> Account:
        """The row of an account that must be there."""
        account = self.account(slack_id)
        assert account is not None
        return account

    def pins(self) -> dict[str, str]:
        """Addresses and the accounts that they stand for."""
        with self.store.reading() as session:
            return {each.email: each.slack_id for each in session.exec(select(EmailPin))}

    def members(self, group_id: str) -> list[str]:
        """Who is in a group by our rows."""
        with self.store.reading() as session:
            return list(
                session.exec(
                    select(GroupMember.slack_id)
                    .where(GroupMember.group_id == group_id)
                    .order_by(col(GroupMember.slack_id))
                )
            )

    def group(self, group_id: str) -> UserGroup:
        """The row of a group."""
        with self.store.reading() as session:
            return session.get_one(UserGroup, group_id)

    def calls(self, method: str) -> int:
        """How often Slack was asked."""
        return len(self.slack.calls_of(method))

    def user_event(self, slack_id: str, **changed: Any) -> dict[str, Any]:
        """The event user_change with somebody as Slack has them now, and what is said to differ."""
        return {"type": "user_change", "user": user_as_slack(self.slack, self.slack.user(slack_id)) | changed}

    def group_event(self, group_id: str) -> dict[str, Any]:
        """The event subteam_updated with a group as Slack has it now."""
        return {
            "type": "subteam_updated",
            "subteam": group_as_slack(self.slack, self.slack.group(group_id)),
        }


def members_event(group_id: str, added: list[str], removed: list[str], **more: int) -> dict[str, Any]:
    """The event subteam_members_changed."""
    return {
        "type": "subteam_members_changed",
        "subteam_id": group_id,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    } | more
