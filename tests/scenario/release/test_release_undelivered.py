"""What Slack will never take is kept, shown, and blocks nothing; what it takes later is told later."""

from sqlmodel import select

from bot.sandbox.faults import Fault
from storage.models import Message, MessageState
from tests.scenario.release.story import LOW, direct, hearing, live, roll_back
from tests.scenario.town import Town, words

NEW = "at most five bullet points"


def waiting(town: Town) -> list[Message]:
    """The rows of messages that have not left."""
    with town.app.store.reading() as session:
        return list(session.exec(select(Message).where(Message.state == MessageState.PENDING)))


def test_the_owner_of_a_workflow_learns_who_was_not_told_and_why(town: Town) -> None:
    """The channel is archived: the owner is told, once of the change and once of its rollback."""
    live(town, LOW, NEW)
    card = town.card()
    town.workspace.archive(card.channel)
    town.may_park |= {card.channel}
    town.may_fail |= {"chat.postMessage", "chat.update"}
    roll_back(town, 1)
    told = hearing(town, "U0ANA", "Undelivered:")
    assert len(told) == 2
    for each in told:
        assert f"a message to <#{card.channel}> about a change on summaries" in words(each)
        assert "The channel is archived." in words(each)
    assert hearing(town, "U0SARA", "Rolled back: PC-1")
    assert waiting(town) == []


def test_a_rollback_while_slack_is_away_is_told_when_it_is_back(town: Town) -> None:
    """The click counts at once, its target is moved, and nobody hears of it twice or never."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    before = {who: len(direct(town, who)) for who in ("U0SARA", "U0MIRA")}
    town.may_fail |= {"chat.postMessage", "chat.update", "conversations.open", "conversations.history"}
    town.may_fail |= {"views.open"}
    town.workspace.faults.weather = lambda _: Fault(status=503)
    roll_back(town, 1)
    assert town.live_text(LOW.path) == old
    assert {who: len(direct(town, who)) for who in before} == before
    for _ in range(20):
        town.moment.pass_by(minutes=1)
        town.settle()
    assert waiting(town)
    town.workspace.faults.weather = None
    for _ in range(3):
        town.moment.pass_by(minutes=1)
        town.settle()
    assert waiting(town) == []
    assert len(hearing(town, "U0SARA", "Rolled back: PC-1")) == 1
    assert "Rolled back: PC-1" in words(town.message("rollback"))
