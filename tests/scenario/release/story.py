"""Bringing a change to the point where a story begins, by nothing but what people type and click."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from bot.sandbox.person import SlackPerson
from bot.sandbox.records import Message, View
from storage.models import Change, Revision
from tests.scenario.town import Town, top, words

STATEMENT = "I ran the ten newest refund cases by hand and read each answer."


@dataclass(frozen=True)
class Prompt:
    """A workflow of the seeded town, and a phrase of its prompt whose replacement is of one lane."""

    workflow: str
    path: str
    phrase: str


LOW = Prompt("summaries", "summaries.md", "one paragraph")
MEDIUM = Prompt("support-answers", "support-answers.md", "Offer to send an article again.")
HIGH = Prompt("refunds", "refunds.md", "a refund of up to $50")


def proposed(town: Town, prompt: Prompt, new: str, *, by: str = "U0MIRA", old: str = "", **more: Any) -> int:
    """Somebody proposes other words for the phrase; its number."""
    person = town.propose(by, prompt.workflow, replace=(old or prompt.phrase, new), **more)
    assert person.last_answer.ok, person.last_answer
    return newest(town)


def newest(town: Town) -> int:
    """The number of the change that was proposed last."""
    with town.app.store.reading() as session:
        return session.exec(select(func.max(Change.id))).one()


def spot_check(town: Town, number: int, *, by: str = "U0PAUL") -> None:
    """A peer marks every example as good."""
    person = town.person(by)
    assert person.click(town.card(number), "approve").ok
    given = {block["block_id"]: _marked(block["block_id"]) for block in inputs(top(person))}
    assert person.submit(values=given).ok, person.last_answer
    town.settle()


def _marked(field: str) -> str:
    return "A good answer." if field.startswith("output") else "good"


def with_result(
    town: Town, number: int, *, by: str = "U0CHLOE", people: bool = False, total: int = 60
) -> None:
    """Somebody who may approve vouches for a test run."""
    person = town.person(by)
    assert person.click(town.card(number), "record_result").ok
    run = {"suite": "golden", "total": str(total), "passed": str(total), "newly_failing": "0"}
    given: dict[str, Any] = {**run, **({"scored_by_people": ["yes"]} if people else {})}
    assert person.submit(values=given).ok, person.last_answer
    town.settle()


def formal(town: Town, number: int, by: Sequence[str] = ("U0BEN", "U0CHLOE")) -> None:
    """Each says in a sentence what they checked."""
    for each in by:
        person = town.person(each)
        assert person.click(town.card(number), "approve").ok
        assert person.submit(values={"statement": STATEMENT}).ok, person.last_answer
    town.settle()


def approve(town: Town, prompt: Prompt, number: int) -> None:
    """Everything that the prompt's lane wants."""
    if prompt is LOW:
        spot_check(town, number)
    else:
        with_result(town, number)
    if prompt is MEDIUM:
        assert town.person("U0BEN").click(town.card(number), "approve").ok
    if prompt is HIGH:
        formal(town, number)
    town.settle()


def approved(town: Town, prompt: Prompt, new: str, *, old: str = "") -> int:
    """A change that only has to be deployed; its number."""
    number = proposed(town, prompt, new, old=old)
    approve(town, prompt, number)
    return number


def deploy(town: Town, number: int, *, by: str = "U0DEV") -> SlackPerson:
    """Click Deploy on the review card."""
    person = town.person(by)
    person.click(town.card(number), "deploy")
    town.settle()
    return person


def live(town: Town, prompt: Prompt, new: str, *, old: str = "", by: str = "U0DEV") -> int:
    """A change that is live, through every stage that it has; its number."""
    number = approved(town, prompt, new, old=old)
    deploy(town, number, by=by)
    if prompt is HIGH:
        town.person(by).click(town.message("live", change=number), "advance")
        town.settle()
    assert new in (town.live_text(prompt.path) or ""), "it did not go live"
    return number


def roll_back(town: Town, number: int, *, by: str = "U0RITA") -> SlackPerson:
    """Click Roll back on the release's message and say yes in the dialog."""
    person = town.person(by)
    person.click(town.message("live", change=number), "roll_back")
    town.settle()
    return person


def inputs(view: View) -> list[dict[str, Any]]:
    """The blocks of a form that take something in."""
    return [block for block in view.blocks if block["type"] == "input"]


def value_of(message: Message, action_id: str) -> str:
    """What a button of a message carries."""
    for block in message.blocks or ():
        parts = [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]
        for part in parts:
            if part.get("action_id") == action_id:
                return str(part.get("value", ""))
    raise AssertionError(f"no {action_id} on {message.text}")


def direct(town: Town, user: str) -> list[Message]:
    """What stands in somebody's direct messages with the app."""
    return town.workspace.messages(town.person(user).direct_channel().id)


def hearing(town: Town, user: str, phrase: str) -> list[Message]:
    """Those of their direct messages that say something."""
    return [each for each in direct(town, user) if phrase in words(each)]


def asked(town: Town, who: str, text: str) -> str:
    """What `/prompt-change` answers to somebody, in words."""
    return words(answered(town, who, text))


def answered(town: Town, who: str, text: str) -> Message:
    """The same as the message that it is."""
    person = town.person(who)
    assert person.command(f"/prompt-change {text}").ok, person.last_answer
    return person.ephemerals(person.direct_channel().id)[-1]


@contextmanager
def lost(town: Town, number: int) -> Iterator[None]:
    """For a while the repository does not hold the text that a change proposes: the target refuses it."""
    with town.app.store.reading() as session:
        version = session.exec(
            select(Revision.after_version)
            .where(Revision.change_id == number)
            .order_by(col(Revision.id).desc())
        ).first()
    assert version is not None
    blob = town.repository / "objects" / version[:2] / version[2:]
    aside = blob.with_suffix(".aside")
    blob.rename(aside)
    try:
        yield
    finally:
        aside.rename(blob)


def on_the_host(town: Town, *words_typed: str) -> tuple[int, str]:
    """Run `prompt-change` as a process of its own beside the app: its exit code, and what it printed."""
    root = Path(__file__).resolve().parents[3]
    around = {name: value for name, value in os.environ.items() if not name.startswith("SLACK_")}
    around |= {
        "DATABASE_URL": town.database,
        "PYTHONPATH": str(root),
        "LOG_LEVEL": "ERROR",
    }
    ran = subprocess.run(
        [sys.executable, "-m", "bot", *words_typed],
        env=around,
        cwd=town.repository.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.returncode, (ran.stdout + ran.stderr).strip()
