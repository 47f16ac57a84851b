"""A low change: one peer's spot check, then live."""

from tests.scenario.review.hand import BULLETS, low, spot_check
from tests.scenario.town import Town, actions, words


def test_a_low_change_goes_live_after_one_spot_check(town: Town) -> None:
    """A peer marks the examples good, a peer deploys, and the file on the branch is the approved text."""
    before = town.live_text("summaries.md") or ""
    low(town)
    assert "Low lane" in words(town.card())
    paul = town.person("U0PAUL")
    assert spot_check(paul, town.card()).ok
    town.settle()
    paul.click(town.card(), "deploy")
    assert town.live_text("summaries.md") == before
    town.settle()
    assert town.live_text("summaries.md") == before.replace(*BULLETS)
    assert "roll_back" in actions(town.message("live"))
