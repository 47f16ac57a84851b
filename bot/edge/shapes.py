"""The few shapes of payload that this app accepts from Slack, over HTTP and over Socket Mode alike.

Bolt, and after it the listeners, reach into a payload by key. These models say beforehand that what they
reach for is there and has the type that they expect, so that a payload of another shape is turned away with
an id instead of failing somewhere inside. Keys that are not named here are let through untouched, because
Slack adds keys whenever it likes.

A model must never put a value of a payload into an error: what failed is told by field and kind alone.
"""

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.logs import fault_id

Id = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""An opaque id. 255 is the most that Slack allows for an action_id or a callback_id."""

Text = str | None
Object = dict[str, Any] | None


class Shape(BaseModel):
    """What every accepted payload has in common."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    kind: ClassVar[str]


class Someone(BaseModel):
    """The person who clicked, submitted or chose a shortcut, as Slack signed it."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    id: Id
    team_id: Text = None


class Team(BaseModel):
    """The workspace in which something was clicked."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    id: Id
    enterprise_id: Text = None


class View(BaseModel):
    """A modal or Home tab, and the state of its inputs."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    id: Id
    type: Text = None
    callback_id: Text = None
    private_metadata: Text = None
    hash: Text = None
    team_id: Text = None
    app_installed_team_id: Text = None
    state: dict[str, Any] | list[Any] | None = None
    """An object of values; an empty one may arrive as a list."""


class Action(BaseModel):
    """One element that was used: a button, a menu, a date."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    action_id: Id
    block_id: Text = None
    type: Text = None
    value: Text = None
    selected_option: Object = None


class Place(BaseModel):
    """The channel of a message; absent where a click happened in a modal or on the Home tab."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    id: Id


class Interaction(Shape):
    """What clicks, submissions and shortcuts share."""

    user: Someone
    team: Team | None
    enterprise: Object = None
    is_enterprise_install: bool | str | None = None
    response_url: Text = None
    thread_ts: Text = None


class SlashCommand(Shape):
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
    trigger_id: Text = None
    container: Object = None
    channel: Place | None = None
    message: Object = None
    view: View | None = None


class ViewSubmission(Interaction):
    """A modal that was submitted."""

    kind = "view_submission"
    view: View
    trigger_id: Text = None
    response_urls: list[dict[str, Any]] = []


class ViewClosed(Interaction):
    """A modal that was closed without submitting."""

    kind = "view_closed"
    view: View


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


class Happening(BaseModel):
    """The inside of an event. Which other keys it has depends on its type."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)
    type: Id
    user: str | dict[str, Any] | None = None
    channel: str | dict[str, Any] | None = None
    team: str | dict[str, Any] | None = None
    view: View | None = None
    bot_id: Text = None
    subteam: Object = None
    item: Object = None
    message: Object = None
    previous_message: Object = None


class EventCallback(Shape):
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
        return model.model_validate(payload)
    except ValidationError as error:
        return reject(_told(model, error))


def _told(model: type[Shape], error: ValidationError) -> str:
    """Names of fields and kinds of error; two levels down, all names are those of our models."""
    known = [
        f"{'.'.join(str(part) for part in item['loc'][:2])}: {item['type']}"
        for item in error.errors(include_url=False, include_context=False, include_input=False)[:5]
    ]
    return f"{model.kind} ({'; '.join(known)})"
