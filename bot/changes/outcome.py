"""How a use case answers: with a value that says it was done, or with a refusal in words for people.

Refusals are values, faults are exceptions. Nothing here ever means "allowed" by default.
"""

from dataclasses import dataclass

from storage.vocabulary import AccountKind


@dataclass(frozen=True, slots=True)
class Actor:
    """An acting identity, made in ``bot.people`` only. ``active`` and ``kind`` are as last told by Slack.

    ``slack_id`` is a Slack user id; ``person_id`` the human behind it, by whom votes are counted.
    """

    slack_id: str
    person_id: int
    name: str
    kind: AccountKind = AccountKind.MEMBER
    active: bool = True


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why. ``remedy`` says what to do or who can; ``fields`` pairs form fields with their errors.

    ``redraw``: what the form shows is no longer so; it is drawn again with this on top.
    """

    reason: str
    remedy: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    redraw: bool = False

    def __str__(self) -> str:
        return f"{self.reason} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Done:
    """Yes. ``text`` is a sentence for whoever asked; ``change_id`` names the change that it was about.

    ``already``: it was so before, and nothing was done; the person is told, since no card will change.
    ``aloud``: the person is told all the same, because it is not all that was asked for.
    """

    text: str
    change_id: int | None = None
    release_id: int | None = None
    rollback_id: int | None = None
    already: bool = False
    aloud: bool = False


Outcome = Done | Refused
