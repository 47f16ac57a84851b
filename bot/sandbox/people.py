"""The people and user groups of a workspace, and the events that tell the app when they change.

Each change is one method named after it. It must never decide what somebody may do in the app: that is
the app's own affair.
"""

from collections.abc import Iterable
from dataclasses import replace

from bot.sandbox.core import Core
from bot.sandbox.records import JsonObject, User, UserGroup
from bot.sandbox.shapes import group_as_slack, user_as_slack

_COLORS = ("4a6fa5", "9f69e7", "4bbe2e", "e7392d", "3c989f", "674b1b", "e96699", "235e5b", "684b6c", "5b89d5")


class People(Core):
    """Users and groups."""

    def users(self) -> list[User]:
        """Everybody, also bots, strangers and the deactivated, in the order in which they came."""
        with self._lock:
            return list(self._users.held.values())

    def user(self, user_id: str) -> User:
        """One person. Raises KeyError for an unknown id."""
        return self._users.held[user_id]

    def add_user(self, user_id: str, real_name: str, **fields: object) -> User:
        """A new account joins (any field of `User` may be given); sends team_join."""
        known: JsonObject = {
            "name": real_name.split(maxsplit=1)[0].lower(),
            "team_id": self.team.id,
            "color": _COLORS[len(self._users.held) % len(_COLORS)],
            "updated": self.now(),
            **fields,
        }
        with self._lock:
            user = self._users.put(user_id, User(id=user_id, real_name=real_name, **known))
        self.changed()
        if not user.is_stranger:
            self.emit({"type": "team_join", "user": user_as_slack(self, user), "cache_ts": self.now()})
        return user

    def change_user(self, user_id: str, **fields: object) -> User:
        """Change any fields of an account; sends user_change. Raises KeyError for an unknown id."""
        with self._lock:
            changes: JsonObject = {"updated": self.now(), **fields}
            user = self._users.put(user_id, replace(self._users.held[user_id], **changes))
        self.changed()
        self.emit({"type": "user_change", "user": user_as_slack(self, user), "cache_ts": self.now()})
        return user

    def rename_user(self, user_id: str, real_name: str) -> User:
        """Give a person another full name."""
        return self.change_user(user_id, real_name=real_name)

    def deactivate_user(self, user_id: str) -> User:
        """Close an account. Slack takes its holder out of every group as well."""
        user = self.change_user(user_id, deleted=True)
        for group in self.groups():
            if user_id in group.members:
                self.set_group_members(group.id, [each for each in group.members if each != user_id])
        return user

    def reactivate_user(self, user_id: str) -> User:
        """Open an account again; group memberships do not come back."""
        return self.change_user(user_id, deleted=False)

    def groups(self) -> list[UserGroup]:
        """Every user group, in the order of creation."""
        with self._lock:
            return list(self._groups.held.values())

    def group(self, group_id: str) -> UserGroup:
        """One user group. Raises KeyError for an unknown id."""
        return self._groups.held[group_id]

    def add_group(self, group_id: str, handle: str, name: str, members: Iterable[str] = ()) -> UserGroup:
        """A new user group; sends subteam_created."""
        with self._lock:
            made = UserGroup(group_id, handle, name, tuple(members), updated=self.now())
            group = self._groups.put(group_id, made)
        self.changed()
        self.emit({"type": "subteam_created", "subteam": group_as_slack(self, group)})
        return group

    def set_group_members(self, group_id: str, members: Iterable[str]) -> UserGroup:
        """Say who is in a group; sends subteam_members_changed and subteam_updated, as Slack does."""
        with self._lock:
            before = self._groups.held[group_id]
            after = self._groups.put(
                group_id, replace(before, members=tuple(dict.fromkeys(members)), updated=self.now())
            )
        self.changed()
        self.emit(_members_changed(self, before, after))
        self.emit({"type": "subteam_updated", "subteam": group_as_slack(self, after)})
        return after

    def disable_group(self, group_id: str) -> UserGroup:
        """Switch a group off; Slack keeps its id and tells the app by subteam_updated."""
        with self._lock:
            changed = replace(self._groups.held[group_id], disabled=True, updated=self.now())
            group = self._groups.put(group_id, changed)
        self.changed()
        self.emit({"type": "subteam_updated", "subteam": group_as_slack(self, group)})
        return group

    def enable_group(self, group_id: str) -> UserGroup:
        """Switch a group on again."""
        with self._lock:
            changed = replace(self._groups.held[group_id], disabled=False, updated=self.now())
            group = self._groups.put(group_id, changed)
        self.changed()
        self.emit({"type": "subteam_updated", "subteam": group_as_slack(self, group)})
        return group


def _members_changed(core: Core, before: UserGroup, after: UserGroup) -> JsonObject:
    added = [each for each in after.members if each not in before.members]
    removed = [each for each in before.members if each not in after.members]
    return {
        "type": "subteam_members_changed",
        "subteam_id": after.id,
        "team_id": core.team.id,
        "date_previous_update": before.updated,
        "date_update": after.updated,
        "added_users": added,
        "added_users_count": len(added),
        "removed_users": removed,
        "removed_users_count": len(removed),
    }
