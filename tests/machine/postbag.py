"""Everything that Slack may deliver more than once, of each kind some, and the delivering of it.

Letters of one phase come three times, shuffled and at once; at the very end all letters of all phases come
once more, long after what they were about has gone on. It must never send a letter that Slack would not.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.records import JsonObject, Message
from tests.machine.wire import Answered, Letter, click, event, shuffled, storm, submission
from tests.scenario.release.story import inputs
from tests.scenario.town import NOTE, Town, top

TEXT = "# Prompt {name}\n\nWrite a summary of the ticket as one paragraph of at most 120 words.\n"
OLD, NEW = "one paragraph", "at most five bullet points"
PATIENCE = 600.0
PEERS, LEADS = "S0PEERS", "S0SUPPORTLEADS"


@dataclass
class Postbag:
    """Letters that were sent, and what was answered."""

    town: Town
    sent: list[Letter] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)

    def deliver(self, letters: Iterable[Letter], *, times: int = 3) -> None:
        """Send each so many times, shuffled and by sixteen at once, and let everything follow from it."""
        once = list(letters)
        self.answers += storm(self.town.workspace.delivery, shuffled(once * times, len(once)))
        self.sent += once
        assert self.town.app.outbox.drain(PATIENCE), "something was still due"

    def deliver_late(self) -> None:
        """Send everything once more."""
        every, self.sent = self.sent, []
        self.deliver(every, times=1)


def workflows(count: int, newcomers: int) -> Callable[[dict[str, Any]], None]:
    """So many more workflows like the summaries, and addresses of people whom nobody has seen yet."""

    def edit(policy: dict[str, Any]) -> None:
        model = policy["workflows"]["summaries"]
        for number in range(count):
            target = {**model["target"], "path": path(number)}
            policy["workflows"][name(number)] = {**model, "target": target, "inform": ["U0SARA", LEADS]}
        model["inform"] = ["C0TOOLS", *(address(number) for number in range(newcomers))]

    return edit


def name(number: int) -> str:
    """A workflow's name."""
    return f"summaries-{number}"


def path(number: int) -> str:
    """Where its prompt is."""
    return f"{name(number)}.md"


def address(number: int) -> str:
    """Whom the policy names before they come."""
    return f"newcomer-{number}@example.com"


def newcomer(number: int) -> str:
    """The account that they then have."""
    return f"U0NEW{number}"


@contextmanager
def kept_back(town: Town) -> Iterator[list[JsonObject]]:
    """What happens in Slack meanwhile is not told to the app, but kept as the events that would tell it."""
    kept: list[JsonObject] = []
    town.workspace.emit = kept.append  # type: ignore[method-assign]
    try:
        yield kept
    finally:
        del town.workspace.emit


def events_of(town: Town, happens: Callable[[int], object], count: int, kind: str) -> list[Letter]:
    """One event of this kind for each time that something happens."""
    with kept_back(town) as kept:
        for number in range(count):
            happens(number)
    wanted = [each for each in kept if each["type"] == kind]
    assert len(wanted) == count
    return [
        event(f"{kind} {place}", town.workspace.events.envelope(each)) for place, each in enumerate(wanted)
    ]


def homes(town: Town, people: Iterable[str]) -> list[Letter]:
    """Each of these opens the Home tab."""
    opened = (
        {
            "type": "app_home_opened",
            "user": who,
            "tab": "home",
            "channel": town.person(who).direct_channel().id,
        }
        for who in people
    )
    return [event(f"home {each['user']}", town.workspace.events.envelope(each)) for each in opened]


def first_steps(town: Town, numbers: Iterable[int]) -> tuple[list[Letter], list[Letter]]:
    """Paul proposes on each workflow: what he sends as the first step, and as the second.

    The first is sent here as well, because the second form is the answer to it.
    """
    first, second, paul = [], [], town.person("U0PAUL")
    for number in numbers:
        assert paul.command("/prompt-change").ok
        paul.click_in_view(top(paul), "choose_workflow", selected=name(number))
        paul.click_in_view(top(paul), "choose_how", selected="replace")
        paul.fill(
            top(paul), {"What does it change?": ["system_prompt"], "Old phrase": OLD, "New phrase": NEW}
        )
        first.append(submission(paul, top(paul)))
        assert paul.submit().ok, paul.last_answer
        form = top(paul)
        there = {block["block_id"] for block in form.blocks}
        paul.fill(form, {field: value for field, value in NOTE.items() if field in there})
        second.append(submission(paul, form))
        town.workspace.drop_view(form.id)
    return first, second


def spot_checks(town: Town, cards: Iterable[Message]) -> list[Letter]:
    """Mira has opened each card's form and has marked every example."""
    mira, found = town.person("U0MIRA"), []
    for card in cards:
        assert mira.click(card, "approve").ok
        form = top(mira)
        names = [block["block_id"] for block in inputs(form)]
        mira.fill(form, {each: "A good answer." if each.startswith("output") else "good" for each in names})
        found.append(submission(mira, form))
        town.workspace.drop_view(form.id)
    return found


def clicks(town: Town, who: str, messages: Iterable[Message], action: str) -> list[Letter]:
    """One person clicks the same button of each message."""
    return [click(town.person(who), each, action) for each in messages]
