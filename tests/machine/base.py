"""What every step of the machine rests on, and what must hold after each.

It must never help the app along: rows are read, and nothing is written but through use cases.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, select

from bot.changes.context import Context
from bot.changes.outcome import Actor, Outcome
from bot.sandbox.seed import prompt_text
from storage import audit
from storage.models import AuditRow, Change, Message, MessageState, Move, MoveState, Purpose, Revision
from storage.vocabulary import State
from tests.machine.drawn import assert_drawn_as_the_rows
from tests.machine.hamlet import BY_HAND, Hamlet, Street
from tests.machine.oracle import why_not
from tests.machine.replay import of_rows, replay

PEOPLE = ("U0MIRA", "U0PAUL", "U0ANA", "U0BEN", "U0CHLOE", "U0DEV", "U0RITA", "U0OMAR", "U0SARA")
FILES = {"summaries": "summaries.md", "refunds": "refunds.md"}
WORKFLOWS = (*FILES, BY_HAND)
REASON = "It said the opposite of what we promise."
FORWARD = (Purpose.CANARY, Purpose.PRODUCTION, Purpose.RESTORE)

people = st.sampled_from(PEOPLE)
picks = st.integers(0, 5)


def text_of(workflow: str, number: int) -> str:
    """The prompt as it was at first, or with one of a few lines more, so that texts come back."""
    first = prompt_text("summaries" if workflow == BY_HAND else workflow)
    return first + (f"\nKeep to form {number}.\n" if number else "")


class Base(RuleBasedStateMachine):
    """One hamlet, and what its steps have in common."""

    here: ClassVar[tuple[Street, str]]

    def __init__(self) -> None:
        super().__init__()
        self.hamlet = Hamlet(*self.here)
        self.began = self.hamlet.moment()
        self.forward = 0

    def teardown(self) -> None:
        """At the end everything settles."""
        try:
            self.settle_everything()
            self.all_holds()
        finally:
            self.hamlet.close()

    @invariant()
    def all_holds(self) -> None:
        """The trail is whole and tells the rows, nothing was released by no click, nothing was said twice."""
        with self.hamlet.app.store.reading() as session:
            assert isinstance(audit.verify(session), audit.Head)
            trail = list(session.exec(select(AuditRow).order_by(col(AuditRow.id))))
            assert replay(trail) == of_rows(session)
            assert self._moves_forward(session) == self.forward, "something was released by no click"
        calls = self.hamlet.workspace.calls_of("chat.postMessage")
        keys = [str(each.args.get("metadata")) for each in calls if each.ok]
        assert len(set(keys)) == len(keys), "a message was posted twice"

    def settle_everything(self) -> None:
        """What was away is there again, all that is due leaves, and every card shows what the rows say."""
        self.hamlet.bring_target_back()
        self.hamlet.workspace.faults.clear()
        for _ in range(20):
            self.hamlet.drain()
            if not self._something_is_due_later():
                break
            self.hamlet.moment.pass_by(minutes=2)
        assert not self._something_is_due_later()
        assert_drawn_as_the_rows(self.hamlet)

    @property
    def context(self) -> Context:
        """What use cases take, of the process that lives now."""
        return self.hamlet.app.context

    def next_moment(self) -> datetime:
        """No two people do something at the same moment."""
        self.hamlet.moment.pass_by(seconds=1)
        return self.hamlet.moment()

    def act(self, who: str, what: Callable[[Actor, datetime], Outcome]) -> Outcome | None:
        """Somebody does something, if the app lets them act at all."""
        actor = self.hamlet.actor(who, acknowledging=True)
        return what(actor, self.next_moment()) if actor else None

    def act_forward(self, change_id: int, who: str, what: Callable[[Actor, datetime], Outcome]) -> None:
        """Whatever starts a pointer moving forward needs a live quorum, by the second opinion."""
        with self.hamlet.app.store.reading() as session:
            objection = why_not(session, change_id)
        self.act(who, what)
        with self.hamlet.app.store.reading() as session:
            forward = self._moves_forward(session)
        if forward > self.forward:
            assert not objection, f"PC-{change_id} was released though {objection}"
            self.forward = forward

    def any_of(self, table: type[SQLModel]) -> bool:
        """Whether there is a row."""
        with self.hamlet.app.store.reading() as session:
            return session.exec(select(table).limit(1)).first() is not None

    def rows(self, table: Any, *states: Any) -> list[Any]:
        """Rows newest first: those in one of these states, or all of them where none is."""
        with self.hamlet.app.store.reading() as session:
            found = session.exec(select(table).order_by(table.id.desc())).all()
        return [each for each in found if each.state in states] or list(found)

    def change(self, pick: int, *states: State) -> Change:
        """One of the changes, by preference in one of these states."""
        found: list[Change] = self.rows(Change, *states)
        return found[pick % len(found)]

    def revision(self, pick: int, *states: State, old: int = 0) -> Revision:
        """What a card of such a change carries, or what an older one of its cards did."""
        submitted = [each for each in self.rows(Change, *states) if each.revision]
        wanted = submitted[pick % len(submitted)].id if submitted else None
        statement = select(Revision).order_by(col(Revision.number).desc())
        with self.hamlet.app.store.reading() as session:
            found = session.exec(statement.where(Revision.change_id == wanted) if wanted else statement).all()
        return found[old % len(found)]

    def waiting_moves(self) -> list[Move]:
        """What a person was told to set."""
        with self.hamlet.app.store.reading() as session:
            return list(session.exec(select(Move).where(Move.state == MoveState.WAITING)))

    def _something_is_due_later(self) -> bool:
        """Whether something still has to leave on which no person has to decide first."""
        with self.hamlet.app.store.reading() as session:
            unsent = session.exec(select(Message.id).where(Message.state == MessageState.PENDING)).first()
            behind = session.exec(
                select(Message.id)
                .join(Change, col(Change.id) == col(Message.change_id))
                .where(Message.state == MessageState.SENT, Message.redrawn, col(Message.ts).is_not(None))
                .where(col(Message.drawn_version) < col(Change.version))
            ).first()
            moving = session.exec(select(Move.id).where(Move.state == MoveState.PENDING)).first()
            return any(each is not None for each in (unsent, behind, moving))

    @staticmethod
    def _moves_forward(session: Session) -> int:
        statement = select(func.count()).select_from(Move).where(col(Move.purpose).in_(FORWARD))
        return session.exec(statement).one()
