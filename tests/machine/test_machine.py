"""Anything that people, Slack, targets and deaths can do, in any order, and what holds after each step.

Hypothesis makes up the order and shortens one that breaks a promise. Each step is what one person, or the
world, does. It must never foresee an outcome: a step that is refused is a step as well.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from storage.models import Change, Release, Rollback
from storage.vocabulary import State
from tests.machine.base import picks
from tests.machine.hamlet import street
from tests.machine.releasing import Releasing
from tests.machine.reviewing import Reviewing
from tests.machine.world import World
from tests.sizes import sized


class Machine(Reviewing, Releasing, World):
    """All of it. Most steps of chance lead nowhere, so two of them go on with what is there."""

    @precondition(lambda self: self.any_of(Change))
    @rule(pick=picks)
    def press_on(self, pick: int) -> None:
        """A change goes its way as far as it can, by those who may."""
        change = self.change(pick, State.IN_REVIEW, State.STALE, State.APPROVED)
        if change.revision:
            self.complete(self.revision(pick, State.IN_REVIEW, State.STALE))
            self.put_out("U0DEV", self.revision(pick, State.APPROVED))
            self.hamlet.drain()

    @precondition(lambda self: self.any_of(Release))
    @rule(pick=picks)
    def press_further(self, pick: int) -> None:
        """What is on its way arrives, by those who may."""
        self.hamlet.drain()
        releasing: list[Release] = self.rows(Release, State.RELEASING)
        self.put_further("U0DEV", releasing[pick % len(releasing)])
        self._arrive()

    @precondition(lambda self: self.any_of(Change))
    @rule(pick=picks)
    def a_good_day(self, pick: int) -> None:
        """From review to live in one go."""
        self.press_on(pick)
        if self.any_of(Release):
            self.press_further(0)

    @precondition(lambda self: self.any_of(Release))
    @rule(pick=picks, again=st.booleans())
    def a_bad_day(self, pick: int, *, again: bool) -> None:
        """Something is rolled back, and perhaps two people find that it was right after all."""
        self.roll_back(who="U0RITA", pick=pick, back=pick)
        self._arrive()
        if again and self.any_of(Rollback):
            self.restore(who="U0DEV", pick=0)
            self.restore(who="U0RITA", pick=0)
            self._arrive()

    def _arrive(self) -> None:
        """Whatever is on its way arrives, where nothing stands in its way."""
        self.hamlet.drain()
        for move in self.waiting_moves():
            self.confirm("U0DEV", move)


@pytest.fixture(autouse=True, scope="module")
def _one_street() -> Iterator[None]:
    with street() as found:
        Machine.here = found
        yield


PHASES = (Phase.generate, Phase.shrink)


def _run(examples: int, steps: int, *, the_same_each_time: bool = False) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  hypothesis has no types for it
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            derandomize=the_same_each_time,
            suppress_health_check=list(HealthCheck),
            phases=PHASES,
            print_blob=True,
        ),
    )


def test_a_few_days_in_which_anything_may_happen() -> None:
    """A short run; the long one is among the slow suites."""
    _run(3, 12, the_same_each_time=True)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_many_days_in_which_anything_may_happen(part: int) -> None:
    """Any order of anything, again and again; in parts, so that they can run beside each other."""
    assert part < sized(4)
    _run(sized(12), 40)
