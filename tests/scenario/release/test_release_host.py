"""Slack is away, or nobody has a client at hand: a rollback from the host needs neither."""

from collections import Counter
from datetime import timedelta

from sqlmodel import select

from storage.models import Move, PolicyVersion, Purpose
from tests.scenario.release.story import LOW, hearing, live, on_the_host
from tests.scenario.town import Town, words

NEW = "at most five bullet points"
HEAD = "Rolled back: PC-1"


def test_a_rollback_from_the_host_moves_at_once_and_is_told_once_slack_is_back(town: Town) -> None:
    """Exit 0 and the old file while Slack answers nobody; afterwards each message arrives once."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    town.workspace.faults.away = True
    town.may_fail |= {call.method for call in town.workspace.calls} | {"conversations.history"}
    code, said = on_the_host(town, "rollback", "R-1", "--as", "Rita@example.com", "--reason", "Wrong orders.")
    assert (code, town.live_text(LOW.path)) == (0, old), said
    assert "the pointer was read back" in said
    town.settle()
    assert not hearing(town, "U0SARA", HEAD)
    town.workspace.faults.clear()
    for _ in range(3):
        town.moment.pass_by(minutes=6)
        town.settle()
    people = ("U0MIRA", "U0PAUL", "U0DEV", "U0ANA", "U0SARA")
    assert {who: len(hearing(town, who, HEAD)) for who in people} == dict.fromkeys(people, 1)
    assert "Wrong orders." in words(town.message("rollback"))
    assert HEAD in words(town.message("live"))
    posted = Counter(
        str(call.args.get("metadata")) for call in town.workspace.calls_of("chat.postMessage") if call.ok
    )
    assert max(posted.values()) == 1


def test_what_was_typed_wrong_is_one_clear_line_and_exit_2(town: Town) -> None:
    """No right, no such person, no such release, no such version: nothing moves."""
    live(town, LOW, NEW)
    text, before = town.live_text(LOW.path), town.commits()
    refused = {
        ("R-1", "--as", "ben@example.com"): "not on the list of people who may roll back",
        ("R-1", "--as", "nobody@example.com"): "Nobody with the address nobody@example.com is known here.",
        ("R-7", "--as", "rita@example.com"): "There is no release R-7.",
        ("PC-7", "--as", "rita@example.com"): "There is no release PC-7.",
        ("R-1", "--as", "rita@example.com", "--to", "abc"): "not among the last five that were live",
    }
    for typed, line in refused.items():
        code, said = on_the_host(town, "rollback", *typed)
        assert (code, len(said.splitlines())) == (2, 1), said
        assert line in said
    assert (town.live_text(LOW.path), town.commits()) == (text, before)


def test_a_second_time_says_that_it_was_done_before(town: Town) -> None:
    """By the name of the change as well; it claims nothing that it did not do."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    assert on_the_host(town, "rollback", "PC-1", "--as", "rita@example.com")[0] == 0
    before = town.commits()
    assert on_the_host(town, "rollback", "R-1", "--as", "rita@example.com") == (
        0,
        "PC-1 was rolled back already.",
    )
    assert (town.live_text(LOW.path), town.commits()) == (old, before)
    town.settle()
    assert len(hearing(town, "U0SARA", HEAD)) == 1


def test_a_target_that_is_away_is_said_and_the_app_goes_on(town: Town) -> None:
    """Exit 2 and the cause; the running app puts it back later."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    aside = town.repository.with_suffix(".aside")
    town.repository.rename(aside)
    code, said = on_the_host(town, "rollback", "R-1", "--as", "rita@example.com")
    aside.rename(town.repository)
    assert code == 2
    assert "Not done yet: " in said
    assert "The running app keeps trying." in said
    town.moment.pass_by(minutes=2)
    town.settle()
    assert town.live_text(LOW.path) == old
    assert HEAD in words(town.message("rollback"))


def test_a_command_waits_for_the_move_that_the_app_has_taken_up(town: Town) -> None:
    """Somebody clicked, and the app is at it: the command says done once it is, whoever made the move."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    town.person("U0RITA").click(town.message("live"), "roll_back")
    with town.app.store.transaction() as session:
        move = session.exec(select(Move).where(Move.purpose == Purpose.ROLL_BACK)).one()
        move.lease_until = town.moment() + timedelta(seconds=4)
    code, said = on_the_host(town, "rollback", "R-1", "--as", "omar@example.com")
    assert (code, town.live_text(LOW.path)) == (0, old), said
    assert "PC-1 is being rolled back already." in said
    assert "Done: the pointer was read back." in said
    town.settle()
    assert len(hearing(town, "U0SARA", HEAD)) == 1


def test_an_unreadable_policy_does_not_stop_a_rollback(town: Town) -> None:
    """The rows alone say who holds the right and who is told."""
    old = town.live_text(LOW.path)
    live(town, LOW, NEW)
    card = town.message("live")
    broken(town)
    town.person("U0RITA").click(card, "roll_back")
    town.settle()
    assert town.live_text(LOW.path) == old
    assert hearing(town, "U0SARA", HEAD)
    # Review cards show what the policy says, so they stay as they were until it can be read again.
    assert {each["event"] for each in town.faults} == {"message not handled"}
    town.faults.clear()


def broken(town: Town) -> None:
    """A later version of the app can no longer read the policy that is in force."""
    with town.app.store.transaction() as session:
        for version in session.exec(select(PolicyVersion)):
            version.text = "workflows: [no, longer, valid]\n"
