"""The second step: the change goes to review. What cannot go its whole way is refused here, not later.

Nothing is kept of a submission that is refused, except what was typed.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from bot.changes import tell
from bot.changes.access import GONE
from bot.changes.binding import bind
from bot.changes.classifying import history_of, write_classification
from bot.changes.context import Context
from bot.changes.draft import EDITABLE, contents, outdated, typed_by
from bot.changes.force import policy_in_force
from bot.changes.lacking import note_problems_of
from bot.changes.moving import move_state, name_of, touch
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.proposal import Live, new_content, open_target, proposal_from, read_before, read_version
from bot.changes.review import settle_review
from bot.changes.revisions import Note, ProposedText, revision_of
from bot.changes.rights import may_edit
from bot.changes.shortage import shortage
from bot.changes.standing import standing
from bot.connectors.protocol import Content, Target, TargetError, VersionMissing
from bot.policy.classify import Classification, ClassificationError, classify
from bot.policy.model import Policy, UnknownWorkflowError
from bot.policy.settings import changed_settings
from storage import audit
from storage.models import Ask, Change, Revision, Touch, Vote
from storage.queries import changes
from storage.vocabulary import Impact, Kind, State


def submit(context: Context, change_id: int, note: Note, *, actor: Actor, now: datetime) -> Outcome:
    """Send a draft, or an edit of a change on its way, to review. An edit voids the votes before it."""
    with context.reading() as session:
        _, policy = policy_in_force(session)
        change = changes.change(session, change_id)
        typed = typed_by(change, actor) if change else {}
        revision = changes.current_revision(session, change) if change else None
    if change is None:
        return GONE
    if not typed.get("after"):
        return _nothing_to_submit(change)
    try:
        target = open_target(context, policy, str(typed["workflow"]))
        live = read_before(context, change, str(typed["workflow"]), target)
        if live.version != typed.get("before_version"):
            in_review = revision.after_text if revision else None
            after = new_content(proposal_from(typed), live, target, in_review=in_review)
            return _read_again(context, change_id, live, after, actor=actor)
        if note.fallback_version:
            target.read_content(note.fallback_version)
        text = _store_text(target, typed, live, change_id, actor)
    except UnknownWorkflowError:
        return Refused("This workflow is no longer in the policy.", "Propose the change on another one.")
    except VersionMissing as error:
        return Refused(str(error), fields=(("fallback_version", f"{error} Choose another."),))
    except TargetError as error:
        return Refused(str(error), "Nothing you typed is lost. Try again in a moment.")
    with context.transaction() as session:
        return _submit(session, change_id, note, text, target, actor=actor, now=now)


def _nothing_to_submit(change: Change) -> Outcome:
    """A second click on Submit, or a form whose change has gone on without it."""
    if change.state is State.IN_REVIEW:
        return Done(f"{name_of(change.id)} is in review already.", already=True, change_id=change.id)
    return Refused(
        "There is nothing to submit here any more.", "Look at the change's card, or propose a new one."
    )


def _read_again(
    context: Context, change_id: int, live: Live, after: Content | Refused, *, actor: Actor
) -> Refused:
    """The live text has moved between the two steps: a replacement is made anew, in the text of now."""
    if isinstance(after, Refused):
        words = f"The live text has moved since you began. {after.reason}"
        return Refused(words, "Go back and propose it anew.")
    with context.transaction() as session:
        change = changes.change(session, change_id)
        if change is None:
            return GONE
        anew = {**typed_by(change, actor), **contents(live, after)}
        change.form = {**change.form, actor.slack_id: anew}
    return Refused(
        "The live text has moved since you began, so the diff and perhaps the lane are others now.",
        "If you gave a whole text, go back and see whether it still holds what is live.",
        redraw=True,
    )


def _store_text(
    target: Target, typed: dict[str, Any], live: Live, change_id: int, actor: Actor
) -> ProposedText:
    after = str(typed["after"])
    chosen = proposal_from(typed)
    if chosen.how == "existing":
        there = read_version(target, chosen.version)
        if there.text == after:
            return ProposedText(live, there)
    key = f"{name_of(change_id)}-{hashlib.sha256(after.encode()).hexdigest()[:16]}"
    version = target.propose(after, change_name=name_of(change_id), author=actor.name, key=key)
    return ProposedText(live, read_version(target, version))


def _submit(
    session: Session,
    change_id: int,
    note: Note,
    text: ProposedText,
    target: Target,
    *,
    actor: Actor,
    now: datetime,
) -> Outcome:
    change = changes.change(session, change_id)
    if change is None or change.state not in EDITABLE:
        return Refused("This change can no longer be edited.", "Propose a new one with /prompt-change new.")
    _, policy = policy_in_force(session)
    typed = typed_by(change, actor)
    if not typed.get("after"):
        return _nothing_to_submit(change)  # the same form was sent twice at once, and the other came first
    editing = change.state is not State.DRAFT
    if editing:
        refusal = _may_edit(session, policy, change, actor)
        if refusal:
            return refusal
    late = outdated(change, typed)
    if late:
        return late
    found = _classified_as_shown(session, policy, change, typed, text, actor=actor, now=now)
    if isinstance(found, Refused):
        return found
    workflow = str(typed["workflow"])
    touched = {each.person_id for each in changes.touches(session, change_id)} | {actor.person_id}
    problems = note_problems_of(
        session, policy, workflow, found, note, first=text.before.version is None, touched=touched
    )
    if problems:
        return Refused("Some answers are missing.", fields=tuple(problems))
    lacking = shortage(session, policy, workflow, found.lane, touched, now=now)
    if lacking:
        return Refused(lacking, "Nothing you typed is lost.")
    revision = revision_of(policy, change, workflow, found, note, text, target, actor=actor, now=now)
    earlier = changes.current_revision(session, change)
    if earlier is not None and earlier.review_digest == revision.review_digest:
        return Refused(
            "Nothing is different from what was reviewed.", "Change the text, the note or the plan first."
        )
    _write(session, change, revision, found, typed, note, actor=actor, now=now)
    _tell(session, policy, change, note, actor, editing=editing, now=now)
    settle_review(session, policy, change, revision, actor=actor.slack_id, now=now)
    return Done(f"{name_of(change.id)} is in review.", change_id=change.id)


def _may_edit(session: Session, policy: Policy, change: Change, actor: Actor) -> Refused | None:
    revision = changes.current_revision(session, change)
    return may_edit(standing(session, policy, change, revision), actor) if revision else GONE


def _classified_as_shown(
    session: Session,
    policy: Policy,
    change: Change,
    typed: dict[str, Any],
    text: ProposedText,
    *,
    actor: Actor,
    now: datetime,
) -> Classification | Refused:
    """A target may keep settings with a text that nobody could foresee. The lane they give is shown first."""
    found = _classified(session, policy, change, typed, text, now=now)
    foreseen = typed.get("after_settings") or {}
    if isinstance(found, Refused) or foreseen == text.after.settings:
        return found
    as_shown = ProposedText(text.before, replace(text.after, settings=foreseen))
    shown = _classified(session, policy, change, typed, as_shown, now=now)
    if isinstance(shown, Classification) and shown.lane is found.lane:
        return found
    change.form = {**change.form, actor.slack_id: {**typed, "after_settings": dict(text.after.settings)}}
    return Refused(
        f"The target keeps settings with this text that put it in the {found.lane.value} lane.",
        "Look at them, and submit again.",
        redraw=True,
    )


def _classified(
    session: Session,
    policy: Policy,
    change: Change,
    typed: dict[str, Any],
    text: ProposedText,
    *,
    now: datetime,
) -> Classification | Refused:
    try:
        return classify(
            policy,
            str(typed["workflow"]),
            kinds=[Kind(each) for each in typed["kinds"]],
            impacts=[Impact(each) for each in typed["impacts"]],
            before=text.before.text,
            after=text.after.text,
            settings=changed_settings(text.before.settings, text.after.settings),
            history=history_of(session, policy, str(typed["workflow"]), now=now),
            raised_to=change.lane_raised_to,
        )
    except ClassificationError as error:
        return Refused(str(error))


def _write(
    session: Session,
    change: Change,
    revision: Revision,
    found: Classification,
    typed: dict[str, Any],
    note: Note,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    change.workflow = str(typed["workflow"])
    change.kinds, change.impacts = list(typed["kinds"]), list(typed["impacts"])
    change.not_customer_visible_because = str(typed.get("not_customer_visible_because", "")).strip()
    change.lane_lowered_to = None
    # An edit back to an earlier text brings its digest back, but not the decisions on it.
    session.connection().execute(update(Vote).where(col(Vote.change_id) == change.id).values(counting=False))
    change.revision = revision.number
    change.moved_to, change.needs_new_before = None, False
    bind(change, policy_in_force(session)[0])
    change.form = {who: what for who, what in change.form.items() if who != actor.slack_id}
    write_classification(change, found)
    session.add(revision)
    if session.get(Touch, (change.id, actor.person_id)) is None:
        session.add(
            Touch(change_id=change.id or 0, person_id=actor.person_id, slack_id=actor.slack_id, at=now)
        )
    ask_instead(session, change, note.asked)
    audit.append(
        session,
        "change:submit",
        name_of(change.id),
        actor=actor.slack_id,
        now=now,
        revision=revision.number,
        content_digest=revision.content_digest,
        review_digest=revision.review_digest,
        lane=found.lane.value,
        rules=[each.rule for each in found.reasons],
        policy=change.policy_version,
    )
    if change.state is not State.IN_REVIEW:
        move_state(session, change, State.IN_REVIEW, actor=actor.slack_id, now=now, revision=revision.number)
    touch(session, change)
    session.flush()


def ask_instead(session: Session, change: Change, people: Iterable[str]) -> None:
    """These are asked to approve, and nobody else."""
    for slack_id in changes.asked(session, change.id or 0):
        session.delete(session.get_one(Ask, (change.id, slack_id)))
    session.flush()
    for slack_id in dict.fromkeys(people):
        session.add(Ask(change_id=change.id or 0, slack_id=slack_id))
    session.flush()


def _tell(
    session: Session,
    policy: Policy,
    change: Change,
    note: Note,
    actor: Actor,
    *,
    editing: bool,
    now: datetime,
) -> None:
    # Changes of the policy itself have no channel: then the card is the submitter's own.
    tell.review_card(session, change, policy.workflow(change.workflow).channel or change.submitter, now=now)
    if editing:
        text = f"{actor.name} edited it. Decisions on the text before no longer count."
        tell.in_thread(session, change, text, now=now, about=f"edited:{change.revision}")
    tell.ask(session, change, dict.fromkeys(note.asked), now=now)
