"""Once a change is released, its card keeps what was decided, whoever lost the right since."""

from typing import Any

from tests.scenario.release.story import LOW, approved, live, roll_back
from tests.scenario.town import Town, words

NEW = "five bullet points"


def _nobody_from_the_peers(policy: dict[str, Any]) -> None:
    policy["workflows"]["summaries"]["approve"]["low"] = ["U0BEN"]


def test_a_right_that_was_lost_after_the_release_takes_nothing_from_the_card(town: Town) -> None:
    """The card is drawn again for the rollback, and Paul's approval still stands there with its weight."""
    number = live(town, LOW, NEW)
    before = "approved by Paul Weber"
    assert before in words(town.card(number))
    town.change_policy(_nobody_from_the_peers)
    roll_back(town, number)
    card = words(town.card(number))
    assert "olled back" in card
    assert before in card
    assert "no longer on the list" not in card


def test_a_right_that_was_lost_before_the_release_takes_the_vote_with_it(town: Town) -> None:
    """The same a moment earlier: then the vote no longer counts, and the card says why."""
    number = approved(town, LOW, NEW)
    town.change_policy(_nobody_from_the_peers)
    card = words(town.card(number))
    assert "Approvals: 0 of 1" in card
    assert "no longer on the list" in card
