"""What a screen shows, as plain frozen values read from the rows in one go.

Cards and modals are drawn from these and from nothing else, so that a drawing can neither query nor decide.
People are Slack ids; ``Who`` adds the name for places where Slack does not resolve mentions.
"""

from dataclasses import dataclass, field
from datetime import datetime

from bot.policy.classify import Reason
from bot.policy.settings import ChangedSetting
from bot.policy.signals import Signal
from storage.models import MoveState, RollbackState
from storage.vocabulary import Decision, Impact, Kind, Lane, Role, State


@dataclass(frozen=True, slots=True)
class Who:
    """A person with a Slack account, or (in ``principal`` lists) a group, a channel or an e-mail address."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ExampleCase:
    """One case that a spot check opens: an input and what a good answer has."""

    input: str
    good: str


@dataclass(frozen=True, slots=True)
class SpotMark:
    """A reviewer's mark on one example case, with the new output that they looked at."""

    input: str
    output: str
    good: bool


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """One recorded decision. ``counts`` is false for voided ones, and ``why_not`` then says why."""

    who: Who
    decision: Decision
    at: datetime
    statement: str = ""
    marks: tuple[SpotMark, ...] = ()
    counts: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFacts:
    """One recorded evaluation result. ``current``: it judged exactly the content under review."""

    suite: str
    total: int
    passed: int
    newly_failing: int
    scored_by_people: bool
    link: str
    attested_by: Who
    at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class GateFacts:
    """One requirement before approval counts, e.g. "Regression set", and its state in words."""

    name: str
    met: bool
    text: str


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """The text under review with its note and plan. ``id`` is what review buttons carry as value."""

    id: int
    number: int
    author: Who
    created_at: datetime
    before_version: str | None
    after_version: str
    before_text: str
    after_text: str
    what_changed: str
    why: str
    good: str
    rollback_trigger: str
    rollback_owner: Who
    rollback_plan: str = ""
    stop_conditions: str = ""
    stages: tuple[str, ...] = ()
    settings: tuple[ChangedSetting, ...] = ()
    fallback_version: str | None = None
    fallback_switch_off: str = ""


@dataclass(frozen=True, slots=True)
class AcknowledgementFacts:
    """Someone who must confirm. ``principal`` may be a person or a group (S…); ``by`` None: not yet."""

    principal: Who
    by: Who | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RollbackFacts:
    """One reversal. ``trouble`` is the last error in words; ``passed_over`` other releases undone with it.

    ``summary``: what the release had changed. ``left_by``: who kept what was set outside this app, which is
    then the ``to_version``. ``found_outside``: somebody rolled back without this app, which found it so.
    """

    id: int
    release_id: int
    change_id: int
    workflow: str
    state: RollbackState
    from_version: str | None
    to_version: str | None
    by: Who
    at: datetime
    done_at: datetime | None
    reason: str
    reason_by: Who | None
    trouble: str = ""
    pointer_found: str | None = None
    by_hand: str = ""
    passed_over: tuple[int, ...] = ()
    restorable_until: datetime | None = None
    acknowledgements: tuple[AcknowledgementFacts, ...] = ()
    restored: bool = False
    restore_asked_by: Who | None = None
    restore_reason: str = ""
    summary: str = ""
    left_by: Who | None = None
    found_outside: bool = False


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """A move that a person must make by hand (manual targets) and confirm. ``id`` is the move's id."""

    id: int
    instructions: str
    state: MoveState


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """One deployment. ``stage`` of ``stages``: 1 of 2 is the canary.

    ``lag_seconds``: how long clients may still see the old text.
    """

    id: int
    change_id: int
    workflow: str
    lane: Lane
    state: State
    stage: int
    stages: int
    stage_names: tuple[str, ...]
    old_version: str | None
    new_version: str
    deployer: Who
    rollback_owner: Who
    started_at: datetime
    live_at: datetime | None
    ended_at: datetime | None
    by_hand: str = ""
    lag_seconds: int = 0
    trouble: str = ""
    moving: bool = False
    task: TaskFacts | None = None
    rollback: RollbackFacts | None = None
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """Everything that any card of one change shows. ``who_*`` lists are by name, people first, then groups.

    ``still_needed``: approvals missing; ``asked``: whom the submitter asked and who has not decided;
    ``eligible``: everyone who could still approve; ``deployers``: who may deploy it now;
    ``may_also_deploy``: approvers who could deploy as well, so that Approve and deploy makes sense.
    """

    id: int
    version: int
    workflow: str
    channel: str
    customer_visible: bool
    state: State
    state_since: datetime
    created_at: datetime
    submitter: Who
    touched_by: tuple[Who, ...]
    kinds: tuple[Kind, ...]
    impacts: tuple[Impact, ...]
    not_customer_visible_because: str
    lane: Lane
    reasons: tuple[Reason, ...]
    signals: tuple[Signal, ...]
    gate_required: bool
    gate_reasons: tuple[Reason, ...]
    lane_changed_by: Who | None
    lane_change_reason: str
    quorum: int
    revision: RevisionFacts
    decisions: tuple[DecisionFacts, ...]
    approvals: int
    still_needed: int
    asked: tuple[Who, ...]
    eligible: tuple[Who, ...]
    deployers: tuple[Who, ...]
    may_also_deploy: tuple[Who, ...]
    gates: tuple[GateFacts, ...]
    evidence: tuple[EvidenceFacts, ...]
    statement_required: bool
    spot_check: bool
    examples: tuple[ExampleCase, ...]
    without_stages: bool
    target: str
    moved_to: str | None = None
    release: ReleaseFacts | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list (home, list, recent, history): enough to draw it with its buttons."""

    change_id: int
    workflow: str
    lane: Lane | None
    state: State
    summary: str
    submitter: Who
    at: datetime
    waiting_for: str = ""
    release: ReleaseFacts | None = None
    can_roll_back: bool = False


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """The Home tab of one person: what waits for them, what is theirs, what is live."""

    person: Who
    waiting: tuple[Line, ...]
    mine: tuple[Line, ...]
    live: tuple[Line, ...]
    undelivered: int = 0


@dataclass(frozen=True, slots=True)
class PeopleOf:
    """Who holds one role in one workflow, by lane; a principal is a person, group, channel or address."""

    role: Role
    by_lane: dict[Lane, tuple[Who, ...]]


@dataclass(frozen=True, slots=True)
class Looked:
    """A version that could be read just now; where there is none, the words that say why."""

    version: str | None = None
    words: str = "not known"


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """A target as it was found just now: what is live, what a rollback brings back, what is to put right."""

    where: str = ""
    live: Looked = Looked()
    back: Looked = Looked()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowFacts:
    """`/prompt-change workflow NAME`: attributes, people, target and present state."""

    name: str
    description: str
    customer_visible: bool
    touches: tuple[str, ...]
    tools: tuple[str, ...]
    channel: str
    owner: str
    target: TargetCheck
    people: tuple[PeopleOf, ...]
    policy_version: int
    live: ReleaseFacts | None
    open_changes: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """`/prompt-change policy`: which version is in force, since when, and who owns it."""

    version: int
    since: datetime
    source: str
    owners: tuple[Who, ...]
    warnings: tuple[str, ...]
    workflows: tuple[str, ...]
    rules: tuple[tuple[Lane, str], ...]


@dataclass(frozen=True, slots=True)
class ReverseFacts:
    """`/prompt-change reverse WORKFLOW`: how this release would be reversed today."""

    workflow: str
    live: ReleaseFacts | None
    returns_to: str | None
    readable: bool | None
    unreadable_why: str
    who_can: tuple[Who, ...]
    by_hand: str
    fallback_switch_off: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a select: an id and a label for people."""

    value: str
    label: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ProposalFacts:
    """What the first step of the submission form needs. ``typed`` is what the person typed so far.

    ``before`` is the live text (None: nothing is live yet); ``editable``: short enough for the form.
    ``resumable``: drafts of this person that can be taken up again. ``revision``: the number of the revision
    from which this edit starts, 0 in a draft. ``adopting``: what is live was set outside the app, and
    ``before`` is what the record has.
    """

    change_id: int | None
    workflows: tuple[Choice, ...]
    workflow: str | None
    customer_visible: bool
    before: str | None
    before_version: str | None
    versions: tuple[Choice, ...] = ()
    typed: dict[str, object] = field(default_factory=dict)
    resumable: tuple[Choice, ...] = ()
    adopting: bool = False
    will_void: int = 0
    cannot_approve_after: bool = False
    revision: int = 0


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """What the second step needs: the lane with its reasons, who can be asked, and what was typed so far."""

    change_id: int
    workflow: str
    lane: Lane
    reasons: tuple[Reason, ...]
    signals: tuple[Signal, ...]
    gate_required: bool
    gate_reasons: tuple[Reason, ...]
    quorum: int
    approvers: tuple[Choice, ...]
    proposed: tuple[str, ...]
    rollback_owners: tuple[Choice, ...]
    deployers: tuple[Who, ...]
    before_text: str
    after_text: str
    first_release: bool
    needs_plan: bool
    needs_stop_conditions: bool
    without_stages: bool
    settings: tuple[ChangedSetting, ...] = ()
    versions: tuple[Choice, ...] = ()
    typed: dict[str, object] = field(default_factory=dict)
    warning: str = ""
