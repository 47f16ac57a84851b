"""`prompt-change backup` and `restore`. Neither needs Slack, and neither changes the schema of anything."""

from pathlib import Path

from bot.app import utc_now
from bot.commands import say, wrong
from bot.settings import Settings
from storage import backup
from storage.backup import BackupError


def back_up(settings: Settings, file: Path) -> int:
    """Write a proven copy of the database, and print the head of its audit trail."""
    try:
        database = backup.file_of(settings.database_url.get_secret_value())
        head = backup.back_up(database, file)
    except BackupError as error:
        return wrong(str(error))
    return say(f"{file} is a whole copy: {head.id} rows in the audit trail, head {head.digest}")


def restore(settings: Settings, file: Path, *, replace: bool) -> int:
    """Put a backup in place of the database, and print the head of its audit trail."""
    try:
        database = backup.file_of(settings.database_url.get_secret_value())
        head, aside = backup.restore(file, database, replace=replace, now=utc_now())
    except BackupError as error:
        return wrong(str(error))
    old = f" The database before it is {aside} now." if aside else ""
    return say(f"{database} is restored: {head.id} rows in the audit trail, head {head.digest}.{old}")
