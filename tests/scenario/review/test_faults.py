"""What nobody foresaw: the person sees an id, the log explains it, and nothing is half written."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from tests.scenario.review.hand import CHECKED, high, medium
from tests.scenario.town import Town, running_town, top, words


@contextmanager
def without(town: Town, table: str) -> Iterator[None]:
    """For a while the database lacks a table, as after a migration that went wrong."""
    _rename(town, table, f"{table}_away")
    yield
    _rename(town, f"{table}_away", table)


def _rename(town: Town, old: str, new: str) -> None:
    with town.app.store.transaction() as session:
        session.connection().execute(text(f'ALTER TABLE "{old}" RENAME TO "{new}"'))


def fault_of(town: Town) -> str:
    """The id that the log has; takes what was logged out, since this story foresaw it."""
    found = [str(each["fault"]) for each in town.faults if "fault" in each]
    town.faults.clear()
    assert len(found) == 1, found
    return found[0]


def test_a_click_that_fails_shows_an_id_and_decides_nothing(town: Town) -> None:
    """Slack hears of an error, Ben reads the id in the channel, and once it is mended his click counts."""
    medium(town)
    before = words(town.card())
    ben = town.person("U0BEN")
    with without(town, "auditrow"):
        assert not ben.click(town.card(), "approve").ok
        fault = fault_of(town)
        assert fault in words(ben.ephemerals("C0ANSWERS")[-1])
    town.settle()
    assert words(town.card()) == before
    assert ben.click(town.card(), "approve").ok
    town.settle()
    assert "Approvals: 1 of 1" in words(town.card())


def test_a_form_that_fails_stays_open_with_the_id_and_everything_typed(town: Town) -> None:
    """The statement is still there, and sending it again is all that is needed."""
    high(town)
    ben = town.person("U0BEN")
    ben.click(town.card(), "approve")
    with without(town, "auditrow"):
        answer = ben.submit(values={"statement": CHECKED})
        assert fault_of(town) in str(answer.errors)
    assert CHECKED in str(top(ben).typed)
    assert ben.submit().ok
    town.settle()
    assert "Approvals: 1 of 2" in words(town.card())


def test_a_proposal_that_fails_leaves_no_card_and_no_half_change(town: Town) -> None:
    """The note's form stays; sent again, there is one change and one card."""
    mira = town.first_step("U0MIRA", "summaries", replace=("one paragraph", "five bullets"))
    assert mira.last_answer.ok
    with without(town, "auditrow"):
        town.second_step(mira, {})
        assert fault_of(town) in str(mira.last_answer.errors)
    assert not town.messages("review")
    assert mira.submit().ok
    town.settle()
    assert len(town.messages("review")) == 1


def test_a_command_that_fails_is_answered_with_the_id(town: Town) -> None:
    """Never with silence."""
    sara = town.person("U0SARA")
    with without(town, "change"):
        assert sara.command("/prompt-change list").ok
    assert fault_of(town) in words(sara.ephemerals(sara.direct_channel().id)[-1])


def test_a_menu_that_fails_is_answered_with_the_id_in_a_direct_message_too(town: Town) -> None:
    """From the card of an asked approver, which stands in their direct messages."""
    medium(town)
    ben = town.person("U0BEN")
    ask = town.message("ask", to="U0BEN")
    with without(town, "auditrow"):
        ben.click(ask, "approve")
    assert fault_of(town) in " ".join(words(each) for each in ben.direct_messages())


def test_a_slack_that_is_slow_is_not_waited_for_longer_than_a_click_may_take(tmp_path: Path) -> None:
    """Whoever is not known yet is told to come again, while Slack still listens for the answer."""
    with running_town(tmp_path, click_seconds=1) as town:
        town.workspace.add_user("U0NEW", "Nell Newcomer")
        town.workspace.faults.fail_next("users.info", delay=3)
        nell = town.person("U0NEW")
        nell.command("/prompt-change list")
        assert "does not know you yet" in words(nell.ephemerals(nell.direct_channel().id)[-1])
