"""The deployments of an environment: what was shipped last, what is under way, what became of a move of ours.

GitHub ships nothing itself; a deployment asks for it, and the CI says by statuses what became of it. A
deployment must never be taken for shipped because it is there, nor for live because it is the newest: what is
live is what the CI shipped last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final
from urllib.parse import urlencode

from bot.connectors.asking import Answer
from bot.connectors.github.answers import (
    ACCEPTED,
    BEGUN,
    TOLD,
    Attempt,
    Deployment,
    Deployments,
    Statuses,
    words_of,
)
from bot.connectors.github.line import Line
from bot.connectors.protocol import TargetUnavailable

TASK: Final = "deploy:prompt"
MOST_LOOKED_AT: Final = 60
"""How many deployments may stand before the live one, failed or under way. Each costs a request."""
LOOKED_BEYOND: Final = 2
"""How many older ones are looked at, because one that began earlier may have been shipped later."""
LONGEST_DESCRIPTION: Final = 140


@dataclass
class Environment:
    """What was found in an environment, newest first; ``live`` is what was shipped last."""

    attempts: list[Attempt] = field(default_factory=list)
    live: Attempt | None = None

    @property
    def at(self) -> str | None:
        """The commit that is live."""
        return self.live.deployment.sha if self.live else None

    def is_overtaken(self) -> bool:
        """Whether a later deployment of this app is under way that will ship another commit."""
        since = self.live.deployment.id if self.live else 0
        return any(
            each.is_under_way
            and each.deployment.key is not None
            and each.deployment.id > since
            and each.deployment.sha != self.at
            for each in self.attempts
        )


def look(line: Line, environment: str) -> Environment:
    """Read an environment, from its newest deployment to a little beyond the first that counts as shipped."""
    found, beyond = Environment(), 0
    newest = _listed(line, environment=environment)
    for deployment in islice(newest, MOST_LOOKED_AT):
        attempt = _attempt(line, deployment)
        found.attempts.append(attempt)
        found.live = _later(found.live, attempt)
        beyond += found.live is not None
        if beyond > LOOKED_BEYOND:
            return found
    if found.live is None and next(newest, None) is not None:
        raise TargetUnavailable(
            f"None of the last {MOST_LOOKED_AT} deployments of {line.repository} to {environment} was "
            "shipped, so it is not known what is live there."
        )
    return found


def attempts(line: Line, environment: str, commit: str, key: str) -> list[Attempt]:
    """The deployments that a move of ours has made, newest first."""
    found = [each for each in _listed(line, environment=environment, sha=commit) if each.key == key]
    return [_attempt(line, each) for each in sorted(found, key=lambda each: each.id, reverse=True)]


def deploy(line: Line, environment: str, commit: str, payload: dict[str, Any], *, is_live: bool) -> None:
    """Ask for a deployment of this very commit. Whether there is one is for the reader to find out."""
    told = {
        "ref": commit,
        "task": TASK,
        "environment": environment,
        "payload": payload,
        "description": payload["why"][:LONGEST_DESCRIPTION],
        # The commit is what was approved: nothing is merged into it, and no check is waited for.
        "auto_merge": False,
        "required_contexts": [],
        "transient_environment": False,
        "production_environment": is_live,
    }
    answer = line.done(line.post("/deployments", told))
    if answer.status == ACCEPTED:
        words = line.asking.system.quoted(words_of(answer))
        raise TargetUnavailable(f"{line.host} made no deployment (202).{words}")


def dispatch(line: Line, event_type: str, attempt: Attempt) -> None:
    """Tell the CI of a deployment by an event, and note that it was told."""
    deployment = attempt.deployment
    told = {"deployment": deployment.id, "environment": deployment.environment, **deployment.told}
    line.done(line.post("/dispatches", {"event_type": event_type, "client_payload": told}))
    line.done(_note(line, deployment, "queued", BEGUN))


def tell(line: Line, attempt: Attempt) -> None:
    """Note that a failure is passed on. GitHub runs no workflow for the state inactive."""
    if attempt.told_at is None:
        _note(line, attempt.deployment, "inactive", TOLD)


def _note(line: Line, deployment: Deployment, state: str, description: str) -> Answer:
    told = {"state": state, "description": description, "auto_inactive": False}
    return line.post(f"/deployments/{deployment.id}/statuses", told)


def _listed(line: Line, **about: str) -> Iterator[Deployment]:
    """Deployments with these features, newest first; GitHub is not trusted to have picked the right ones."""
    for each in line.listed(f"/deployments?{urlencode(about)}", Deployments):
        is_there = each.environment.lower() == about["environment"].lower()
        if is_there and each.sha == about.get("sha", each.sha):
            yield each


def _attempt(line: Line, deployment: Deployment) -> Attempt:
    said = line.read(f"/deployments/{deployment.id}/statuses?per_page=100", Statuses)
    return Attempt(deployment, said.in_order())


def _later(one: Attempt | None, other: Attempt) -> Attempt | None:
    """Of two, newer one first, the one that was shipped later."""
    if other.shipped_at is None:
        return one
    if one is None or one.shipped_at is None or other.shipped_at > one.shipped_at:
        return other
    return one
