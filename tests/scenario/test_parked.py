"""What Slack would not take is shown on the host, and tried again when somebody says so."""

from collections.abc import Sequence

import pytest
from pydantic import SecretStr
from sqlmodel import select

from bot.commands_outbox import retry_parked, show_parked
from bot.settings import Settings, read_settings
from storage.models import AuditRow, Message, MessageState
from tests.scenario.release.story import LOW, approve, on_the_host, proposed
from tests.scenario.town import Town, words

CHANNEL = "C0TOOLS"


def _settings(town: Town) -> Settings:
    return read_settings(database_url=SecretStr(town.database))


def _parked(town: Town) -> list[Message]:
    with town.app.store.reading() as session:
        return list(session.exec(select(Message).where(Message.state == MessageState.PARKED)))


@pytest.fixture
def archived(town: Town) -> Town:
    """A change whose card found the channel archived; the channel is open again by now."""
    town.may_park |= {CHANNEL}
    town.may_fail |= {"chat.postMessage"}
    town.workspace.faults.fail_next("chat.postMessage", "is_archived")
    proposed(town, LOW, "five bullet points")
    assert [each.kind for each in _parked(town)] == ["review"]
    return town


def _retry(town: Town, numbers: Sequence[int | None], *, everything: bool = False) -> int:
    chosen = [each for each in numbers if each is not None]
    return retry_parked(_settings(town), chosen, "Ana@example.com", everything=everything)


def test_what_is_parked_is_listed_with_its_cause(archived: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Its number, for whom, of which change, and why, one line each."""
    (card,) = _parked(archived)
    assert show_parked(_settings(archived)) == 0
    line = capsys.readouterr().out.splitlines()[0]
    for part in (str(card.id), CHANNEL, "PC-1", "review", "The channel is archived."):
        assert part in line


@pytest.mark.parametrize("everything", [False, True])
def test_a_parked_message_is_posted_once_somebody_says_so(archived: Town, *, everything: bool) -> None:
    """By its number or with all the others; who said so is in the trail, and it is posted once."""
    (card,) = _parked(archived)
    assert _retry(archived, [] if everything else [card.id], everything=everything) == 0
    archived.settle()
    assert not _parked(archived)
    assert "five bullet points" in words(archived.card())
    with archived.app.store.reading() as session:
        (row,) = session.exec(select(AuditRow).where(AuditRow.verb == "outbox:retry")).all()
    assert (row.actor, row.subject, row.data["key"]) == ("U0ANA", f"message {card.id}", "review:1")


def test_what_is_tried_in_vain_is_parked_again(archived: Town) -> None:
    """Nothing is dropped, and nothing is tried for ever."""
    (card,) = _parked(archived)
    archived.workspace.faults.fail_next("chat.postMessage", "is_archived")
    assert _retry(archived, [card.id]) == 0
    archived.settle()
    assert [each.id for each in _parked(archived)] == [card.id]


def test_a_card_that_could_not_be_redrawn_is_brought_up_to_date(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """It stands in the channel with buttons of yesterday; afterwards it shows how the change stands."""
    town.may_park |= {CHANNEL}
    town.may_fail |= {"chat.update"}
    number = proposed(town, LOW, "five bullet points")
    town.workspace.faults.fail_next("chat.update", "cant_update_message")
    approve(town, LOW, number)
    assert [each.kind for each in _parked(town)] == ["review"]
    assert show_parked(_settings(town)) == 0
    assert "no longer brought up to date" in capsys.readouterr().out
    assert _retry(town, [], everything=True) == 0
    town.settle()
    assert not _parked(town)
    assert "Approved" in words(town.card(number))


def test_what_was_typed_wrong_tries_nothing(archived: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """No number, both a number and all, a number that is not parked, an address that nobody has."""
    (card,) = _parked(archived)
    settings = _settings(archived)
    refused = [
        retry_parked(settings, [], "ana@example.com", everything=False),
        retry_parked(settings, [card.id or 0], "ana@example.com", everything=True),
        retry_parked(settings, [card.id or 0, 999], "ana@example.com", everything=False),
        retry_parked(settings, [card.id or 0], "nobody@example.com", everything=False),
    ]
    assert refused == [2, 2, 2, 2]
    assert len(capsys.readouterr().err.splitlines()) == 4
    assert [each.id for each in _parked(archived)] == [card.id]


def test_the_command_is_there(archived: Town) -> None:
    """As a process of its own: it lists without a word more, and its help names retry."""
    code, said = on_the_host(archived, "outbox")
    assert (code, "1 message parked." in said) == (0, True), said
