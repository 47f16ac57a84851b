"""What the edge counts, for `GET /metrics`.

Labels come from short lists that we own. A label must never hold anything that a sender chose: it would let
anybody fill the memory with series, and show their words on a page that is read without a login.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
"""Buckets up to and past the 3 seconds within which Slack wants an answer."""


class Metrics:
    """The counters of one edge, in a registry of its own unless one is given."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        if registry is None:
            registry = CollectorRegistry()
            ProcessCollector(registry=registry)
            GCCollector(registry=registry)
        self.registry = registry
        self._requests = Counter(
            "prompt_change_requests",
            "Signed requests from Slack, by kind and by what came of them.",
            ("kind", "outcome"),
            registry=registry,
        )
        self._refusals = Counter(
            "prompt_change_edge_refusals",
            "Requests turned away before anything in them was read, by reason.",
            ("reason",),
            registry=registry,
        )
        self._seconds = Histogram(
            "prompt_change_request_seconds",
            "From a signed request's last byte to its answer.",
            buckets=SECONDS,
            registry=registry,
        )
        self._known: dict[tuple[str, str], Counter] = {}

    def answered(self, kind: str, outcome: str, seconds: float) -> None:
        """One signed request that was answered, for better or worse."""
        counter = self._known.get((kind, outcome))
        if counter is None:
            counter = self._known[kind, outcome] = self._requests.labels(kind, outcome)
        counter.inc()
        self._seconds.observe(seconds)

    def refused(self, reason: str) -> None:
        """One request that never got past the edge."""
        self._refusals.labels(reason).inc()
