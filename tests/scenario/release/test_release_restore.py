"""Putting a rolled-back release live again: within a day, with a reason, while its quorum holds."""

from bot.sandbox.person import SlackPerson
from tests.scenario.release.story import HIGH, LOW, approved, deploy, hearing, live, roll_back
from tests.scenario.town import Town, actions, words

NEW = {LOW: "at most five bullet points", HIGH: "a refund of up to $100"}
BACK = "PC-1 on summaries was rolled back and is live again."
WHY = "The outage was the courier's, the prompt was not at fault."


def asks_back(town: Town, by: str, *, number: int = 1, reason: str = WHY) -> SlackPerson:
    """Click Restore on the rollback's card, and say why where the form asks."""
    person = town.person(by)
    person.click(town.message("rollback", change=number), "restore")
    if person.view() is not None:
        person.submit(values={"reason": reason})
    town.settle()
    return person


def test_a_low_release_is_restored_at_once_with_a_reason(town: Town) -> None:
    """A deployer says why; the branch has it again, and its message offers Roll back again."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    assert not asks_back(town, "U0DEV", reason="ok").last_answer.ok
    town.person("U0DEV").close()
    assert asks_back(town, "U0DEV").last_answer.ok
    assert NEW[LOW] in (town.live_text(LOW.path) or "")
    assert "Restored: PC-1" in words(town.message("rollback"))
    assert "restore" not in actions(town.message("rollback"))
    assert "roll_back" in actions(town.message("live"))
    assert [len(hearing(town, who, BACK)) for who in ("U0SARA", "U0MIRA")] == [1, 1]
    old = roll_back(town, 1)
    assert old.last_answer.ok
    assert NEW[LOW] not in (town.live_text(LOW.path) or "")
    assert len(town.messages("rollback")) == 2


def test_only_a_deployer_of_the_lane_restores(town: Town) -> None:
    """The person who rolled back may not deploy here."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    rita = town.person("U0RITA")
    rita.click(town.message("rollback"), "restore")
    assert rita.view() is None
    assert "not on the list of people who may deploy" in town.whispers("U0RITA")[-1]
    assert NEW[LOW] not in (town.live_text(LOW.path) or "")


def test_a_high_release_needs_a_second_person(town: Town) -> None:
    """The one who asked cannot confirm; another deployer can, and only then does the pointer move."""
    live(town, HIGH, NEW[HIGH])
    roll_back(town, 1)
    assert asks_back(town, "U0DEV").last_answer.ok
    assert NEW[HIGH] not in (town.live_text(HIGH.path) or "")
    assert "A second person must confirm" in words(town.message("rollback"))
    assert WHY in words(town.message("rollback"))
    asks_back(town, "U0DEV")
    assert "You asked for this restore, so another deployer has to confirm it." in town.whispers("U0DEV")[-1]
    assert NEW[HIGH] not in (town.live_text(HIGH.path) or "")
    asks_back(town, "U0OMAR")
    assert NEW[HIGH] in (town.live_text(HIGH.path) or "")
    assert "Restored: PC-1" in words(town.message("rollback"))


def test_after_a_day_it_is_over(town: Town) -> None:
    """The button on a card from before is refused, and a redrawn card has none."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    town.moment.pass_by(hours=23)
    card = town.message("rollback")
    town.moment.pass_by(hours=2)
    town.app.people.refresh_groups()
    dev = town.person("U0DEV")
    dev.click(card, "restore")
    assert dev.view() is None
    assert "The time in which PC-1 could be restored is over." in town.whispers("U0DEV")[-1]
    assert NEW[LOW] not in (town.live_text(LOW.path) or "")


def test_a_form_that_was_open_when_the_day_ended_is_refused(town: Town) -> None:
    """What was typed stays; nothing moves."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    dev = town.person("U0DEV")
    dev.click(town.message("rollback"), "restore")
    town.moment.pass_by(hours=25)
    town.app.people.refresh_groups()
    assert not dev.submit(values={"reason": WHY}).ok
    assert "The time in which PC-1 could be restored is over." in str(dev.last_answer.errors)
    town.settle()
    assert NEW[LOW] not in (town.live_text(LOW.path) or "")


def test_not_while_another_release_is_under_way_nor_after_it(town: Town) -> None:
    """What was approved is the step from the version that came back; another one has taken its place."""
    other = approved(town, HIGH, "a refund of up to $20")
    number = live(town, HIGH, NEW[HIGH])
    roll_back(town, number)
    deploy(town, other)
    asks_back(town, "U0OMAR", number=number)
    assert "Another release of this workflow is on its way." in town.whispers("U0OMAR")[-1]
    town.person("U0DEV").click(town.message("live", change=other), "advance")
    town.settle()
    asks_back(town, "U0OMAR", number=number)
    assert "What came back then is no longer what is live on refunds." in town.whispers("U0OMAR")[-1]
    assert "up to $20" in (town.live_text(HIGH.path) or "")


def test_not_when_the_release_below_it_was_rolled_back_as_well(town: Town) -> None:
    """Two steps back: the upper one was approved on top of a text that is gone."""
    live(town, LOW, "two paragraphs")
    live(town, LOW, "three paragraphs", old="two paragraphs")
    roll_back(town, 2)
    roll_back(town, 1)
    asks_back(town, "U0DEV", number=2)
    assert "What came back then is no longer what is live on summaries." in town.whispers("U0DEV")[-1]
    assert asks_back(town, "U0DEV", number=1).last_answer.ok
    assert "two paragraphs" in (town.live_text(LOW.path) or "")
    assert asks_back(town, "U0DEV", number=2).last_answer.ok
    assert "three paragraphs" in (town.live_text(LOW.path) or "")


def test_nothing_is_deployed_while_a_restore_is_under_way(town: Town) -> None:
    """The target is away: the restore waits, and so does everybody else."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    number = approved(town, LOW, "two paragraphs")
    aside = town.repository.with_suffix(".aside")
    town.repository.rename(aside)
    asks_back(town, "U0DEV")
    deploy(town, number)
    aside.rename(town.repository)
    assert "PC-1 is being restored on summaries." in town.whispers("U0DEV")[-1]
    town.moment.pass_by(minutes=5)
    town.settle()
    assert NEW[LOW] in (town.live_text(LOW.path) or "")


def test_not_when_an_approver_has_left(town: Town) -> None:
    """The quorum is counted again: somebody who was deactivated in Slack has no vote."""
    live(town, HIGH, NEW[HIGH])
    roll_back(town, 1)
    town.workspace.deactivate_user("U0BEN")
    assert town.workspace.events.settle()
    asks_back(town, "U0DEV")
    assert "Its approvals no longer hold." in town.whispers("U0DEV")[-1]
    assert NEW[HIGH] not in (town.live_text(HIGH.path) or "")


def test_restoring_twice_at_once_moves_once(town: Town) -> None:
    """A second click while it is on its way, or done, is harmless."""
    live(town, LOW, NEW[LOW])
    roll_back(town, 1)
    before, card = town.commits(), town.message("rollback")
    dev, paul = town.person("U0DEV"), town.person("U0PAUL", hostile=True)
    dev.click(card, "restore")
    paul.click(card, "restore")
    assert dev.submit(values={"reason": WHY}).ok
    paul.submit(values={"reason": WHY})
    town.settle()
    paul.click(card, "restore")
    town.settle()
    assert town.commits() == before + 1
    assert NEW[LOW] in (town.live_text(LOW.path) or "")
