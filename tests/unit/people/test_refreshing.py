"""Rows of groups and accounts follow Slack, by asking and by events, and each event has one effect."""

from typing import Any

import pytest
from office import HERE, Office, members_event

from bot.people import DEACTIVATED

GROUP = "S0PEERS"


def with_group(office: Office, *members: str) -> None:
    """A user group that the policy names."""
    office.slack.add_group(GROUP, "peers", "Peers", members)
    office.grant(GROUP)


def test_members_of_named_groups_become_rows_with_their_accounts(office: Office) -> None:
    """A refresh reads each group that the policy names, its handle, and members who are new to us."""
    with_group(office, "U0ANA", "U0GUEST")
    office.slack.add_group("S0OTHER", "other", "Other", ["U0BEN"])
    changed = office.people.refresh_groups()
    assert office.members(GROUP) == ["U0ANA", "U0GUEST"]
    assert (office.group(GROUP).handle, office.group(GROUP).refreshed_at) == ("peers", office.time)
    assert changed == {"U0ANA", "U0GUEST"}
    assert office.told == [changed]
    assert (office.account("U0ANA") is not None, office.account("U0BEN")) == (True, None)


def test_a_group_is_read_again_after_ten_minutes(office: Office) -> None:
    """Not before, however often it is asked for; then whoever left is gone."""
    with_group(office, "U0ANA", "U0BEN")
    office.people.refresh_groups()
    office.slack.set_group_members(GROUP, ["U0BEN"])
    office.forward(minutes=9)
    assert office.people.refresh_groups() == set()
    assert office.members(GROUP) == ["U0ANA", "U0BEN"]
    office.forward(minutes=1)
    assert office.people.refresh_groups() == {"U0ANA"}
    assert office.members(GROUP) == ["U0BEN"]


def test_a_group_that_was_not_read_does_not_look_fresh(office: Office) -> None:
    """With Slack away the rows and their time stay as they were, and the next refresh catches up."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    read = office.group(GROUP).refreshed_at
    office.forward(minutes=11)
    office.slack.faults.away = True
    assert office.people.refresh_groups() == set()
    assert (office.members(GROUP), office.group(GROUP).refreshed_at) == (["U0ANA"], read)
    office.slack.faults.away = False
    office.people.refresh_groups()
    assert office.group(GROUP).refreshed_at == office.time


@pytest.mark.parametrize("how", ["unknown", "disabled"])
def test_a_group_that_is_gone_has_no_members(office: Office, how: str) -> None:
    """A group that Slack does not know, or that is switched off, gives nobody a right."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    if how == "disabled":
        office.slack.disable_group(GROUP)
    else:
        office.slack.faults.fail_next("usergroups.users.list", "no_such_subteam")
    office.forward(minutes=10)
    office.people.refresh_groups()
    assert office.members(GROUP) == []


def test_many_new_members_are_read_in_one_list(office: Office) -> None:
    """A large group does not cost one call a member."""
    everybody = [f"U0N{number:03}" for number in range(30)]
    for slack_id in everybody:
        office.slack.add_user(slack_id, f"Person {slack_id}", email=f"{slack_id.lower()}@example.com")
    with_group(office, *everybody)
    office.people.refresh_groups()
    assert all(office.account(slack_id) for slack_id in everybody)
    assert office.calls("users.info") == 0
    assert office.account("U0BEN") is None


def test_named_people_are_known_and_addresses_are_found(office: Office) -> None:
    """A refresh of accounts reads who is named by id and finds who is named by address."""
    office.grant("U0BEN", "ana@example.com", "nobody@example.com", "C0CHANNEL")
    office.people.refresh_accounts()
    assert office.known("U0BEN").email == "ben@example.com"
    assert office.pins() == {"ana@example.com": "U0ANA"}


def test_an_address_that_nobody_has_is_asked_for_once_an_hour(office: Office) -> None:
    """A misspelled address does not use up the calls, and one that comes to exist is found."""
    office.grant("late@example.com")
    office.people.refresh_accounts()
    office.people.refresh_accounts()
    assert office.calls("users.lookupByEmail") == 1
    office.slack.add_user("U0LATE", "Late Comer", email="late@example.com")
    office.forward(hours=1)
    office.people.refresh_accounts()
    assert office.pins() == {"late@example.com": "U0LATE"}


@pytest.mark.parametrize("email", ["gone@example.com", "nobody@example.com"])
def test_no_address_leads_to_the_deactivated(office: Office, email: str) -> None:
    """An address is not pinned to an account that holds no rights."""
    assert office.people.find(email) is None
    assert office.pins() == {}


def test_a_deactivation_that_no_event_told_is_found_within_a_day(office: Office) -> None:
    """Accounts are read again once a day, and whoever is gone is told of."""
    office.grant("U0BEN")
    office.people.refresh_accounts()
    office.slack.deactivate_user("U0BEN")
    office.forward(hours=23)
    assert office.people.refresh_accounts() == set()
    office.forward(hours=1)
    assert office.people.refresh_accounts() == {"U0BEN"}
    assert office.people.actor("U0BEN", HERE) == DEACTIVATED


def test_a_deactivation_counts_as_soon_as_slack_tells_of_it(office: Office) -> None:
    """The event takes the account's rights, tells whose, and a second delivery does nothing."""
    office.people.actor("U0BEN", HERE)
    office.slack.deactivate_user("U0BEN")
    event = office.user_event("U0BEN")
    assert office.people.on_user_change(event, "Ev1") == {"U0BEN"}
    assert office.people.on_user_change(event, "Ev1") == set()
    assert office.told == [{"U0BEN"}]
    assert office.people.actor("U0BEN", HERE) == DEACTIVATED
    assert office.known("U0BEN").email == "ben@example.com"


def test_a_late_delivery_of_an_event_does_not_undo_a_newer_one(office: Office) -> None:
    """An event that was delivered before has no second effect, whatever has happened since."""
    office.people.actor("U0BEN", HERE)
    before = office.user_event("U0BEN", is_restricted=True)
    office.people.on_user_change(before, "Ev1")
    office.people.on_user_change(office.user_event("U0BEN"), "Ev2")
    assert office.people.on_user_change(before, "Ev1") == set()
    assert office.known("U0BEN").kind == "member"


def test_an_event_that_matters_is_checked_at_the_next_refresh(office: Office) -> None:
    """Events overtake each other, so Slack is asked again what holds now."""
    office.grant("U0BEN")
    office.people.refresh_accounts()
    office.people.on_user_change(office.user_event("U0BEN", deleted=True), "Ev1")
    assert not office.known("U0BEN").active
    office.people.refresh_accounts()
    assert office.known("U0BEN").active


def test_a_change_of_name_alters_no_right(office: Office) -> None:
    """A new name is kept, and nobody's changes are looked at again for it."""
    office.people.actor("U0BEN", HERE)
    event = office.user_event("U0BEN")
    event["user"]["profile"]["display_name"] = "benny"
    assert office.people.on_user_change(event, "Ev1") == set()
    assert office.known("U0BEN").name == "benny"


def test_people_we_have_nothing_to_do_with_are_not_kept(office: Office) -> None:
    """An event about somebody whom the policy does not name leaves no row; a newcomer it names is pinned."""
    office.grant("gil@partner.example")
    office.people.on_team_join(office.user_event("U0BEN"), "Ev1")
    office.people.on_team_join(office.user_event("U0GUEST"), "Ev2")
    assert office.account("U0BEN") is None
    assert office.pins() == {"gil@partner.example": "U0GUEST"}


def test_a_group_event_replaces_the_members(office: Office) -> None:
    """The whole list in subteam_updated counts at once, and the group is read again soon."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    office.slack.set_group_members(GROUP, ["U0BEN"])
    event = office.group_event(GROUP)
    assert office.people.on_subteam_updated(event, "Ev1") == {"U0ANA", "U0BEN"}
    assert office.members(GROUP) == ["U0BEN"]
    assert office.people.on_subteam_updated(event, "Ev1") == set()
    office.people.refresh_groups()
    assert office.account("U0BEN") is not None
    assert office.group(GROUP).refreshed_at == office.time


def test_a_group_switched_off_has_no_members_at_once(office: Office) -> None:
    """The event of a disabled group empties it."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    office.slack.disable_group(GROUP)
    office.people.on_subteam_updated(office.group_event(GROUP), "Ev1")
    assert office.members(GROUP) == []


def test_who_came_and_who_left_is_applied(office: Office) -> None:
    """subteam_members_changed adds and removes, once."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    event = members_event(GROUP, ["U0BEN"], ["U0ANA"])
    assert office.people.on_subteam_members_changed(event, "Ev1") == {"U0ANA", "U0BEN"}
    assert office.members(GROUP) == ["U0BEN"]
    assert office.people.on_subteam_members_changed(event, "Ev1") == set()


def test_an_incomplete_list_makes_a_group_unread(office: Office) -> None:
    """When Slack names fewer people than it counts, the group does not count as read until it is."""
    with_group(office, "U0ANA")
    office.people.refresh_groups()
    office.slack.set_group_members(GROUP, [])
    event = members_event(GROUP, [], [], removed_users_count=1)
    office.people.on_subteam_members_changed(event, "Ev1")
    assert office.group(GROUP).refreshed_at is None
    office.people.refresh_groups()
    assert office.members(GROUP) == []


@pytest.mark.parametrize("event", [{"subteam": {"id": "S0OTHER", "users": ["U0ANA"]}}])
def test_groups_that_the_policy_does_not_name_are_left_alone(office: Office, event: dict[str, Any]) -> None:
    """An event about any other group leaves no row."""
    assert office.people.on_subteam_updated(event, "Ev1") == set()
    assert office.members("S0OTHER") == []
