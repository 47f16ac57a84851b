"""What the database keeps for targets that keep nothing themselves: manual ones, and the policy."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel import col, select

from bot.changes.force import keep_version, put_in_force
from bot.changes.moving import SYSTEM
from bot.changes.rechecks import after_new_policy
from bot.connectors.manual import version_of_text
from bot.connectors.protocol import Version
from storage.engine import Store
from storage.models import KeptText, ManualPointer
from storage.queries import record


class DatabaseManualRecord:
    """Confirmed pointers and kept texts of one manual workflow."""

    def __init__(self, store: Store, workflow: str, now: Callable[[], datetime]) -> None:
        self._store, self._workflow, self._now = store, workflow, now

    def recorded_pointer(self, workflow: str, pointer: str) -> str | None:
        """What was last confirmed."""
        with self._store.reading() as session:
            found = session.get(ManualPointer, (workflow, pointer))
            return found.version if found else None

    def content(self, version: str) -> str | None:
        """A kept text."""
        with self._store.reading() as session:
            found = session.get(KeptText, (version, self._workflow))
            return found.text if found else None

    def keep_content(self, text: str) -> str:
        """Keep a text once."""
        version = version_of_text(text)
        with self._store.transaction() as session:
            if session.get(KeptText, (version, self._workflow)) is None:
                session.add(KeptText(version=version, workflow=self._workflow, text=text, at=self._now()))
        return version

    def versions(self) -> list[Version]:
        """Kept texts, newest first."""
        statement = (
            select(KeptText).where(KeptText.workflow == self._workflow).order_by(col(KeptText.at).desc())
        )
        with self._store.reading() as session:
            return [
                Version(each.version, each.version, each.author, each.at) for each in session.exec(statement)
            ]


class DatabasePolicyRecord:
    """Policy versions, and which one binds."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store, self._now = store, now

    def in_force(self) -> str | None:
        """The version that binds now."""
        with self._store.reading() as session:
            pointer = record.policy_in_force(session)
            return str(pointer.version_id) if pointer else None

    def content(self, version: str) -> str | None:
        """A kept policy text."""
        with self._store.reading() as session:
            found = record.policy_version(session, int(version)) if version.isdecimal() else None
            return found.text if found else None

    def keep(self, text: str, *, source: str) -> str:
        """Keep a policy text once."""
        with self._store.transaction() as session:
            return str(keep_version(session, text, source=source, now=self._now()))

    def versions(self, limit: int) -> list[Version]:
        """Kept versions, newest first."""
        with self._store.reading() as session:
            return [
                Version(str(each.id), each.source, "", each.created_at)
                for each in record.policy_versions(session, limit=limit)
            ]

    def exchange(self, expected: str | None, wanted: str, *, why: str) -> str | None:
        """Compare and swap; the changes in review are classified again in the same transaction."""
        with self._store.transaction() as session:
            pointer = record.policy_in_force(session)
            before = str(pointer.version_id) if pointer else None
            if before == expected and before != wanted:
                put_in_force(session, int(wanted), actor=SYSTEM, now=self._now(), why=why)
                after_new_policy(session, now=self._now())
            return before
