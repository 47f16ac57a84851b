"""What must hold at the end of every story, whatever it was about.

Whoever tells a story adds nothing for this: the town checks it when the story is over. It must never be
kinder than Slack, and never forgive a fault that the story did not foresee.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import select

from bot.sandbox.records import Rendered
from storage import audit, models
from storage.models import MessageState
from tests.blockkit import UPDATE_TEXT, assert_valid_message, assert_valid_view
from tests.scenario.town import Town


class Overheard(logging.Handler):
    """Keeps the errors that the app logs."""

    def __init__(self, town: Town) -> None:
        super().__init__(logging.ERROR)
        self._town = town

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one; structlog hands over the event and its values as a dictionary."""
        event = dict(record.msg) if isinstance(record.msg, dict) else {"event": record.getMessage()}
        if record.exc_info:
            event["exc_info"] = record.exc_info
        self._town.faults.append(event)


@contextmanager
def overhearing(town: Town) -> Iterator[None]:
    """Fill ``town.faults`` for as long as the story lasts."""
    handler = Overheard(town)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)


def assert_in_order(town: Town) -> None:
    """Slack would have taken all that was shown, nothing stuck, the trail verifies, and nothing failed."""
    assert not town.faults, f"the app logged a fault: {town.faults}"
    for shown in list(town.workspace.rendered):
        _assert_slack_takes(shown)
    for call in list(town.workspace.calls):
        if call.method.startswith("chat.") and "text" in call.args:
            _assert_short(str(call.args["text"]))
    with town.app.store.reading() as session:
        verdict = audit.verify(session)
        parked = session.exec(select(models.Message).where(models.Message.state == MessageState.PARKED)).all()
    assert isinstance(verdict, audit.Head), f"the audit trail is broken: {verdict}"
    stuck = [(each.key, each.last_error) for each in parked if each.recipient not in town.may_park]
    assert not stuck, f"parked: {stuck}"
    refused = [each for each in town.workspace.calls if not each.ok and each.method not in town.may_fail]
    assert not refused, f"Slack refused: {[(each.method, each.response) for each in refused]}"


def _assert_short(text: str) -> None:
    assert text.strip(), "a message needs a text for notifications"
    assert len(text.encode("utf-16-le")) // 2 <= UPDATE_TEXT


def _assert_slack_takes(shown: Rendered) -> None:
    try:
        if shown.surface == "message":
            assert_valid_message(shown.payload["blocks"], shown.payload.get("text") or "checked elsewhere")
        else:
            assert_valid_view(shown.payload)
    except AssertionError as error:
        words = json.dumps(shown.payload, ensure_ascii=False)[:2_000]
        raise AssertionError(f"{shown.surface} by {shown.via}: {error}\n{words}") from error
