"""The buttons of the review card and the forms that they open."""

from typing import Any

from slack_bolt import Ack, App

from bot.cards.modals import afterwards, reading
from bot.cards.modals.decide import attest as attest_form
from bot.cards.modals.decide import decide as decide_form
from bot.cards.surface import Action, Menu
from bot.changes import checks
from bot.changes.decide import approve
from bot.changes.facts import ChangeFacts
from bot.changes.outcome import Actor, Refused
from bot.changes.reading.record import events_of
from bot.listeners.desk import Body, Desk, actor_of, answer, number_of, open_form, say, value_of
from bot.listeners.forms import and_deploy as then_deploy
from bot.listeners.propose import open_proposal
from storage.vocabulary import Decision


def register(app: App, desk: Desk) -> None:
    """Every button of the card."""

    @app.action(Action.APPROVE)
    def approve_it(ack: Ack, body: dict[str, Any]) -> None:
        _approve(desk, body, and_deploy=False)
        ack()

    @app.action(Action.APPROVE_AND_DEPLOY)
    def approve_and_deploy(ack: Ack, body: dict[str, Any]) -> None:
        _approve(desk, body, and_deploy=True)
        ack()

    @app.action(Action.REQUEST_CHANGES)
    def request_changes(ack: Ack, body: dict[str, Any]) -> None:
        _ask_why(desk, body, Decision.REQUEST_CHANGES)
        ack()

    @app.action(Action.REJECT)
    def reject(ack: Ack, body: dict[str, Any]) -> None:
        _ask_why(desk, body, Decision.REJECT)
        ack()

    @app.action(Action.RECORD_RESULT)
    def record_result(ack: Ack, body: dict[str, Any]) -> None:
        _record_result(desk, body)
        ack()

    @app.action(Action.CHANGE_MENU)
    def menu(ack: Ack, body: dict[str, Any]) -> None:
        _menu(desk, body)
        ack()


def _approve(desk: Desk, body: Body, *, and_deploy: bool) -> None:
    """One click where that is enough; a form where the lane wants a statement or a spot check."""
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        say(desk, body, actor.reason, actor.remedy)
        return
    revision_id = number_of(body)
    outcome = approve(desk.context, revision_id, actor=actor, now=desk.now())
    if isinstance(outcome, Refused) and outcome.fields:
        _open_decision(desk, body, actor, Decision.APPROVE, and_deploy=and_deploy)
        return
    answer(desk, body, then_deploy(desk, revision_id, outcome, actor) if and_deploy else outcome)


def _ask_why(desk: Desk, body: Body, decision: Decision) -> None:
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        say(desk, body, actor.reason, actor.remedy)
    else:
        _open_decision(desk, body, actor, decision)


def _open_decision(
    desk: Desk, body: Body, actor: Actor, decision: Decision, *, and_deploy: bool = False
) -> None:
    facts = checks.decision_facts(desk.context, number_of(body), actor, now=desk.now())
    if isinstance(facts, Refused):
        say(desk, body, facts.reason, facts.remedy)
    else:
        open_form(desk, body, decide_form(facts, decision, and_deploy=and_deploy))


def _record_result(desk: Desk, body: Body) -> None:
    actor = actor_of(desk, body)
    found = actor
    if not isinstance(actor, Refused):
        facts = checks.decision_facts(desk.context, number_of(body), actor, now=desk.now())
        if not isinstance(facts, Refused):
            open_form(desk, body, attest_form(facts))
            return
        found = facts
    if isinstance(found, Refused):
        say(desk, body, found.reason, found.remedy)


def _menu(desk: Desk, body: Body) -> None:
    actor = actor_of(desk, body)
    if isinstance(actor, Refused):
        say(desk, body, actor.reason, actor.remedy)
        return
    facts = checks.facts_of_revision(desk.context, number_of(body), now=desk.now())
    if isinstance(facts, Refused):
        say(desk, body, facts.reason, facts.remedy)
        return
    match value_of(body).partition(":")[0]:
        case Menu.FULL_DIFF:
            open_form(desk, body, reading.full_diff(facts))
        case Menu.EDIT:
            _edit(desk, body, actor, facts)
        case Menu.RAISE_LANE | Menu.LOWER_LANE:
            _change_lane(desk, body, actor, facts)
        case Menu.WITHDRAW:
            _withdraw(desk, body, actor, facts)
        case Menu.HISTORY:
            events = [
                reading.Event(each.at, each.who, each.text) for each in events_of(desk.context, facts.id)
            ]
            open_form(desk, body, reading.history(facts, events))
        case _:
            say(desk, body, "That is not on this menu.")


def _edit(desk: Desk, body: Body, actor: Actor, facts: ChangeFacts) -> None:
    refusal = checks.edit_refusal(desk.context, facts.id, actor)
    if refusal:
        say(desk, body, refusal.reason, refusal.remedy)
    else:
        open_proposal(desk, body, actor, change_id=facts.id)


def _withdraw(desk: Desk, body: Body, actor: Actor, facts: ChangeFacts) -> None:
    refusal = checks.withdraw_refusal(desk.context, facts.id, actor)
    if refusal:
        say(desk, body, refusal.reason, refusal.remedy)
    else:
        open_form(desk, body, afterwards.withdraw(facts))


def _change_lane(desk: Desk, body: Body, actor: Actor, facts: ChangeFacts) -> None:
    """Only the lanes that this person may choose are offered."""
    lanes = checks.lanes_for(desk.context, facts.revision.id, actor, now=desk.now())
    if isinstance(lanes, Refused):
        say(desk, body, lanes.reason, lanes.remedy)
    elif all(each.rank < facts.lane.rank for each in lanes):
        open_form(desk, body, afterwards.lower_lane(facts))
    else:
        lower = [each for each in lanes if each.rank < facts.lane.rank]
        open_form(desk, body, afterwards.raise_lane(facts, lower))
