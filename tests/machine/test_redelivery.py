"""Redelivery: whatever Slack delivers four times, shuffled, at once and late, has one effect."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import SQLModel, col, select

from storage.models import (
    Account,
    Acknowledgement,
    AuditRow,
    Change,
    GroupMember,
    Move,
    Release,
    Revision,
    Rollback,
    Vote,
)
from tests.machine import postbag
from tests.machine.crowd import APPROVERS, gathered, wrong
from tests.machine.postbag import LEADS, NEW, PEERS, Postbag, newcomer
from tests.machine.wire import click
from tests.scenario.order import assert_in_order, overhearing
from tests.scenario.town import Town, running_town
from tests.sizes import sized

CONFIRMING = ("U0SARA", "U0SIMON", "U0ANA", "U0PAUL", "U0MIRA")
TIMES_EACH = 4
"""Three times at once, and once when all is over."""

EVERYBODY = (
    "U0MIRA",
    "U0PAUL",
    "U0ANA",
    "U0BEN",
    "U0CHLOE",
    "U0DEV",
    "U0RITA",
    "U0OMAR",
    "U0SARA",
    "U0SIMON",
)


@pytest.mark.slow
def test_what_is_delivered_four_times_has_one_effect(tmp_path: Path, database: str) -> None:
    """Events, clicks and forms: what is in the rows and in the repository is there once."""
    count = sized(2_000) // TIMES_EACH
    newcomers, changes, flows = count // 10, count // 6, max(2, count // 100)
    with running_town(tmp_path, database=database) as town, overhearing(town):
        town.may_fail.add("users.lookupByEmail")  # newcomers are named before they are there
        bag = Postbag(town)
        for number in range(flows):
            town.commit_outside(postbag.path(number), postbag.TEXT.format(name=number))
        town.change_policy(postbag.workflows(flows, newcomers))
        people_come_and_go(bag, newcomers)
        bag.deliver(postbag.homes(town, EVERYBODY * max(1, count // 200)))
        cards = gathered(town, changes)
        bag.deliver(click(town.person(who), card, "approve") for card in cards.values() for who in APPROVERS)
        numbers = through_its_life(bag, flows)
        before = everything(town)
        bag.deliver_late()
        assert everything(town) == before
        assert {each.status for each in bag.answers} == {200}
        assert len(bag.answers) >= count * TIMES_EACH
        assert wrong(town.app.store, cards) == []
        assert once_each(town, numbers) == []
        assert who_is_there(town, newcomers) == []
        assert_in_order(town)


def people_come_and_go(bag: Postbag, count: int) -> None:
    """They join, take another name, come into a group and leave it; a group is filled by one event."""
    town, slack = bag.town, bag.town.workspace

    def join(number: int) -> None:
        slack.add_user(newcomer(number), f"Newcomer {number}", email=postbag.address(number))

    def enter(number: int) -> None:
        slack.set_group_members(PEERS, [*slack.group(PEERS).members, newcomer(number)])

    def leave(number: int) -> None:
        members = slack.group(PEERS).members
        slack.set_group_members(PEERS, [each for each in members if each != newcomer(number)])

    events = postbag.events_of
    bag.deliver(events(town, join, count, "team_join"))
    bag.deliver(events(town, lambda n: slack.rename_user(newcomer(n), f"Known {n}"), count, "user_change"))
    bag.deliver(events(town, enter, count, "subteam_members_changed"))
    bag.deliver(events(town, leave, count, "subteam_members_changed"))
    for members in (("U0SARA",), ("U0SARA", "U0SIMON")):
        filled = events(
            town, lambda _, who=members: slack.set_group_members(LEADS, who), 1, "subteam_updated"
        )
        bag.deliver(filled)


def through_its_life(bag: Postbag, flows: int) -> list[int]:
    """Proposed, checked, deployed, rolled back and confirmed on each workflow: the changes' numbers."""
    town = bag.town
    first, second = postbag.first_steps(town, range(flows))
    bag.deliver(first)
    bag.deliver(second)
    with town.app.store.reading() as session:
        numbers = list(
            session.exec(select(Change.id).where(Change.submitter == "U0PAUL").order_by(Change.id))
        )
    bag.deliver(postbag.spot_checks(town, [town.card(number) for number in numbers]))
    bag.deliver(postbag.clicks(town, "U0DEV", [town.card(number) for number in numbers], "deploy"))
    messages = [town.message("live", change=number) for number in numbers]
    bag.deliver(postbag.clicks(town, "U0RITA", messages, "roll_back"))
    bag.deliver(
        letter
        for who in CONFIRMING
        for number in numbers
        for letter in postbag.clicks(
            town, who, town.messages("rollback_notice", change=number, to=who), "acknowledge"
        )
    )
    return [number or 0 for number in numbers]


def once_each(town: Town, numbers: list[int]) -> list[str]:
    """What is not there exactly once for each of these changes."""
    said = []
    with town.app.store.reading() as session:
        for number in numbers:
            of_change = {
                table.__name__: session.exec(
                    select(func.count()).select_from(table).where(col(table.change_id) == number)
                ).one()
                for table in (Revision, Vote, Release)
            }
            rows = session.exec(select(AuditRow.verb).where(AuditRow.subject == f"PC-{number}")).all()
            steps = Counter(each for each in rows if each.startswith(("change:", "vote:")))
            if set(of_change.values()) != {1} or set(steps.values()) != {1}:
                said.append(f"PC-{number}: {of_change}, {dict(steps)}")
        rollbacks = session.exec(select(Rollback.release_id)).all()
        moves = session.exec(select(Move.purpose, func.count()).group_by(Move.purpose)).all()
        confirmed = session.exec(
            select(AuditRow.subject, AuditRow.actor).where(AuditRow.verb == "rollback:acknowledge")
        ).all()
        open_ones = session.exec(
            select(Acknowledgement).where(col(Acknowledgement.acknowledged_at).is_(None))
        ).all()
    if len(set(rollbacks)) != len(rollbacks) or len(rollbacks) != len(numbers):
        said.append(f"{len(rollbacks)} rollbacks")
    if {purpose.value: times for purpose, times in moves} != {
        "production": len(numbers),
        "roll_back": len(numbers),
    }:
        said.append(f"moves: {moves}")
    if len(set(confirmed)) != len(confirmed):
        said.append("somebody confirmed twice")
    waiting = {each.principal for each in open_ones}
    if waiting & set(CONFIRMING):
        said.append(f"not confirmed by {waiting}")
    return said + [
        f"{postbag.path(place)} is not as before"
        for place in range(len(numbers))
        if NEW in (town.live_text(postbag.path(place)) or "")
    ]


def who_is_there(town: Town, newcomers: int) -> list[str]:
    """Newcomers under their later name and in no group; both leads in theirs."""
    with town.app.store.reading() as session:
        members = {(each.group_id, each.slack_id) for each in session.exec(select(GroupMember))}
        names = {each.slack_id: each.name for each in session.exec(select(Account))}
    peers = {who for group, who in members if group == PEERS}
    leads = {who for group, who in members if group == LEADS}
    said = [
        f"{newcomer(number)} is {names.get(newcomer(number))}"
        for number in range(newcomers)
        if names.get(newcomer(number)) != f"Known {number}"
    ]
    if peers != {"U0MIRA", "U0PAUL", "U0DEV"} or leads != {"U0SARA", "U0SIMON"}:
        said.append(f"peers {peers}, leads {leads}")
    return said


def everything(town: Town) -> dict[str, list[tuple[object, ...]]]:
    """Every row but those of answers that were whispered to whoever clicked again."""
    with town.app.store.reading() as session:
        found = {
            name: [tuple(row) for row in session.connection().execute(table.select())]
            for name, table in SQLModel.metadata.tables.items()
            if name not in {"message", "seenevent"}
        }
        messages = SQLModel.metadata.tables["message"]
        told = session.connection().execute(
            select(messages.c.key, messages.c.ts).where(messages.c.kind != "private")
        )
        return found | {"message": sorted(tuple(row) for row in told)}
