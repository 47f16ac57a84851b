"""Where no machine can reach: a named person sets the version and says so; before that nothing is claimed."""

from typing import Any

import pytest

from bot.sandbox.records import Message
from tests.scenario.release.story import deploy, formal, newest, roll_back, spot_check, value_of, with_result
from tests.scenario.town import Town, actions, words

HOW = "Open the macro in the helpdesk, paste the text, press Publish."
OFF = "Switch the macro off in the helpdesk."
FIRST, SECOND = "Answer kindly.\n", "Answer kindly and briefly.\n"


@pytest.fixture(autouse=True)
def _manual(town: Town) -> None:
    def add(data: dict[str, Any]) -> None:
        workflows, target = (
            data["workflows"],
            {"kind": "manual", "person": "ben@example.com", "instructions": HOW},
        )
        workflows["macros"] = {**workflows["summaries"], "target": target}
        workflows["payouts"] = {**workflows["refunds"], "target": target}

    town.change_policy(add)


def released(town: Town, text: str) -> int:
    """A text that was approved and deployed, and that nobody has set yet."""
    mira = town.propose("U0MIRA", "macros", text=text, note={"fallback_switch_off": OFF})
    assert mira.last_answer.ok, mira.last_answer
    number = newest(town)
    spot_check(town, number)
    deploy(town, number)
    return number


def task(town: Town, number: int, who: str = "U0BEN") -> Message:
    """The newest task of a person."""
    return town.message("task", change=number, to=who)


def done(town: Town, number: int, who: str = "U0BEN") -> None:
    """Somebody says that it is set."""
    town.person(who).click(task(town, number, who), "task_done")
    town.settle()


def version_in(message: Message) -> str:
    """The version that a task names."""
    found = words(message)
    start = found.index("m-")
    return found[start : start + 14]


def test_nothing_says_live_before_the_person_has_confirmed(town: Town) -> None:
    """The named person and the deployer are told exactly what to set; the first word of either counts."""
    number = released(town, FIRST)
    told = words(task(town, number))
    assert HOW in told
    assert version_in(task(town, number)) in words(task(town, number, "U0DEV"))
    assert town.messages("live") == []
    assert "Releasing" in words(town.card())
    town.person("U0PAUL", hostile=True).click(
        town.card(), "task_done", value=value_of(task(town, 1), "task_done")
    )
    assert "This was asked of somebody else." in town.whispers("U0PAUL")[-1]
    assert town.messages("live") == []
    done(town, number)
    assert "Live: PC-1" in words(town.message("live"))
    assert actions(task(town, number, "U0DEV")) == []


def test_a_rollback_names_exactly_the_version_to_restore(town: Town) -> None:
    """It is done when the named person says so, and the release before it is live again."""
    first = released(town, FIRST)
    wanted = version_in(task(town, first))
    done(town, first)
    second = released(town, SECOND)
    assert version_in(task(town, second)) != wanted
    done(town, second)
    roll_back(town, second)
    assert version_in(task(town, second)) == wanted
    assert version_in(task(town, second, "U0RITA")) == wanted
    assert "not done yet" in words(town.message("rollback", change=second))
    assert "Rolling back" in words(town.message("live", change=second))
    done(town, second, "U0BEN")
    assert "Rolled back: PC-2" in words(town.message("rollback", change=second))
    assert "Live: PC-1" in words(town.message("live", change=first))


def test_stopping_while_a_person_is_at_it_asks_them_to_put_it_back(town: Town) -> None:
    """They may have set it without saying so, and so only their word ends it."""
    first = released(town, FIRST)
    wanted = version_in(task(town, first))
    done(town, first)
    second = released(town, SECOND)
    forward = task(town, second)
    town.person("U0RITA").click(town.card(second), "stop_release")
    town.settle()
    assert "not done yet" in words(town.message("rollback", change=second))
    back = task(town, second)
    assert version_in(back) == wanted
    assert "acknowledge" not in actions(town.workspace.message(forward.channel, forward.ts))
    assert actions(town.workspace.message(forward.channel, forward.ts)) == []
    done(town, second)
    assert "Rolled back: PC-2" in words(town.message("rollback", change=second))
    assert "Live: PC-1" in words(town.message("live", change=first))


def test_a_task_that_was_confirmed_twice_counts_once(town: Town) -> None:
    """The second word of the other person does nothing."""
    number = released(town, FIRST)
    later = task(town, number, "U0DEV")
    done(town, number)
    town.person("U0DEV", hostile=True).click(later, "task_done")
    town.settle()
    assert "That is done already." in town.whispers("U0DEV")[-1]
    assert len(town.messages("live")) == 1


def test_a_high_change_without_stages_needs_a_scored_sample(town: Town) -> None:
    """The card says so; a regression run does not do in its place."""
    text = "Pay refunds of up to $100.\n"
    mira = town.propose("U0MIRA", "payouts", text=text, note={"fallback_switch_off": OFF})
    assert mira.last_answer.ok, mira.last_answer
    formal(town, 1)
    with_result(town, 1)
    assert "scored" in words(town.card()).lower()
    assert "stages" in words(town.card())
    assert "deploy" not in actions(town.card())
    with_result(town, 1, people=True, total=20)
    assert "deploy" in actions(town.card())
    deploy(town, 1)
    assert town.messages("live") == []
    done(town, 1)
    assert "Live: PC-1" in words(town.message("live"))
