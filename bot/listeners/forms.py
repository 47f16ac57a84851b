"""The forms that a card's button opened: decision, test result, lane, withdrawal, reasons."""

from dataclasses import asdict
from typing import Any

from slack_bolt import Ack, App

from bot.cards.modals import afterwards
from bot.cards.modals.decide import marks_missing, read_attest, read_decide
from bot.cards.surface import Callback
from bot.changes import checks
from bot.changes.decide import approve, reject, request_changes
from bot.changes.evidence import attest
from bot.changes.lanes import change_lane
from bot.changes.outcome import Actor, Done, Outcome, Refused
from bot.changes.release import deploy
from bot.changes.restore import restore
from bot.changes.roll_back import give_reason, roll_back
from bot.changes.withdraw import withdraw
from bot.listeners.desk import Body, Desk, actor_of, submitted
from storage.vocabulary import Decision


def register(app: App, desk: Desk) -> None:
    """One listener a form."""
    readers = {
        Callback.DECIDE: _decide,
        Callback.ATTEST: _attest,
        Callback.RAISE_LANE: _lane,
        Callback.LOWER_LANE: _lane,
        Callback.WITHDRAW: _withdraw,
        Callback.ROLLBACK_REASON: _reason,
        Callback.RESTORE: _restore,
        Callback.ROLL_BACK_TO: _roll_back_to,
    }
    for callback, act in readers.items():
        app.view(callback)(_listener(desk, act))


def _listener(desk: Desk, act: Any) -> Any:  # noqa: ANN401  Bolt takes any function
    def listener(ack: Ack, body: dict[str, Any]) -> None:
        actor = actor_of(desk, body)
        outcome = actor if isinstance(actor, Refused) else act(desk, body, actor)
        ack(**submitted(outcome, body))

    return listener


def _filled(body: Body) -> tuple[Any, str]:
    view = body["view"]
    return view["state"]["values"], view["private_metadata"]


def _decide(desk: Desk, body: Body, actor: Actor) -> Outcome:
    values, metadata = _filled(body)
    revision_id = read_decide(values, metadata).revision_id or 0
    facts = checks.facts_of_revision(desk.context, revision_id, now=desk.now())
    if isinstance(facts, Refused):
        return facts
    form = read_decide(values, metadata, facts.examples)
    if form.decision is Decision.REJECT:
        return reject(desk.context, revision_id, form.statement, actor=actor, now=desk.now())
    if form.decision is Decision.REQUEST_CHANGES:
        return request_changes(desk.context, revision_id, form.statement, actor=actor, now=desk.now())
    missing = marks_missing(form, facts.examples) if facts.spot_check else ""
    if missing:
        return Refused(missing, fields=(("mark", missing),))
    outcome = approve(
        desk.context,
        revision_id,
        actor=actor,
        now=desk.now(),
        statement=form.statement,
        marks=[asdict(each) for each in form.marks],
    )
    return and_deploy(desk, revision_id, outcome, actor) if form.and_deploy else outcome


def and_deploy(desk: Desk, revision_id: int, approved: Outcome, actor: Actor) -> Outcome:
    """The second half of Approve and deploy. The approval stands, whatever becomes of the deployment."""
    if isinstance(approved, Refused):
        return approved
    deployed = deploy(desk.context, revision_id, actor=actor, now=desk.now())
    if isinstance(deployed, Refused):
        return Done(f"Your approval is noted. It is not deployed: {deployed}", aloud=True)
    return deployed


def _attest(desk: Desk, body: Body, actor: Actor) -> Outcome:
    form = read_attest(*_filled(body))
    missing = [
        (name, "Give a whole number, 0 or more.")
        for name in ("total", "passed", "newly_failing")
        if getattr(form, name) is None
    ]
    if missing:
        return Refused("A number is missing.", fields=tuple(missing))
    return attest(
        desk.context,
        form.revision_id or 0,
        actor=actor,
        now=desk.now(),
        suite=form.suite,
        total=form.total or 0,
        passed=form.passed or 0,
        newly_failing=form.newly_failing or 0,
        scored_by_people=form.scored_by_people,
        link=form.link,
    )


def _lane(desk: Desk, body: Body, actor: Actor) -> Outcome:
    form = afterwards.read_lane(*_filled(body))
    if form.lane is None:
        return Refused("Choose a lane.", fields=(("lane", "Choose a lane."),))
    return change_lane(
        desk.context, form.revision_id or 0, form.lane, form.reason, actor=actor, now=desk.now()
    )


def _withdraw(desk: Desk, body: Body, actor: Actor) -> Outcome:
    revision_id = afterwards.read_withdraw(body["view"]["private_metadata"]) or 0
    facts = checks.facts_of_revision(desk.context, revision_id, now=desk.now())
    if isinstance(facts, Refused):
        return facts
    return withdraw(desk.context, facts.id, actor=actor, now=desk.now())


def _reason(desk: Desk, body: Body, actor: Actor) -> Outcome:
    form = afterwards.read_reason(*_filled(body))
    return give_reason(desk.context, form.rollback_id or 0, form.reason, actor=actor, now=desk.now())


def _restore(desk: Desk, body: Body, actor: Actor) -> Outcome:
    form = afterwards.read_reason(*_filled(body))
    return restore(desk.context, form.rollback_id or 0, actor=actor, now=desk.now(), reason=form.reason)


def _roll_back_to(desk: Desk, body: Body, actor: Actor) -> Outcome:
    form = afterwards.read_roll_back_to(*_filled(body))
    if not form.return_to:
        return Refused("Choose a version.", fields=(("return_to", "Choose a version."),))
    return roll_back(
        desk.context, form.release_id or 0, actor=actor, now=desk.now(), to_version=form.return_to
    )
