"""Whether a workflow's target is as releases need it: pointer, live text and the way back, read now.

It looks and moves nothing. It must never call a target well that it could not read.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from bot.changes.context import Context
from bot.changes.facts import Looked, TargetCheck
from bot.connectors.protocol import Target, TargetError
from bot.pool import step_aside
from storage.models import Release
from storage.queries import releases

NOTHING = "nothing"
IN_TIME = 2.0
"""Seconds for a check that a person waits for in Slack, which itself waits three."""


@dataclass
class _Found:
    where: str = ""
    live: Looked = field(default_factory=Looked)
    back: Looked = field(default_factory=Looked)
    wrong: list[str] = field(default_factory=list)

    def note(self, problem: str) -> None:
        """Something is wrong; the same thing is told once."""
        if problem not in self.wrong:
            self.wrong.append(problem)

    def read(self, look: Callable[[], Looked]) -> Looked:
        try:
            return look()
        except TargetError as error:
            self.note(str(error))
            return Looked(words="cannot be read")


def check_target(context: Context, workflow: str, spec: Mapping[str, Any]) -> TargetCheck:
    """Look at the target of one workflow."""
    with context.reading() as session:
        release = releases.live(session, workflow)
    return _checked(context, workflow, spec, release, _Found())


def check_target_in_time(context: Context, workflow: str, spec: Mapping[str, Any]) -> TargetCheck:
    """The same for somebody who waits: what was found until then, and that the rest is not known."""
    with context.reading() as session:
        release = releases.live(session, workflow)
    found = _Found()
    step_aside()
    looking = ThreadPoolExecutor(1, thread_name_prefix="target-check")
    try:
        return looking.submit(_checked, context, workflow, spec, release, found).result(IN_TIME)
    except TimeoutError:
        found.note(f"The target did not answer within {IN_TIME:g} seconds. Try again in a moment.")
        return _told(found)
    finally:
        looking.shutdown(wait=False)


def _checked(
    context: Context, workflow: str, spec: Mapping[str, Any], release: Release | None, found: _Found
) -> TargetCheck:
    try:
        target = context.open_target(workflow, spec)
        found.where = target.describe()
    except TargetError as error:
        found.note(str(error))
        return _told(found)
    for problem in target.problems():
        found.note(problem)
    found.live = found.read(lambda: _live(target))
    found.back = found.read(lambda: _way_back(target, release))
    return _told(found)


def _told(found: _Found) -> TargetCheck:
    return TargetCheck(found.where, found.live, found.back, tuple(found.wrong))


def _live(target: Target) -> Looked:
    """What is live, once its text was read as well."""
    version = target.read_pointer(target.live_pointer)
    if version is None:
        return Looked(words=NOTHING)
    target.read_content(version)
    return Looked(version)


def _way_back(target: Target, release: Release | None) -> Looked:
    """What a rollback of the live release would bring back, once its text was read."""
    if release is None:
        return Looked(words="no release yet")
    if release.old_version is None:
        return Looked(words=NOTHING)
    target.read_content(release.old_version)
    return Looked(release.old_version)
