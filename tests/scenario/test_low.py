"""A low change: one peer's spot check, then live."""

from tests.scenario.town import Town, actions, top, words


def test_a_low_change_goes_live_after_one_spot_check(town: Town) -> None:
    """A peer marks the examples good, somebody deploys, and the file on the branch is the approved text."""
    before = town.live_text("summaries.md")
    mira = town.propose("U0MIRA", "summaries", replace=("one paragraph", "at most five bullet points"))
    assert mira.last_answer.ok, mira.last_answer
    card = town.card()
    assert "Low" in words(card)
    paul = town.person("U0PAUL")
    paul.click(card, "approve")
    form = top(paul)
    values = {b["block_id"]: "Looks right." if b["block_id"].startswith("output") else "good" for b in form.blocks if b["type"] == "input"}
    assert paul.submit(values=values).ok, paul.last_answer
    town.settle()
    assert "deploy" in actions(town.card())
    paul.click(town.card(), "deploy")
    town.settle()
    assert town.live_text("summaries.md") != before
    assert "roll_back" in actions(town.message("live"))
