"""The buttons of releases and rollbacks. Each is one click, and each may be clicked twice."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, App

from bot.cards.modals import afterwards
from bot.cards.surface import Action
from bot.changes import checks
from bot.changes.broadcast import acknowledge
from bot.changes.drift import adopt, put_back
from bot.changes.facts import Choice
from bot.changes.outcome import Actor, Outcome, Refused
from bot.changes.release import advance, deploy
from bot.changes.restore import restore, restore_refusal, waits_for_confirmation
from bot.changes.roll_back import choices, leave_as_found, reason_refusal, roll_back, roll_back_anyway
from bot.changes.tasks import confirm_task
from bot.listeners.desk import Desk, actor_of, answer, number_of, open_form
from bot.listeners.home import publish_if_home
from bot.listeners.propose import open_proposal

Click = Callable[[Desk, dict[str, Any], Actor], Outcome | None]


def register(app: App, desk: Desk) -> None:
    """One listener a button."""
    clicks: dict[Action, Click] = {
        Action.DEPLOY: lambda d, body, who: deploy(d.context, number_of(body), actor=who, now=d.now()),
        Action.ADVANCE: lambda d, body, who: advance(d.context, number_of(body), actor=who, now=d.now()),
        Action.ROLL_BACK: lambda d, body, who: roll_back(d.context, number_of(body), actor=who, now=d.now()),
        Action.STOP_RELEASE: lambda d, body, who: roll_back(
            d.context, number_of(body), actor=who, now=d.now()
        ),
        Action.ROLL_BACK_ANYWAY: lambda d, body, who: roll_back_anyway(
            d.context, number_of(body), actor=who, now=d.now()
        ),
        Action.LEAVE_AS_FOUND: lambda d, body, who: leave_as_found(
            d.context, number_of(body), actor=who, now=d.now()
        ),
        Action.TASK_DONE: lambda d, body, who: confirm_task(
            d.context, number_of(body), actor=who, now=d.now()
        ),
        Action.ACKNOWLEDGE: lambda d, body, who: acknowledge(
            d.context, number_of(body), actor=who, now=d.now()
        ),
        Action.ROLL_BACK_TO: _offer_versions,
        Action.ADD_REASON: _ask_reason,
        Action.RESTORE: _restore,
        Action.PUT_BACK: lambda d, body, who: put_back(d.context, number_of(body), actor=who, now=d.now()),
        Action.ADOPT: _adopt,
    }
    for action, click in clicks.items():
        app.action(action)(_listener(desk, click, acknowledging=action is Action.ACKNOWLEDGE))


def _listener(desk: Desk, click: Click, *, acknowledging: bool) -> Any:  # noqa: ANN401  Bolt takes any function
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        actor = actor_of(desk, body, acknowledging=acknowledging)
        outcome = actor if isinstance(actor, Refused) else click(desk, body, actor)
        if outcome is not None:
            answer(desk, body, outcome)
            publish_if_home(desk, body)
        ack()

    return listener


def _offer_versions(desk: Desk, body: dict[str, Any], actor: Actor) -> Outcome | None:
    facts = checks.facts_of_release(desk.context, number_of(body), actor, now=desk.now())
    if isinstance(facts, Refused):
        return facts
    offered = [
        Choice(
            each.version,
            f"What PC-{each.release.change_id} made live" if each.release else "Before the first release",
            each.version[:12],
        )
        for each in choices(desk.context, facts.id)
    ]
    open_form(desk, body, afterwards.roll_back_to(facts, offered))
    return None


def _ask_reason(desk: Desk, body: dict[str, Any], actor: Actor) -> Outcome | None:
    refusal = reason_refusal(desk.context, number_of(body), actor=actor)
    if refusal:
        return refusal
    facts = checks.facts_of_rollback(desk.context, number_of(body), now=desk.now())
    if isinstance(facts, Refused):
        return facts
    open_form(desk, body, afterwards.rollback_reason(facts))
    return None


def _adopt(desk: Desk, body: dict[str, Any], actor: Actor) -> Outcome | None:
    """The change is begun with what was found in it; the form asks for the rest."""
    begun = adopt(desk.context, number_of(body), actor=actor, now=desk.now())
    if isinstance(begun, Refused) or begun.already:
        return begun
    open_proposal(desk, body, actor, change_id=begun.change_id)
    return None


def _restore(desk: Desk, body: dict[str, Any], actor: Actor) -> Outcome | None:
    """The first person gives a reason in a form; the second confirms with this one click."""
    rollback_id = number_of(body)
    if waits_for_confirmation(desk.context, rollback_id):
        return restore(desk.context, rollback_id, actor=actor, now=desk.now())
    refusal = restore_refusal(desk.context, rollback_id, actor=actor, now=desk.now())
    if refusal:
        return refusal
    facts = checks.facts_of_rollback(desk.context, rollback_id, now=desk.now())
    if isinstance(facts, Refused):
        return facts
    open_form(desk, body, afterwards.restore(facts))
    return None
