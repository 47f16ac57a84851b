"""Forged payloads, properly signed: another card's id, another person's form, another team. None gains."""

import copy
import json
import random
import time
from collections.abc import Callable
from contextlib import closing
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from tests.security.mutation import METADATA, NUMBERS, PEOPLE, PLACES, body_of
from tests.security.recording import LISTENERS, Recorded, Story
from tests.security.target import Target, overhearing, shown, signed_by, wrongs
from tests.sizes import sized

Forge = Callable[[random.Random, dict[str, Any]], None]
CLICKS = tuple(each for each in LISTENERS if each.startswith(("action", "view")))
FOREIGN_TEAMS = ("T0NORTHWIND", "T0ACME2", "E0GRID", "t0acme")


def another_value(rng: random.Random, payload: dict[str, Any]) -> None:
    """The id of another row, of another kind of row, or of none."""
    for action in payload.get("actions", ()):
        action["value"] = rng.choice(NUMBERS)
        if "selected_option" in action:
            action["selected_option"] = {
                "value": f"{rng.choice(('edit', 'withdraw', 'lower_lane'))}:{rng.choice(NUMBERS)}"
            }


def other_metadata(rng: random.Random, payload: dict[str, Any]) -> None:
    """A form that says that it was opened for something else."""
    if "view" in payload:
        payload["view"]["private_metadata"] = rng.choice(METADATA)


def other_numbers(rng: random.Random, payload: dict[str, Any]) -> None:
    """The same form on another row."""
    if "view" in payload:
        ids = json.loads(payload["view"]["private_metadata"] or "{}")
        changed = {
            name: rng.randrange(12) if isinstance(value, int) else value for name, value in ids.items()
        }
        payload["view"]["private_metadata"] = json.dumps(changed)


def another_channel(rng: random.Random, payload: dict[str, Any]) -> None:
    """A channel in which it never stood."""
    payload["channel"] = {"id": rng.choice(PLACES), "name": "elsewhere"}
    payload["container"] = {"type": "message", "channel_id": rng.choice(PLACES), "message_ts": "1.2"}


def another_team(rng: random.Random, payload: dict[str, Any]) -> None:
    """Somebody of another workspace, or of none."""
    team = rng.choice(FOREIGN_TEAMS)
    payload["user"]["team_id"] = team
    payload["team"] = {"id": rng.choice((team, "T0ACME")), "domain": "elsewhere"}


def an_enterprise(rng: random.Random, payload: dict[str, Any]) -> None:
    """A grid to which this workspace does not belong."""
    payload["enterprise"] = {"id": rng.choice(("E0GRID", "T0ACME", "")), "name": "Grid"}
    payload["is_enterprise_install"] = True
    payload["user"]["team_id"] = rng.choice(FOREIGN_TEAMS)


def another_person(rng: random.Random, payload: dict[str, Any]) -> None:
    """Somebody else clicks on the first one's card or sends the first one's form."""
    payload["user"] = {"id": rng.choice(PEOPLE), "team_id": "T0ACME"}


def another_persons_form(rng: random.Random, payload: dict[str, Any]) -> None:
    """Both at once: another person, and the ids of other rows."""
    another_person(rng, payload)
    another_value(rng, payload)
    other_numbers(rng, payload)


def a_name_inside(rng: random.Random, payload: dict[str, Any]) -> None:
    """What the payload says of the clicker beside the signed id."""
    payload["user"] |= {"name": "ben", "username": "ben", "is_admin": True, "real_name": "Ben Okafor"}
    payload["user_id"], payload["team_id"] = rng.choice(PEOPLE), "T0ACME"
    another_value(rng, payload)


FORGERIES: tuple[Forge, ...] = (
    another_value, other_metadata, other_numbers, another_channel, another_team, an_enterprise,
    another_person, another_persons_form, a_name_inside,
)  # fmt: skip


def forged(rng: random.Random, recorded: Recorded, forge: Forge) -> tuple[bytes, str]:
    """One forgery of a payload."""
    payload = copy.deepcopy(recorded.payload)
    forge(rng, payload)
    return body_of(recorded.way, payload)


def turns(count: int) -> list[tuple[str, int]]:
    """So many forgeries shared among the listeners."""
    each = -(-count // len(CLICKS))
    return [(listener, each) for listener in CLICKS]


@pytest.mark.slow
@pytest.mark.parametrize(("listener", "count"), turns(sized(2_000)))
def test_a_forged_payload_gains_nothing(story: Story, listener: str, count: int, tmp_path: Path) -> None:
    """Whatever it does, its signer may do; and nobody of another team does anything."""
    town, tape, rights = story
    rng = random.Random(listener)  # noqa: S311  the same run again
    with closing(Target(town, tape[listener], tmp_path)) as target:
        for forge in islice(cycle(FORGERIES), count):
            body, kind = forged(rng, tape[listener], forge)
            with overhearing() as heard:
                reply = target.send(body, kind)
            said = [*wrongs(target, rights, reply, signed_by(body, kind)), *heard.errors]
            if forge in {another_team, an_enterprise} and reply.trail:
                said.append(f"somebody from elsewhere did {[row.verb for row in reply.trail]}")
            assert not said, f"{listener}, {forge.__name__}: {said}\n{shown(body)}"


@pytest.mark.slow
@pytest.mark.parametrize("listener", CLICKS)
def test_an_old_signature_is_worth_nothing(story: Story, listener: str, tmp_path: Path) -> None:
    """Replayed after five minutes, for another body, or with another secret: refused before it is read."""
    town, tape, _ = story
    with closing(Target(town, tape[listener], tmp_path)) as target:
        body, kind = body_of(tape[listener].way, tape[listener].payload)
        old = target.signature(body, at=time.time() - 301)
        for headers in (
            old,
            {**target.signature(body), "x-slack-request-timestamp": str(int(time.time()) + 1)},
            target.signature(body + b" "),
            {**target.signature(body), "x-slack-signature": old["x-slack-signature"]},
        ):
            reply = target.send(
                body, kind, **{name.replace("-", "_"): value for name, value in headers.items()}
            )
            assert (reply.status, reply.trail, reply.unexplained) == (401, (), "")
