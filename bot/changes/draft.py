"""What a person types before a change is submitted: kept at every step, so that nothing typed is lost.

A draft is a change in the state ``draft``. Its ``form`` maps each editor's Slack id to what they typed, so
that two people who edit the same change do not overwrite each other.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.changes.access import GONE
from bot.changes.context import Context
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.proposal import Live, Proposal, new_content, open_target, read_before, read_live, wrong
from bot.changes.rights import may_edit
from bot.changes.standing import standing
from bot.connectors.protocol import Content, TargetError
from bot.policy.load import PolicyError, parse_policy
from bot.policy.model import RELEASE_POLICY, Policy, UnknownWorkflowError
from bot.policy.settings import ChangedSetting, changed_settings
from storage import audit
from storage.models import Change, SeenEvent
from storage.queries import changes
from storage.vocabulary import Impact, Kind, State

LONGEST_TEXT = 500_000
"""Characters of a prompt; far past any that a model takes, and still quick to diff."""
EDITABLE = (State.DRAFT, State.IN_REVIEW, State.CHANGES_REQUESTED, State.STALE, State.APPROVED)


def save_proposal(
    context: Context, proposal: Proposal, *, actor: Actor, now: datetime, change_id: int | None = None
) -> Outcome:
    """Check the first step and keep it, as a new draft or as an edit of a change on its way."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        change = changes.change(session, change_id) if change_id else None
        revision = changes.current_revision(session, change) if change else None
    try:
        if revision and change and change.workflow != proposal.workflow:
            return wrong(
                "workflow", f"A change stays on its workflow, {change.workflow}. Propose another one."
            )
        target = open_target(context, policy, proposal.workflow)
        live = read_before(context, change, proposal.workflow, target)
        after = new_content(proposal, live, target, in_review=revision.after_text if revision else None)
    except UnknownWorkflowError:
        return wrong("workflow", "Choose one of the workflows in the list.")
    except TargetError as error:
        return Refused(str(error), "Nothing you typed is lost. Try again in a moment.")
    if isinstance(after, Refused):
        return after
    problems = _problems(policy, proposal, live, after)
    if problems:
        return Refused("Some answers are missing.", fields=tuple(problems))
    typed = {**asdict(proposal), **contents(live, after)}
    return keep_typed(context, typed, proposal.workflow, actor=actor, now=now, change_id=change_id)


def contents(live: Live, after: Content) -> dict[str, Any]:
    """What a draft keeps of what it replaces, and of what it proposes."""
    return {
        "before_version": live.version,
        "before": live.text,
        "before_settings": dict(live.settings),
        "after": after.text,
        "after_settings": dict(after.settings),
    }


def settings_that_change(typed: Mapping[str, Any]) -> tuple[ChangedSetting, ...]:
    """Those that go along with what was typed."""
    return changed_settings(typed.get("before_settings") or {}, typed.get("after_settings") or {})


def keep_typed(
    context: Context,
    typed: dict[str, Any],
    workflow: str,
    *,
    actor: Actor,
    now: datetime,
    change_id: int | None = None,
) -> Outcome:
    """Keep what somebody typed, checked or not, on a draft of theirs or on the change that they edit."""
    with context.transaction() as session:
        change = _kept_on(session, change_id, typed, actor)
        if change_id and change is None:
            return GONE
        refusal = _may_keep(session, change, typed, actor) if change else None
        if refusal:
            return refusal
        if change is None:
            sent = _sent_before(session, typed, actor, now=now)
            if sent:
                return sent
            change = Change(workflow=workflow, state_since=now, submitter=actor.slack_id, created_at=now)
            session.add(change)
            session.flush()
            audit.append(
                session, "change:draft", name_of(change.id), actor=actor.slack_id, now=now, workflow=workflow
            )
        if change.state is State.DRAFT and workflow:
            change.workflow = workflow
        change.form = {**change.form, actor.slack_id: {**_typed_on(change, actor, typed), **typed}}
        return Done("Kept.", change_id=change.id)


def typed_by(change: Change, actor: Actor) -> dict[str, Any]:
    """What this person typed into this change's form so far."""
    found: dict[str, Any] = change.form.get(actor.slack_id, {})
    return found


def keep_unsent(
    context: Context,
    typed: dict[str, Any],
    workflow: str,
    *,
    actor: Actor,
    now: datetime,
    change_id: int | None = None,
) -> None:
    """Keep what stands in a form that was not sent, if somebody has typed anything into it."""
    if change_id or typed.get("old_phrase") or typed.get("new_phrase") or _is_new(context, typed, workflow):
        keep_typed(context, typed, workflow, actor=actor, now=now, change_id=change_id)


def _is_new(context: Context, typed: Mapping[str, Any], workflow: str) -> bool:
    """Whether the text in the form is another than the live one, with which it was prefilled."""
    if not typed.get("new_text"):
        return False
    with context.reading() as session:
        _, policy = policy_in_force(session)
    try:
        live = read_live(open_target(context, policy, workflow))
    except (UnknownWorkflowError, TargetError):
        return True
    return bool(typed["new_text"] != live.text)


def _kept_on(
    session: Session, change_id: int | None, typed: Mapping[str, Any], actor: Actor
) -> Change | None:
    """The change that is edited, or the draft that this very form has made already."""
    if change_id:
        return changes.change(session, change_id)
    drafts = changes.drafts_of(session, actor.slack_id) if typed.get("view") else []
    return next((each for each in drafts if typed_by(each, actor).get("view") == typed["view"]), None)


def _sent_before(
    session: Session, typed: Mapping[str, Any], actor: Actor, *, now: datetime
) -> Refused | None:
    """One form makes one draft: that draft has gone on by now, and what comes late makes no second one."""
    form = f"form:{actor.slack_id}:{typed['view']}" if typed.get("view") else None
    if form is None:
        return None
    if session.get(SeenEvent, form):
        return Refused("What was typed here is on its way already.", "See /prompt-change list.")
    session.add(SeenEvent(event_id=form, at=now))
    return None


def _typed_on(change: Change, actor: Actor, typed: Mapping[str, Any]) -> dict[str, Any]:
    """What they typed before on the same revision. What was typed on an earlier one is another edit."""
    before = typed_by(change, actor)
    return before if before.get("revision") == typed.get("revision", before.get("revision")) else {}


def outdated(change: Change, typed: Mapping[str, Any]) -> Refused | None:
    """Whether somebody else's edit came between the opening of this form and now."""
    if typed.get("revision", change.revision) == change.revision:
        return None
    return Refused(
        f"{name_of(change.id)} was edited since you opened this form.",
        "Copy what you need from here, close it, and open Edit again.",
    )


def _problems(policy: Policy, proposal: Proposal, live: Live, after: Content) -> list[tuple[str, str]]:
    problems = []
    text_field = {"replace": "new_phrase", "upload": "file", "existing": "version"}.get(
        proposal.how, "new_text"
    )
    if not set(proposal.kinds) & set(Kind):
        problems.append(("kinds", "Tick at least one."))
    if not after.text.strip():
        problems.append((text_field, "The new text is empty."))
    elif after.text == live.text and after.settings == live.settings:
        problems.append((text_field, "This is what is live already. Change something."))
    if len(after.text) > LONGEST_TEXT:
        problems.append((text_field, f"The new text is longer than {LONGEST_TEXT:,} characters."))
    if _needs_a_word(policy, proposal):
        words = "Customers read this workflow. Tick that their answers change, or say why they do not."
        problems.append(("not_customer_visible_because", words))
    if proposal.workflow == RELEASE_POLICY and after.text.strip():
        problems += [(text_field, each) for each in policy_problems(after.text)[:1]]
    return problems


def _needs_a_word(policy: Policy, proposal: Proposal) -> bool:
    """On a customer-visible workflow the impact is ticked already; unticking it needs a sentence."""
    visible = policy.workflow(proposal.workflow).customer_visible
    ticked = Impact.CUSTOMER_VISIBLE.value in proposal.impacts
    return visible and not ticked and len(proposal.not_customer_visible_because.strip()) < 10  # noqa: PLR2004  as an answer


def policy_problems(text: str) -> list[str]:
    """What is wrong with a text as a policy, a sentence each."""
    try:
        parse_policy(text, name="policy")
    except PolicyError as error:
        return [str(each) for each in error.problems]
    return []


def _may_keep(session: Session, change: Change, typed: Mapping[str, Any], actor: Actor) -> Refused | None:
    return may_change(session, change, actor) or outdated(change, typed)


def may_change(session: Session, change: Change, actor: Actor) -> Refused | None:
    """Whether this person may edit this draft or change now."""
    if change.state not in EDITABLE:
        return Refused(
            f"{name_of(change.id)} is {change.state.value.replace('_', ' ')} and cannot be edited."
        )
    if change.state is State.DRAFT:
        if change.submitter == actor.slack_id:
            return None
        return Refused("This draft is somebody else's.", "Propose a change of your own: /prompt-change new.")
    revision = changes.current_revision(session, change)
    if revision is None:
        return GONE
    _, policy = policy_in_force(session)
    return may_edit(standing(session, policy, change, revision), actor)
