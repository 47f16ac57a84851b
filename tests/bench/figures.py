"""From rounds to figures: medians over rounds, and ratios of one server to the other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(slots=True)
class Rounds:
    """What one server did in one kind of round, round by round."""

    per_second: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    refused: int = 0

    def add(self, result: dict[str, Any]) -> None:
        """One round's latencies, sorted, in seconds."""
        took: Sequence[float] = result["latencies"]
        self.per_second.append(len(took) / result["seconds"])
        self.p50.append(percentile(took, 0.50) * 1000)
        self.p99.append(percentile(took, 0.99) * 1000)
        self.slowest.append(took[-1])
        self.seconds.append(result["seconds"])
        self.refused += sum(count for status, count in result["statuses"].items() if status != "200")


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of the sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * share))]


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Median of the ratios of rounds that were run next to each other: what disturbed both cancels out."""
    return median(one / other for one, other in zip(ours, theirs, strict=True))
