"""What the policy file says of one workflow: attributes, people and target.

A workflow may be described by its attributes alone, which is enough to classify. What is missing for a
real release is found by the loader; a missing list of people must always read as nobody.
"""

import re
from datetime import time
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictStr,
    WithJsonSchema,
    model_validator,
)

from bot.policy.frozen import Frozen
from bot.policy.principals import AudienceName, ChannelName, HolderName, PersonName
from bot.policy.targets import Target
from storage.vocabulary import Lane, Touch

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _spread(value: object) -> object:
    """Give a flat list to every lane. A mapping stays as it is: lanes do not inherit from each other."""
    if isinstance(value, list | tuple):
        return {lane.value: value for lane in Lane}
    return value


def _flat_or_per_lane(schema: dict[str, Any]) -> None:
    each = schema["properties"]["low"]
    names = {"type": "array", "items": each["items"]}
    per_lane = {key: schema.pop(key) for key in ("type", "properties", "additionalProperties")}
    schema["anyOf"] = [names, per_lane]


class Holders(Frozen):
    """Who holds one right, per lane. A lane that is not named has nobody."""

    model_config = ConfigDict(json_schema_extra=_flat_or_per_lane)

    low: Annotated[tuple[HolderName, ...], AfterValidator(_each_once)] = ()
    medium: Annotated[tuple[HolderName, ...], AfterValidator(_each_once)] = ()
    high: Annotated[tuple[HolderName, ...], AfterValidator(_each_once)] = ()

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: object) -> object:
        return _spread(value)

    def of(self, lane: Lane) -> tuple[str, ...]:
        """List who holds the right in this lane; empty means nobody."""
        return {Lane.LOW: self.low, Lane.MEDIUM: self.medium, Lane.HIGH: self.high}[lane]


class Audience(Frozen):
    """Who must be informed, per lane. The one list in which channels may stand."""

    model_config = ConfigDict(json_schema_extra=_flat_or_per_lane)

    low: Annotated[tuple[AudienceName, ...], AfterValidator(_each_once)] = ()
    medium: Annotated[tuple[AudienceName, ...], AfterValidator(_each_once)] = ()
    high: Annotated[tuple[AudienceName, ...], AfterValidator(_each_once)] = ()

    @model_validator(mode="before")
    @classmethod
    def _flat(cls, value: object) -> object:
        return _spread(value)

    def of(self, lane: Lane) -> tuple[str, ...]:
        """List who must be informed in this lane; empty means nobody."""
        return {Lane.LOW: self.low, Lane.MEDIUM: self.medium, Lane.HIGH: self.high}[lane]


def _clock(value: object) -> time:
    if isinstance(value, time):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ValueError(f'{value!r} is no time of day. Write it in quotes, such as "09:00".')
    return time.fromisoformat(value)


def _weekdays(value: object) -> tuple[int, ...]:
    if isinstance(value, tuple):
        return value
    parts = value if isinstance(value, list) else str(value).split(",")
    days: set[int] = set()
    for part in parts:
        first, _, last = str(part).strip().lower().partition("-")
        if first not in DAYS or (last and last not in DAYS):
            raise ValueError(f"{value!r} are no days. Write days such as mon-fri or [mon, wed, fri].")
        start = DAYS.index(first)
        length = (DAYS.index(last or first) - start) % 7
        days.update((start + step) % 7 for step in range(length + 1))
    return tuple(sorted(days))


ClockTime = Annotated[
    time, BeforeValidator(_clock), WithJsonSchema({"type": "string", "examples": ["09:00"]})
]


class WorkingHours(Frozen):
    """When this workflow's people work. Days are numbers, 0 for Monday; times are in the workflow's zone."""

    days: Annotated[
        tuple[int, ...],
        BeforeValidator(_weekdays),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ] = (0, 1, 2, 3, 4)
    start: ClockTime = Field(default=time(9), alias="from")
    end: ClockTime = Field(default=time(18), alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> "WorkingHours":
        if self.start >= self.end:
            raise ValueError("working hours must end after they start. Exchange `from` and `to`.")
        return self


class Example(Frozen):
    """One case that a spot check opens."""

    input: StrictStr = Field(min_length=1, description="What is sent to the workflow")
    good: StrictStr = Field(min_length=1, description="What a good answer has")


class Templates(Frozen):
    """What the release note's last two statements are prefilled with."""

    good: StrictStr = Field(default="", description="What good looks like after release")
    trigger: StrictStr = Field(default="", description="What would count as a rollback trigger")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone. Write one such as Europe/Berlin or UTC.") from error
    return name


class Workflow(Frozen):
    """One governed workflow. Every key has a default; an empty list of people means nobody."""

    description: StrictStr = ""
    customer_visible: StrictBool = Field(default=False, description="Customers read what it answers")
    touches: tuple[Touch, ...] = Field(default=(), description="money, legal, both or neither")
    tools: tuple[StrictStr, ...] = Field(default=(), description="Names of the tools that it may call")
    channel: ChannelName | None = Field(default=None, description="Where its cards are posted")
    owner: PersonName | None = Field(default=None, description="Who answers for the workflow")
    approve: Holders = Holders()
    deploy: Holders = Holders()
    roll_back: Holders = Holders()
    inform: Audience = Audience()
    emergency: Holders = Holders()
    target: Annotated[Target, Field(discriminator="kind")] | None = None
    timezone: Annotated[StrictStr, AfterValidator(_zone)] = Field(
        default="UTC", description="Where its people work, such as Europe/Berlin"
    )
    working_hours: WorkingHours = WorkingHours()
    examples: tuple[Example, ...] = ()
    templates: Templates = Templates()
