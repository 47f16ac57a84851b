"""Each action of the matrix as the use case behind its button or form."""

from collections.abc import Callable
from typing import Any

from company import KINDS, MARKS, NOW, REASON, Case
from slack_sdk import WebClient

from bot.changes.broadcast import acknowledge
from bot.changes.context import Context
from bot.changes.decide import approve, reject, request_changes
from bot.changes.draft import save_proposal
from bot.changes.evidence import attest
from bot.changes.lanes import change_lane
from bot.changes.outcome import Actor, Outcome
from bot.changes.proposal import Proposal
from bot.changes.release import advance, deploy
from bot.changes.restore import restore
from bot.changes.roll_back import give_reason, roll_back
from bot.changes.submit import submit
from bot.changes.withdraw import withdraw
from bot.listeners.desk import Desk
from bot.listeners.forms import and_deploy
from storage.vocabulary import Lane

Act = Callable[[Context, Case, Actor], Outcome]


def _with(use_case: Any, subject: str, *more: Any, **named: Any) -> Act:
    def act(context: Context, case: Case, actor: Actor) -> Outcome:
        outcome: Outcome = use_case(context, getattr(case, subject), *more, actor=actor, now=NOW, **named)
        return outcome

    return act


def _propose(context: Context, case: Case, actor: Actor) -> Outcome:
    proposal = Proposal(case.workflow, (KINDS[case.lane],), new_text="You answer in one sentence.")
    return save_proposal(context, proposal, actor=actor, now=NOW)


def _edit(context: Context, case: Case, actor: Actor) -> Outcome:
    proposal = Proposal(
        case.workflow, (KINDS[case.lane],), new_text="You answer in two sentences.", revision=case.number
    )
    return save_proposal(context, proposal, actor=actor, now=NOW, change_id=case.change or 999_999)


def _submit(context: Context, case: Case, actor: Actor) -> Outcome:
    from company import _note

    return submit(context, case.change, _note(), actor=actor, now=NOW)


def _to_lane(steps: int) -> Act:
    def act(context: Context, case: Case, actor: Actor) -> Outcome:
        rank = min(max(Lane(case.lane).rank + steps, 0), len(Lane) - 1)
        return change_lane(context, case.revision, list(Lane)[rank], REASON, actor=actor, now=NOW)

    return act


_approve = _with(approve, "revision", statement=REASON, marks=MARKS)


def _approve_and_deploy(context: Context, case: Case, actor: Actor) -> Outcome:
    desk = Desk(context, None, WebClient(), lambda: NOW)  # type: ignore[arg-type]  # nobody is asked for here
    return and_deploy(desk, case.revision, _approve(context, case, actor), actor)


ACTS: dict[str, Act] = {
    "propose": _propose,
    "submit": _submit,
    "edit": _edit,
    "approve": _approve,
    "request changes": _with(request_changes, "revision", REASON),
    "reject": _with(reject, "revision", REASON),
    "record a result": _with(attest, "revision", suite="mine", total=60, passed=60),
    "raise the lane": _to_lane(1),
    "lower the lane": _to_lane(-1),
    "withdraw": _with(withdraw, "change"),
    "deploy": _with(deploy, "revision"),
    "approve and deploy": _approve_and_deploy,
    "advance": _with(advance, "release"),
    "stop": _with(roll_back, "release"),
    "roll back": _with(roll_back, "release"),
    "roll back to": _with(roll_back, "release", to_version="v0"),
    "restore": _with(restore, "rollback", reason=REASON),
    "confirm a restore": _with(restore, "rollback"),
    "say why": _with(give_reason, "rollback", REASON),
    "acknowledge": _with(acknowledge, "rollback"),
}
