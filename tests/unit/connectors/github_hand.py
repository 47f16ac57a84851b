"""A target at a local GitHub, and what tests do with it."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr

from bot.connectors.github.target import GithubTarget
from bot.connectors.protocol import Moved, TargetUnavailable
from bot.policy.targets import GithubTarget as Settings
from tests.systems.faulty import STALL
from tests.systems.github import PATH, REPOSITORY, TOKEN, LocalGithub
from tests.systems.system import System


def target_at(
    url: str, repository: str = REPOSITORY, *, clock: Callable[[], float] = time.time, **more: Any
) -> GithubTarget:
    """A target; ``more`` stands in the policy."""
    told = {"kind": "github", "host": url, "repository": repository, "path": PATH, **more}
    secrets = {"GITHUB_TOKEN": SecretStr(TOKEN)}
    return GithubTarget(
        Settings.model_validate(told), secrets.get, workflow="refunds", seconds=STALL, clock=clock
    )


def proposed(target: GithubTarget, text: str, change: str = "PC-1") -> str:
    """A text that is kept."""
    return target.propose(text, change_name=change, author="Ana Ito", key="p")


def move(target: GithubTarget, old: str | None, new: str | None) -> Moved:
    """One move."""
    return target.move("production", expected=old, wanted=new, key="R-1", why="PC-1, by Ben")


class Hand:
    """A target with a canary, on a clock of its own, and two versions of which the first is live."""

    def __init__(self, system: System, **more: Any) -> None:
        self.local: LocalGithub = system.local
        self.door = system.door
        url = system.spec["host"]
        self.target = target_at(url, clock=self.seconds, **{"canary_environment": "canary", **more})
        self.old = self.local.put("one")
        self.new = proposed(self.target, "two")

    def move(self, key: str = "R-1", *, back: bool = False, pointer: str = "production") -> Moved:
        """From the old version to the new one, or back."""
        start, end = (self.new, self.old) if back else (self.old, self.new)
        return self.target.move(pointer, expected=start, wanted=end, key=key, why="PC-1, by Ben")

    def accepted(self, key: str = "R-1", *, back: bool = False) -> int:
        """A move that the CI is slow to make: its deployment."""
        with pytest.raises(TargetUnavailable, match="the CI has not shipped it yet"):
            self.move(key, back=back)
        return int(self.local.deployments[-1]["id"])

    def seconds(self) -> float:
        """What its clock says."""
        return self.local.now.timestamp()

    def pass_by(self, *, minutes: float) -> None:
        """Time goes by."""
        self.local.now += timedelta(minutes=minutes)

    @property
    def ours(self) -> list[dict[str, Any]]:
        """The deployments with a key."""
        return [each for each in self.local.deployments if each["payload"]]
