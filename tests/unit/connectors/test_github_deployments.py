"""What a deployment on GitHub means for a pointer: by what the CI says, and in which order."""

from collections.abc import Iterator

import pytest
from github_hand import Hand
from starlette.responses import JSONResponse

from bot.connectors.github.deployments import MOST_LOOKED_AT
from bot.connectors.protocol import PointerElsewhere, TargetRefused, TargetUnavailable
from tests.systems.github import PATH, local_github
from tests.systems.system import System

LOG = "https://github.com/acme/prompts/actions/runs/1"


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


# What a move is


def test_a_move_is_a_deployment_of_the_exact_commit(hand: Hand) -> None:
    """Nothing is merged into it and no check is waited for; the CI is told all there is to know."""
    done = hand.move()
    (made,) = hand.ours
    (told,) = hand.door.writes
    assert (done.before, done.now, done.reference) == (hand.old, hand.new, str(made["id"]))
    assert (told["ref"], told["auto_merge"], told["required_contexts"]) == (hand.new, False, [])
    assert (told["environment"], told["task"]) == ("production", "deploy:prompt")
    assert (told["transient_environment"], told["production_environment"]) == (False, True)
    assert told["payload"] == {
        "key": "R-1",
        "why": "PC-1, by Ben",
        "old": hand.old,
        "new": hand.new,
        "workflow": "refunds",
        "path": PATH,
        "sha256": "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3",
    }


def test_a_rollback_is_a_deployment_of_the_old_commit(hand: Hand) -> None:
    """The same way back."""
    hand.move()
    hand.move("R-1-rollback", back=True)
    assert [each["sha"] for each in hand.ours] == [hand.new, hand.old]
    assert hand.local.live() == "one"


def test_the_canary_is_an_environment_of_its_own(hand: Hand) -> None:
    """Whose earlier deployments a success makes inactive, as GitHub does outside production."""
    hand.local.deploy(hand.old, "canary")
    hand.move(pointer="canary")
    assert (hand.local.live("canary"), hand.local.live()) == ("two", "one")
    assert hand.target.read_pointer("canary") == hand.new
    assert hand.local.states(hand.local.deployments[1]["id"])[-1] == "inactive"
    assert hand.ours[0]["production_environment"] is False


def test_nothing_cannot_be_deployed(hand: Hand) -> None:
    """What to do by hand is told; once it is done there, it is seen."""
    with pytest.raises(TargetRefused, match="cannot deploy nothing"):
        hand.target.move("production", expected=hand.old, wanted=None, key="k", why="w")
    hand.local.report(hand.local.deployments[-1]["id"], "inactive")
    assert hand.target.read_pointer("production") is None


# What the CI says


@pytest.mark.parametrize("state", ["", "pending", "queued", "in_progress", "waiting", "of the future"])
def test_what_the_ci_has_not_shipped_is_not_live(slow: Hand, state: str) -> None:
    """It is asked again under the same key, which makes no second deployment, until it is done."""
    deployment = slow.accepted()
    if state:
        slow.local.report(deployment, state)
    with pytest.raises(TargetUnavailable, match=f"Its state is {state or 'pending'}"):
        slow.move()
    assert slow.target.read_pointer("production") == slow.old
    assert not slow.target.is_already("production", slow.new)
    slow.local.report(deployment, "success")
    assert slow.move().already is True
    assert slow.target.is_already("production", slow.new)
    assert len(slow.ours) == 1


@pytest.mark.parametrize("state", ["failure", "error", "inactive"])
def test_a_failure_is_told_in_the_words_of_the_ci(slow: Hand, state: str) -> None:
    """With its log; nothing moved, and another key is another attempt."""
    deployment = slow.accepted()
    slow.local.report(deployment, "in_progress")
    slow.local.report(deployment, state, "The upload failed", LOG)
    with pytest.raises(TargetRefused) as raised:
        slow.move()
    assert str(raised.value) == (
        f"The CI of acme/prompts has not shipped {slow.new[:10]} to production: the deployment {deployment} "
        f"ended with {state}. It says: The upload failed; {LOG}."
    )
    assert slow.target.read_pointer("production") == slow.old
    slow.local.ci = ["success"]
    assert slow.move("R-1-2").already is False
    assert slow.local.live() == "two"


def test_a_failure_at_once_is_told_by_the_same_call(hand: Hand) -> None:
    """Nobody waits for the next one."""
    hand.local.ci = ["failure"]
    with pytest.raises(TargetRefused, match=r"ended with failure\.$"):
        hand.move()


def test_a_failed_rollback_is_tried_again_after_it_was_told(slow: Hand) -> None:
    """Under its one key, less and less often; each attempt is one deployment."""
    slow.local.ci = ["failure"]
    waits = [2, 4, 8, 16, 30, 30]
    for number, minutes in enumerate(waits, start=1):
        for _ in range(2):
            with pytest.raises(TargetRefused):
                slow.move()
        assert len(slow.ours) == number
        slow.pass_by(minutes=minutes - 0.5)
        with pytest.raises(TargetRefused):
            slow.move()
        assert len(slow.ours) == number
        slow.pass_by(minutes=0.5)
    slow.local.ci = ["success"]
    assert slow.move().already is False
    assert len(slow.ours) == len(waits) + 1


def test_a_failure_that_was_not_told_yet_is_never_tried_again_unasked(slow: Hand) -> None:
    """However long ago it was."""
    slow.local.report(slow.accepted(), "failure")
    slow.pass_by(minutes=1_440)
    with pytest.raises(TargetRefused):
        slow.move()
    assert len(slow.ours) == 1


def test_a_job_that_is_run_again_is_seen(slow: Hand) -> None:
    """The failure was told; then the same deployment was shipped after all."""
    deployment = slow.accepted()
    slow.local.report(deployment, "failure")
    with pytest.raises(TargetRefused):
        slow.move()
    assert slow.local.states(deployment) == ["failure", "inactive"]
    slow.local.report(deployment, "in_progress")
    slow.pass_by(minutes=60)
    slow.accepted()
    slow.local.report(deployment, "success")
    assert slow.move().already is True
    slow.local.ci = ["success"]
    slow.local.put("one")
    with pytest.raises(PointerElsewhere, match="put back"):
        slow.move()
    assert len(slow.ours) == 1


def test_a_failure_is_told_also_if_the_note_of_it_is_refused(slow: Hand) -> None:
    """Whether GitHub takes that state there is not documented."""
    deployment = slow.accepted()
    slow.local.report(deployment, "failure", "Broken")
    where = ("POST", f"/deployments/{deployment}/statuses")
    slow.local.instead[where] = JSONResponse({"message": "No."}, 422)
    with pytest.raises(TargetRefused, match="It says: Broken"):
        slow.move()


# Which one is live


def test_the_newest_deployment_is_not_live_because_it_is_the_newest(slow: Hand) -> None:
    """Those that failed, or are under way, are passed over."""
    for state in ("failure", "error", "in_progress", ""):
        deployment = slow.local.deploy(slow.new)
        if state:
            slow.local.report(deployment, state)
    assert slow.target.read_pointer("production") == slow.old


def test_a_deployment_that_was_taken_down_is_not_live(hand: Hand) -> None:
    """The one before it is, where its own success still stands."""
    hand.move()
    hand.local.report(hand.ours[0]["id"], "inactive")
    assert hand.target.read_pointer("production") == hand.old


@pytest.mark.parametrize("between", [0, 1])
def test_what_was_shipped_last_is_live_though_it_began_earlier(slow: Hand, between: int) -> None:
    """A slow run that ends after a quick one has the last word."""
    deployment = slow.accepted()
    slow.local.ci = ["success"]
    for _ in range(between + 1):
        slow.local.deploy(slow.old)
    assert slow.target.read_pointer("production") == slow.old
    slow.local.report(deployment, "success")
    assert slow.target.read_pointer("production") == slow.new == slow.local.at()


def test_an_environment_is_told_from_others_here_too(hand: Hand) -> None:
    """GitHub is not trusted to have picked the right deployments."""
    hand.local.deploy(hand.new, "canary")
    everything = JSONResponse(hand.local.deployments[::-1])
    hand.local.instead["GET", "/deployments"] = everything
    assert hand.target.read_pointer("production") == hand.old


def test_so_many_failures_that_nothing_is_known(slow: Hand) -> None:
    """It is not said that nothing is live; below that number it is found."""
    for number in range(MOST_LOOKED_AT):
        if number == MOST_LOOKED_AT - 1:
            assert slow.target.read_pointer("production") == slow.old
        slow.local.report(slow.local.deploy(slow.new), "failure")
    with pytest.raises(
        TargetUnavailable, match="None of the last 60 deployments of acme/prompts to production"
    ):
        slow.target.read_pointer("production")
