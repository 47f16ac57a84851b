"""Posts one message that was claimed, so that it is told once: mark, send, settle.

Before each send the row says that it may have been sent. Whoever finds it so looks for the message in the
channel first. It must never send an uncertain message again without having looked, where looking is possible.

Where the app may not read the history (no scope, or a public channel that it is not in), it sends again a
few times: being told twice is a nuisance, not being told is a danger. Then it parks the message. While Slack
answers nothing at all it sends nothing again either, since asking for the history fails as well.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import structlog
from slack_sdk.errors import SlackApiError

from bot.drawn import Drawn
from bot.outbox.answers import FAILED_CALL, Means, Trouble, judge
from bot.outbox.backoff import LONGEST_FOR_MESSAGES, Jitter, delay
from bot.outbox.drawn import Draw, Seen, look
from bot.outbox.ledger import Ledger
from bot.outbox.mail import Mail, NotYetError, Posted, TooMuchToReadError
from bot.outbox.pace import POST
from storage.models import Message, MessageState

BLIND_SENDS: Final = 3
"""How often an uncertain message is sent again where it cannot be looked for."""

# A whisper that Slack does not take in the channel reaches the person directly.
_NOT_IN_THIS_CHANNEL: Final = {
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "restricted_action",
    "user_not_in_channel",
}

_log = structlog.get_logger(__name__)

FindPerson = Callable[[str], str | None]
"""The Slack id behind an e-mail address. It may ask Slack, and raises what ``FAILED_CALL`` names."""


Heard = Callable[[Message, Trouble | None], None]
"""Told of each message that Slack was asked to take, and of the trouble that it made, if any."""


class CannotDeliverError(Exception):
    """This message has nowhere to go. The text is for people."""


@dataclass(slots=True)
class Attempt:
    """``uncertain``: an earlier attempt may have posted it. ``sending``: this one may have, too.

    ``blind``: it is uncertain, could not be looked for, and is sent again all the same.
    """

    message: Message
    seen: Seen
    uncertain: bool
    sending: bool = False
    blind: bool = False


class Posting:
    """Takes a claimed message to Slack and writes down what became of it."""

    def __init__(
        self, ledger: Ledger, mail: Mail, draw: Draw, find: FindPerson, jitter: Jitter, heard: Heard
    ) -> None:
        self._ledger, self._mail, self._draw = ledger, mail, draw
        self._find, self._jitter, self._heard = find, jitter, heard

    def post(self, message: Message) -> None:
        """Post it, and write down what became of it."""
        attempt = Attempt(message, look(self._ledger.store, self._draw, message.id), message.ambiguous)
        if attempt.seen.drawn is None:
            self._settle(attempt, state=MessageState.SENT, last_error="")
            return
        try:
            posted = self._deliver(attempt, attempt.seen.drawn)
        except FAILED_CALL as error:
            trouble = judge(error)
            self._heard(message, trouble)
            self._stumbled(attempt, trouble)
        except NotYetError as turn:
            self._settle(attempt, ambiguous=attempt.uncertain, due_at=self._ledger.now() + turn.wait)
        except CannotDeliverError as error:
            self._ledger.park(message, str(error), ambiguous=attempt.uncertain)
        else:
            self._heard(message, None)
            self._posted(attempt, posted, attempt.seen.drawn)

    def _deliver(self, attempt: Attempt, drawn: Drawn) -> Posted:
        message = attempt.message
        # A whisper that may have been heard cannot be looked for, so that it is told directly this time.
        if message.only_for and not _is_person(message.recipient) and not attempt.uncertain:
            whispered = self._whisper(attempt, message.only_for, drawn)
            if whispered:
                return whispered
        channel = self._channel(message)
        thread = attempt.seen.thread if not message.only_for else None
        found = self._look_for(attempt, channel, thread) if attempt.uncertain else None
        return found or self._send(attempt, channel, thread, drawn)

    def _send(self, attempt: Attempt, channel: str, thread: str | None, drawn: Drawn) -> Posted:
        self._ledger.mark(attempt.message, blindly=attempt.blind)
        attempt.sending = True
        return self._mail.post(attempt.message, channel, drawn, thread)

    def _whisper(self, attempt: Attempt, person: str, drawn: Drawn) -> Posted | None:
        """Show it in the channel to this person alone; None where that is not possible."""
        self._ledger.mark(attempt.message)
        attempt.sending = True
        try:
            return self._mail.whisper(attempt.message.recipient, person, drawn, attempt.seen.thread)
        except SlackApiError as error:
            if judge(error).code not in _NOT_IN_THIS_CHANNEL:
                raise
        attempt.sending = False
        return None

    def _channel(self, message: Message) -> str:
        recipient = message.only_for or message.recipient
        if "@" in recipient:
            person = self._person_behind(recipient)
            if person is None:
                raise CannotDeliverError(f"No Slack account has the address {recipient}.")
            return self._mail.direct_channel(person)
        if _is_person(recipient):
            return self._mail.direct_channel(recipient)
        if recipient[:1] in {"C", "D", "G"}:
            return recipient
        raise CannotDeliverError(f"{recipient} is neither a channel nor a person.")

    def _person_behind(self, address: str) -> str | None:
        known = self._ledger.pinned(address)
        if known is None:
            self._mail.may_look_up()
        return known or self._find(address)

    def _look_for(self, attempt: Attempt, channel: str, thread: str | None) -> Posted | None:
        message = attempt.message
        try:
            found = self._mail.find(message, channel, thread)
        except TooMuchToReadError:
            why = "too_much_to_read"
        except SlackApiError as error:
            trouble = judge(error)
            if trouble.means is not Means.NEVER and trouble.code != "missing_scope":
                raise
            why = trouble.code
        else:
            attempt.uncertain = False
            return found
        if message.blind_sends >= BLIND_SENDS:
            raise CannotDeliverError(f"It may have arrived; the app cannot look it up there ({why}).")
        attempt.blind = True
        _log.warning("sending again without looking", message_id=message.id, channel=channel, why=why)
        return None

    def _posted(self, attempt: Attempt, posted: Posted, drawn: Drawn) -> None:
        """Say where it stands. What an earlier attempt drew is unknown, so that one is drawn again."""
        version = attempt.seen.version if posted.ts else None
        self._ledger.settle(
            attempt.message,
            state=MessageState.SENT,
            channel=posted.channel,
            ts=posted.ts,
            drawn_version=0 if posted.was_there and version is not None else version,
            drawn_hash="" if posted.was_there else drawn.digest,
            attempts=0,
            ambiguous=False,
            last_error="",
        )

    def _stumbled(self, attempt: Attempt, trouble: Trouble) -> None:
        message, now = attempt.message, self._ledger.now()
        if trouble.means is Means.NEVER:
            self._ledger.park(message, trouble.words, ambiguous=attempt.uncertain)
            _log.warning("message parked", message_id=message.id, code=trouble.code)
            return
        waits = {
            Means.SLOWER: trouble.wait,
            Means.TOKEN: message.due_at - now,
        }.get(trouble.means, delay(message.attempts, longest=LONGEST_FOR_MESSAGES, jitter=self._jitter))
        self._settle(
            attempt,
            ambiguous=attempt.uncertain or (attempt.sending and trouble.means is Means.UNSURE),
            due_at=now + waits,
            last_error=trouble.words,
        )
        if trouble.means is Means.SLOWER and trouble.method == POST:
            self._ledger.hold_recipient(message.recipient, now + waits)

    def _settle(self, attempt: Attempt, **values: Any) -> None:  # noqa: ANN401  the columns' own types
        # Whoever has a parked message tried again wants it looked for first, where it may have arrived.
        self._ledger.settle(attempt.message, **{"ambiguous": attempt.uncertain, **values})


def _is_person(recipient: str) -> bool:
    return recipient[:1] in {"U", "W"} and "@" not in recipient
