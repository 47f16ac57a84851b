"""The figures as a table for people."""

from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.bench.figures import Rounds, ratio


def show(
    ours: Mapping[str, Rounds],
    bare: Mapping[str, Rounds],
    ready: Mapping[str, Sequence[float]],
    memory: Mapping[str, float],
    clicks: int,
) -> None:
    """Print what was measured, each figure beside that of the bare app."""
    table = Table(title="The approve click beside a bare Bolt app", title_justify="left")
    for name in ("", "Prompt Change", "bare Bolt", "ratio"):
        table.add_column(name, justify="left" if not name else "right")
    for kind, mine in ours.items():
        _add(table, f"{kind}: clicks a second", mine.per_second, bare[kind].per_second, 0)
        _add(table, f"{kind}: p50, ms", mine.p50, bare[kind].p50, 2)
        _add(table, f"{kind}: p99, ms", mine.p99, bare[kind].p99, 2)
        _add(table, f"{kind}: slowest answer, s", mine.slowest, bare[kind].slowest, 2)
    _add(table, "time to ready, s", ready["ours"], ready["bare"], 2)
    _add(table, "resident memory, MB", [memory["ours"]], [memory["bare"]], 0)
    console = Console()
    console.print(table)
    console.print(
        f"Medians over rounds in turns; the ratio is the median of the ratios of neighbouring rounds. "
        f"{clicks} clicks are on record, each with one counting vote and one audit row; the chain verifies."
    )


def _add(table: Table, name: str, ours: Sequence[float], bare: Sequence[float], digits: int) -> None:
    mine, theirs = (f"{median(each):,.{digits}f}" for each in (ours, bare))
    table.add_row(name, mine, theirs, f"{ratio(ours, bare):.2f}")
