"""The very first start: a policy must come from somewhere. Later starts never read the file."""

from datetime import datetime
from pathlib import Path

from bot.changes.force import keep_version, put_in_force
from bot.changes.moving import SYSTEM
from bot.policy.load import default_text, parse_policy
from storage.engine import Store
from storage.queries import record


def first_policy(store: Store, file: Path, *, now: datetime) -> bool:
    """Put the file in force if no policy is; where there is no file, the default is written there and used.

    Returns whether anything was done. Raises PolicyError for a file that is not valid, and OSError or
    UnicodeDecodeError for one that cannot be read.
    """
    with store.reading() as session:
        if record.policy_in_force(session) is not None:
            return False
    if not file.exists():
        file.write_text(default_text(), encoding="utf-8")
    text = file.read_text(encoding="utf-8")
    parse_policy(text, name=str(file))
    with store.transaction() as session:
        if record.policy_in_force(session) is None:
            version = keep_version(session, text, source=f"{file.name}, at the first start", now=now)
            put_in_force(session, version, actor=SYSTEM, now=now, why="the first start")
    return True
