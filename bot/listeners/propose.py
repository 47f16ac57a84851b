"""Proposing a change: the two steps of the form, taking up a draft, editing, and editing the policy."""

from dataclasses import fields, replace
from typing import Any

from slack_bolt import Ack, App

from bot.cards.modals.note import NoteForm, read_submit_note, submit_note
from bot.cards.modals.propose import ProposalForm, read_submit_change, submit_change
from bot.cards.modals.reading import notice
from bot.cards.surface import MESSAGE_SHORTCUT, SHORTCUT, Action, Callback
from bot.changes.draft import keep_typed, keep_unsent, save_proposal
from bot.changes.outcome import Actor, Refused
from bot.changes.proposal import Proposal
from bot.changes.reading.forms import note_facts, proposal_facts
from bot.changes.revisions import Note
from bot.changes.submit import submit
from bot.listeners.desk import (
    Body,
    Desk,
    actor_of,
    number_of,
    open_form,
    refused_form,
    say,
    submitted,
    value_of,
)
from bot.listeners.uploads import uploaded_text
from bot.policy.model import RELEASE_POLICY

NOTE_FIELDS = {each.name for each in fields(Note)}


def open_proposal(
    desk: Desk, body: Body, actor: Actor, *, change_id: int | None = None, typed: dict[str, Any] | None = None
) -> None:
    """Open the first step: empty, for a draft, or for a change that is edited."""
    facts = proposal_facts(desk.context, actor, change_id=change_id, typed=typed or {})
    if isinstance(facts, Refused):
        say(desk, body, facts.reason, facts.remedy)
    else:
        open_form(desk, body, submit_change(facts))


def register(app: App, desk: Desk) -> None:
    """The ways into the form, and its two steps."""
    for way_in in (app.shortcut(SHORTCUT), app.shortcut(MESSAGE_SHORTCUT), app.action(Action.PROPOSE)):
        way_in(_opens(desk))
    app.action(Action.RESUME_DRAFT)(_resumes(desk))
    app.action(Action.EDIT_WORKFLOW)(_edits_policy(desk))
    app.action(Action.EDIT_POLICY)(_edits_policy(desk))

    @app.action(Action.CHOOSE_WORKFLOW)
    @app.action(Action.CHOOSE_HOW)
    def redraw(ack: Ack, body: dict[str, Any]) -> None:
        _redraw(desk, body)
        ack()

    @app.view(Callback.SUBMIT_CHANGE)
    def first_step(ack: Ack, body: dict[str, Any]) -> None:
        ack(**_first_step(desk, body))

    @app.view(Callback.SUBMIT_NOTE)
    def second_step(ack: Ack, body: dict[str, Any]) -> None:
        ack(**_second_step(desk, body))

    @app.view_closed(Callback.SUBMIT_CHANGE)
    @app.view_closed(Callback.SUBMIT_NOTE)
    def closed(ack: Ack, body: dict[str, Any]) -> None:
        _keep_what_was_typed(desk, body)
        ack()


def _opens(desk: Desk) -> Any:  # noqa: ANN401  Bolt takes any function
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        actor = actor_of(desk, body)
        if isinstance(actor, Refused):
            say(desk, body, actor.reason, actor.remedy)
        else:
            open_proposal(desk, body, actor)
        ack()

    return listener


def _resumes(desk: Desk) -> Any:  # noqa: ANN401  as above
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        actor = actor_of(desk, body)
        if isinstance(actor, Refused):
            say(desk, body, actor.reason, actor.remedy)
        else:
            # Laid over the empty form: an update in place would keep what its inputs hold, which is nothing.
            open_proposal(desk, body, actor, change_id=number_of(body))
        ack()

    return listener


def _edits_policy(desk: Desk) -> Any:  # noqa: ANN401  as above
    """A workflow's part of the policy, or all of it, as a change on the built-in workflow."""

    def listener(ack: Ack, body: dict[str, Any]) -> None:
        actor = actor_of(desk, body)
        if isinstance(actor, Refused):
            say(desk, body, actor.reason, actor.remedy)
        else:
            section = value_of(body)
            typed = {"workflow": RELEASE_POLICY, "kinds": ["workflow_steps"], "section": section}
            open_proposal(desk, body, actor, typed=typed)
        ack()

    return listener


def _redraw(desk: Desk, body: Body) -> None:
    """Draw the form again for another workflow, or another way to give the text."""
    actor = actor_of(desk, body)
    view = body.get("view")
    if isinstance(actor, Refused) or not view:  # no client sends this click from anywhere but a form
        return
    form = _form(view)
    _keep_unsent(desk, actor, view)
    facts = proposal_facts(desk.context, actor, change_id=form.change_id, typed=form.typed())
    if isinstance(facts, Refused):
        say(desk, body, facts.reason, facts.remedy)
        return
    desk.client.views_update(view_id=view["id"], hash=view.get("hash"), view=submit_change(facts))


def _first_step(desk: Desk, body: Body) -> dict[str, Any]:
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        return refused_form(actor, body)
    form = _form(body["view"])
    proposal = _proposal(desk, form, str(body["view"]["id"]))
    if isinstance(proposal, Refused):
        return refused_form(proposal, body)
    kept = save_proposal(desk.context, proposal, actor=actor, now=desk.now(), change_id=form.change_id)
    if isinstance(kept, Refused):
        return refused_form(kept, body)
    facts = note_facts(desk.context, kept.change_id or 0, actor, now=desk.now())
    if isinstance(facts, Refused):
        return refused_form(facts, body)
    return {"response_action": "push", "view": submit_note(facts)}


def _proposal(desk: Desk, form: ProposalForm, view_id: str) -> Proposal | Refused:
    uploaded = uploaded_text(desk.client, form.file[0]) if form.file and form.how == "upload" else ""
    if isinstance(uploaded, Refused):
        return uploaded
    return Proposal(
        workflow=form.workflow,
        kinds=tuple(each.value for each in form.kinds),
        impacts=tuple(each.value for each in form.impacts),
        not_customer_visible_because=form.not_customer_visible_because,
        how=form.how.value if form.how else "edit",
        new_text=form.new_text,
        old_phrase=form.old_phrase,
        new_phrase=form.new_phrase,
        version=form.version,
        section=form.section,
        uploaded=uploaded,
        revision=form.revision,
        view=view_id,
    )


def _second_step(desk: Desk, body: Body) -> dict[str, Any]:
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        return refused_form(actor, body)
    view = body["view"]
    form = read_submit_note(view["state"]["values"], view["private_metadata"])
    typed = {name: value for name, value in form.typed().items() if name in NOTE_FIELDS}
    change_id = form.change_id or 0
    outcome = submit(desk.context, change_id, _note(form), actor=actor, now=desk.now())
    if isinstance(outcome, Refused):
        keep_typed(desk.context, typed, "", actor=actor, now=desk.now(), change_id=change_id)
        if outcome.redraw:
            return _second_step_again(desk, change_id, actor, str(outcome))
    return submitted(outcome, body)


def _second_step_again(desk: Desk, change_id: int, actor: Actor, warning: str) -> dict[str, Any]:
    """The lane or the diff is another one by now: the form says so, with everything typed in it."""
    facts = note_facts(desk.context, change_id, actor, now=desk.now())
    if isinstance(facts, Refused):
        return {"response_action": "update", "view": notice("Prompt Change", str(facts))}
    return {"response_action": "update", "view": submit_note(replace(facts, warning=warning))}


def _note(form: NoteForm) -> Note:
    return Note(**{name: getattr(form, name) for name in NOTE_FIELDS})


def _keep_what_was_typed(desk: Desk, body: Body) -> None:
    """A form closed by accident can be taken up again, as far as Slack says what was in it."""
    actor = actor_of(desk, body)
    view = body["view"]
    values = (view.get("state") or {}).get("values") or {}
    if isinstance(actor, Refused) or not values:
        return
    if view["callback_id"] == Callback.SUBMIT_NOTE:
        note = read_submit_note(values, view["private_metadata"])
        typed = {name: value for name, value in note.typed().items() if name in NOTE_FIELDS}
        keep_typed(desk.context, typed, "", actor=actor, now=desk.now(), change_id=note.change_id)
        return
    _keep_unsent(desk, actor, view)


def _keep_unsent(desk: Desk, actor: Actor, view: Body) -> None:
    form = _form(view)
    if form.workflow and form.workflow == form.drawn_for:
        typed = {**form.typed(), "view": view["id"]}
        keep_unsent(desk.context, typed, form.workflow, actor=actor, now=desk.now(), change_id=form.change_id)


def _form(view: Body) -> ProposalForm:
    return read_submit_change(
        (view.get("state") or {}).get("values") or {}, view.get("private_metadata") or ""
    )
