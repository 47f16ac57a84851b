"""A high release goes in stages: the canary first, production only when somebody advances it."""

from tests.scenario.release.story import HIGH, approved, deploy, live
from tests.scenario.town import Town, actions, words

NEW = "a refund of up to $100"
CANARY = "production-canary"


def test_deploy_moves_the_canary_and_advance_moves_production(town: Town) -> None:
    """Each click moves one branch, and only the second one makes it live."""
    number = approved(town, HIGH, NEW)
    deploy(town, number)
    assert NEW in (town.live_text(HIGH.path, CANARY) or "")
    assert NEW not in (town.live_text(HIGH.path) or "")
    first_stage = town.message("live")
    assert "Stage 1 of 2" in words(first_stage)
    assert "advance" in actions(first_stage)
    assert "roll_back" not in actions(first_stage)
    town.person("U0RITA").click(first_stage, "advance")
    town.settle()
    assert NEW in (town.live_text(HIGH.path) or "")
    assert actions(town.message("live"))[:2] == ["roll_back", "roll_back_to"]
    assert len(town.messages("live")) == 1
    assert "is live" in words(town.messages("outcome", to="U0MIRA")[-1])


def test_whoever_touched_a_high_change_is_refused_although_they_may_deploy(town: Town) -> None:
    """The right alone is not enough: the deployer of a high change wrote nothing of it."""
    town.change_policy(lambda data: data["workflows"]["refunds"]["deploy"]["high"].append("U0MIRA"))
    number = approved(town, HIGH, NEW)
    before = town.commits("production")
    mira = deploy(town, number, by="U0MIRA")
    assert "somebody else has to deploy it" in town.whispers("U0MIRA")[-1]
    assert "Who can: " in town.whispers("U0MIRA")[-1]
    assert mira.last_answer.ok
    assert town.commits("production") == before
    assert town.live_text(HIGH.path, CANARY) is None


def test_advance_twice_moves_production_once(town: Town) -> None:
    """A second click on Advance, before or after the move, changes nothing."""
    number = approved(town, HIGH, NEW)
    deploy(town, number)
    before, card = town.commits(), town.message("live")
    town.person("U0DEV").click(card, "advance")
    town.person("U0RITA", hostile=True).click(card, "advance")
    town.settle()
    town.person("U0DEV", hostile=True).click(card, "advance")
    town.settle()
    assert town.commits() == before + 1
    assert any("already" in each or "is live" in each for each in town.whispers("U0RITA"))


def test_stopping_at_the_first_stage_puts_the_canary_back_and_tells_everyone(town: Town) -> None:
    """Production was never touched; the canary serves the old text again, and the informed know."""
    old = town.live_text(HIGH.path)
    number = approved(town, HIGH, NEW)
    deploy(town, number)
    commits = town.commits()
    town.person("U0RITA").click(town.message("live"), "stop_release")
    town.settle()
    assert town.live_text(HIGH.path, CANARY) == old
    assert town.live_text(HIGH.path) == old
    assert town.commits() == commits
    assert "Rolled back" in words(town.message("rollback"))
    assert "restore" not in actions(town.message("rollback"))
    assert "Rolled back" in words(town.message("rollback_channel", to="C0SUPPORT"))
    assert town.messages("rollback_notice", to="U0LEILA")
    assert actions(town.message("live")) == []


def test_stopping_after_the_second_stage_began_puts_both_pointers_back(town: Town) -> None:
    """A rollback of a staged release that is live covers the canary as well."""
    old = town.live_text(HIGH.path)
    number = live(town, HIGH, NEW)
    town.person("U0RITA").click(town.message("live", change=number), "roll_back")
    town.settle()
    assert town.live_text(HIGH.path) == old
    assert town.live_text(HIGH.path, CANARY) == old


def test_stopping_before_anything_moved_is_done_at_once(town: Town) -> None:
    """Deploy and Stop in the same second: nothing moves, nothing is asked of anybody, and it is over."""
    number = approved(town, HIGH, NEW)
    old, commits = town.live_text(HIGH.path), town.commits()
    town.person("U0DEV").click(town.card(number), "deploy")
    release = "1"
    town.person("U0RITA", hostile=True).click(town.card(number), "stop_release", value=release)
    town.settle()
    assert town.live_text(HIGH.path) == old
    assert town.live_text(HIGH.path, CANARY) is None
    assert town.commits() == commits
    assert "Rolled back" in words(town.message("rollback"))


def test_a_second_stage_that_is_refused_may_be_advanced_again(town: Town) -> None:
    """Production was moved outside the app: nothing moves, and Advance may be tried again."""
    number = approved(town, HIGH, NEW)
    deploy(town, number)
    old = town.live_text(HIGH.path)
    town.commit_outside(HIGH.path, "Somebody else's text.\n")
    for _ in range(2):
        town.person("U0DEV").click(town.message("live"), "advance")
        town.settle()
        assert town.live_text(HIGH.path) == "Somebody else's text.\n"
        assert "advance" in actions(town.message("live"))
    town.commit_outside(HIGH.path, old or "")
    town.person("U0DEV").click(town.message("live"), "advance")
    town.settle()
    assert NEW in (town.live_text(HIGH.path) or "")
    assert "Last error" not in words(town.message("live"))


def test_stopping_after_a_refused_advance_leaves_production_as_it_is(town: Town) -> None:
    """This release never moved production, so it puts nothing back there; the canary goes back."""
    old = town.live_text(HIGH.path)
    deploy(town, approved(town, HIGH, NEW))
    town.commit_outside(HIGH.path, "Somebody else's text.\n")
    town.person("U0DEV").click(town.message("live"), "advance")
    town.settle()
    town.person("U0RITA").click(town.message("live"), "stop_release")
    town.settle()
    assert town.live_text(HIGH.path) == "Somebody else's text.\n"
    assert town.live_text(HIGH.path, CANARY) == old
    assert "Rolled back: PC-1" in words(town.message("rollback"))


def test_stopping_while_the_first_stage_is_still_tried(town: Town) -> None:
    """Whether the canary has moved is not known: it is read and put back, and only then it is over."""
    number = approved(town, HIGH, NEW)
    old = town.live_text(HIGH.path)
    aside = town.repository.with_suffix(".aside")
    town.repository.rename(aside)
    deploy(town, number)
    town.person("U0RITA").click(town.message("live"), "stop_release")
    town.settle()
    aside.rename(town.repository)
    assert "Rolling back: PC-1" in words(town.message("rollback"))
    town.moment.pass_by(minutes=2)
    town.settle()
    assert "Rolled back: PC-1" in words(town.message("rollback"))
    assert town.live_text(HIGH.path) == old
    assert town.live_text(HIGH.path, CANARY) in {None, old}
    assert "Last error" not in words(town.message("live"))
