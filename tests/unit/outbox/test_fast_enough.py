"""As fast as Slack allows and hardly ever faster, in time that only the test moves on."""

import pytest
from desk import Desk, send_all

from bot.outbox.crew import do_one
from bot.outbox.pace import Pace
from tests.sizes import sized

PER_SECOND = 4
URGENT = 40


def crowded(desk: Desk, places: int) -> list[str]:
    """So many recipients, half of them channels and half people, at a Slack that enforces its limits."""
    for number in range(places // 2):
        desk.slack.add_channel(f"C0N{number:04}", f"news-{number}")
        desk.slack.add_user(f"U0N{number:04}", f"Person {number}")
    desk.slack.faults.rate_limits = True
    return [f"{kind}0N{number:04}" for number in range(places // 2) for kind in "CU"]


def notices(desk: Desk, places: list[str], count: int, word: str = "notice", **fields: int) -> None:
    """Rows for so many messages, taking turns at the recipients."""
    desk.write_many(
        {"key": f"{word}-{number}", "recipient": places[number % len(places)], **fields}
        for number in range(count)
    )


def assert_as_fast_as_allowed(desk: Desk, seconds: float, count: int) -> None:
    """Within 1.1 times of what the limits allow, and at most one call in a hundred answered with 429."""
    calls = list(desk.slack.calls)
    posted = [each for each in desk.slack.calls_of("chat.postMessage") if each.ok]
    assert len(posted) == count
    assert seconds <= 1.1 * count / PER_SECOND
    assert sum(each.status == 429 for each in calls) <= count / 100


def test_sixty_notices_leave_as_fast_as_slack_allows(desk: Desk) -> None:
    """One a second and recipient, four a second overall, and no method more often than its tier."""
    notices(desk, crowded(desk, 24), 60)
    seconds = send_all(desk, desk.postman(pace=Pace()))
    assert_as_fast_as_allowed(desk, seconds, 60)


@pytest.mark.slow
def test_a_thousand_notices_and_a_rollback_in_their_midst(desk: Desk) -> None:
    """Over 200 channels and people; what a rollback has to say leaves before all that still waits."""
    count, places = sized(1_000), crowded(desk, 200)
    notices(desk, places, count)
    postman = desk.postman(pace=Pace())
    while len(desk.slack.calls_of("chat.postMessage")) < count // 2:
        rest = do_one(postman.find)
        desk.clock.forward(rest.seconds if rest else 0)
    began = (count // 2) / PER_SECOND
    notices(desk, places, URGENT, "rollback", priority=0)
    seconds = began + send_all(desk, postman)
    told = [str(call.args["text"]) for call in desk.slack.calls_of("chat.postMessage") if call.ok]
    after = told[count // 2 :]
    assert all(text.startswith("rollback") for text in after[: URGENT - 3])
    assert_as_fast_as_allowed(desk, seconds, count + URGENT)
