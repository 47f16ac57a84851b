"""A workflow leaves the policy while a change of it is on somebody's screen."""

from tests.scenario.review.hand import medium, menu
from tests.scenario.town import Town, words


def test_a_click_on_its_card_says_so_and_the_change_goes_on_when_it_is_back(town: Town) -> None:
    """Ben reads why his approval was not taken; once the workflow is in the policy again, it is."""
    medium(town)
    card, ben = town.card(), town.person("U0BEN")
    kept: dict[str, object] = {}
    town.change_policy(lambda it: kept.update(it["workflows"].pop("support-answers")))
    ben.click(card, "approve")
    said = [each.text for each in ben.ephemerals("C0ANSWERS")]
    assert any("no longer in the policy" in each for each in said), said
    town.change_policy(lambda it: it["workflows"].update({"support-answers": kept}))
    assert ben.click(town.card(), "approve").ok
    town.settle()
    assert "Approvals: 1 of 1" in words(town.card())
    assert menu(town.person("U0MIRA"), town.card(), "withdraw").ok
