"""Deploying twice, and at the same moment, is one release and one commit."""

from collections.abc import Callable
from threading import Barrier, Thread

from sqlmodel import col, select

from storage.models import AuditRow
from tests.scenario.release.story import HIGH, LOW, approved, deploy, proposed, value_of
from tests.scenario.town import Town, top, words

NEW = "at most five bullet points"


def at_once(*acts: Callable[[], object]) -> None:
    """Let several people act at the same moment."""
    line = Barrier(len(acts))

    def act(what: Callable[[], object]) -> None:
        line.wait()
        what()

    threads = [Thread(target=act, args=(each,)) for each in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_second_click_on_deploy_does_nothing_and_says_so(town: Town) -> None:
    """The card that was clicked twice answers that it is released already."""
    number = approved(town, LOW, NEW)
    before, card = town.commits(), town.card(number)
    town.person("U0DEV").click(card, "deploy")
    town.person("U0DEV", hostile=True).click(card, "deploy")
    town.settle()
    town.person("U0PAUL", hostile=True).click(card, "deploy")
    town.settle()
    assert town.commits() == before + 1
    assert town.whispers("U0DEV") == ["PC-1 is already releasing."]
    assert town.whispers("U0PAUL") == ["PC-1 is already live."]


def test_two_deployers_at_once_make_one_release(town: Town) -> None:
    """Whoever comes second hears that it is under way; the branch gets one commit."""
    number = approved(town, LOW, NEW)
    before, card = town.commits(), town.card(number)
    people = [town.person(each, hostile=True) for each in ("U0DEV", "U0PAUL", "U0MIRA")]
    at_once(*(lambda who=who: who.click(card, "deploy") for who in people))
    town.settle()
    assert all(each.last_answer.ok for each in people)
    assert town.commits() == before + 1
    assert len(town.messages("live")) == 1
    assert len([each for who in ("U0DEV", "U0PAUL", "U0MIRA") for each in town.whispers(who)]) == 2


def test_another_change_of_the_workflow_waits_while_one_is_releasing(town: Town) -> None:
    """The refusal names the release that is under way."""
    first = approved(town, HIGH, "a refund of up to $100")
    second = approved(town, HIGH, "a refund of up to $20")
    deploy(town, first)
    deploy(town, second, by="U0RITA")
    assert "PC-1 is being released on refunds." in town.whispers("U0RITA")[-1]
    assert "up to $100" in (town.live_text(HIGH.path, "production-canary") or "")
    town.person("U0RITA").click(town.message("live"), "stop_release")
    town.settle()
    deploy(town, second, by="U0RITA")
    assert "up to $20" in (town.live_text(HIGH.path, "production-canary") or "")


def test_rolling_back_at_once_moves_the_pointer_once_and_tells_everyone_once(town: Town) -> None:
    """Three people click Roll back in the same second."""
    old = town.live_text(LOW.path)
    deploy(town, approved(town, LOW, NEW))
    before, card = town.commits(), town.message("live")
    assert value_of(card, "roll_back") == "1"
    people = [town.person(each, hostile=True) for each in ("U0RITA", "U0OMAR", "U0ANA")]
    at_once(*(lambda who=who: who.click(card, "roll_back") for who in people))
    town.settle()
    assert town.live_text(LOW.path) == old
    assert town.commits() == before + 1
    assert len(town.messages("rollback")) == 1
    assert len(town.messages("rollback_notice", to="U0SARA")) == 1
    assert "Rolled back" in words(town.message("rollback"))


def test_a_reason_that_is_sent_twice_is_given_once(town: Town) -> None:
    """Whoever saw no answer sends the form again; the record has one reason, until another is given."""
    deploy(town, approved(town, LOW, NEW))
    town.person("U0RITA").click(town.message("live"), "roll_back")
    town.settle()
    rita = town.person("U0RITA", hostile=True)
    rita.click(town.message("rollback"), "add_reason")
    form = top(rita)
    for reason in ("Two summaries lost a number.", "Two summaries lost a number.", "It was three."):
        assert rita.submit(form, values={"reason": reason}).ok
    given = [each.data["reason"] for each in trail(town) if each.verb == "rollback:reason"]
    assert given == ["Two summaries lost a number.", "It was three."]


def test_a_result_that_is_sent_twice_is_recorded_once(town: Town) -> None:
    """The second sending says that it is recorded already; another result of the suite is a new one."""
    number = proposed(town, HIGH, "a refund of up to $100")
    chloe, run = town.person("U0CHLOE"), {"suite": "golden", "total": "60", "newly_failing": "0"}
    for passed in ("60", "60", "59", "60"):
        chloe.click(town.card(number), "record_result")
        assert chloe.submit(values={**run, "passed": passed}).ok
    recorded = [each.data["passed"] for each in trail(town) if each.verb == "evidence:attest"]
    assert recorded == [60, 59, 60]
    town.settle()
    assert len([each for each in town.messages("thread") if "recorded a result" in words(each)]) == 3


def trail(town: Town) -> list[AuditRow]:
    """The audit rows, oldest first."""
    with town.app.store.reading() as session:
        return list(session.exec(select(AuditRow).order_by(col(AuditRow.id))))
