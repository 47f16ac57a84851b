"""The few shapes of payload that this app accepts from Slack, over HTTP and over Socket Mode alike.

Bolt, and after it the listeners, reach into a payload by key. These models say beforehand that what they
reach for is there and has the type that they expect, so that a payload of another shape is turned away with
an id instead of failing somewhere inside. Keys that are not named here are let through untouched, because
Slack adds keys whenever it likes.

A model must never put a value of a payload into an error: what failed is told by field and kind alone.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import Field, StringConstraints, ValidationError

from bot.edge.happenings import INSIDE, Happening
from bot.edge.parts import (
    Action,
    Enterprise,
    Id,
    Object,
    OpenView,
    Part,
    Place,
    Someone,
    Submitted,
    Team,
    Text,
    View,
)
from bot.logs import fault_id


class Shape(Part):
    """A whole payload."""

    kind: ClassVar[str]


class Interaction(Shape):
    """What clicks, submissions and shortcuts share."""

    user: Someone
    team: Team | None
    enterprise: Enterprise | None = None
    is_enterprise_install: bool | str | None = None
    channel: Place | None = None
    view: View | None = None
    response_url: Text = None
    thread_ts: Text = None


class Flat(Shape):
    """What names its workspace and people in flat fields. Bolt and the listeners look for these first."""

    user: None = None
    team: None = None
    enterprise: None = None
    channel: None = None
    view: None = None


class SlashCommand(Flat):
    """`/prompt-change ...`, typed by a person. All its fields are strings, since it comes as a form."""

    kind = "command"
    command: Id
    text: str = ""
    user_id: Id
    team_id: Id
    channel_id: Id
    trigger_id: Id
    response_url: Text = None
    enterprise_id: Text = None


class BlockActions(Interaction):
    """A click on a card, in a modal or on the Home tab."""

    kind = "block_actions"
    actions: Annotated[list[Action], Field(min_length=1)]
    trigger_id: Id
    container: Object = None
    message: Object = None


class ViewSubmission(Interaction):
    """A modal that was submitted."""

    kind = "view_submission"
    view: Submitted
    trigger_id: Text = None
    response_urls: list[dict[str, Any]] = Field(default_factory=list, max_length=1)
    """Our forms ask for none, and Bolt itself fails on a second one."""


class ViewClosed(Interaction):
    """A modal that was closed without submitting."""

    kind = "view_closed"
    view: OpenView


class Shortcut(Interaction):
    """The global shortcut."""

    kind = "shortcut"
    callback_id: Id
    trigger_id: Id


class MessageAction(Interaction):
    """The shortcut in a message's menu."""

    kind = "message_action"
    callback_id: Id
    trigger_id: Id
    channel: Place
    message: dict[str, Any]


class EventCallback(Flat):
    """Something that happened in the workspace: the Home tab opened, a person left, a group changed."""

    kind = "event_callback"
    event: Happening
    event_id: Id
    team_id: Text = None
    enterprise_id: Text = None
    event_time: int | None = None
    authorizations: list[dict[str, Any]] | None = None
    is_ext_shared_channel: bool | None = None


class UrlVerification(Shape):
    """Slack asks whether this address is ours, when somebody enters it in the app's settings."""

    kind = "url_verification"
    challenge: Annotated[str, StringConstraints(min_length=1, max_length=1000)]


SHAPES: Final[dict[str, type[Shape]]] = {
    model.kind: model
    for model in (
        BlockActions,
        ViewSubmission,
        ViewClosed,
        Shortcut,
        MessageAction,
        EventCallback,
        UrlVerification,
    )
}
"""By the payload's `type`. A slash command is the one payload that has none."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """A payload that Slack signed and that this app does not accept."""

    id: str
    """Told to the sender and written to the log, so that the two can be brought together."""

    why: str
    """The shape and the fields that did not fit. Never a value."""


def reject(why: str) -> Rejected:
    """A rejection with an id of its own."""
    return Rejected(id=fault_id(), why=why)


def accept(payload: object) -> Shape | Rejected:
    """The shape that a payload has, or why it has none. For both transports; it raises nothing.

    The same object goes to Bolt afterwards, so nothing can be read here in one way and there in another.
    """
    if not isinstance(payload, dict):
        return reject("not an object")
    kind = payload.get("type")
    model = SHAPES.get(kind) if isinstance(kind, str) else None
    if model is None:
        if kind is not None or "command" not in payload:
            return reject("unknown type")
        model = SlashCommand
    try:
        shape = model.model_validate(payload)
        if isinstance(shape, EventCallback) and shape.event.type in INSIDE:
            INSIDE[shape.event.type].model_validate(payload["event"])
    except ValidationError as error:
        return reject(_told(model, error))
    return shape


def _told(model: type[Shape], error: ValidationError) -> str:
    """Names of fields and kinds of error; two levels down, all names are those of our models."""
    known = [
        f"{'.'.join(str(part) for part in item['loc'][:2])}: {item['type']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:5]
    ]
    return f"{model.kind} ({'; '.join(known)})"
