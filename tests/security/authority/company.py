"""A company in which every kind of person meets a change in every state and lane, on real rows.

Each change came to its state by the use cases, as far as they lead there. Every act upon it is taken back, so
that one database serves all cells of the matrix.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from shelf import Shelf
from slack_sdk import WebClient
from sqlalchemy import event
from sqlmodel import Session, col, select
from who_may import LANES, STATES, Person, people

from bot.changes import stale
from bot.changes.context import Context
from bot.changes.decide import approve, reject, request_changes
from bot.changes.draft import save_proposal
from bot.changes.evidence import attest
from bot.changes.force import keep_version, put_in_force
from bot.changes.outcome import Actor, Done, Outcome
from bot.changes.proposal import Proposal
from bot.changes.release import advance, deploy
from bot.changes.restore import restore
from bot.changes.revisions import Note
from bot.changes.roll_back import roll_back
from bot.changes.settle import settle
from bot.changes.submit import submit
from bot.changes.withdraw import withdraw
from bot.outbox.results import Landed
from bot.people import People
from storage import models
from storage.engine import Store
from storage.models import (
    Account,
    Change,
    EmailPin,
    GroupMember,
    Move,
    Release,
    Revision,
    Rollback,
    UserGroup,
)
from storage.vocabulary import AccountKind, State
from tests.scenario.town import empty_database
from tests.security.rehearsal import Rehearsal

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOME, AWAY = "T0HOME", "T0AWAY"
KINDS = {"low": "system_prompt", "medium": "retrieval_weighting", "high": "tool_permissions"}
REASON = "I looked at the ten newest cases by hand."
MARKS = ({"input": "A case", "output": "An answer", "good": True},)
GROUPS = {"group": "S0FRESH", "old group": "S0OLD"}
LISTS = ("approve", "deploy", "roll_back", "inform", "emergency")
HELPERS = {"approve": ("U0ONE", "U0TWO"), "deploy": ("U0SHIP",), "roll_back": ("U0BACK",)}
"""People who bring the changes to their states, so that no kind of person has done it already."""
ENDS = {
    "scheduled": State.SCHEDULED,
    "failed": State.FAILED,
    "expired": State.EXPIRED,
}
"""States in which no use case leaves a change yet: they are written into the row."""


@dataclass(frozen=True)
class Case:
    """One change in one state and lane, with the ids that its cards carry; 0 where there is none."""

    workflow: str
    state: str
    lane: str
    change: int = 0
    revision: int = 0
    number: int = 0
    release: int = 0
    rollback: int = 0


@dataclass(frozen=True)
class Stage:
    """Where one act after another is tried, each as if it were the first."""

    store: Rehearsal
    door: People
    context: Context

    @contextmanager
    def act(self) -> Iterator[None]:
        """Take back whatever is done in here."""
        savepoint = self.store.connection.begin_nested()
        yield
        savepoint.rollback()


class Company:
    """All cases, and the door through which everybody comes."""

    def __init__(self, folder: Path) -> None:
        file = folder / "company.db"
        file.write_bytes(empty_database())
        self.store = Store.open(f"sqlite:///{file}")
        event.listen(self.store.engine, "connect", _in_no_hurry_to_the_disk)
        self.shelves: dict[str, Shelf] = {}
        self.door, self.context = self.at_work(self.store)
        with self.store.transaction() as session:
            _hire(session)
            policy = yaml.safe_dump(_policy())
            version = keep_version(session, policy, source="test", now=NOW)
            put_in_force(session, version, actor="system", now=NOW)
        self._cases: dict[tuple[str, str], Case] = {}

    def at_work(self, store: Store) -> tuple[People, Context]:
        """The door and what the use cases need, on these rows. Slack is away: everybody is known already."""
        nobody = WebClient(base_url="http://127.0.0.1:1/api/", retry_handlers=[])
        return (
            People(store, nobody, HOME, lambda: NOW),
            Context(store, lambda workflow, _: self.shelves.setdefault(workflow, Shelf())),
        )

    @contextmanager
    def rehearsal(self) -> Iterator["Stage"]:
        """What is done in there has no effect outside."""
        with self.store.engine.connect() as connection:
            outer = connection.begin()
            rehearsal = Rehearsal(self.store, connection)
            yield Stage(rehearsal, *self.at_work(rehearsal))
            outer.rollback()

    def actor(self, slack_id: str) -> Actor:
        """Somebody who comes through the door."""
        found = self.door.actor(slack_id, HOME)
        assert isinstance(found, Actor), found
        return found

    def case(self, state: str, lane: str) -> Case:
        """The change in this state and lane, brought there when somebody asks for it."""
        if (state, lane) not in self._cases:
            self._cases[state, lane] = self._brought(state, lane)
        return self._cases[state, lane]

    def _brought(self, state: str, lane: str) -> Case:
        workflow = f"{lane}-{STATES.index(state)}"
        if state == "nothing yet":
            return Case(workflow, state, lane)
        change = self._proposed(workflow, lane)
        if state != "draft":
            self._sent(change, lane)
            self._moved_on(change, state, lane)
        return self._case(change, workflow, state, lane)

    def _proposed(self, workflow: str, lane: str, text: str = "You answer briefly.") -> int:
        proposal = Proposal(workflow, kinds=(KINDS[lane],), new_text=text)
        return (
            _done(
                save_proposal(self.context, proposal, actor=self.actor(of("the submitter").id), now=NOW)
            ).change_id
            or 0
        )

    def _sent(self, change: int, lane: str, *, editors: bool = True) -> None:
        """The submitter sends it, and two others edit it."""
        _done(submit(self.context, change, _note(), actor=self.actor(of("the submitter").id), now=NOW))
        for place, who in enumerate(("who edited it", "a policy owner who edited it") if editors else ()):
            actor, row = self.actor(of(who).id), self._row(Change, change)
            proposal = Proposal(
                row.workflow, (KINDS[lane],), new_text=f"You answer briefly {place}.", revision=row.revision
            )
            _done(save_proposal(self.context, proposal, actor=actor, now=NOW, change_id=change))
            _done(submit(self.context, change, _note(), actor=actor, now=NOW))
        assert self._row(Change, change).lane == lane

    def _moved_on(self, change: int, state: str, lane: str) -> None:
        """From review to where the case is to be."""
        ends = {"changes_requested": request_changes, "rejected": reject}
        if state in ends:
            one = self.actor("U0ONE")
            _done(ends[state](self.context, self._revision(change), REASON, actor=one, now=NOW))
        elif state == "withdrawn":
            _done(withdraw(self.context, change, actor=self.actor(of("the submitter").id), now=NOW))
        elif state != "in_review":
            self._approved(change)
            self._after_approval(change, state, lane)

    def _after_approval(self, change: int, state: str, lane: str) -> None:
        if state in ENDS:
            with self.store.transaction() as session:
                session.get_one(Change, change).state = ENDS[state]
        elif state == "stale":
            self._target_moves(change)
        elif state == "releasing":
            self._deployed(change)
            if lane == "high":
                self._land(self._row(Change, change).workflow, most=1)
        elif state != "approved":
            self._deployed(change)
            self._live(change)
            self._after_release(change, state, lane)

    def _after_release(self, change: int, state: str, lane: str) -> None:
        workflow = self._row(Change, change).workflow
        if state == "superseded":
            newer = self._proposed(workflow, lane, "You answer at length.")
            self._sent(newer, lane, editors=False)
            self._approved(newer)
            self._deployed(newer)
            self._live(newer)
        elif state.startswith("rolled_back"):
            release = self._release(change)
            _done(roll_back(self.context, release, actor=self.actor("U0BACK"), now=NOW))
            self._land(workflow)
            if state.endswith("asked"):
                ship, rollback = self.actor("U0SHIP"), self._rollback(release)
                _done(restore(self.context, rollback, actor=ship, now=NOW, reason=REASON))

    def _deployed(self, change: int) -> None:
        _done(deploy(self.context, self._revision(change), actor=self.actor("U0SHIP"), now=NOW))

    def _approved(self, change: int) -> None:
        revision = self._revision(change)
        for who in HELPERS["approve"]:
            actor = self.actor(who)
            _done(approve(self.context, revision, actor=actor, now=NOW, statement=REASON, marks=MARKS))
        _done(
            attest(
                self.context, revision, actor=self.actor("U0ONE"), now=NOW, suite="all", total=60, passed=60
            )
        )
        assert self._row(Change, change).state is State.APPROVED

    def _target_moves(self, change: int) -> None:
        self.shelves[self._row(Change, change).workflow].live = "v9"
        with self.store.transaction() as session:
            stale.become_stale(session, session.get_one(Change, change), "v9", now=NOW)
        assert stale.renew_diffs(self.context, now=NOW) == 1

    def _live(self, change: int) -> None:
        workflow = self._row(Change, change).workflow
        self._land(workflow, most=1)
        release = self._row(Release, self._release(change))
        if release.state is State.RELEASING:
            _done(advance(self.context, release.id or 0, actor=self.actor("U0SHIP"), now=NOW))
            self._land(workflow, most=1)
        assert self._row(Change, change).state is State.LIVE

    def _land(self, workflow: str, most: int = 9) -> None:
        """Every pointer that is to move is moved, and read back."""
        with self.store.transaction() as session:
            pending = session.exec(
                select(Move)
                .where(Move.state == models.MoveState.PENDING, Move.workflow == workflow)
                .order_by(col(Move.id))
            ).all()[:most]
            for move in pending:
                move.attempts = 1
        for move in pending:
            if move.pointer == Shelf.live_pointer:
                self.shelves[move.workflow].live = move.wanted or ""
            settle(self.context, move.id or 0, Landed(move.wanted), now=NOW)

    def _case(self, change: int, workflow: str, state: str, lane: str) -> Case:
        row = self._row(Change, change)
        assert row.state == (state.partition(",")[0]), (row.state, state)
        if state == "draft":
            return Case(workflow, state, lane, change)
        release = self._release(change)
        return Case(
            workflow,
            state,
            lane,
            change,
            self._revision(change),
            row.revision,
            release,
            self._rollback(release),
        )

    def _row(self, table: Any, number: int) -> Any:
        with self.store.reading() as session:
            return session.get_one(table, number)

    def _revision(self, change: int) -> int:
        return self._newest(Revision, Revision.change_id == change)

    def _release(self, change: int) -> int:
        return self._newest(Release, Release.change_id == change)

    def _rollback(self, release: int) -> int:
        return self._newest(Rollback, Rollback.release_id == release)

    def _newest(self, table: Any, condition: Any) -> int:
        with self.store.reading() as session:
            found = session.exec(select(table.id).where(condition).order_by(table.id.desc())).first()
            return int(found or 0)


def _in_no_hurry_to_the_disk(connection: Any, _record: object) -> None:
    """Nothing of this needs to outlive the process."""
    connection.execute("PRAGMA synchronous=OFF")


def of(who: str) -> Person:
    """A row of the table of people."""
    return next(each for each in people() if each.who == who)


def _done(outcome: Outcome) -> Done:
    assert isinstance(outcome, Done), outcome
    return outcome


def _note() -> Note:
    answer = "It is shorter and says the same as before."
    return Note(
        answer,
        f"{answer} Why.",
        f"{answer} Good.",
        f"{answer} Bad.",
        "U0BACK",
        answer,
        answer,
        asked=("U0ONE",),
    )


def _policy() -> dict[str, Any]:
    lists: dict[str, dict[str, list[str]]] = {each: {} for each in LISTS}
    for list_ in LISTS:
        for lane in LANES:
            names = [_name(each) for each in people() if each.named(list_, lane)]
            lists[list_][lane] = [*dict.fromkeys(names), *HELPERS.get(list_, ())]
    owners = [_name(each) for each in people() if "policy" in each.named_for]
    (owner,) = (_name(each) for each in people() if "owner" in each.named_for)
    workflow = {
        "description": "A desk",
        "customer_visible": False,
        "touches": [],
        "channel": "C0DESK",
        "owner": owner,
        **lists,
    }
    return {
        "policy_owners": owners,
        "workflows": {
            f"{lane}-{place}": {
                **workflow,
                "target": {
                    "kind": "git",
                    "repository": "p.git",
                    "path": f"{lane}-{place}.md",
                    "pointer": "production",
                },
            }
            for lane in LANES
            for place in range(len(STATES))
        },
    }


def _name(person: Person) -> str:
    """How the policy names somebody."""
    if person.named_by == "address":
        return f"{person.id.lower()}@example.com"
    if person.named_by in GROUPS:
        return _group(person)
    return person.id


def _group(person: Person) -> str:
    return f"{GROUPS[person.named_by]}{person.id[-2:]}"


def _hire(session: Session) -> None:
    """Accounts as Slack's profiles would have made them; the two accounts of the submitter are one person."""
    for slack_id in (each for some in HELPERS.values() for each in some):
        session.add(_account(session, slack_id, "member"))
    humans: dict[str, int] = {}
    for person in people():
        account = _account(session, person.id, person.account)
        human = humans.setdefault(
            "submitter" if person.who.startswith("the submitter") else person.who, account.person_id
        )
        account.person_id, account.name = human, person.who.capitalize()
        session.add(account)
        session.flush()
        if person.named_by == "address":
            session.add(EmailPin(email=_name(person), slack_id=person.id))
        if person.named_by in GROUPS:
            age = timedelta(minutes=16 if person.named_by == "old group" else 14)
            session.add(UserGroup(id=_group(person), handle=_group(person), refreshed_at=NOW - age))
            session.add(GroupMember(group_id=_group(person), slack_id=person.id))


def _account(session: Session, slack_id: str, account: str) -> Account:
    human = models.Person()
    session.add(human)
    session.flush()
    return Account(
        slack_id=slack_id,
        person_id=human.id or 0,
        team_id=AWAY if account == "external" else HOME,
        name=slack_id,
        kind=AccountKind.MEMBER if account == "deactivated" else AccountKind(account),
        active=account != "deactivated",
        refreshed_at=NOW,
    )
