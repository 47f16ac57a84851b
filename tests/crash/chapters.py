"""The stories, in chapters: each begins where the one before it ended, and is hurt at each of its points.

So every story is told whole, and none of it is told again for each point of what follows. A chapter must
never look at the rows: it is what people type and click, and it may be told to any app at all.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.crash.points import Points
from tests.crash.town import Addresses, CrashTown, found_town, town_from
from tests.scenario.release.story import (
    HIGH,
    LOW,
    MEDIUM,
    approve,
    deploy,
    formal,
    proposed,
    roll_back,
    with_result,
)
from tests.scenario.release.story import spot_check as peer_approves
from tests.scenario.review.hand import field, menu, say_no

Telling = Callable[[CrashTown], None]
BULLETS, LIMIT, NO_ARTICLE = "at most five bullet points", "a refund of up to $100", "Send no article twice."
WHY = "The outage was the courier's, the prompt was not at fault."


@dataclass(frozen=True)
class Chapter:
    """Something that people do, and the chapter in which it becomes possible."""

    name: str
    tell: Telling
    after: "Chapter | None" = None


def _meet(town: CrashTown) -> None:
    town.settle()


def _low(town: CrashTown) -> None:
    proposed(town, LOW, BULLETS)


def _low_approved(town: CrashTown) -> None:
    peer_approves(town, 1)


def _deployed(town: CrashTown) -> None:
    deploy(town, 1)


def _rolled_back(town: CrashTown) -> None:
    roll_back(town, 1)


def _low_seen(town: CrashTown) -> None:
    """Those who were told confirm it, and who rolled back says why."""
    town.person("U0SARA").click(town.message("rollback_notice", to="U0SARA"), "acknowledge")
    town.person("U0MIRA").click(town.message("rollback_notice", to="U0MIRA"), "acknowledge")
    rita = town.person("U0RITA")
    rita.click(town.message("rollback"), "add_reason")
    rita.submit(values={"reason": "Two summaries lost an order number."})
    town.settle()


def _restored(town: CrashTown) -> None:
    dev = town.person("U0DEV")
    dev.click(town.message("rollback"), "restore")
    dev.submit(values={"reason": WHY})
    town.settle()


def _sent_back(town: CrashTown) -> None:
    say_no(town.person("U0PAUL"), town.card(), "request_changes", "Say how many bullet points at most.")
    town.settle()


def _edited(town: CrashTown) -> None:
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "edit")
    text = str(field(mira, "new_text")["initial_value"])
    mira.submit(values={"New text": text.replace(BULLETS, "at most four bullet points")})
    assert mira.submit().ok, mira.last_answer
    town.settle()


def _rejected(town: CrashTown) -> None:
    say_no(town.person("U0PAUL"), town.card(), "reject", "Nobody on my team wants bullet points.")
    town.settle()


def _withdrawn(town: CrashTown) -> None:
    mira = town.person("U0MIRA")
    menu(mira, town.card(), "withdraw")
    mira.submit()
    town.settle()


def _medium(town: CrashTown) -> None:
    proposed(town, MEDIUM, NO_ARTICLE)


def _medium_approved(town: CrashTown) -> None:
    approve(town, MEDIUM, 1)


def _high(town: CrashTown) -> None:
    proposed(town, HIGH, LIMIT)


def _high_result(town: CrashTown) -> None:
    with_result(town, 1)


def _high_statements(town: CrashTown) -> None:
    formal(town, 1)


def _advanced(town: CrashTown) -> None:
    town.person("U0DEV").click(town.message("live"), "advance")
    town.settle()


def _stopped(town: CrashTown) -> None:
    town.person("U0RITA").click(town.message("live"), "stop_release")
    town.settle()


def _confirmed(town: CrashTown) -> None:
    """One has asked; another confirms."""
    town.person("U0OMAR").click(town.message("rollback"), "restore")
    town.settle()


MEET = Chapter("meet", _meet)
LOW_PROPOSED = Chapter("low_proposed", _low, MEET)
LOW_APPROVED = Chapter("low_approved", _low_approved, LOW_PROPOSED)
LOW_LIVE = Chapter("low_live", _deployed, LOW_APPROVED)
LOW_ROLLED_BACK = Chapter("low_rolled_back", _rolled_back, LOW_LIVE)
LOW_SEEN = Chapter("low_seen", _low_seen, LOW_ROLLED_BACK)
LOW_RESTORED = Chapter("low_restored", _restored, LOW_SEEN)
SENT_BACK = Chapter("sent_back", _sent_back, LOW_PROPOSED)
EDITED = Chapter("edited", _edited, SENT_BACK)
REJECTED = Chapter("rejected", _rejected, EDITED)
WITHDRAWN = Chapter("withdrawn", _withdrawn, LOW_PROPOSED)
MEDIUM_PROPOSED = Chapter("medium_proposed", _medium, MEET)
MEDIUM_APPROVED = Chapter("medium_approved", _medium_approved, MEDIUM_PROPOSED)
MEDIUM_LIVE = Chapter("medium_live", _deployed, MEDIUM_APPROVED)
HIGH_PROPOSED = Chapter("high_proposed", _high, MEET)
HIGH_RESULT = Chapter("high_result", _high_result, HIGH_PROPOSED)
HIGH_APPROVED = Chapter("high_approved", _high_statements, HIGH_RESULT)
HIGH_CANARY = Chapter("high_canary", _deployed, HIGH_APPROVED)
HIGH_STOPPED = Chapter("high_stopped", _stopped, HIGH_CANARY)
HIGH_LIVE = Chapter("high_live", _advanced, HIGH_CANARY)
HIGH_ROLLED_BACK = Chapter("high_rolled_back", _rolled_back, HIGH_LIVE)
HIGH_ASKED_BACK = Chapter("high_asked_back", _restored, HIGH_ROLLED_BACK)
HIGH_RESTORED = Chapter("high_restored", _confirmed, HIGH_ASKED_BACK)

CHAPTERS = (
    LOW_PROPOSED,
    LOW_APPROVED,
    LOW_LIVE,
    LOW_ROLLED_BACK,
    LOW_SEEN,
    LOW_RESTORED,
    SENT_BACK,
    EDITED,
    REJECTED,
    WITHDRAWN,
    MEDIUM_PROPOSED,
    MEDIUM_APPROVED,
    MEDIUM_LIVE,
    HIGH_PROPOSED,
    HIGH_RESULT,
    HIGH_APPROVED,
    HIGH_CANARY,
    HIGH_STOPPED,
    HIGH_LIVE,
    HIGH_ROLLED_BACK,
    HIGH_ASKED_BACK,
    HIGH_RESTORED,
)


@cache
def _shelf() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


_BEGINNINGS: dict[str, Path] = {}


def beginning(chapter: Chapter, at: Addresses) -> Path:
    """The folder as it is when this chapter begins; told once in a process, and kept."""
    before = chapter.after
    name = before.name if before else "founded"
    if name not in _BEGINNINGS:
        folder = Path(_shelf().name) / name
        if before is None:
            found_town(folder)
        else:
            with town_from(beginning(before, at), at, Points(frozenset())) as town:
                before.tell(town)
            shutil.copytree(at.folder, folder)
        _BEGINNINGS[name] = folder
    return _BEGINNINGS[name]
