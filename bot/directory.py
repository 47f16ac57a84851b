"""Keeps the rows of accounts and user groups as Slack has them, by asking on a schedule.

Events tell sooner, but they get lost and overtake each other, so that what is asked here is what counts.
It must never make a group look fresh that was not read as a whole.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from sqlmodel import Session, col, delete, select

from bot.accounts import Home, keep, pin, read_profile
from bot.outbox.answers import FAILED_CALL, judge
from storage.engine import Store
from storage.inserting import insert_new
from storage.models import Account, EmailPin, Grant, GroupMember, UserGroup
from storage.vocabulary import AccountKind

GROUPS_EVERY: Final = timedelta(minutes=10)
ACCOUNTS_EVERY: Final = timedelta(hours=24)
UNANSWERED_FOR: Final = timedelta(hours=1)
"""How long an address that Slack does not know is not asked for again."""
ONE_BY_ONE: Final = 20
"""Up to so many accounts are asked for singly (users.info, tier 4); more by the whole list (tier 2)."""
PAGE: Final = 200

_log = structlog.get_logger(__name__)

Named = Callable[[Session], Collection[str]]
"""Every principal that the policy in force names."""


def granted(session: Session) -> set[str]:
    """Every principal that a grant names."""
    return set(session.exec(select(Grant.principal).distinct()))


class Directory:
    """Reads people and groups from Slack into the rows.

    The refreshing methods return the accounts whose rows changed in a way that can alter a right.
    """

    def __init__(
        self, store: Store, client: WebClient, home: Home, now: Callable[[], datetime], named: Named
    ) -> None:
        self._store, self._client, self._home, self._now, self._named = store, client, home, now, named
        self._unanswered: dict[str, datetime] = {}

    def refresh_groups(self) -> set[str]:
        """Read every named group again whose rows are ten minutes old, and accounts that are new to us."""
        due = self._due_groups()
        if not due:
            return set()
        changed: set[str] = set()
        try:
            told = self._groups_by_id()
            for group_id in sorted(due):
                changed |= self._refresh_group(group_id, told.get(group_id))
            changed |= self._read_accounts(self._unknown_members())
        except FAILED_CALL as error:
            _log.warning("groups not refreshed", why=judge(error).words, code=judge(error).code)
        return changed

    def refresh_accounts(self) -> set[str]:
        """Read again the named accounts not read for a day, and resolve addresses that have no pin yet."""
        changed: set[str] = set()
        try:
            for email in sorted(self._unpinned()):
                if self.find(email) is None:
                    self._unanswered[email] = self._now()
            changed |= self._read_accounts(self._due_accounts())
        except FAILED_CALL as error:
            _log.warning("accounts not refreshed", why=judge(error).words, code=judge(error).code)
        return changed

    def find(self, email: str) -> str | None:
        """The account that an address of the policy stands for, asked of Slack where no pin says it yet.

        None: no active account has the address. Raises what ``FAILED_CALL`` names.
        """
        email = email.lower()
        with self._store.reading() as session:
            pinned = session.get(EmailPin, email)
            if pinned is not None:
                return pinned.slack_id
        user = self._user(lambda: self._client.users_lookupByEmail(email=email), absent="users_not_found")
        if user is None or user.get("is_email_confirmed") is False:
            return None
        profile = read_profile(user, self._home)
        if not profile.active or profile.kind not in {AccountKind.MEMBER, AccountKind.GUEST}:
            return None
        with self._store.transaction() as session:
            keep(session, profile, now=self._now())
            return pin(session, email, profile.slack_id)

    def read_account(self, slack_id: str, client: WebClient | None = None) -> Account | None:
        """Ask Slack for one account and keep it; None: Slack knows no such account, or we may not see it."""
        asked = client or self._client
        user = self._user(lambda: asked.users_info(user=slack_id), absent="user_not_found")
        if user is None:
            return None
        with self._store.transaction() as session:
            account, _ = keep(
                session, read_profile(user, self._home), now=self._now(), named=self._named(session)
            )
            return account

    def replace_members(
        self, session: Session, group_id: str, members: Iterable[str], *, handle: str | None
    ) -> set[str]:
        """Write who is in a group; says who came and who left."""
        before = set(session.exec(select(GroupMember.slack_id).where(GroupMember.group_id == group_id)))
        after = set(members)
        insert_new(session, UserGroup, id=group_id)
        if handle is not None:
            session.get_one(UserGroup, group_id).handle = handle
        gone = before - after
        if gone:
            session.exec(
                delete(GroupMember).where(
                    col(GroupMember.group_id) == group_id, col(GroupMember.slack_id).in_(gone)
                )
            )
        for slack_id in sorted(after - before):
            insert_new(session, GroupMember, group_id=group_id, slack_id=slack_id)
        return before ^ after

    def _refresh_group(self, group_id: str, told: Mapping[str, Any] | None) -> set[str]:
        members = [] if told and told.get("date_delete") else self._members(group_id)
        handle = str(told["handle"]) if told and told.get("handle") else None
        with self._store.transaction() as session:
            changed = self.replace_members(session, group_id, members, handle=handle)
            session.get_one(UserGroup, group_id).refreshed_at = self._now()
        return changed

    def _members(self, group_id: str) -> list[str]:
        try:
            answer = self._client.usergroups_users_list(usergroup=group_id)
        except SlackApiError as error:
            if judge(error).code != "no_such_subteam":
                raise
            return []  # a group that does not exist has no members, and its list names nobody
        return [str(each) for each in answer.get("users") or ()]

    def _groups_by_id(self) -> dict[str, Mapping[str, Any]]:
        answer = self._client.usergroups_list(include_disabled=True)
        return {str(each["id"]): each for each in answer.get("usergroups") or ()}

    def _read_accounts(self, slack_ids: Collection[str]) -> set[str]:
        if len(slack_ids) > ONE_BY_ONE:
            return self._read_list(slack_ids)
        changed: set[str] = set()
        for slack_id in sorted(slack_ids):
            user = self._user(
                lambda each=slack_id: self._client.users_info(user=each),  # type: ignore[misc]  # bound now
                absent="user_not_found",
            )
            changed |= self._keep_all([user]) if user else self._vanished(slack_id)
        return changed

    def _read_list(self, wanted: Collection[str]) -> set[str]:
        changed: set[str] = set()
        cursor: str | None = None
        while True:
            page = self._client.users_list(limit=PAGE, cursor=cursor)
            users: list[Mapping[str, Any]] = page.get("members") or []
            changed |= self._keep_all([each for each in users if each["id"] in wanted])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return changed

    def _keep_all(self, users: Collection[Mapping[str, Any]]) -> set[str]:
        if not users:
            return set()
        with self._store.transaction() as session:
            named = self._named(session)
            kept = [
                keep(session, read_profile(each, self._home), now=self._now(), named=named) for each in users
            ]
            return {account.slack_id for account, changed in kept if changed}

    def _vanished(self, slack_id: str) -> set[str]:
        """Slack knows this account no more: it holds no rights, but what it did stays its own."""
        with self._store.transaction() as session:
            account = session.get(Account, slack_id)
            if account is None:
                return set()
            was_active, account.active, account.refreshed_at = account.active, False, self._now()
            return {slack_id} if was_active else set()

    def _user(self, call: Callable[[], Any], *, absent: str) -> Mapping[str, Any] | None:
        try:
            user: Mapping[str, Any] = call()["user"]
        except SlackApiError as error:
            if judge(error).code in {absent, "user_not_visible"}:
                return None
            raise
        return user

    def _due_groups(self) -> set[str]:
        with self._store.reading() as session:
            groups = {each for each in self._named(session) if each.startswith("S") and "@" not in each}
            fresh = set(
                session.exec(
                    select(UserGroup.id).where(col(UserGroup.refreshed_at) > self._now() - GROUPS_EVERY)
                )
            )
            return groups - fresh

    def _unknown_members(self) -> set[str]:
        with self._store.reading() as session:
            return set(
                session.exec(
                    select(GroupMember.slack_id)
                    .distinct()
                    .where(~col(GroupMember.slack_id).in_(select(Account.slack_id)))
                )
            )

    def _due_accounts(self) -> set[str]:
        with self._store.reading() as session:
            named = self._named(session)
            wanted = {each for each in named if each[:1] in {"U", "W"} and "@" not in each}
            wanted |= set(session.exec(select(GroupMember.slack_id).distinct()))
            wanted |= set(session.exec(select(EmailPin.slack_id)))
            newest = select(Account.slack_id).where(col(Account.refreshed_at) > self._now() - ACCOUNTS_EVERY)
            fresh = set(session.exec(newest))
            return wanted - fresh

    def _unpinned(self) -> set[str]:
        with self._store.reading() as session:
            addresses = {each.lower() for each in self._named(session) if "@" in each}
            pinned = set(session.exec(select(EmailPin.email)))
        asked = {each for each, at in self._unanswered.items() if self._now() - at < UNANSWERED_FOR}
        return addresses - pinned - asked
