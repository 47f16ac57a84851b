"""A bench for moves: targets that keep their pointers in memory, and a settling in short."""

from dataclasses import dataclass, field
from typing import Any, cast

from desk import ANA, HandClock
from sqlmodel import Session, SQLModel

from bot.connectors.protocol import Content, Moved, NeedsPerson, PointerElsewhere, Target
from bot.outbox.moves import Mover
from bot.outbox.results import Elsewhere, Landed, RefusedByTarget, Result, WaitingForPerson
from storage.engine import Store
from storage.models import Account, Change, Move, MoveState, Person, Purpose, Release
from storage.vocabulary import AccountKind, Lane, State


@dataclass
class Registry:
    """A target that keeps its pointers in memory, and misbehaves when told to."""

    pointers: dict[str, str | None] = field(default_factory=lambda: {"production": "v1"})
    calls: list[tuple[str, str | None, str]] = field(default_factory=list)
    troubles: list[Exception | NeedsPerson] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=lambda: {"v1": "Be kind.", "v2": "Be kind and brief."})
    lies: bool = False

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether the pointer is there now."""
        return self.pointers[pointer] == wanted

    def read_pointer(self, pointer: str) -> str | None:
        """Where the pointer is."""
        return self.pointers[pointer]

    def read_content(self, version: str) -> Content:
        """What a version holds."""
        return Content(self.texts[version])

    def move(
        self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str
    ) -> Moved | NeedsPerson:
        """Move, fail, lie, or ask a person."""
        del why
        self.calls.append((pointer, wanted, key))
        if self.troubles:
            trouble = self.troubles.pop(0)
            if isinstance(trouble, NeedsPerson):
                return trouble
            raise trouble
        if self.pointers[pointer] != expected:
            raise PointerElsewhere(self.pointers[pointer], "Somebody moved it.")
        if not self.lies:
            self.pointers[pointer] = wanted
        return Moved(pointer, expected, wanted, reference="r1")


class Bench:
    """A mover with one registry a workflow, and a settling that does what the app's does in short."""

    def __init__(self, store: Store, clock: HandClock) -> None:
        self.store, self.clock = store, clock
        self.registries = {name: Registry() for name in ("refunds", "support")}
        self.results: list[Result] = []
        self.settle_fails = 0
        SQLModel.metadata.create_all(store.engine)
        with store.transaction() as session:
            self._people(session)

    def mover(self) -> Mover:
        """A mover without chance."""
        return Mover(self.store, self.target_of, self.settle, self.clock, jitter=lambda: 0.0)

    def write(self, key: str, workflow: str = "refunds", **fields: Any) -> int:
        """A move row, as a use case writes it."""
        now = self.clock()
        row: dict[str, Any] = {
            "purpose": Purpose.PRODUCTION,
            "pointer": "production",
            "expected": "v1",
            "wanted": "v2",
            "target": {},
            "release_id": 1,
            "due_at": now,
            "created_at": now,
        }
        with self.store.transaction() as session:
            move = Move(key=key, workflow=workflow, **(row | fields))
            session.add(move)
            session.flush()
            return int(move.id or 0)

    def row(self, move_id: int) -> Move:
        """The row as it is now."""
        with self.store.reading() as session:
            return session.get_one(Move, move_id)

    def set_state(self, move_id: int, state: MoveState) -> None:
        """What a use case does that cancels a move."""
        with self.store.transaction() as session:
            session.get_one(Move, move_id).state = state

    def moved(self) -> list[str]:
        """The keys in the order in which the targets were asked to move."""
        return [key for registry in self.registries.values() for _, _, key in registry.calls]

    def target_of(self, move: Move) -> Target:
        """The registry of a move's workflow."""
        return cast("Target", self.registries[move.workflow])

    def settle(self, move_id: int, result: Result) -> None:
        """What the app does, in short."""
        if self.settle_fails:
            self.settle_fails -= 1
            raise RuntimeError("the database was away")
        self.results.append(result)
        with self.store.transaction() as session:
            move = session.get_one(Move, move_id)
            match result:
                case Landed():
                    move.state = MoveState.DONE
                case WaitingForPerson():
                    move.state = MoveState.WAITING
                case RefusedByTarget():
                    move.state = MoveState.REFUSED
                case Elsewhere():
                    move.state = MoveState.ELSEWHERE

    def _people(self, session: Session) -> None:
        now = self.clock()
        session.add(Person(id=1))
        session.flush()
        session.add(
            Account(
                slack_id=ANA,
                person_id=1,
                team_id="T",
                name="Ana",
                kind=AccountKind.MEMBER,
                refreshed_at=now,
            )
        )
        session.flush()
        session.add(Change(id=1, workflow="refunds", submitter=ANA, state_since=now, created_at=now))
        session.flush()
        session.add(
            Release(
                id=1,
                change_id=1,
                workflow="refunds",
                lane=Lane.LOW,
                state=State.RELEASING,
                new_version="v2",
                pointer="production",
                target={},
                deployer=ANA,
                rollback_owner=ANA,
                started_at=now,
            )
        )
