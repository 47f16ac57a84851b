"""One person behind several accounts, and addresses that stay with the account that had them first."""

from datetime import UTC, datetime
from typing import TypeVar

from office import HERE, Office
from sqlmodel import Session, SQLModel, select

from bot.accounts import Home, Profile, keep, read_profile
from bot.changes.outcome import Actor
from storage.models import Account, AuditRow, Change, Touch, Vote
from storage.vocabulary import AccountKind, Decision, Lane

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def profile(slack_id: str, email: str | None = None, *, active: bool = True) -> Profile:
    """A member as Slack tells of them."""
    return Profile(slack_id, HERE, slack_id, email, "UTC", AccountKind.MEMBER, active)


def store_account(office: Office, told: Profile, named: tuple[str, ...] = ()) -> Account:
    """Keep what Slack told."""
    with office.store.transaction() as session:
        return keep(session, told, now=NOW, named=named)[0]


Row = TypeVar("Row", bound=SQLModel)


def _all(session: Session, table: type[Row]) -> list[Row]:
    return list(session.exec(select(table)))


def test_that_two_persons_turn_out_to_be_one_stands_in_the_trail(office: Office) -> None:
    """Once, by the accounts' persons, and without the address."""
    one = store_account(office, profile("U1", "ana@example.com"))
    two = store_account(office, profile("U2", "ana@example.org"))
    for _ in range(2):
        store_account(office, profile("U2", "ana@example.com"))
    with office.store.reading() as session:
        (row,) = session.exec(select(AuditRow).where(AuditRow.verb == "person:merge")).all()
    assert (row.actor, row.subject) == ("system", "U2")
    assert row.data == {"persons": [two.person_id, one.person_id]}


def test_two_accounts_with_one_address_are_one_person(office: Office) -> None:
    """The same confirmed address makes one person; others are a person each."""
    one = store_account(office, profile("U1", "ana@example.com"))
    two = store_account(office, profile("U2", "ana@example.com"))
    three, four = store_account(office, profile("U3")), store_account(office, profile("U4"))
    assert one.person_id == two.person_id
    assert len({one.person_id, three.person_id, four.person_id}) == 3


def test_an_address_given_up_still_leads_to_its_person(office: Office) -> None:
    """Changing one's address and taking a second account with the old one makes no second person."""
    one = store_account(office, profile("U1", "ana@example.com"))
    store_account(office, profile("U1", "new@example.com"))
    assert store_account(office, profile("U2", "ana@example.com")).person_id == one.person_id
    assert store_account(office, profile("U3", "new@example.com")).person_id == one.person_id


def test_an_unconfirmed_address_is_nobodys(office: Office) -> None:
    """An address that Slack does not call confirmed is not kept, links nobody and pins nothing."""
    office.grant("ana@example.com")
    user = office.user_event("U0ANA")["user"]
    for told in (user | {"is_email_confirmed": False}, {**user, "is_email_confirmed": None}):
        assert read_profile(told, Home(HERE)).email is None
    assert read_profile(user, Home(HERE)).email == "ana@example.com"


def test_an_address_of_the_policy_is_pinned_when_its_account_is_first_seen(office: Office) -> None:
    """Whoever clicks with an address that the policy names is the one it stands for."""
    office.grant("ana@example.com")
    assert isinstance(office.people.actor("U0ANA", HERE), Actor)
    assert isinstance(office.people.actor("U0BEN", HERE), Actor)
    assert office.pins() == {"ana@example.com": "U0ANA"}


def test_a_later_account_does_not_take_an_address_over(office: Office) -> None:
    """The pin stays with the first account, whoever answers to the address today."""
    office.grant("ana@example.com")
    office.people.refresh_accounts()
    office.slack.change_user("U0ANA", email="ana.lopez@example.com")
    office.slack.add_user("U0NEW", "New Ana", email="ana@example.com")
    assert isinstance(office.people.actor("U0NEW", HERE), Actor)
    office.forward(days=2)
    office.people.refresh_accounts()
    assert office.pins() == {"ana@example.com": "U0ANA"}
    assert office.people.find("ana@example.com") == "U0ANA"


def test_persons_who_turn_out_to_be_one_count_once(office: Office) -> None:
    """When two accounts come to share an address, touches and votes become one person's."""
    first = store_account(office, profile("U1", "ana@example.com"))
    second = store_account(office, profile("U2"))
    with office.store.transaction() as session:
        session.add(Change(id=1, workflow="w", submitter="U1", state_since=NOW, created_at=NOW))
        session.flush()
        for account, decision in ((first, Decision.APPROVE), (second, Decision.REJECT)):
            session.add(
                Vote(
                    change_id=1,
                    review_digest="d",
                    person_id=account.person_id,
                    slack_id=account.slack_id,
                    decision=decision,
                    lane=Lane.LOW,
                    at=NOW,
                )
            )
            session.flush()
        session.add(Touch(change_id=1, person_id=second.person_id, slack_id="U2", at=NOW))
    store_account(office, profile("U2", "ana@example.com"))
    with office.store.reading() as session:
        votes = [(each.person_id, each.decision, each.counting) for each in _all(session, Vote)]
        touches = [each.person_id for each in _all(session, Touch)]
        persons = {each.person_id for each in _all(session, Account)}
    kept = first.person_id
    assert votes == [(kept, Decision.APPROVE, False), (kept, Decision.REJECT, True)]
    assert (touches, persons) == ([kept], {kept})
