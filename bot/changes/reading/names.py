"""Who is who, read once for a screen. An unknown id is shown as the id, never left out."""

from collections.abc import Iterable

from sqlmodel import Session

from bot.changes.facts import Who
from storage.queries import people
from storage.queries.people import Entitled


class Names:
    """Looks up names for one screen, each account and group once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[str, str] = {}

    def __call__(self, principal: str) -> Who:
        """A person, group, channel or address by its id."""
        if principal not in self._known:
            self._known[principal] = self._name(principal)
        return Who(self._pinned(principal), self._known[principal])

    def all(self, principals: Iterable[str]) -> tuple[Who, ...]:
        """Several, in their order."""
        return tuple(self(each) for each in principals)

    def of(self, entitled: Iterable[Entitled]) -> tuple[Who, ...]:
        """Accounts that were read already."""
        return tuple(Who(each.slack_id, each.name) for each in entitled)

    def _pinned(self, principal: str) -> str:
        if "@" not in principal:
            return principal
        account = people.account_by_email(self._session, principal)
        return account.slack_id if account else principal

    def _name(self, principal: str) -> str:
        if "@" in principal:
            account = people.account_by_email(self._session, principal)
            return account.name if account else principal
        if principal.startswith("S"):
            group = people.group(self._session, principal)
            return f"@{group.handle}" if group and group.handle else principal
        found = people.accounts(self._session, [principal]).get(principal)
        return found.name if found else principal
