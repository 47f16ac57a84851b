"""Mutations of signed payloads: nothing unhandled, and nothing done that its signer had no right to."""

import random
from contextlib import closing
from pathlib import Path

import pytest

from tests.security.mutation import body_of, mutated
from tests.security.recording import LISTENERS, Story
from tests.security.target import Target, overhearing, shown, signed_by, wrongs
from tests.sizes import sized


def attacked(story: Story, listener: str, folder: Path, count: int) -> None:
    """So many mutations of what this listener once got, each on the same rows."""
    town, tape, rights = story
    rng = random.Random(listener)  # noqa: S311  for the same run again
    with closing(Target(town, tape[listener], folder)) as target:
        for _ in range(count):
            body, kind = mutated(rng, tape[listener].way, tape[listener].payload)
            with overhearing() as heard:
                reply = target.send(body, kind)
            said = [*wrongs(target, rights, reply, signed_by(body, kind)), *heard.errors]
            assert not said, f"{listener}: {said}\n{shown(body)}"


@pytest.mark.slow
@pytest.mark.soak
def test_the_story_comes_past_every_listener(story: Story) -> None:
    """A listener that is new must be in the story, or it is attacked by nobody."""
    assert set(story[1]) == set(LISTENERS)


@pytest.mark.slow
@pytest.mark.soak
@pytest.mark.parametrize("listener", LISTENERS)
def test_no_mutation_does_what_its_signer_may_not(story: Story, listener: str, tmp_path: Path) -> None:
    """So many for each listener; ``make soak`` takes ten times as many."""
    attacked(story, listener, tmp_path, sized(500))


@pytest.mark.slow
@pytest.mark.soak
def test_what_was_recorded_does_something_when_it_is_sent_again(story: Story, tmp_path: Path) -> None:
    """The attack is on clicks that work: unchanged, many of these payloads have their effect."""
    town, tape, rights = story
    effective = set()
    for place, listener in enumerate(LISTENERS):
        folder = tmp_path / str(place)
        folder.mkdir()
        with closing(Target(town, tape[listener], folder)) as target:
            body, kind = body_of(tape[listener].way, tape[listener].payload)
            reply = target.send(body, kind)
            assert list(wrongs(target, rights, reply, signed_by(body, kind))) == []
            assert reply.status == 200
            if reply.trail:
                effective.add(listener)
    assert {
        "action deploy",
        "action roll_back",
        "action acknowledge",
        "view decide",
        "view attest",
    } <= effective
    assert {"view withdraw", "view restore", "view lower_lane", "view roll_back_to"} <= effective
