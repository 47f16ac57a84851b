"""One person counts once, however many accounts they have; and a vote weighs what its person's right does."""

from sqlmodel import select

from storage.models import AuditRow, Change
from storage.vocabulary import State
from tests.scenario.release.story import HIGH, LOW, approved, formal, on_the_host, proposed, with_result
from tests.scenario.town import Town, words


def state_of(town: Town, number: int) -> State:
    """Where a change is in its life."""
    with town.app.store.reading() as session:
        return session.get_one(Change, number).state


def second_account(town: Town, user_id: str, name: str, email: str) -> None:
    """Somebody appears under another account, who may approve refunds in the high lane."""
    town.workspace.add_user(user_id, name, email=email)
    town.workspace.join("C0REFUNDS", user_id)
    town.change_policy(lambda it: it["workflows"]["refunds"]["approve"]["high"].append(user_id))


def wait(town: Town) -> None:
    """Let Slack's events arrive and everything leave."""
    assert town.workspace.events.settle()
    town.settle()


def test_two_accounts_with_one_confirmed_address_are_one_approval(town: Town) -> None:
    """Ben approves twice, with two accounts: the quorum of two still lacks one."""
    second_account(town, "U0BENTWO", "Benedict Okafor", "ben@example.com")
    number = proposed(town, HIGH, "a refund of up to $500")
    with_result(town, number)
    formal(town, number, by=("U0BEN",))
    town.person("U0BENTWO").click(town.card(number), "approve")
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card(number))
    assert state_of(town, number) is State.IN_REVIEW
    formal(town, number, by=("U0CHLOE",))
    assert state_of(town, number) is State.APPROVED


def test_an_admin_says_that_two_accounts_are_one_person(town: Town) -> None:
    """Their votes were two; from that moment on they are one, and the change is not approved any more."""
    second_account(town, "U0BENTWO", "B. Okafor", "b.okafor@example.net")
    number = proposed(town, HIGH, "a refund of up to $500")
    with_result(town, number)
    formal(town, number, by=("U0BEN", "U0BENTWO"))
    assert state_of(town, number) is State.APPROVED
    code, said = on_the_host(
        town, "people", "merge", "ben@example.com", "U0BENTWO", "--as", "ana@example.com"
    )
    assert code == 0, said
    assert "count as one person from now on" in said
    town.settle()
    assert state_of(town, number) is State.IN_REVIEW
    assert "Approvals: 1 of 2" in words(town.card(number))
    with town.app.store.reading() as session:
        row = session.exec(select(AuditRow).where(AuditRow.verb == "person:merge")).one()
    assert (row.actor, row.subject, row.data["other"]) == ("U0ANA", "U0BEN", "U0BENTWO")


def test_the_second_account_of_the_writer_cannot_approve_what_the_first_wrote(town: Town) -> None:
    """Once an admin has said so; before that nobody can know."""
    second_account(town, "U0MIRATWO", "M. Lind", "m.lind@example.net")
    number = proposed(town, HIGH, "a refund of up to $500")
    formal(town, number, by=("U0MIRATWO",))
    assert "Approvals: 1 of 2" in words(town.card(number))
    assert on_the_host(town, "people", "merge", "U0MIRA", "U0MIRATWO", "--as", "ana@example.com")[0] == 0
    town.settle()
    assert "Approvals: 0 of 2" in words(town.card(number))
    town.person("U0MIRATWO").click(town.card(number), "approve")
    assert "You wrote part of this change" in town.whispers("U0MIRATWO")[-1]


def test_a_merge_of_what_is_not_two_people_changes_nothing(town: Town) -> None:
    """Nobody by that name, nobody who says so, or one person already: a sentence, and no row."""
    ana = ("--as", "ana@example.com")
    assert on_the_host(town, "people", "merge", "U0BEN", "U0NOBODY", *ana) == (
        2,
        "Nobody is known here as U0NOBODY. Give a Slack id, or the address that Slack has.",
    )
    assert on_the_host(town, "people", "merge", "nobody@example.com", "U0BEN", *ana)[0] == 2
    code, said = on_the_host(town, "people", "merge", "U0BEN", "U0CHLOE", "--as", "nobody@example.com")
    assert (code, said.startswith("Nobody with the address")) == (2, True)
    assert on_the_host(town, "people", "merge", "U0BEN", "ben@example.com", *ana) == (
        0,
        "U0BEN and ben@example.com are one person already.",
    )
    with town.app.store.reading() as session:
        assert not session.exec(select(AuditRow).where(AuditRow.verb == "person:merge")).all()


def test_a_right_that_is_revoked_takes_its_vote_along(town: Town) -> None:
    """Chloe approved and is taken from the list: the change goes back to review, and the card says why."""
    number = proposed(town, HIGH, "a refund of up to $500")
    with_result(town, number, by="U0BEN")
    formal(town, number)
    assert state_of(town, number) is State.APPROVED
    town.change_policy(lambda it: it["workflows"]["refunds"]["approve"]["high"].remove("U0CHLOE"))
    assert state_of(town, number) is State.IN_REVIEW
    assert "is no longer on the list" in words(town.card(number))


def test_somebody_who_left_the_group_has_no_vote(town: Town) -> None:
    """Paul approved as a peer; out of the group he is none."""
    number = approved(town, LOW, "at most five bullet points")
    town.workspace.set_group_members("S0PEERS", ["U0MIRA", "U0DEV"])
    wait(town)
    assert state_of(town, number) is State.IN_REVIEW


def test_a_deactivated_account_has_no_vote(town: Town) -> None:
    """Paul approved and left the company."""
    number = approved(town, LOW, "at most five bullet points")
    town.workspace.deactivate_user("U0PAUL")
    wait(town)
    assert state_of(town, number) is State.IN_REVIEW
    assert "Does not count: " in words(town.card(number))
