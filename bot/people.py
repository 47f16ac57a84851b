"""A Slack user becomes an acting person, or a refusal with a reason. This is the only door to an identity.

Nothing that a payload says of a person is believed but the signed user and team. It must never let anybody
through because something could not be found out.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

import structlog
from slack_sdk import WebClient
from sqlmodel import Session, select

from bot.accounts import SLACKBOT, Home, keep, read_profile, would_change
from bot.changes.outcome import Actor, Refused
from bot.directory import ACCOUNTS_EVERY, GROUPS_EVERY, Directory, Named, granted
from bot.outbox.answers import FAILED_CALL, judge
from storage.engine import Store
from storage.inserting import insert_new
from storage.models import Account, GroupMember, SeenEvent, UserGroup
from storage.queries import people
from storage.queries.people import Known
from storage.vocabulary import AccountKind

NOT_FROM_HERE: Final = Refused(
    "You belong to another organisation, and only members of this workspace may act here.",
    "Ask someone of this workspace.",
)
A_GUEST: Final = Refused(
    "You are a guest of this workspace, and guests hold no rights here.",
    "Ask a full member.",
)
A_BOT: Final = Refused("Bots and apps hold no rights here.", "A person has to do this.")
DEACTIVATED: Final = Refused(
    "Your account is deactivated, and so holds no rights.", "Ask an admin of the workspace."
)
UNKNOWN: Final = Refused("Slack does not say who you are.", "Ask an admin of the workspace.")
SLACK_IS_AWAY: Final = Refused(
    "The app does not know you yet, and Slack does not answer at the moment.", "Try again in a minute."
)

_log = structlog.get_logger(__name__)

OnChange = Callable[[frozenset[str]], None]
"""Told, after the commit, of accounts whose rights may have changed."""


class People:
    """Everybody who can act, and everybody who is named by the policy.

    ``named`` gives the principals of the policy in force; by default those of the grants. ``quick`` is the
    client that asks who clicked while Slack waits for the answer; by default ``client``.
    """

    def __init__(
        self,
        store: Store,
        client: WebClient,
        team_id: str,
        now: Callable[[], datetime],
        *,
        quick: WebClient | None = None,
        enterprise_id: str | None = None,
        named: Named = granted,
        on_change: OnChange | None = None,
    ) -> None:
        self._store, self._now, self._named, self._on_change = store, now, named, on_change
        self._home = Home(team_id, enterprise_id)
        self._directory = Directory(store, client, self._home, now, named)
        self._quick = quick or client

    def actor(
        self,
        user_id: str,
        team_id: str | None,
        *,
        enterprise_id: str | None = None,
        acknowledging: bool = False,
    ) -> Actor | Refused:
        """Who acts, by the signed user and team of a payload, or why nobody may act under that name.

        ``acknowledging``: guests pass as well; whether they were informed is for the use case to say.
        """
        if user_id == SLACKBOT:
            return A_BOT
        if not self._home.includes(team_id, enterprise_id):
            return NOT_FROM_HERE
        account: Account | Known | None = self._known(user_id)
        if account is None:
            try:
                account = self._directory.read_account(user_id, self._quick)
            except FAILED_CALL as error:
                _log.warning("account not read", slack_id=user_id, why=judge(error).words)
                return SLACK_IS_AWAY
        return UNKNOWN if account is None else _admitted(account, acknowledging=acknowledging)

    def find(self, email: str) -> str | None:
        """The Slack id behind an address of the policy; None where nobody has it. May ask Slack."""
        return self._directory.find(email)

    def refresh_groups(self) -> frozenset[str]:
        """Read the named user groups whose rows are ten minutes old. Safe to call at any time."""
        return self._tell(self._directory.refresh_groups())

    def refresh_accounts(self) -> frozenset[str]:
        """Read named accounts not read for a day or never, and find addresses. Safe to call at any time.

        Call it once more after another policy came into force, so that its people are known.
        """
        return self._tell(self._directory.refresh_accounts())

    def on_user_change(self, event: Mapping[str, Any], event_id: str) -> frozenset[str]:
        """An account was altered. Most of these are about a status, and alter nothing here."""
        profile = read_profile(event["user"], self._home)
        with self._store.reading() as session:
            if not self._concerns(session, profile.slack_id, profile.email) or not would_change(
                session, profile
            ):
                return frozenset()
        changed: set[str] = set()
        with self._store.transaction() as session:
            if self._first_time(session, event_id):
                account, matters = keep(session, profile, now=self._now(), named=self._named(session))
                if matters:
                    # Events overtake each other: ask Slack at the next refresh what holds now.
                    account.refreshed_at = self._now() - ACCOUNTS_EVERY
                    changed = {account.slack_id}
        return self._tell(changed)

    def on_team_join(self, event: Mapping[str, Any], event_id: str) -> frozenset[str]:
        """Somebody is new here: perhaps the policy has named their address for a while."""
        return self.on_user_change(event, event_id)

    def on_subteam_updated(self, event: Mapping[str, Any], event_id: str) -> frozenset[str]:
        """A user group was altered, switched off, or filled."""
        told: Mapping[str, Any] = event["subteam"]
        members: list[str] | None = [] if told.get("date_delete") else told.get("users")

        def effect(session: Session, group: UserGroup) -> set[str]:
            handle = str(told.get("handle") or group.handle)
            if members is None:
                group.handle, group.refreshed_at = handle, None
                return set()
            return self._directory.replace_members(session, group.id, members, handle=handle)

        return self._group_event(str(told["id"]), event_id, effect)

    def on_subteam_members_changed(self, event: Mapping[str, Any], event_id: str) -> frozenset[str]:
        """People came into a user group or left it."""
        added, removed = (list(event.get(each) or ()) for each in ("added_users", "removed_users"))
        whole = event.get("added_users_count", len(added)) == len(added)
        whole = whole and event.get("removed_users_count", len(removed)) == len(removed)

        def effect(session: Session, group: UserGroup) -> set[str]:
            if not whole:
                group.refreshed_at = None
            before = set(session.exec(select(GroupMember.slack_id).where(GroupMember.group_id == group.id)))
            after = (before | set(added)) - set(removed)
            return self._directory.replace_members(session, group.id, after, handle=None)

        return self._group_event(str(event["subteam_id"]), event_id, effect)

    def _group_event(
        self, group_id: str, event_id: str, effect: Callable[[Session, UserGroup], set[str]]
    ) -> frozenset[str]:
        """Apply what an event says of a group that the policy names, and read the group again soon."""
        changed: set[str] = set()
        with self._store.transaction() as session:
            if group_id in self._named(session) and self._first_time(session, event_id):
                insert_new(session, UserGroup, id=group_id)
                group = session.get_one(UserGroup, group_id)
                changed = effect(session, group)
                if group.refreshed_at is not None:
                    group.refreshed_at = min(group.refreshed_at, self._now() - GROUPS_EVERY)
        return self._tell(changed)

    def _first_time(self, session: Session, event_id: str) -> bool:
        return insert_new(session, SeenEvent, event_id=event_id, at=self._now())

    def _concerns(self, session: Session, slack_id: str, email: str | None) -> bool:
        """Whether we have anything to do with this account."""
        if session.get(Account, slack_id) is not None:
            return True
        named = self._named(session)
        if slack_id in named or (email is not None and email in named):
            return True
        return session.exec(select(GroupMember).where(GroupMember.slack_id == slack_id)).first() is not None

    def _known(self, slack_id: str) -> Known | None:
        with self._store.glance() as glance:
            return people.known(glance, slack_id)

    def _tell(self, changed: set[str]) -> frozenset[str]:
        told = frozenset(changed)
        if told and self._on_change is not None:
            self._on_change(told)
        return told


def _admitted(account: Account | Known, *, acknowledging: bool) -> Actor | Refused:
    """Whether an account may act at all; what it may do is looked up for each act."""
    if account.kind is AccountKind.BOT:
        return A_BOT
    if account.kind is AccountKind.EXTERNAL:
        return NOT_FROM_HERE
    if not account.active:
        return DEACTIVATED
    if account.kind is AccountKind.GUEST and not acknowledging:
        return A_GUEST
    if account.kind not in {AccountKind.MEMBER, AccountKind.GUEST}:
        return UNKNOWN
    return Actor(account.slack_id, account.person_id, account.name, account.kind, account.active)
