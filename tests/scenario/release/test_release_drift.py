"""Somebody moves a live pointer past the app: it is told once, and adopted after the fact or put back."""

from copy import deepcopy

import pytest
from sqlmodel import col, select

from bot.sandbox.records import Message
from storage.models import AuditRow, Drift, DriftState
from tests.scenario.release.story import (
    HIGH,
    LOW,
    MEDIUM,
    Prompt,
    approved,
    deploy,
    direct,
    formal,
    hearing,
    live,
    lost,
    newest,
    roll_back,
    spot_check,
    with_result,
)
from tests.scenario.review.hand import CHANNELS
from tests.scenario.town import NOTE, Town, actions, top, words

NEW = "at most five bullet points"
OTHER = "at most four bullet points"
MINUTES = 4
"""More than the app takes between two looks."""


def look(town: Town) -> None:
    """Time passes until every pointer was looked at."""
    town.moment.pass_by(minutes=MINUTES)
    town.app.clock.tick()
    town.settle()


def past_the_app(town: Town, phrase: str = OTHER, *, prompt: Prompt = LOW, old: str = NEW) -> str:
    """Somebody commits other words to the branch that is live, and the app has looked; the text."""
    look(town)
    text = (town.live_text(prompt.path) or "").replace(old, phrase)
    assert phrase in text
    town.commit_outside(prompt.path, text)
    look(town)
    return text


def drifted(town: Town) -> str:
    """PC-1 is live, and then it is not."""
    live(town, LOW, NEW)
    return past_the_app(town)


def card(town: Town, prompt: Prompt = LOW) -> Message:
    """The card in the workflow's channel."""
    return town.message("drift", to=CHANNELS[prompt.workflow])


def drift(town: Town) -> Drift:
    """The newest one on record."""
    with town.app.store.reading() as session:
        found = session.exec(select(Drift).order_by(col(Drift.id).desc())).first()
    assert found is not None
    return found


def test_it_is_told_once_to_the_channel_and_to_those_who_answer_for_it(town: Town) -> None:
    """One card each, with what is served and what the record has; nobody else is disturbed."""
    drifted(town)

    said = words(card(town))
    assert "Moved outside this app: summaries" in said
    assert "By the record of PC-1" in said
    assert actions(card(town)) == ["adopt", "put_back"]
    told = {each.recipient for each in town.rows("drift")}
    look(town)
    look(town)
    assert len(town.rows("drift")) == len(told)
    assert told == {"C0TOOLS", "U0ANA"}
    assert not hearing(town, "U0SARA", "Moved outside this app")


def test_restore_puts_the_record_back_and_needs_the_rollback_right(town: Town) -> None:
    """Whoever lacks it is told who can; then one click does it, and the card says that it was read back."""
    other = drifted(town)
    town.person("U0SARA").click(card(town), "put_back")
    assert "Who can: Ana Alves" in town.whispers("U0SARA")[-1]
    assert town.live_text(LOW.path) == other

    before = deepcopy(card(town))
    town.person("U0RITA").click(before, "put_back")
    town.settle()
    assert NEW in (town.live_text(LOW.path) or "")
    said = words(card(town))
    assert "Put back: summaries" in said
    assert "by <@U0RITA>" in said
    assert actions(card(town)) == []
    assert drift(town).state is DriftState.RESTORED
    look(town)
    assert drift(town).state is DriftState.RESTORED

    town.person("U0RITA", hostile=True).click(before, "put_back")
    assert "dealt with already" in town.whispers("U0RITA")[-1]
    assert NEW in (town.live_text(LOW.path) or "")


def test_adopt_approves_after_the_fact_what_is_live(town: Town) -> None:
    """The diff is against the record, the whole review is held, and deploying it moves nothing."""
    other = drifted(town)
    mira = town.person("U0MIRA")
    assert mira.click(card(town), "adopt").ok
    assert "By the record: version" in str(top(mira).blocks)
    assert mira.submit(values={"kinds": ["system_prompt"]}).ok, mira.last_answer
    assert mira.submit(values=NOTE).ok, mira.last_answer
    town.settle()
    number = newest(town)
    assert "four" in words(town.card(number))
    assert "five" in words(town.card(number))
    look(town)
    assert f"PC-{number} by <@U0MIRA> is to approve it after the fact" in words(card(town))
    assert actions(card(town)) == ["put_back"]

    spot_check(town, number)
    deploy(town, number)
    assert f"Live: PC-{number}" in words(town.message("live", change=number))
    assert town.live_text(LOW.path) == other
    assert f"was approved after the fact in PC-{number}" in words(card(town))
    look(town)
    assert drift(town).state is DriftState.ADOPTED

    roll_back(town, number)
    assert NEW in (town.live_text(LOW.path) or "")


def test_an_adoption_that_is_overdue_is_told_and_let_go(town: Town) -> None:
    """After a day both buttons are there again, and whoever answers for the workflow knows it."""
    drifted(town)
    town.person("U0MIRA").click(card(town), "adopt")
    town.settle()
    assert actions(card(town)) == ["put_back"]
    town.moment.pass_by(minutes=25 * 60)
    look(town)
    assert actions(card(town)) == ["adopt", "put_back"]
    owners = {each.recipient for each in town.rows("private") if "is overdue" in str(each.details)}
    assert len(owners) == 1
    assert hearing(town, owners.pop(), "which was to adopt what was set outside this app on summaries")


def test_a_move_back_to_the_version_before_is_a_rollback_by_hand(town: Town) -> None:
    """It is on record as one, everyone who must know is told, and the release is no longer called live."""
    old = town.live_text(LOW.path) or ""
    live(town, LOW, NEW)
    look(town)
    town.commit_outside(LOW.path, old)
    look(town)
    said = words(town.message("rollback"))
    assert "Rolled back: PC-1" in said
    assert "Somebody moved it back outside this app" in said
    assert "Rolled back: PC-1" in words(town.message("live"))
    assert "by somebody outside this app" in words(town.message("live"))
    assert hearing(town, "U0MIRA", "Rolled back: PC-1")
    assert town.rows("drift") == []
    look(town)
    assert len(town.rows("rollback")) == 1

    past_the_app(town, "two paragraphs", old="one paragraph")
    assert "Moved outside this app: summaries" in words(card(town))


def test_a_pointer_that_moves_again_or_back_changes_the_same_card(town: Town) -> None:
    """One drift, one card: it shows the newest version, and is over when the record is served again."""
    live(town, LOW, NEW)
    look(town)
    released = town.live_text(LOW.path) or ""
    past_the_app(town)
    first = words(card(town))
    past_the_app(town, "at most three bullet points", old=OTHER)
    assert len(town.rows("drift")) == len({each.recipient for each in town.rows("drift")})
    assert words(card(town)) != first
    town.commit_outside(LOW.path, released)
    look(town)
    assert "Moved back: summaries" in words(card(town))
    assert actions(card(town)) == []


def test_a_later_release_ends_it(town: Town) -> None:
    """What was set outside is replaced by what was approved since, and the card says so."""
    live(town, LOW, NEW)
    number = approved(town, LOW, "a short list", old=NEW)
    other = past_the_app(town)
    deploy(town, number)
    assert town.live_text(LOW.path) == other
    town.person("U0PAUL").click(town.card(number), "approve")
    town.settle()
    deploy(town, number)
    assert "a short list" in (town.live_text(LOW.path) or "")
    assert "A later release or rollback has moved" in words(card(town))


def test_a_target_that_does_not_answer_has_not_drifted(town: Town) -> None:
    """Nobody is alarmed about a repository that is away."""
    live(town, LOW, NEW)
    look(town)
    aside = town.repository.with_suffix(".aside")
    town.repository.rename(aside)
    look(town)
    aside.rename(town.repository)
    assert town.rows("drift") == []


def test_a_put_back_that_is_refused_says_so_and_can_be_clicked_again(town: Town) -> None:
    """The card keeps its button and has the target's words."""
    other = drifted(town)
    with lost(town, 1):
        town.person("U0RITA").click(card(town), "put_back")
        town.settle()
        assert town.live_text(LOW.path) == other
        assert "Not put back" in words(card(town))
        assert "put_back" in actions(card(town))
    town.person("U0RITA").click(card(town), "put_back")
    town.settle()
    assert NEW in (town.live_text(LOW.path) or "")


@pytest.mark.parametrize(("who", "why"), [("U0GRETA", "guest"), ("U0ODA", "another organisation")])
def test_nobody_from_outside_adopts_or_restores(town: Town, who: str, why: str) -> None:
    """A guest and somebody from a shared channel are told why, and nothing happens."""
    live(town, MEDIUM, "Offer to send the article.")
    other = past_the_app(town, "Offer nothing.", prompt=MEDIUM, old="Offer to send the article.")
    for action in ("adopt", "put_back"):
        town.person(who).click(card(town, MEDIUM), action)
        assert why in town.whispers(who)[-1]
    assert town.live_text(MEDIUM.path) == other
    assert drift(town).change_id is None


def test_the_trail_has_every_step(town: Town) -> None:
    """Found, adopted: each is one row."""
    drifted(town)
    town.person("U0RITA").click(card(town), "put_back")
    town.settle()
    with town.app.store.reading() as session:
        verbs = [each.verb for each in session.exec(select(AuditRow).order_by(col(AuditRow.id)))]
    assert [each for each in verbs if each.startswith("drift:")] == [
        "drift:found",
        "drift:put_back",
        "drift:restored",
    ]


def test_a_high_release_that_is_adopted_has_no_first_stage(town: Town) -> None:
    """Every client has it already; the two approvers and the test result are asked for all the same."""
    live(town, HIGH, "a refund of up to $60")
    past_the_app(town, "a refund of up to $70", prompt=HIGH, old="a refund of up to $60")
    mira = town.person("U0MIRA")
    assert mira.click(card(town, HIGH), "adopt").ok
    assert mira.submit(values={"kinds": ["system_prompt"]}).ok, mira.last_answer
    plan = {
        "rollback_plan": "Put the old text back and tell the agents.",
        "stop_conditions": "Any complaint.",
    }
    values = {**NOTE, **plan, "asked": ["U0BEN", "U0CHLOE"]}
    assert mira.submit(values=values).ok, (mira.last_answer, top(mira).blocks)
    town.settle()
    number = newest(town)
    with_result(town, number, people=True)
    formal(town, number)
    deploy(town, number)
    assert f"Live: PC-{number}" in words(town.message("live", change=number))
    assert direct(town, "U0MIRA")
