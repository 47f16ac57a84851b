"""What payloads are made of: people, places, views and what their inputs hold.

Keys that are not named here are let through untouched, because Slack adds keys whenever it likes. What a
listener reaches for must be named here with the type that it expects, or it fails where nobody foresaw it.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Id = Annotated[str, StringConstraints(min_length=1, max_length=255)]
"""An opaque id. 255 is the most that Slack allows for an action_id or a callback_id."""

Text = str | None
Object = dict[str, Any] | None


class Part(BaseModel):
    """What every accepted payload, and every part of one, has in common."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)


class Someone(Part):
    """The person who clicked, submitted or chose a shortcut, as Slack signed it."""

    id: Id
    team_id: Text = None


class Team(Part):
    """The workspace in which something was clicked."""

    id: Id
    enterprise_id: Text = None


class Chosen(Part):
    """An option of a select, a menu or boxes. Only its value is ever read."""

    value: Text = None


class File(Part):
    """An uploaded file. Only its id is ever read."""

    id: Id


class Input(Part):
    """What one input holds; which of these depends on its type."""

    value: Text = None
    selected_option: Chosen | None = None
    selected_options: list[Chosen] | None = None
    files: list[File] | None = None


class State(Part):
    """What the inputs of a view hold, by block_id and action_id."""

    values: dict[str, dict[str, Input]]


class Block(Part):
    """A block of a view, as far as errors are told beside it."""

    type: str
    block_id: Text = None


class View(Part):
    """A modal or Home tab, and the state of its inputs."""

    id: Id
    type: Literal["modal", "home"]
    callback_id: Text = None
    private_metadata: Text = None
    hash: Text = None
    team_id: Text = None
    app_installed_team_id: Text = None
    state: State | Annotated[list[Any], Field(max_length=0)] | None = None
    """An object of values; an empty one may arrive as a list."""
    blocks: list[Block] = []


class OpenView(View):
    """A view whose inputs are read."""

    callback_id: Id
    private_metadata: str = ""


class Submitted(OpenView):
    """A view that was submitted: without its inputs there is nothing to answer to."""

    private_metadata: str
    state: State
    blocks: list[Block]


class Action(Part):
    """One element that was used: a button, a menu, a date."""

    action_id: Id
    block_id: Text = None
    type: Text = None
    value: Text = None
    selected_option: Chosen | None = None


class Place(Part):
    """The channel of a message; absent where a click happened in a modal or on the Home tab."""

    id: Id


class Enterprise(Part):
    """The enterprise of a workspace that belongs to one."""

    id: Text = None
