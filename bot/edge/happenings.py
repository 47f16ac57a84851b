"""Events, and what those that the app listens to must hold beyond what all of them do."""

from typing import Any, Final

from bot.edge.parts import Enterprise, Id, Object, Part, Text, View


class Happening(Part):
    """The inside of an event. Which other keys it has depends on its type."""

    type: Id
    user: str | dict[str, Any] | None = None
    channel: str | dict[str, Any] | None = None
    team: str | dict[str, Any] | None = None
    view: View | None = None
    bot_id: Text = None
    subteam: Object = None
    item: Object = None
    message: Object = None
    previous_message: Object = None


class HomeOpened(Part):
    """Somebody looks at the Home tab."""

    user: Id
    tab: Text = None


class Profile(Part):
    """What is read of a person's profile."""

    display_name: Text = None
    real_name: Text = None
    email: Text = None


class SlackUser(Part):
    """What is read of a user object."""

    id: Id
    team_id: Text = None
    name: Text = None
    real_name: Text = None
    tz: Text = None
    profile: Profile | None = None
    enterprise_user: Enterprise | None = None


class UserChanged(Part):
    """An account was altered, or is new."""

    user: SlackUser


class Subteam(Part):
    """What is read of a user group."""

    id: Id
    handle: Text = None
    users: list[Id] | None = None
    date_delete: int | None = None


class GroupChanged(Part):
    """A user group was altered, or is new."""

    subteam: Subteam


class MembersChanged(Part):
    """People came into a user group or left it."""

    subteam_id: Id
    added_users: list[Id] | None = None
    removed_users: list[Id] | None = None
    added_users_count: int | None = None
    removed_users_count: int | None = None


INSIDE: Final[dict[str, type[Part]]] = {
    "app_home_opened": HomeOpened,
    "user_change": UserChanged,
    "team_join": UserChanged,
    "subteam_created": GroupChanged,
    "subteam_updated": GroupChanged,
    "subteam_members_changed": MembersChanged,
}
"""What the events that are listened to must hold, beyond what all of them do."""
