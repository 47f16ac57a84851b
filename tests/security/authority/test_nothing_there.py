"""Clicks about rows that are not there, and forms that say too little: refused, and nothing is written."""

from collections.abc import Callable
from typing import Any

import pytest
from acts import ACTS
from company import NOW, Case, Company, Stage, of

from bot.changes import checks
from bot.changes.decide import reject, request_changes
from bot.changes.evidence import attest
from bot.changes.lanes import change_lane
from bot.changes.outcome import Refused
from bot.changes.restore import restore
from bot.changes.roll_back import give_reason, roll_back, roll_back_anyway
from bot.changes.tasks import confirm_task
from storage.vocabulary import Lane

NOWHERE = 999_999
NOBODYS = Case("high-0", "nothing yet", "high", NOWHERE, NOWHERE, 1, NOWHERE, NOWHERE)
Try = Callable[[Stage, Company], Any]


def approver(company: Company) -> Any:
    """Somebody whose right is not in doubt."""
    return company.actor(of("an approver").id)


@pytest.mark.parametrize("action", [each for each in ACTS if each != "propose"])
def test_an_act_on_what_does_not_exist_is_refused(company: Company, action: str) -> None:
    """Each action, by somebody who could do it on a change that is there."""
    with company.rehearsal() as stage, stage.act():
        before = stage.store.written
        outcome = ACTS[action](stage.context, NOBODYS, approver(company))
        assert isinstance(outcome, Refused)
        assert outcome.reason
        assert stage.store.written == before


LOOKS: dict[str, Try] = {
    "decision": lambda s, c: checks.decision_facts(s.context, NOWHERE, approver(c), now=NOW),
    "revision": lambda s, _: checks.facts_of_revision(s.context, NOWHERE, now=NOW),
    "edit": lambda s, c: checks.edit_refusal(s.context, NOWHERE, approver(c)),
    "withdraw": lambda s, c: checks.withdraw_refusal(s.context, NOWHERE, approver(c)),
    "lanes": lambda s, c: checks.lanes_for(s.context, NOWHERE, approver(c), now=NOW),
    "release": lambda s, c: checks.facts_of_release(s.context, NOWHERE, approver(c), now=NOW),
    "rollback": lambda s, _: checks.facts_of_rollback(s.context, NOWHERE, now=NOW),
    "task": lambda s, c: confirm_task(s.context, NOWHERE, actor=approver(c), now=NOW),
    "anyway": lambda s, c: roll_back_anyway(s.context, NOWHERE, actor=approver(c), now=NOW),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_form_about_what_does_not_exist_does_not_open(company: Company, look: str) -> None:
    """What looks beforehand says the same as the act."""
    with company.rehearsal() as stage, stage.act():
        assert isinstance(LOOKS[look](stage, company), Refused)


def _on(use_case: Any, state: str, subject: str, who: str, *given: Any, **named: Any) -> Try:
    def act(stage: Stage, company: Company) -> Any:
        row = getattr(company.case(state, "high"), subject)
        return use_case(stage.context, row, *given, actor=company.actor(of(who).id), now=NOW, **named)

    return act


RUN = {"suite": "all", "total": 60, "passed": 60}
AN_APPROVER, A_DEPLOYER, AN_OWNER = "an approver", "a deployer", "a rollback owner"
TOO_LITTLE: dict[str, Try] = {
    "a rejection without a reason": _on(reject, "in_review", "revision", AN_APPROVER, "no"),
    "a request without a reason": _on(request_changes, "in_review", "revision", AN_APPROVER, "  "),
    "a lane without a reason": _on(change_lane, "in_review", "revision", AN_APPROVER, Lane.HIGH, "so"),
    "the lane that it is in": _on(
        change_lane, "in_review", "revision", AN_APPROVER, Lane.HIGH, "I looked twice."
    ),
    "a restore without a reason": _on(restore, "rolled_back", "rollback", A_DEPLOYER, reason="now"),
    "a rollback for no reason": _on(give_reason, "rolled_back", "rollback", AN_OWNER, " "),
    "a version that never was live": _on(roll_back, "live", "release", AN_OWNER, to_version="v7"),
    "a result of no suite": _on(attest, "in_review", "revision", AN_APPROVER, **RUN | {"suite": " "}),
    "a result of no case": _on(
        attest, "in_review", "revision", AN_APPROVER, **RUN | {"total": 0, "passed": 0}
    ),
    "more passed than run": _on(attest, "in_review", "revision", AN_APPROVER, **RUN | {"passed": 61}),
    "more newly failing than failing": _on(
        attest, "in_review", "revision", AN_APPROVER, **RUN, newly_failing=1
    ),
    "a link that is none": _on(
        attest, "in_review", "revision", AN_APPROVER, **RUN, link="javascript:alert(1)"
    ),
    "a link with a space": _on(attest, "in_review", "revision", AN_APPROVER, **RUN, link="https://a.b c"),
    "nothing that waits for a decision": _on(roll_back_anyway, "rolled_back", "rollback", AN_OWNER),
}


@pytest.mark.parametrize("what", TOO_LITTLE)
def test_a_form_that_says_too_little_is_refused_with_nothing_written(company: Company, what: str) -> None:
    """By somebody with the right, so that it is the form that is refused."""
    for state in ("in_review", "rolled_back", "live"):
        company.case(state, "high")
    with company.rehearsal() as stage, stage.act():
        before = stage.store.written
        outcome = TOO_LITTLE[what](stage, company)
        assert stage.store.written == before
        said = f"{outcome.reason} {outcome.fields}" if isinstance(outcome, Refused) else outcome.text
        assert "list of people" not in said
        assert isinstance(outcome, Refused) or outcome.already
