"""One click back: the file is the old one, everyone who must know hears it once, and the card counts."""

import pytest

from bot.sandbox.records import Message
from tests.scenario.release.story import MEDIUM, direct, hearing, live, roll_back, value_of
from tests.scenario.town import Town, actions, words

NEW = "Offer to send two articles again."
HEAD = "Rolled back: PC-1"
TOLD = ("U0MIRA", "U0BEN", "U0DEV", "U0ANA", "U0SARA", "U0SIMON", "U0GRETA")


@pytest.fixture
def old(town: Town) -> str:
    """A medium change is live, and a guest is on the list of the informed; the text before it."""
    town.change_policy(lambda data: data["workflows"][MEDIUM.workflow]["inform"].append("U0GRETA"))
    before = town.live_text(MEDIUM.path)
    live(town, MEDIUM, NEW)
    return before or ""


def seen(town: Town) -> str:
    """How the card counts."""
    found = words(town.message("rollback"))
    return found[found.index("Seen by") :].split("*")[0].split("\n")[0]


def test_saying_no_in_the_dialog_rolls_nothing_back(town: Town, old: str) -> None:
    """Slack asks first; Cancel sends nothing."""
    town.person("U0RITA").click(town.message("live"), "roll_back", confirm=False)
    town.settle()
    assert town.live_text(MEDIUM.path) != old
    assert town.messages("rollback") == []


def test_one_click_puts_the_old_file_back_and_tells_everyone_once(town: Town, old: str) -> None:
    """One commit, one message a channel, one direct message a person, and none to whoever clicked."""
    before = town.commits()
    roll_back(town, 1)
    assert town.live_text(MEDIUM.path) == old
    assert town.commits() == before + 1
    assert len(town.messages("rollback")) == 1
    assert len(town.messages("rollback_channel")) == 1
    assert "is back on" in words(town.message("rollback_channel", to="C0SUPPORT"))
    assert {who: len(hearing(town, who, HEAD)) for who in TOLD} == dict.fromkeys(TOLD, 1)
    assert not hearing(town, "U0RITA", HEAD)
    assert "*Rolled back*" in words(town.message("live"))
    assert actions(town.message("live")) == []
    assert seen(town) == "Seen by 0 of 6"


def test_a_second_click_does_nothing(town: Town, old: str) -> None:
    """Neither does one on a card from before; the answer says that it was rolled back already."""
    card = town.message("live")
    roll_back(town, 1)
    before = town.commits()
    town.person("U0OMAR", hostile=True).click(card, "roll_back")
    assert "PC-1 was rolled back already." in town.whispers("U0OMAR")
    assert town.commits() == before
    assert town.live_text(MEDIUM.path) == old
    assert len(town.messages("rollback")) == 1


@pytest.mark.usefixtures("old")
def test_whoever_lacks_the_right_is_refused_in_private_with_the_names_of_those_who_hold_it(
    town: Town,
) -> None:
    """The submitter may not roll back this workflow."""
    roll_back(town, 1, by="U0MIRA")
    assert town.messages("rollback") == []
    said = town.whispers("U0MIRA")[-1]
    assert "not on the list of people who may roll back" in said
    assert "Who can: " in said
    assert "ana" in said.lower()


@pytest.mark.usefixtures("old")
def test_each_confirmation_counts_and_a_group_owes_one(town: Town) -> None:
    """A person confirms for themselves, a member for the group, a guest as well; again is harmless."""
    roll_back(town, 1)
    for who in ("U0BEN", "U0GRETA", "U0GRETA"):
        town.person(who, hostile=True).click(
            town.messages("rollback_notice", to=who)[-1], "acknowledge", value="1"
        )
        town.settle()
    assert seen(town) == "Seen by 2 of 6"
    town.person("U0SIMON").click(notice(town, "U0SIMON"), "acknowledge")
    town.settle()
    assert seen(town) == "Seen by 3 of 6"
    assert "@support-leads (by Simon" in words(town.message("rollback")) or "by simon" in words(
        town.message("rollback")
    )
    assert actions(notice(town, "U0SARA")) == []
    assert actions(notice(town, "U0SIMON")) == []
    assert "acknowledge" in actions(notice(town, "U0MIRA"))


def notice(town: Town, who: str) -> Message:
    """What a person was told of the rollback."""
    return town.message("rollback_notice", to=who)


@pytest.mark.usefixtures("old")
def test_somebody_who_was_not_asked_is_told_so(town: Town) -> None:
    """A click of a bystander counts for nobody."""
    roll_back(town, 1)
    town.person("U0PAUL", hostile=True).click(town.message("rollback"), "acknowledge", value="1")
    assert "Nobody asked you to confirm this rollback." in town.whispers("U0PAUL")[-1]
    town.person("U0ODA", hostile=True).click(town.message("rollback"), "acknowledge", value="1")
    assert "another organisation" in town.whispers("U0ODA")[-1]
    assert seen(town) == "Seen by 0 of 6"


@pytest.mark.usefixtures("old")
def test_whoever_rolled_back_needs_not_confirm(town: Town) -> None:
    """The workflow's owner clicks: she owes nothing, and nobody sends her the news."""
    roll_back(town, 1, by="U0ANA")
    assert seen(town) == "Seen by 1 of 6"
    assert town.messages("rollback_notice", to="U0ANA") == []
    assert not hearing(town, "U0ANA", HEAD)


@pytest.mark.usefixtures("old")
def test_the_reason_is_given_afterwards_and_every_message_shows_it(town: Town) -> None:
    """Whoever rolled back, or may, says why; a bystander may not."""
    why = "Two customers got the article three times."
    roll_back(town, 1)
    assert town.person("U0RITA").view() is None
    paul = town.person("U0PAUL")
    paul.click(town.message("rollback"), "add_reason")
    assert paul.view() is None
    assert "not on the list of people who may roll back" in town.whispers("U0PAUL")[-1]
    rita = town.person("U0RITA")
    rita.click(town.message("rollback"), "add_reason")
    assert not rita.submit(values={"reason": "   "}).ok
    assert rita.submit(values={"reason": why}).ok
    town.settle()
    shown = (town.message("rollback"), town.message("rollback_channel"), notice(town, "U0MIRA"))
    assert all(why in words(each) for each in shown)
    assert "add_reason" not in actions(town.message("rollback"))
    assert len(hearing(town, "U0MIRA", HEAD)) == 1


@pytest.mark.usefixtures("old")
def test_every_member_of_a_group_is_asked_where_the_policy_says_so(town: Town) -> None:
    """With ``acknowledgement_from_groups: all`` each of the support leads owes a confirmation."""
    town.change_policy(
        lambda data: data.setdefault("lanes", {}).update({"medium": {"acknowledgement_from_groups": "all"}})
    )
    roll_back(town, 1)
    assert seen(town) == "Seen by 0 of 7"
    town.person("U0SIMON").click(notice(town, "U0SIMON"), "acknowledge")
    town.settle()
    assert seen(town) == "Seen by 1 of 7"
    assert "acknowledge" in actions(notice(town, "U0SARA"))


@pytest.mark.usefixtures("old")
def test_a_person_with_several_roles_hears_it_once(town: Town) -> None:
    """The deployer is also informed by name and through a group; one message, one confirmation."""
    inform = ["C0SUPPORT", "S0SUPPORTLEADS", "U0DEV", "dev@example.com", "S0PEERS"]
    town.change_policy(lambda data: data["workflows"][MEDIUM.workflow].update(inform=inform))
    roll_back(town, 1)
    assert len(hearing(town, "U0DEV", HEAD)) == 1
    before = seen(town)
    town.person("U0DEV").click(notice(town, "U0DEV"), "acknowledge")
    town.settle()
    assert before.startswith("Seen by 0 of")
    assert seen(town).startswith("Seen by 2 of"), "for himself, and for the peers of whom he is one"


@pytest.mark.usefixtures("old")
def test_somebody_who_has_left_is_neither_told_nor_waited_for(town: Town) -> None:
    """A deactivated informed person would never confirm, and Slack would not take the message."""
    inform = ["C0SUPPORT", "U0GIL", "U0SARA"]
    town.change_policy(lambda data: data["workflows"][MEDIUM.workflow].update(inform=inform))
    roll_back(town, 1)
    assert town.messages("rollback_notice", to="U0GIL") == []
    assert seen(town) == "Seen by 0 of 5"
    assert value_of(notice(town, "U0SARA"), "acknowledge") == "1"
    assert direct(town, "U0SARA")


@pytest.mark.usefixtures("old")
def test_a_group_of_which_one_member_rolled_back_knows(town: Town) -> None:
    """The on-call engineers are informed; one of them clicked, and the others still get the news."""
    inform = ["C0SUPPORT", "S0ONCALL"]
    town.change_policy(lambda data: data["workflows"][MEDIUM.workflow].update(inform=inform))
    roll_back(town, 1, by="U0RITA")
    assert seen(town) == "Seen by 1 of 5"
    assert len(hearing(town, "U0OMAR", HEAD)) == 1
    assert actions(notice(town, "U0OMAR")) == []


@pytest.mark.usefixtures("old")
def test_an_address_that_nobody_had_so_far_is_looked_up_and_told(town: Town) -> None:
    """Somebody joined after the policy was read; their own address is what they confirm for."""
    town.may_fail.add("users.lookupByEmail")
    inform = ["C0SUPPORT", "nora@example.com"]
    town.change_policy(lambda data: data["workflows"][MEDIUM.workflow].update(inform=inform))
    town.workspace.events.hold()
    town.workspace.add_user("U0NORA", "Nora Lund", email="nora@example.com")
    roll_back(town, 1)
    assert len(hearing(town, "U0NORA", HEAD)) == 1
    town.person("U0NORA").click(hearing(town, "U0NORA", HEAD)[0], "acknowledge")
    town.settle()
    assert seen(town) == "Seen by 1 of 5"
    assert actions(hearing(town, "U0NORA", HEAD)[0]) == []


def test_the_age_of_a_release_and_of_the_group_rows_does_not_matter(town: Town, old: str) -> None:
    """Weeks later, with Slack's groups not read since, the on-call engineer still can."""
    town.moment.pass_by(days=40)
    roll_back(town, 1, by="U0OMAR")
    assert town.live_text(MEDIUM.path) == old


def test_a_workflow_that_left_the_policy_can_still_be_rolled_back(town: Town, old: str) -> None:
    """Its release is out there; those who could reverse it still can, and the informed still hear of it."""
    card = town.message("live")
    town.change_policy(lambda data: data["workflows"].pop(MEDIUM.workflow))
    town.person("U0BEN").click(card, "roll_back")
    assert "not on the list of people who may roll back" in town.whispers("U0BEN")[-1]
    town.person("U0RITA").click(card, "roll_back")
    town.settle()
    assert town.live_text(MEDIUM.path) == old
    assert [len(hearing(town, who, HEAD)) for who in ("U0SARA", "U0GRETA", "U0RITA")] == [1, 1, 1]
    town.person("U0DEV", hostile=True).click(card, "restore", value="1")
    assert "support-answers is no longer in the policy." in town.whispers("U0DEV")[-1]
