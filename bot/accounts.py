"""What Slack says of an account becomes rows: the account, the person behind it, the pin of an address.

An e-mail address counts only where Slack says that it is confirmed: whoever could write an address into a
profile would otherwise hold the rights of its owner. This module must never call Slack.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlmodel import Session, col, select

from bot.changes.moving import SYSTEM
from storage import audit
from storage.inserting import insert_new
from storage.models import Account, EmailPin, Person, Touch, Vote
from storage.vocabulary import AccountKind

SLACKBOT: Final = "USLACKBOT"
MERGED: Final = "person:merge"
"""In the trail: two persons are one from here on. By an admin, or by the system for one address of both."""


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace that the app serves, and the enterprise that it belongs to, if any."""

    team_id: str
    enterprise_id: str | None = None

    def includes(self, team_id: str | None, enterprise_id: str | None = None) -> bool:
        """Whether somebody signed in there belongs to this workspace or its enterprise."""
        if team_id == self.team_id:
            return True
        return self.enterprise_id is not None and enterprise_id == self.enterprise_id


@dataclass(frozen=True, slots=True)
class Profile:
    """A user object of Slack's in our words. ``email`` is None unless it is confirmed.

    ``kind`` is None where Slack does not say: it tells little of the deactivated.
    """

    slack_id: str
    team_id: str
    name: str
    email: str | None
    timezone: str
    kind: AccountKind | None
    active: bool


def read_profile(user: Mapping[str, Any], home: Home) -> Profile:
    """Read a user object as users.info, users.list and the event user_change carry it."""
    details: Mapping[str, Any] = user.get("profile") or {}
    kind = _kind(user, home)
    names = (details.get("display_name"), details.get("real_name"), user.get("real_name"), user.get("name"))
    confirmed = user.get("is_email_confirmed") is True and kind in {AccountKind.MEMBER, AccountKind.GUEST}
    return Profile(
        slack_id=str(user["id"]),
        team_id=str(user.get("team_id") or ""),
        name=next((str(name) for name in names if name), str(user["id"])),
        email=str(details.get("email") or "").lower() or None if confirmed else None,
        timezone=str(user.get("tz") or "UTC"),
        kind=kind,
        active=not user.get("deleted"),
    )


def _kind(user: Mapping[str, Any], home: Home) -> AccountKind | None:
    grid: Mapping[str, Any] = user.get("enterprise_user") or {}
    if user.get("is_bot") or user.get("is_workflow_bot") or user["id"] == SLACKBOT:
        return AccountKind.BOT
    if user.get("is_stranger") or not home.includes(user.get("team_id"), grid.get("enterprise_id")):
        return AccountKind.EXTERNAL
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return AccountKind.GUEST
    return None if user.get("deleted") else AccountKind.MEMBER


def keep(
    session: Session, profile: Profile, *, now: datetime, named: Collection[str] = ()
) -> tuple[Account, bool]:
    """Write an account as Slack just told it, and say whether what it may do can have changed.

    ``named`` are the principals of the policy; an address among them is pinned to the first account that
    has it, for good.
    """
    account = session.get(Account, profile.slack_id)
    if account is None and _add(session, profile, now):
        account, changed = session.get_one(Account, profile.slack_id), True
    else:
        account = account or session.get_one(Account, profile.slack_id)
        changed = _update(session, account, profile, now)
    if account.email and account.email in named and account.active:
        pin(session, account.email, account.slack_id)
    session.flush()
    return account, changed


def would_change(session: Session, profile: Profile) -> bool:
    """Whether ``keep`` would write anything besides the time."""
    account = session.get(Account, profile.slack_id)
    if account is None:
        return True
    return (
        account.active != profile.active
        or (profile.active and account.email != profile.email)
        or account.name != profile.name
        or account.timezone != profile.timezone
        or (profile.kind is not None and account.kind != profile.kind)
    )


def pin(session: Session, email: str, slack_id: str) -> str:
    """Pin an address to an account unless it is pinned already; returns the account that it stands for."""
    insert_new(session, EmailPin, email=email.lower(), slack_id=slack_id)
    return session.get_one(EmailPin, email.lower()).slack_id


def _add(session: Session, profile: Profile, now: datetime) -> bool:
    """Write down an account that nobody knew; whether no other process has done so meanwhile."""
    return insert_new(
        session,
        Account,
        slack_id=profile.slack_id,
        person_id=_person_with(session, profile.email) or _new_person(session, profile.email),
        team_id=profile.team_id,
        name=profile.name,
        email=profile.email,
        timezone=profile.timezone,
        kind=profile.kind or AccountKind.MEMBER,
        active=profile.active,
        refreshed_at=now,
    )


def _update(session: Session, account: Account, profile: Profile, now: datetime) -> bool:
    before = (account.active, account.kind, account.person_id, account.email)
    account.name, account.timezone = profile.name, profile.timezone
    account.team_id = profile.team_id or account.team_id
    account.kind = profile.kind or account.kind
    account.active, account.refreshed_at = profile.active, now
    if profile.active:
        account.email = profile.email
    if profile.email:
        _join_person(session, account, profile.email, now)
    return before != (account.active, account.kind, account.person_id, account.email)


def _person_with(session: Session, email: str | None, *, but: int | None = None) -> int | None:
    """Another person who has this address now or had it when first seen."""
    if email is None:
        return None
    persons = select(Person.id).where(Person.email == email, Person.id != (but or 0))
    accounts = select(Account.person_id).where(Account.email == email, Account.person_id != (but or 0))
    return session.exec(persons).first() or session.exec(accounts).first()


def _new_person(session: Session, email: str | None) -> int:
    person = Person(email=email)
    session.add(person)
    session.flush()
    if person.id is None:
        raise RuntimeError("the database gave a person no id")
    return person.id


def _join_person(session: Session, account: Account, email: str, now: datetime) -> None:
    """An address that another person's account has makes the two one person, who counts once.

    What they decided may count otherwise from here on, so that the trail says it, without the address.
    """
    session.flush()
    person = session.get_one(Person, account.person_id)
    found = _person_with(session, email, but=person.id)
    if found is None:
        person.email = person.email or email
    else:
        persons = [account.person_id, found]
        audit.append(session, MERGED, account.slack_id, actor=SYSTEM, now=now, persons=persons)
        merge(session, account.person_id, found)


def merge_accounts(session: Session, one: Account, other: Account, *, actor: str, now: datetime) -> None:
    """An admin says that two accounts are one person's, which Slack's addresses do not show."""
    audit.append(
        session,
        MERGED,
        one.slack_id,
        actor=actor,
        now=now,
        other=other.slack_id,
        persons=[one.person_id, other.person_id],
    )
    merge(session, one.person_id, other.person_id)


def merge(session: Session, one: int, other: int) -> None:
    """Two persons turn out to be one: the earlier stays, with the touches and votes of both.

    Where both decided on the same digest, the later decision counts.
    """
    kept, gone = min(one, other), max(one, other)
    for account in session.exec(select(Account).where(Account.person_id == gone)).all():
        account.person_id = kept
    for touch in session.exec(select(Touch).where(Touch.person_id == gone)).all():
        insert_new(session, Touch, **(touch.model_dump() | {"person_id": kept}))
        session.delete(touch)
    for vote in session.exec(select(Vote).where(Vote.person_id == gone).order_by(col(Vote.id))).all():
        _take_over(session, vote, kept)
    person, earlier = session.get_one(Person, gone), session.get_one(Person, kept)
    email, person.email = person.email, None
    session.flush()
    earlier.email = earlier.email or email
    session.flush()


def _take_over(session: Session, vote: Vote, person_id: int) -> None:
    rival = session.exec(
        select(Vote).where(
            Vote.change_id == vote.change_id,
            Vote.review_digest == vote.review_digest,
            Vote.person_id == person_id,
            col(Vote.counting).is_(True),
        )
    ).first()
    if rival is not None and vote.counting:
        earlier = min(rival, vote, key=lambda each: each.id or 0)
        earlier.counting = False
        session.flush()
    vote.person_id = person_id
    session.flush()
