"""`prompt-change targets check`: can every workflow's pointer be read, and be moved back. Needs no Slack.

It looks and moves nothing, so it may be run at any time. It must never call a target well that it could not
read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import utc_now
from bot.changes.access import target_of
from bot.changes.force import NoPolicyError, policy_in_force
from bot.commands import OK, database, wrong
from bot.connectors.protocol import Target, TargetError
from bot.policy.load import PolicyError
from bot.policy.workflow import Workflow
from bot.settings import Settings
from bot.targets import Targets
from storage.engine import Store
from storage.queries import releases

SOMETHING_WRONG = 1
WIDTH_WITHOUT_TERMINAL = 160
NOTHING = "nothing"


@dataclass
class Found:
    """What was found out about one workflow's target, as it is shown."""

    workflow: str
    where: str = ""
    live: str = ""
    back: str = ""
    wrong: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Something is wrong; the same thing is told once."""
        if problem not in self.wrong:
            self.wrong.append(problem)


def check_targets(settings: Settings) -> int:
    """Look at the target of each workflow of the policy in force; 1 where anything is wrong."""
    with database(settings) as store:
        try:
            with store.reading() as session:
                _, policy = policy_in_force(session)
        except NoPolicyError:
            return wrong("No policy is in force yet. Start the app once, or load one.")
        except PolicyError as error:
            return wrong(f"The policy in force cannot be read. {error}")
        targets = Targets(store, settings.repositories, utc_now)
        found = [_looked_at(store, targets, name, each) for name, each in sorted(policy.workflows.items())]
    if not found:
        typer.echo("The policy in force has no workflows.")
        return OK
    _show(found)
    return SOMETHING_WRONG if any(each.wrong for each in found) else OK


def _looked_at(store: Store, targets: Targets, name: str, workflow: Workflow) -> Found:
    found = Found(name)
    try:
        target = targets.open(name, target_of(workflow))
        found.where = target.describe()
    except TargetError as error:
        found.note(str(error))
        return found
    for problem in target.problems():
        found.note(problem)
    found.live = _read(found, lambda: _live(target))
    found.back = _read(found, lambda: _way_back(store, target, name))
    return found


def _read(found: Found, look: Callable[[], str]) -> str:
    try:
        return look()
    except TargetError as error:
        found.note(str(error))
        return "cannot be read"


def _live(target: Target) -> str:
    """What is live, once its text was read as well."""
    version = target.read_pointer(target.live_pointer)
    if version is None:
        return NOTHING
    target.read_content(version)
    return version[:20]


def _way_back(store: Store, target: Target, workflow: str) -> str:
    """What a rollback of the live release would bring back, once its text was read."""
    with store.reading() as session:
        release = releases.live(session, workflow)
    if release is None:
        return "no release yet"
    if release.old_version is None:
        return NOTHING
    target.read_content(release.old_version)
    return release.old_version[:20]


def _show(found: list[Found]) -> None:
    table = Table("workflow", "target", "live", "a rollback brings back", "what is wrong", show_lines=True)
    for each in found:
        row = (each.workflow, each.where, each.live, each.back, " ".join(each.wrong) or NOTHING)
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    console.print(table)
