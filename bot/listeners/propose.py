"""Proposing a change: the two steps of the form, taking up a draft, editing, and editing the policy."""

from dataclasses import fields
from typing import Any

from slack_bolt import Ack, App

from bot.cards.modals.note import NoteForm, read_submit_note, submit_note
from bot.cards.modals.propose import ProposalForm, read_submit_change, submit_change
from bot.cards.surface import MESSAGE_SHORTCUT, SHORTCUT, Action, Callback
from bot.changes.draft import Proposal, keep_typed, save_proposal
from bot.changes.outcome import Actor, Refused
from bot.changes.reading.forms import note_facts, proposal_facts
from bot.changes.submit import Note, submit
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
            _resume(desk, body, actor)
        ack()

    return listener


def _resume(desk: Desk, body: Body, actor: Actor) -> None:
    facts = proposal_facts(desk.context, actor, change_id=number_of(body), typed={})
    view = body.get("view") or {}
    if isinstance(facts, Refused):
        say(desk, body, facts.reason, facts.remedy)
    elif view.get("type") == "modal":
        desk.client.views_update(view_id=view["id"], hash=view.get("hash"), view=submit_change(facts))
    else:
        open_form(desk, body, submit_change(facts))


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
    view = body["view"]
    form = _form(view)
    if isinstance(actor, Refused):
        return
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
    proposal = _proposal(desk, form)
    if isinstance(proposal, Refused):
        return refused_form(proposal, body)
    kept = save_proposal(desk.context, proposal, actor=actor, now=desk.now(), change_id=form.change_id)
    if isinstance(kept, Refused):
        return refused_form(kept, body)
    facts = note_facts(desk.context, kept.change_id or 0, actor, now=desk.now())
    if isinstance(facts, Refused):
        return refused_form(facts, body)
    return {"response_action": "push", "view": submit_note(facts)}


def _proposal(desk: Desk, form: ProposalForm) -> Proposal | Refused:
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
    )


def _second_step(desk: Desk, body: Body) -> dict[str, Any]:
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        return refused_form(actor, body)
    view = body["view"]
    form = read_submit_note(view["state"]["values"], view["private_metadata"])
    typed = {name: value for name, value in form.typed().items() if name in NOTE_FIELDS}
    change_id = form.change_id or 0
    keep_typed(desk.context, typed, "", actor=actor, now=desk.now(), change_id=change_id)
    return submitted(submit(desk.context, change_id, _note(form), actor=actor, now=desk.now()), body)


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
    form = _form(view)
    if form.workflow and (form.new_text or form.new_phrase or form.change_id):
        keep_typed(
            desk.context, form.typed(), form.workflow, actor=actor, now=desk.now(), change_id=form.change_id
        )


def _form(view: Body) -> ProposalForm:
    return read_submit_change(
        (view.get("state") or {}).get("values") or {}, view.get("private_metadata") or ""
    )
