"""`prompt-change targets check`: can every workflow's pointer be read, and be moved back. Needs no Slack.

It looks and moves nothing, so it may be run at any time.
"""

from collections.abc import Mapping

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.app import utc_now
from bot.changes.access import target_of
from bot.changes.context import Context
from bot.changes.facts import Looked, TargetCheck
from bot.changes.force import NoPolicyError, policy_in_force
from bot.changes.reading.targets import NOTHING, check_target
from bot.commands import OK, database, wrong
from bot.policy.load import PolicyError
from bot.settings import Settings
from bot.targets import Targets

SOMETHING_WRONG = 1
WIDTH_WITHOUT_TERMINAL = 160
SHOWN = 20
"""Characters of a version."""


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
        context = Context(store, Targets(store, settings.repositories, utc_now).open)
        found = {
            name: check_target(context, name, target_of(each))
            for name, each in sorted(policy.workflows.items())
        }
    if not found:
        typer.echo("The policy in force has no workflows.")
        return OK
    _show(found)
    return SOMETHING_WRONG if any(each.wrong for each in found.values()) else OK


def _shown(what: Looked) -> str:
    return what.words if what.version is None else what.version[:SHOWN]


def _show(found: Mapping[str, TargetCheck]) -> None:
    table = Table("workflow", "target", "live", "a rollback brings back", "what is wrong", show_lines=True)
    for name, each in found.items():
        row = (name, each.where, _shown(each.live), _shown(each.back), " ".join(each.wrong) or NOTHING)
        table.add_row(*map(escape, row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH_WITHOUT_TERMINAL
    console.print(table)
