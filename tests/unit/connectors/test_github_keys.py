"""One move is one deployment on GitHub: found again by its key, and told to the CI once."""

from collections.abc import Iterator
from typing import Any

import pytest
from github_hand import Hand
from starlette.responses import JSONResponse

from bot.connectors.protocol import PointerElsewhere, TargetRefused, TargetUnavailable
from tests.systems.faulty import Fault
from tests.systems.github import local_github
from tests.systems.system import System


@pytest.fixture
def system() -> Iterator[System]:
    """A local GitHub behind a door."""
    with local_github() as found:
        yield found


@pytest.fixture
def hand(system: System) -> Hand:
    """A target there."""
    return Hand(system)


@pytest.fixture
def slow(hand: Hand) -> Hand:
    """One whose CI says nothing by itself."""
    hand.local.ci = []
    return hand


# Keys, and answers that were lost


def test_a_deployment_whose_answer_was_lost_is_found_by_its_key(slow: Hand) -> None:
    """While the CI is still at it, no second one is made."""
    slow.door.fault = Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable, match="broke the connection off"):
        slow.move()
    slow.door.heal()
    deployment = slow.accepted()
    slow.local.report(deployment, "success")
    assert slow.move().already is True
    assert len(slow.ours) == 1


@pytest.mark.parametrize("payload", [{"key": "R-1"}, '{"key": "R-1"}'], ids=["object", "text"])
def test_a_move_that_was_put_back_is_not_made_again(hand: Hand, payload: Any) -> None:
    """Also where GitHub gives the payload as a text, which it may be."""
    hand.move()
    hand.ours[0]["payload"] = payload
    hand.local.put("one")
    with pytest.raises(PointerElsewhere, match=f"put back to {hand.old} since") as raised:
        hand.move()
    assert raised.value.found == hand.old
    assert hand.move("R-2").already is False


def test_a_move_that_was_made_inactive_by_the_way_back_was_made_all_the_same(hand: Hand) -> None:
    """Outside production a later success takes the state from an earlier one."""
    hand.local.deploy(hand.old, "canary")
    hand.move(pointer="canary")
    hand.local.deploy(hand.old, "canary")
    with pytest.raises(PointerElsewhere, match="put back"):
        hand.move(pointer="canary")


@pytest.mark.parametrize("payload", ["", "{", "[]", "7", None, 5, ["R-1"], {"key": 1}, {"key": "R-2"}, {}])
def test_what_somebody_else_deployed_has_no_key_of_ours(hand: Hand, payload: Any) -> None:
    """The same commit to the same environment, and still no attempt of this move."""
    hand.local.ci = ["failure"]
    hand.local.deploy(hand.new, payload=payload)
    hand.local.ci = ["success"]
    assert hand.move().already is False


def test_a_commit_that_somebody_else_ships_meanwhile_is_there(slow: Hand) -> None:
    """As when Actions records a deployment of its own for the same job, and makes ours inactive."""
    deployment = slow.accepted()
    slow.local.ci = ["success"]
    slow.local.deploy(slow.new)
    slow.local.report(deployment, "inactive")
    assert slow.move().already is True
    assert slow.target.is_already("production", slow.new)


# A rollback while the CI is still at the release


def test_a_release_that_is_still_under_way_is_not_taken_for_rolled_back(slow: Hand) -> None:
    """The old version is live, and about to be replaced: it is deployed once more, to come after."""
    forward = slow.accepted()
    assert not slow.target.is_already("production", slow.old)
    back = slow.accepted("R-1-rollback", back=True)
    assert slow.local.deployments[-1]["sha"] == slow.old
    slow.local.report(forward, "success")
    assert slow.local.live() == "two"
    slow.accepted("R-1-rollback", back=True)
    slow.local.report(back, "success")
    assert slow.move("R-1-rollback", back=True).now == slow.old
    assert slow.target.is_already("production", slow.old)
    assert len(slow.ours) == 2


def test_a_release_that_fails_meanwhile_leaves_the_old_version_there(slow: Hand) -> None:
    """Nothing is about to replace it any more, so no deployment is needed."""
    forward = slow.accepted()
    slow.local.report(forward, "failure")
    assert slow.target.is_already("production", slow.old)
    assert slow.move("R-1-rollback", back=True).already is True
    assert len(slow.ours) == 1


def test_a_release_that_fails_after_it_was_overtaken_leaves_nothing_to_wait_for(slow: Hand) -> None:
    """What is still under way then will ship the version that is live anyhow."""
    forward = slow.accepted()
    slow.accepted("R-1-rollback", back=True)
    slow.local.report(forward, "failure")
    assert slow.target.is_already("production", slow.old)


def test_a_release_that_never_ends_is_behind_the_rollback_that_was_shipped(slow: Hand) -> None:
    """Only a later deployment is waited for."""
    slow.accepted()
    slow.accepted("R-1-rollback", back=True)
    slow.local.report(slow.local.deployments[-1]["id"], "success")
    assert slow.target.is_already("production", slow.old)


def test_somebody_else_under_way_does_not_hold_up_the_app(slow: Hand) -> None:
    """A deployment that waits for days for an approval is theirs."""
    slow.local.report(slow.local.deploy(slow.new), "waiting")
    assert slow.target.is_already("production", slow.old)


# By an event


@pytest.fixture
def by_event(system: System) -> Hand:
    """A target whose CI is started by a repository_dispatch."""
    found = Hand(system, via="dispatch", event_type="ship")
    found.local.starts_by = "dispatch"
    return found


def test_an_event_names_the_deployment(by_event: Hand) -> None:
    """Made before, so that its statuses can be read."""
    assert by_event.move().now == by_event.new
    (told,) = by_event.local.dispatched
    (made,) = by_event.ours
    expected = {"deployment": made["id"], "environment": "production", **made["payload"]}
    assert told == {"event_type": "ship", "client_payload": expected}
    assert by_event.local.live() == "two"


def test_an_event_is_sent_once_though_the_ci_is_slow(by_event: Hand) -> None:
    """That it was sent is noted at the deployment."""
    by_event.local.ci = []
    deployment = by_event.accepted()
    by_event.accepted()
    assert len(by_event.local.dispatched) == 1
    assert by_event.local.states(deployment) == ["queued"]


def test_an_event_whose_answer_was_lost_is_sent_again_for_the_same_deployment(by_event: Hand) -> None:
    """A CI that was not reached would never ship it."""
    by_event.local.ci = []
    by_event.door.only, by_event.door.fault = "/dispatches", Fault.BREAKS_OFF
    with pytest.raises(TargetUnavailable, match="broke the connection off"):
        by_event.move()
    by_event.door.heal()
    by_event.local.ci = ["success"]
    assert by_event.move().now == by_event.new
    assert len(by_event.ours) == 1
    assert {each["client_payload"]["deployment"] for each in by_event.local.dispatched} == {
        by_event.ours[0]["id"]
    }


def test_a_note_that_comes_after_the_success_hides_nothing(by_event: Hand) -> None:
    """The CI may be quicker than the note that it was told."""
    by_event.move()
    assert by_event.local.states(by_event.ours[0]["id"]) == ["in_progress", "success", "queued"]
    assert by_event.target.is_already("production", by_event.new)


def test_an_event_that_is_refused_is_told(by_event: Hand) -> None:
    """The deployment is there and nobody ships it; the next attempt sends the event."""
    by_event.local.instead["POST", "/dispatches"] = JSONResponse({"message": "Not Found"}, 404)
    with pytest.raises(TargetRefused, match="has no right to it"):
        by_event.move()
    by_event.local.instead.clear()
    assert by_event.move().now == by_event.new
    assert len(by_event.ours) == 1


def test_the_way_by_hand_is_a_command(hand: Hand, by_event: Hand) -> None:
    """And with an event, there is a second step."""
    said = hand.target.by_hand("production", hand.new)
    command = f"gh api repos/acme/prompts/deployments -f ref={hand.new} -f environment=production"
    assert command in said
    assert said.endswith("`.")
    assert by_event.target.by_hand("production", hand.new).endswith("that the event ship starts, for it.")
