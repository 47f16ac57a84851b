"""What the two steps of the submission form need to be drawn."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bot.changes.classifying import history_of
from bot.changes.context import Context
from bot.changes.draft import outdated, settings_that_change, typed_by
from bot.changes.facts import Choice, NoteFacts, ProposalFacts
from bot.changes.force import policy_in_force
from bot.changes.moving import name_of
from bot.changes.outcome import Actor, Refused
from bot.changes.proposal import Live, adopted_from, open_target, read_before
from bot.changes.reading.names import Names
from bot.changes.rights import rollback_owners
from bot.changes.standing import can_act, has_stages, standing
from bot.connectors.protocol import Target, TargetError, Version
from bot.policy.classify import Classification, ClassificationError, classify
from bot.policy.model import RELEASE_POLICY, Policy
from bot.policy.rewrite import section_of
from storage.models import Change
from storage.queries import changes, people
from storage.queries.people import Entitled
from storage.vocabulary import Impact, Kind, Role, State

SHOWN_VERSIONS = 20
SHOWN_LABEL = 70


def proposal_facts(
    context: Context, actor: Actor, *, change_id: int | None, typed: Mapping[str, Any]
) -> ProposalFacts | Refused:
    """The first step for this person. ``typed`` overrides what was kept of the change's form."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        change = changes.change(session, change_id) if change_id else None
        kept = {**_from_revision(session, change), **_kept(change, actor)} if change else {}
        drafts = changes.drafts_of(session, actor.slack_id) if change is None else []
        votes, cannot = _consequences(session, policy, change, actor)
    merged = {**kept, **typed}
    workflow = str(merged.get("workflow") or "") or None
    workflow = workflow if workflow in policy.all_workflows else None
    live, versions = Live(None, ""), tuple[Choice, ...]()
    if workflow:
        try:
            target = open_target(context, policy, workflow)
            live = read_before(context, change, workflow, target)
            versions = _choices(target, chosen=str(merged.get("version") or ""))
        except TargetError as error:
            return Refused(str(error), "Ask whoever looks after the target, or try again in a moment.")
    section = str(merged.get("section") or "")
    before = section_of(live.text, section) if section and workflow == RELEASE_POLICY else live.text
    return ProposalFacts(
        change_id=change_id,
        workflows=tuple(
            Choice(name, name, w.description[:SHOWN_LABEL]) for name, w in policy.all_workflows.items()
        ),
        workflow=workflow,
        customer_visible=policy.workflow(workflow).customer_visible if workflow else False,
        before=before if live.version else None,
        before_version=live.version,
        versions=versions,
        typed=merged,
        resumable=tuple(_draft(each, actor) for each in drafts),
        adopting=workflow is not None and adopted_from(context, change, workflow) is not None,
        will_void=votes,
        cannot_approve_after=cannot,
        revision=int(typed.get("revision", change.revision if change else 0)),
    )


def note_facts(context: Context, change_id: int, actor: Actor, *, now: datetime) -> NoteFacts | Refused:
    """The second step: the lane that came of the first one, and who can be asked."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        change = changes.change(session, change_id)
        typed = {**_from_revision(session, change), **typed_by(change, actor)} if change else {}
        if change is None or "after" not in typed:
            return Refused("This draft no longer exists.", "Begin again with /prompt-change new.")
        workflow = str(typed["workflow"])
        found = classified(session, policy, change, typed, now=now)
        if isinstance(found, Refused):
            return found
        attributes, rules = policy.workflow(workflow), policy.lanes.of(found.lane)
        touched = {each.person_id for each in changes.touches(session, change_id)} | {actor.person_id}
        approvers = _able(people.entitled(session, workflow, Role.APPROVE, found.lane), touched)
        barred = touched if rules.deployer_may_not_touch else set()
        deployers = _able(people.entitled(session, workflow, Role.DEPLOY, found.lane), barred)
        owners = rollback_owners(session, workflow, found.lane)
        names = Names(session)
    first = typed.get("before_version") is None
    # A field that could not be shown, because nobody was on its list, was not left empty by the person.
    usual = {
        "good": attributes.templates.good,
        "rollback_trigger": attributes.templates.trigger,
        "rollback_owner": owners[0].slack_id if owners else "",
        "asked": [each.slack_id for each in approvers[: found.approvals]],
    }
    # Somebody who was chosen in another lane may hold no right in this one.
    able = {each.slack_id for each in approvers}
    typed["asked"] = [each for each in typed.get("asked", ()) if each in able]
    if typed.get("rollback_owner") not in {each.slack_id for each in owners}:
        typed.pop("rollback_owner", None)
    typed |= {name: value for name, value in usual.items() if not typed.get(name)}
    return NoteFacts(
        change_id=change_id,
        workflow=workflow,
        lane=found.lane,
        reasons=found.reasons,
        signals=found.signals,
        gate_required=found.regression_gate,
        gate_reasons=found.gate_reasons,
        quorum=found.approvals,
        approvers=tuple(Choice(each.slack_id, each.name) for each in approvers),
        proposed=tuple(each.slack_id for each in approvers[: found.approvals]),
        rollback_owners=tuple(Choice(each.slack_id, each.name) for each in owners),
        deployers=names.of(deployers),
        before_text=str(typed.get("before", "")),
        after_text=str(typed["after"]),
        settings=settings_that_change(typed),
        first_release=first,
        needs_plan=rules.rollback_plan_required,
        needs_stop_conditions=rules.stop_conditions_required,
        without_stages=len(rules.stages) > 1 and not has_stages(attributes),
        versions=_versions(context, policy, workflow) if first else (),
        typed=typed,
    )


def classified(
    session: Session, policy: Policy, change: Change, typed: Mapping[str, Any], *, now: datetime
) -> Classification | Refused:
    """What the policy says of what was typed so far."""
    try:
        return classify(
            policy,
            str(typed["workflow"]),
            kinds=[Kind(each) for each in typed["kinds"]],
            impacts=[Impact(each) for each in typed["impacts"]],
            before=str(typed.get("before", "")),
            after=str(typed["after"]),
            settings=settings_that_change(typed),
            history=history_of(session, policy, str(typed["workflow"]), now=now),
            raised_to=change.lane_raised_to,
        )
    except ClassificationError as error:
        return Refused(str(error))


def _kept(change: Change, actor: Actor) -> dict[str, Any]:
    """What this person typed and did not send, unless somebody has edited the change since."""
    typed = typed_by(change, actor)
    return {} if outdated(change, typed) else typed


def _from_revision(session: Session, change: Change | None) -> dict[str, Any]:
    """An edit starts from what is under review."""
    revision = changes.current_revision(session, change) if change else None
    if change is None or revision is None:
        return {}
    return {
        "workflow": change.workflow,
        "kinds": change.kinds,
        "impacts": change.impacts,
        "not_customer_visible_because": change.not_customer_visible_because,
        "new_text": revision.after_text,
        "what_changed": revision.what_changed,
        "why": revision.why,
        "good": revision.good,
        "rollback_trigger": revision.rollback_trigger,
        "rollback_owner": revision.rollback_owner,
        "rollback_plan": revision.rollback_plan,
        "stop_conditions": revision.stop_conditions,
        "fallback_version": revision.fallback_version or "",
        "fallback_switch_off": revision.fallback_switch_off,
        "asked": changes.asked(session, change.id or 0),
    }


def _consequences(session: Session, policy: Policy, change: Change | None, actor: Actor) -> tuple[int, bool]:
    """How many votes an edit would void, and whether it would make an approver one who cannot approve."""
    revision = changes.current_revision(session, change) if change else None
    if change is None or revision is None or change.state is State.DRAFT:
        return 0, False
    look = standing(session, policy, change, revision)
    approver = any(each.person_id == actor.person_id for each in look.eligible)
    return len([each for each in look.votes if not each.why_not]), approver


def _able(entitled: list[Entitled], barred: set[int]) -> list[Entitled]:
    found: dict[int, Entitled] = {}
    for each in entitled:
        if can_act(each) and each.person_id not in barred:
            found.setdefault(each.person_id, each)
    return sorted(found.values(), key=lambda each: (each.group is not None, each.name))


def _versions(context: Context, policy: Policy, workflow: str) -> tuple[Choice, ...]:
    try:
        return _choices(open_target(context, policy, workflow))
    except TargetError:
        return ()


def _choices(target: Target, *, chosen: str = "") -> tuple[Choice, ...]:
    """The newest versions; one that was chosen is offered however old it is, or whoever made it."""
    found = [_choice(each) for each in target.list_versions(SHOWN_VERSIONS)]
    if chosen and chosen not in {each.value for each in found}:
        found.insert(0, Choice(chosen, "Set outside this app", chosen[:10]))
    return tuple(found)


def _choice(version: Version) -> Choice:
    when = f"{version.at:%Y-%m-%d}"
    return Choice(
        version.id, version.label[:SHOWN_LABEL], f"{version.id[:10]}, {version.author}, {when}"[:SHOWN_LABEL]
    )


def _draft(change: Change, actor: Actor) -> Choice:
    summary = str(typed_by(change, actor).get("what_changed") or "not finished")
    return Choice(str(change.id), f"{name_of(change.id)} on {change.workflow}: {summary}"[:SHOWN_LABEL])
