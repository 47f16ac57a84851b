"""Each target that is reached over HTTP, against each way in which its system can fail at a move.

The table says what the app makes of it and what people read. What holds for every cell: nothing is said to be
live that is not, the move is tried again under the same key, and it has one effect.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.connectors.opening import open_target
from bot.connectors.protocol import (
    Moved,
    PointerElsewhere,
    Target,
    TargetError,
    TargetRefused,
    TargetUnavailable,
)
from tests.systems import SYSTEMS
from tests.systems.faulty import STALL, WORDS, Fault
from tests.systems.record import RecordInMemory
from tests.systems.system import ELSEWHERE, System

RECORD = RecordInMemory()
"""What the app keeps for a webhook."""
REGISTRIES = {
    "agenta": "Agenta",
    "braintrust": "Braintrust",
    "github": "GitHub",
    "langfuse": "Langfuse",
    "langsmith": "LangSmith",
    "mlflow": "MLflow",
    "opik": "Opik",
    "phoenix": "Phoenix",
    "promptlayer": "PromptLayer",
}
MOVED_LATER, FOUND_DONE, LEFT_TO_PEOPLE = "moved later", "found done", "left to people"


@dataclass(frozen=True)
class Cell:
    """What comes of a fault: an error, a sentence, and what the second attempt finds."""

    error: type[TargetError]
    says: dict[str, str]
    again: str


def same(words: str) -> dict[str, str]:
    """One sentence for all kinds."""
    return dict.fromkeys(SYSTEMS, words)


def registries(words: str) -> dict[str, str]:
    """One sentence for every registry, with its name before it."""
    return {kind: f"{name} at 127.0.0.1 {words}" for kind, name in REGISTRIES.items()}


SILENCE = same(
    "127.0.0.1 did not answer within 1.5 seconds. Whether it did what it was asked is not known yet."
)
LIE = "says that it moved production, and production is still at {old}."
TABLE = {
    Fault.REFUSES: Cell(TargetRefused, same(f"127.0.0.1 refuses (422). It says: {WORDS}."), MOVED_LATER),
    Fault.SILENT_BEFORE: Cell(TargetUnavailable, SILENCE, MOVED_LATER),
    Fault.SILENT_AFTER: Cell(TargetUnavailable, SILENCE, FOUND_DONE),
    Fault.BREAKS_OFF: Cell(
        TargetUnavailable,
        same("127.0.0.1 broke the connection off before it had answered."),
        FOUND_DONE,
    ),
    Fault.DOES_NOTHING: Cell(
        TargetUnavailable,
        {
            "webhook": f"127.0.0.1 {LIE}",
            **registries(LIE),
        },
        MOVED_LATER,
    ),
    Fault.WRONG_VERSION: Cell(
        TargetUnavailable,
        {
            "webhook": "127.0.0.1 was told to serve {new} on production, and now says that it serves "
            "{other}.",
            **registries("was told to put production on {new}, and now has it on {other}."),
        },
        LEFT_TO_PEOPLE,
    ),
    Fault.EXPIRED: Cell(
        TargetRefused,
        {
            "webhook": "127.0.0.1 does not accept the credential in REFUNDS_WEBHOOK_SECRET (401). It says: "
            "The signature is wrong or too old. It is wrong or expired, or lacks the right.",
            "braintrust": "127.0.0.1 does not accept the credential in BRAINTRUST_API_KEY (401). It is wrong "
            "or expired, or lacks the right.",
            "github": "127.0.0.1 does not accept the credential in GITHUB_TOKEN (401). It says: Bad "
            "credentials. It is wrong or expired, or lacks the right.",
            "langfuse": "127.0.0.1 does not accept the credential in LANGFUSE_PUBLIC_KEY and "
            "LANGFUSE_SECRET_KEY (401). It says: Invalid credentials. Confirm that you've configured the "
            "host. It is wrong or expired, or lacks the right.",
            "langsmith": "127.0.0.1 does not accept the credential in LANGSMITH_API_KEY (403). It says: "
            "Forbidden. It is wrong or expired, or lacks the right.",
            "mlflow": "127.0.0.1 does not accept the credential in MLFLOW_USER and MLFLOW_PASSWORD (401). It "
            "says: You are not authenticated. It is wrong or expired, or lacks the right.",
            "promptlayer": "127.0.0.1 does not accept the credential in PROMPTLAYER_API_KEY (401). It says: "
            "Invalid API key. It is wrong or expired, or lacks the right.",
            "agenta": "127.0.0.1 does not accept the credential in AGENTA_API_KEY (401). It says: "
            "Unauthorized. It is wrong or expired, or lacks the right.",
            "opik": "127.0.0.1 does not accept the credential in OPIK_API_KEY (401). It says: User not "
            "allowed to access workspace. It is wrong or expired, or lacks the right.",
            "phoenix": "127.0.0.1 does not accept the credential in PHOENIX_API_KEY (401). It is wrong or "
            "expired, or lacks the right.",
        },
        MOVED_LATER,
    ),
}


@pytest.fixture(params=SYSTEMS)
def system(request: pytest.FixtureRequest) -> Iterator[System]:
    """Give each system in turn."""
    with SYSTEMS[request.param]() as found:
        yield found


def opened(system: System, seconds: float = STALL) -> Target:
    """The target as the app opens it from a policy."""
    return open_target(
        system.spec,
        workflow=system.workflow,
        base=Path(),
        record=RECORD,
        secret=system.secret,
        seconds=seconds,
    )


def proposed(target: Target, text: str, change: str) -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key=f"p:{change}")


def moved(target: Target, old: str | None, new: str | None, key: str = "R-1-production") -> Moved:
    """The same move as often as it is called."""
    done = target.move("production", expected=old, wanted=new, key=key, why="PC-2, released by Ben Ito")
    assert isinstance(done, Moved)
    return done


def test_the_table_has_every_fault() -> None:
    """One row a fault, with a sentence for each kind."""
    assert set(TABLE) == set(Fault)
    assert all(set(cell.says) == set(SYSTEMS) for cell in TABLE.values())


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_has_its_outcome_its_sentence_and_one_effect(system: System, fault: Fault) -> None:
    """The first attempt fails as the table says; the second, under the same key, ends it without harm."""
    cell, target = TABLE[fault], opened(system)
    old = system.put("Answer kindly.")
    new = proposed(target, "Answer kindly and briefly.", "PC-2")
    system.door.writes.clear()
    system.door.fault = fault
    if fault is Fault.EXPIRED:
        system.expire()

    with pytest.raises(cell.error) as raised:
        moved(opened(system, fault.patience), old, new)

    assert str(raised.value) == cell.says[system.kind].format(old=old, new=new, other=system.other)
    system.renew()
    system.door.heal()
    if cell.again == LEFT_TO_PEOPLE:
        with pytest.raises(PointerElsewhere) as elsewhere:
            moved(target, old, new)
        assert elsewhere.value.found == system.other
        assert system.live() == ELSEWHERE
    else:
        assert moved(target, old, new).already is (cell.again == FOUND_DONE)
        assert system.live() == "Answer kindly and briefly."
    assert system.door.moves == 1


def test_a_move_that_was_put_back_is_not_made_again(system: System) -> None:
    """A key has one effect, also when somebody has moved the pointer back in between."""
    target = opened(system)
    old = system.put("Answer kindly.")
    new = proposed(target, "Answer kindly and briefly.", "PC-2")
    moved(target, old, new)
    assert system.put("Answer kindly.") == old

    with pytest.raises(PointerElsewhere, match="put back") as raised:
        moved(target, old, new)

    assert raised.value.found == old
    assert system.live() == "Answer kindly."
    assert moved(target, old, new, key="R-2-production").already is False


def test_a_missing_credential_is_named_before_anything_is_asked(system: System) -> None:
    """It is a problem that can be read beforehand, and a refusal at the move."""
    target = opened(system)
    variable = list(system.environment)[-1]
    del system.environment[variable]

    assert target.problems() == [
        f"{variable} is not set. Set it in the environment of the app, or in its .env."
    ]
    with pytest.raises(TargetRefused, match=f"^{variable} is not set"):
        target.read_pointer("production")


def test_what_is_wrong_is_a_problem_in_words(system: System) -> None:
    """An expired credential, and a system that is away."""
    target = opened(system)
    system.expire()
    (said,) = target.problems()
    assert "does not accept the credential" in said


def test_no_sentence_repeats_a_secret(system: System) -> None:
    """A system that says the credential back does not get it onto a card."""
    target = opened(system)
    secret = list(system.environment.values())[-1]
    system.door.fault = Fault.REFUSES
    old = system.put("Answer kindly.")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.systems.faulty.WORDS", f"What is {secret}?")
        with pytest.raises(TargetRefused, match=re.escape("What is [withheld]?")) as raised:
            moved(target, old, proposed_here(system, target))
    assert secret not in str(raised.value)


def proposed_here(system: System, target: Target) -> str:
    """A text that is kept, whatever the door does at the moment."""
    fault, system.door.fault = system.door.fault, None
    try:
        return proposed(target, "Answer kindly and briefly.", "PC-2")
    finally:
        system.door.fault = fault


def test_a_system_that_is_away_is_told_as_such() -> None:
    """Nobody listens there."""
    for kind, make in SYSTEMS.items():
        with make() as gone:
            target = opened(gone)
        with pytest.raises(TargetUnavailable, match=r"^127\.0\.0\.1 cannot be reached\.$"):
            target.read_pointer("production")
        assert target.problems() == ["127.0.0.1 cannot be reached."], kind
        assert "production" in target.by_hand("production", "m-1")
