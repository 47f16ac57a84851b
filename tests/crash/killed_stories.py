"""Full stories told to an app that is killed at any moment, by people who go on until they see success.

What a person was shown to have succeeded is written down as promised. It must be in the audit trail at each
look from then on. Nobody here looks at the rows before the person has seen an answer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from sqlmodel import col, func, select

from bot.sandbox.person import SlackPerson
from bot.sandbox.records import Answer, Message, View
from bot.sandbox.seed import SeededWorkspace
from storage.engine import Store
from storage.models import Change, Release
from storage.vocabulary import State
from tests.crash.killed_app import Clock
from tests.scenario.release.story import HIGH, LOW, Prompt, formal, with_result
from tests.scenario.release.story import spot_check as peer_approves
from tests.scenario.review.hand import field as form_field
from tests.scenario.review.hand import menu, say_no
from tests.scenario.town import Town
from tests.scenario.waiting import something_waits

PATIENCE = 300.0
"""Seconds until a person, or a story, gives up."""
WHY = "The outage was the courier's, the prompt was not at fault."


@dataclass
class Promises:
    """What people were shown to have succeeded: verb, subject, actor."""

    made: list[tuple[str, str, str]] = field(default_factory=list)

    def make(self, verb: str, subject: str, actor: str) -> None:
        """Somebody saw it succeed."""
        self.made.append((verb, subject, actor))


class KilledTown(Town):
    """A town whose app is elsewhere and comes and goes; the rows are read from here."""

    def __init__(self, seeded: SeededWorkspace, store: Store, clock: Clock, promises: Promises) -> None:
        app: Any = SimpleNamespace(store=store)
        where = str(store.engine.url)
        super().__init__(seeded.workspace, app, seeded.repository, clock.now, where)  # type: ignore[arg-type]
        self.promises = promises

    def person(self, user_id: str, *, hostile: bool = False) -> SlackPerson:
        """Somebody who goes on until it works."""
        return Stubborn(self.workspace, user_id, hostile=hostile)

    def settle(self) -> None:
        """Wait until nothing is left to do."""
        until = time.monotonic() + PATIENCE
        while something_waits(self.app.store, self.moment()):
            assert time.monotonic() < until, "something was still due"
            time.sleep(0.02)

    def did(self, answer: Answer, verb: str, subject: str, actor: str) -> None:
        """Somebody saw this succeed."""
        assert answer.ok, answer
        self.promises.make(verb, subject, actor)


class Stubborn(SlackPerson):
    """Clicks again what failed, on the screen as it was, until it works."""

    def command(self, text: str, channel: str = "") -> Answer:
        """Type it again."""
        return _until_it_works(lambda: super(Stubborn, self).command(text, channel))

    def click(self, message: Message, action_id: str, **how: Any) -> Answer:
        """Click again."""
        was, self.hostile = self.hostile, True
        try:
            return _until_it_works(lambda: super(Stubborn, self).click(message, action_id, **how))
        finally:
            self.hostile = was

    def click_in_view(self, view: View, action_id: str, **how: Any) -> Answer:
        """Choose again."""
        return _until_it_works(lambda: super(Stubborn, self).click_in_view(view, action_id, **how))

    def submit(self, view: View | None = None, values: Any = None) -> Answer:
        """Send again; the form is open until it works."""
        return _until_it_works(lambda: super(Stubborn, self).submit(view, values))


def _until_it_works(act: Callable[[], Answer]) -> Answer:
    until = time.monotonic() + PATIENCE
    while not (answer := act()).ok and answer.sent:
        assert time.monotonic() < until, f"it never worked: {answer}"
        time.sleep(0.02)
    return answer


@dataclass(frozen=True)
class Cast:
    """Who does what in a story; two stories at the same time share nobody who fills in forms."""

    prompt: Prompt
    new: str
    submitter: str
    approvers: tuple[str, ...]
    deployer: str
    reverser: str
    restorer: str
    informed: tuple[str, ...]


LOW_CAST = Cast(
    LOW, "at most five bullet points", "U0MIRA", ("U0PAUL",), "U0DEV", "U0RITA", "U0PAUL", ("U0SARA",)
)
HIGH_CAST = Cast(
    HIGH,
    "a refund of up to $100",
    "U0SIMON",
    ("U0BEN", "U0CHLOE"),
    "U0OMAR",
    "U0ANA",
    "U0OMAR",
    ("U0SARA", "U0LEILA"),
)


def whole_story(town: KilledTown, cast: Cast) -> int:
    """Propose, approve, deploy, roll back, confirm, restore, roll back again; the number of the change."""
    number = _propose(town, cast)
    _approve(town, cast, number)
    _deploy(town, cast, number)
    _roll_back(town, cast, number)
    _confirm(town, cast, number)
    _restore(town, cast, number)
    _roll_back(town, cast, number)
    return number


def refused_story(town: KilledTown, cast: Cast) -> int:
    """Propose, send back, edit, reject; the number of the change."""
    number, name, peer = _propose(town, cast), "", cast.approvers[0]
    name = f"PC-{number}"
    sent_back = say_no(town.person(peer), town.card(number), "request_changes", "Say how many at most.")
    town.did(sent_back, "vote:request_changes", name, peer)
    town.settle()
    author = town.person(cast.submitter)
    menu(author, town.card(number), "edit")
    text = str(form_field(author, "new_text")["initial_value"])
    author.submit(values={"New text": text.replace(cast.new, f"{cast.new}, or fewer")})
    town.did(author.submit(), "change:submit", name, cast.submitter)
    town.settle()
    rejected = say_no(town.person(peer), town.card(number), "reject", "Nobody on my team wants this.")
    town.did(rejected, "vote:reject", name, peer)
    town.settle()
    return number


def _propose(town: KilledTown, cast: Cast) -> int:
    prompt = cast.prompt
    person = town.propose(cast.submitter, prompt.workflow, replace=(prompt.phrase, cast.new))
    number = _newest(town, prompt.workflow)
    town.did(person.last_answer, "change:submit", f"PC-{number}", cast.submitter)
    return number


def _newest(town: KilledTown, workflow: str) -> int:
    with town.app.store.reading() as session:
        return session.exec(
            select(func.max(Change.id)).where(Change.workflow == workflow, Change.state != State.DRAFT)
        ).one()


def _approve(town: KilledTown, cast: Cast, number: int) -> None:
    if cast.prompt is HIGH:
        with_result(town, number, by=cast.approvers[1])
        town.promises.make("evidence:attest", f"PC-{number}", cast.approvers[1])
        formal(town, number, by=cast.approvers)
    else:
        peer_approves(town, number, by=cast.approvers[0])
    for each in cast.approvers:
        town.promises.make("vote:approve", f"PC-{number}", each)


def _release(town: KilledTown, number: int) -> str:
    with town.app.store.reading() as session:
        found = session.exec(
            select(Release.id).where(Release.change_id == number).order_by(col(Release.id).desc())
        ).first()
    return f"R-{found}"


def _deploy(town: KilledTown, cast: Cast, number: int) -> None:
    clicked = town.person(cast.deployer).click(town.card(number), "deploy")
    town.did(clicked, "release:start", _release(town, number), cast.deployer)
    town.settle()
    if cast.prompt is HIGH:
        clicked = town.person(cast.deployer).click(town.message("live", change=number), "advance")
        town.did(clicked, "release:advance", _release(town, number), cast.deployer)
        town.settle()
    assert cast.new in (town.live_text(cast.prompt.path) or ""), "it did not go live"


def _roll_back(town: KilledTown, cast: Cast, number: int) -> None:
    clicked = town.person(cast.reverser).click(town.message("live", change=number), "roll_back")
    town.did(clicked, "release:roll_back", _release(town, number), cast.reverser)
    town.settle()
    assert cast.new not in (town.live_text(cast.prompt.path) or ""), "it was not rolled back"


def _confirm(town: KilledTown, cast: Cast, number: int) -> None:
    """Each informed person confirms, and whoever rolled back says why."""
    release = _release(town, number)
    for each in cast.informed:
        told = town.message("rollback_notice", change=number, to=each)
        town.did(town.person(each).click(told, "acknowledge"), "rollback:acknowledge", release, each)
    person = town.person(cast.reverser)
    person.click(town.message("rollback", change=number), "add_reason")
    said = person.submit(values={"reason": "Two answers in an hour were wrong."})
    town.did(said, "rollback:reason", release, cast.reverser)
    town.settle()


def _restore(town: KilledTown, cast: Cast, number: int) -> None:
    person = town.person(cast.restorer)
    person.click(town.message("rollback", change=number), "restore")
    release = _release(town, number)
    town.did(person.submit(values={"reason": WHY}), "release:restore", release, cast.restorer)
    town.settle()
    if cast.prompt is HIGH:
        confirmed = town.person("U0DEV").click(town.message("rollback", change=number), "restore")
        town.did(confirmed, "release:restore_confirmed", release, "U0DEV")
        town.settle()
    assert cast.new in (town.live_text(cast.prompt.path) or ""), "it was not restored"
