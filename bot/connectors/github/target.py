"""The GitHub target: a version is a commit, a pointer is an environment, and the team's own CI ships.

Written from GitHub's published API description and its pages on deployments; not tried against GitHub itself.
A move is a deployment of an exact commit, with the key of the move in its payload, and so is a rollback.
GitHub keeps the deployment and starts the CI, which says by statuses what became of it. A move must never be
called done before the CI has said that this commit was shipped, nor refused while it may still be.
"""

import hashlib
import re
import shlex
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NoReturn

from bot.connectors.asking import SECONDS, System
from bot.connectors.credentials import Credential, Lookup
from bot.connectors.git_names import encoded
from bot.connectors.github.answers import Attempt
from bot.connectors.github.deployments import attempts, deploy, dispatch, look, tell
from bot.connectors.github.line import Line
from bot.connectors.github.texts import Texts
from bot.connectors.marks import mark
from bot.connectors.pointers import problems_of, refuse_unknown
from bot.connectors.protocol import (
    Content,
    Moved,
    PointerElsewhere,
    TargetRefused,
    TargetUnavailable,
    Version,
)
from bot.policy.targets import GithubTarget as Settings

DIGITS: Final = slice(3, 15)
"""The part of a mark that stands in the name of a branch."""
MOST_MINUTES: Final = 30
"""Between two attempts of one move whose CI fails again and again."""


@dataclass(frozen=True, slots=True)
class _Move:
    """One move of an environment from the commit `old` to the commit `new`."""

    pointer: str
    old: str | None
    new: str
    key: str
    why: str
    sha256: str
    """Of the text."""


class GithubTarget:
    """One file of one repository. ``workflow`` is told to the CI, and stands in the names of branches."""

    def __init__(
        self,
        given: Settings,
        secret: Lookup,
        *,
        workflow: str,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.given, self.workflow = given, workflow
        self.live_pointer, self.canary_pointer = given.environment, given.canary_environment
        self.lag = timedelta(seconds=given.lag_seconds)
        self._token = Credential(given.token_env, secret)
        self._system = System(given.host.rstrip("/"), [self._token], seconds=seconds)
        self._texts = Texts(given.path, f"{given.branch_prefix}/{_slug(workflow)}")
        self._clock = clock

    def describe(self) -> str:
        """Where the prompt lives, for people."""
        where = f"{self.given.path} of {self.given.repository} on GitHub at {self._system.host}"
        return f"{where}, environment {self.live_pointer}"

    def read_pointer(self, pointer: str) -> str | None:
        """The commit that the CI says it shipped last."""
        self._refuse_unknown(pointer)
        with self._line() as line:
            return look(line, pointer).at

    def is_already(self, pointer: str, wanted: str | None) -> bool:
        """Whether it is there, and no later deployment of this app is about to take it away."""
        self._refuse_unknown(pointer)
        with self._line() as line:
            found = look(line, pointer)
        return found.at == wanted and not found.is_overtaken()

    def list_versions(self, limit: int = 20) -> list[Version]:
        """Commits of the default branch that changed the file, and the proposals whose branches are there."""
        with self._line() as line:
            return self._texts.newest(line, limit)

    def read_content(self, version: str) -> Content:
        """What the file says in that commit."""
        with self._line() as line:
            return Content(self._texts.text(line, version))

    def propose(self, text: str, *, change_name: str, author: str, key: str) -> str:  # noqa: ARG002 - change and text say all
        """Commit the text on a branch of its own, once, and read it back."""
        raw = encoded(text)
        digits = mark("proposal", self.given.path, change_name, text)[DIGITS]
        branch = f"{self._texts.prefix}/{change_name}-{digits}"
        with self._line() as line:
            version = self._texts.stored(line, branch)
            if version is None:
                said = f"{change_name}, proposed by {author}"
                version = self._texts.store(line, raw, branch=branch, said=said)
            if self._texts.text(line, version) != text:
                raise TargetRefused(
                    f"The branch {branch} of {self.given.repository} holds another text than was proposed. "
                    "Somebody has changed it. Delete it, and propose again."
                )
        return version

    def move(self, pointer: str, *, expected: str | None, wanted: str | None, key: str, why: str) -> Moved:
        """Have the CI ship `wanted` if `expected` is live, and see by its word what became of it."""
        self._refuse_unknown(pointer)
        with self._line() as line:
            text = None if wanted is None else self._texts.text(line, wanted)
            there = look(line, pointer)
            if there.at == wanted and not there.is_overtaken():
                return Moved(pointer, before=there.at, now=wanted, already=True)
            if there.at not in (expected, wanted):
                at = f"{pointer} of {self.given.repository} is at {there.at or 'nothing'}"
                raise PointerElsewhere(there.at, f"{at}, where {expected or 'nothing'} was expected.")
            if wanted is None or text is None:
                raise TargetRefused(f"GitHub cannot deploy nothing. {self.by_hand(pointer, None)}")
            digest = hashlib.sha256(text.encode()).hexdigest()
            return self._made(line, _Move(pointer, expected, wanted, key, why, digest))

    def by_hand(self, pointer: str, wanted: str | None) -> str:
        """A command with GitHub's own client, or what to do where the CI put the prompt."""
        self._refuse_unknown(pointer)
        repository = self.given.repository
        if wanted is None:
            return (
                f"Take {self.given.path} out where the CI of {repository} has put it, and set the status of "
                f"its last deployment to {pointer} to inactive. This app sees it then."
            )
        command = f"gh api repos/{repository}/deployments -f ref={wanted} -f environment={pointer} -f task="
        command += f"deploy:prompt -F auto_merge=false -F {shlex.quote('required_contexts[]')}"
        rest = ""
        if self.given.via == "dispatch":
            rest = f" Then start the workflow that the event {self.given.event_type} starts, for it."
        return (
            f"On GitHub at {self._system.host}, deploy the commit {wanted} of {repository} to {pointer}, and "
            f"wait until the deployment's status is success: `{command}`.{rest}"
        )

    def problems(self) -> list[str]:
        """What stands in the way of reading."""
        return problems_of(self, [self._token])

    def _made(self, line: Line, move: _Move) -> Moved:
        """Make the deployment, if it is not made or has failed, and say what became of it."""
        made = attempts(line, move.pointer, move.new, move.key)
        if not made or self._is_due_again(made):
            deploy(
                line, move.pointer, move.new, self._payload(move), is_live=move.pointer == self.live_pointer
            )
            made = attempts(line, move.pointer, move.new, move.key)
        if made and self.given.via == "dispatch" and not made[0].is_begun:
            dispatch(line, self.given.event_type, made[0])
            made = attempts(line, move.pointer, move.new, move.key)
        return self._outcome(line, move, made)

    def _outcome(self, line: Line, move: _Move, made: list[Attempt]) -> Moved:
        found = look(line, move.pointer).at
        if found == move.new and any(each.was_live for each in made):
            reference = str(made[0].deployment.id)
            return Moved(move.pointer, before=move.old, now=move.new, reference=reference)
        if not made:
            self._raise_unmade(move, found)
        if any(each.was_live for each in made):
            since = f"{move.pointer} was put back to {found or 'nothing'} since"
            raise PointerElsewhere(found, f"This move was made before, and {since}. It is not made again.")
        if made[0].is_under_way:
            raise TargetUnavailable(
                f"{self._system.host} has the deployment {made[0].deployment.id} of {move.new[:10]} to "
                f"{move.pointer}, and the CI has not shipped it yet. Its state is {made[0].state}."
            )
        tell(line, made[0])
        raise TargetRefused(self._failure(move, made[0]))

    def _raise_unmade(self, move: _Move, found: str | None) -> NoReturn:
        """GitHub said that it made the deployment, and has none of this commit."""
        if found == move.old:
            said = f"says that it moved {move.pointer}, and {move.pointer} is still at {found or 'nothing'}."
        else:
            said = f"was told to put {move.pointer} on {move.new}, and now has it on {found or 'nothing'}."
        raise TargetUnavailable(f"GitHub at {self._system.host} {said}")

    def _failure(self, move: _Move, attempt: Attempt) -> str:
        """In the words of the CI, with the address of its log."""
        last = attempt.last
        words = self._system.quoted("; ".join(filter(None, [last.description, last.log_url])) if last else "")
        return (
            f"The CI of {self.given.repository} has not shipped {move.new[:10]} to {move.pointer}: the "
            f"deployment {attempt.deployment.id} ended with {attempt.state}.{words}"
        )

    def _is_due_again(self, made: list[Attempt]) -> bool:
        """Whether the last attempt failed, which people were told, and it is time for another.

        A rollback goes on under one key until it is done. Each attempt runs the CI and is one more deployment
        to read past, so they wait: 2, 4, 8, 16 and then 30 minutes.
        """
        told_at = made[0].told_at
        if told_at is None or made[0].is_under_way or any(each.was_live for each in made):
            return False
        minutes = min(2 ** len(made), MOST_MINUTES)
        return self._clock() >= (told_at + timedelta(minutes=minutes)).timestamp()

    def _payload(self, move: _Move) -> dict[str, str | None]:
        """What the CI is told. A repository_dispatch takes ten names at most, and adds two to these."""
        about = {"workflow": self.workflow, "path": self.given.path, "sha256": move.sha256}
        return {"key": move.key, "why": move.why, "old": move.old, "new": move.new, **about}

    def _refuse_unknown(self, pointer: str) -> None:
        refuse_unknown(self, self.given.path, pointer)

    @contextmanager
    def _line(self) -> Iterator[Line]:
        with self._system.asking() as asking:
            yield Line(asking, self.given.repository, self._token)


def _slug(workflow: str) -> str:
    """What a branch can hold of a workflow's name."""
    return re.sub(r"[^A-Za-z0-9]+", "-", workflow).strip("-") or "prompt"
