"""The rest of the policy file: rules, signals, gates, lanes, durations and freezes.

Every default stands in default.yml beside the reason for it, so nothing here has a default of its own
except what is optional by nature. A figure must not be known in two places.
"""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, WithJsonSchema, model_validator

from bot.policy.frozen import Frozen
from bot.policy.principals import Duration
from storage.vocabulary import Impact, Kind, Lane, Touch

Sentence = Annotated[StrictStr, Field(min_length=3, max_length=300)]
Words = tuple[Annotated[StrictStr, Field(min_length=1, max_length=60)], ...]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False, strict=True)]


class Rule(Frozen):
    """The lane that one kind or one impact gives to any change."""

    lane: Lane
    because: Sentence = Field(description="Ends the sentence that the card shows")


class TouchRule(Frozen):
    """The lane that some kinds and impacts give on a workflow that touches money or legal matters."""

    kinds: tuple[Kind, ...] = ()
    impacts: tuple[Impact, ...] = ()
    only_customer_visible: StrictBool = False
    lane: Lane
    because: Sentence

    @model_validator(mode="after")
    def _asks_for_something(self) -> "TouchRule":
        if not (self.kinds or self.impacts):
            raise ValueError("this rule could never fire. Name the kinds or impacts that it is about.")
        return self


class Rules(Frozen):
    """Which lane each kind and impact gives. Every identifier has one, so that none is let through."""

    kinds: dict[Kind, Rule]
    impacts: dict[Impact, Rule]
    touches: dict[Touch, tuple[TouchRule, ...]]


class WordList(Frozen):
    """Words and phrases that name an impact or a kind when a change adds or removes them."""

    words: Words
    more: Words = Field(default=(), description="Your own words, beside the default ones")

    @property
    def all(self) -> tuple[str, ...]:
        """The default words and the added ones."""
        return (*self.words, *self.more)


class Turns(Frozen):
    """Words that turn the meaning of a sentence round: where they differ, all its signal words count."""

    numbers: Words
    bounds: Words
    negations: Words
    modals: Words
    conditions: Words
    acts: Words
    latitude: Words
    opposites: tuple[tuple[StrictStr, StrictStr], ...]


class Signals(Frozen):
    """The word lists by which a diff is read."""

    impacts: dict[Impact, WordList]
    kinds: dict[Kind, WordList]
    turns: Turns


class Criterion(Frozen):
    """One thing that makes a regression gate necessary, whatever the lane."""

    kinds: tuple[Kind, ...] = ()
    impacts: tuple[Impact, ...] = ()
    touches: tuple[Touch, ...] = ()
    customer_visible: StrictBool = False
    because: Sentence


class HistoryCriterion(Frozen):
    """How much drift and how many complaints make a history."""

    events: Annotated[StrictInt, Field(ge=1, le=1000)]
    within: Duration
    because: Sentence


class Gates(Frozen):
    """When passing evidence is required before a change counts as approved."""

    policy_interpretation: Criterion
    retrieval: Criterion
    model_behaviour: Criterion
    sensitive_workflow: Criterion
    history: HistoryCriterion
    lanes: tuple[Lane, ...] = Field(description="Lanes that always have a regression gate")

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The four criteria that are read from the change and its workflow."""
        return (self.policy_interpretation, self.retrieval, self.model_behaviour, self.sensitive_workflow)


class Threshold(Frozen):
    """What evidence must reach in a lane."""

    cases: Annotated[StrictInt, Field(ge=1, le=1_000_000)]
    pass_rate: Share
    newly_failing: Annotated[StrictInt, Field(ge=0)]
    scored_cases: Annotated[StrictInt, Field(ge=1)] | None = None


class LaneRules(Frozen):
    """What one lane demands of a change."""

    approvals: Annotated[StrictInt, Field(ge=1, le=20)]
    statement_required: StrictBool
    spot_check: StrictBool
    threshold: Threshold
    rollback_plan_required: StrictBool
    stop_conditions_required: StrictBool
    stages: Annotated[tuple[Literal["canary", "full"], ...], Field(min_length=1)]
    deployer_may_not_touch: StrictBool
    restore_confirmed_by_second: StrictBool
    acknowledgement_from_groups: Literal["one", "all"]
    reminder_after: Duration
    expires_after: Duration

    @model_validator(mode="after")
    def _ends_in_full(self) -> "LaneRules":
        if self.stages not in (("full",), ("canary", "full")):
            raise ValueError("stages must be [full] or [canary, full]. The last stage is always full.")
        return self


class Lanes(Frozen):
    """What each lane demands."""

    low: LaneRules
    medium: LaneRules
    high: LaneRules

    def of(self, lane: Lane) -> LaneRules:
        """Give the demands of one lane."""
        return {Lane.LOW: self.low, Lane.MEDIUM: self.medium, Lane.HIGH: self.high}[lane]


class Durations(Frozen):
    """How long things may take. Written as 15m, 24h or 14d."""

    group_rows_fresh: Duration
    group_refresh: Duration
    restore_window: Duration
    same_day_rollback: Duration
    approval_after_the_fact: Duration
    acknowledgement_reminder: Duration
    acknowledgement_escalation: Duration


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone. Write one such as 2030-12-20T00:00+01:00.")
    return text


Moment = Annotated[
    StrictStr, AfterValidator(_moment), WithJsonSchema({"type": "string", "format": "date-time"})
]


class Freeze(Frozen):
    """A time in which nothing is deployed. Rollback is never frozen."""

    start: Moment = Field(alias="from")
    end: Moment = Field(alias="to")
    because: Sentence
    lanes: tuple[Lane, ...] = tuple(Lane)
    workflows: tuple[StrictStr, ...] = Field(default=(), description="Empty for every workflow")

    @model_validator(mode="after")
    def _in_order(self) -> "Freeze":
        if datetime.fromisoformat(self.start) >= datetime.fromisoformat(self.end):
            raise ValueError("a freeze must end after it starts. Exchange `from` and `to`.")
        return self
