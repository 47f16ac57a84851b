"""Opening a workflow's target, with what the database keeps for those that keep nothing themselves."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.changes.records import DatabaseManualRecord, DatabasePolicyRecord
from bot.changes.way_back import SWITCH_OFF
from bot.connectors.asking import SECONDS
from bot.connectors.opening import open_target
from bot.connectors.policy import PolicyTarget
from bot.connectors.protocol import Target, TargetMisconfigured
from bot.connectors.switch_off import SwitchOffTarget
from storage.engine import Store


class Targets:
    """``repositories`` is the folder from which relative git repositories are counted.

    ``seconds`` is how long another system may take for one answer.
    """

    def __init__(self, store: Store, repositories: Path, now: Callable[[], datetime]) -> None:
        self._store, self._repositories, self._now = store, repositories, now
        self.seconds = SECONDS

    def open(self, workflow: str, spec: Mapping[str, Any]) -> Target:
        """The target that a policy, a release or a move describes. Raises TargetMisconfigured."""
        kind = spec.get("kind")
        if kind == "policy":
            return PolicyTarget(DatabasePolicyRecord(self._store, self._now))
        if kind == SWITCH_OFF:
            return SwitchOffTarget(str(spec.get("instructions", "")))
        if not spec:
            raise TargetMisconfigured(f"The workflow {workflow} names no target. Set `target` in the policy.")
        manual = DatabaseManualRecord(self._store, workflow, self._now)
        return open_target(
            spec, workflow=workflow, base=self._repositories, record=manual, seconds=self.seconds
        )
