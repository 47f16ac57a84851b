"""The same facts with the longest and the most hostile texts, and with crowds of people."""

from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from factory import BEN, after, change, evidence, revision

from bot.changes.facts import ChangeFacts, DecisionFacts, GateFacts, SpotMark, Who
from bot.policy.classify import Reason
from bot.policy.signals import Signal
from storage.vocabulary import Decision, Impact

HOSTILE = (
    "<!channel> <!here> <@U1> <#C1> <!subteam^S1> <http://x|y> *b* _i_ ~s~ `c` ```f``` &lt;!channel&gt;\n"
    "> quote\n>>> rest\n\u202egnp\u202c \u2066a\u2069 \x00 \x07 \ud800 \U000e0041 :tada: @here https://evil.example"
)
EMOJI = "👩\u200d👩\u200d👧" * 3_000
LONGEST = "A statement that goes on, and on. " * 88 + "end"
F = TypeVar("F")


def spot_marks(number: int) -> tuple[SpotMark, ...]:
    """Return so many marked examples."""
    return tuple(SpotMark(f"Case {index}", "Output", index % 2 == 0) for index in range(number))


def crowd(number: int) -> tuple[Who, ...]:
    """Return so many people."""
    return tuple(Who(f"U0P{index:03}", f"Person Number {index}") for index in range(number))


# Ids are Slack's or ours, never typed by anybody.
_NO_PROSE = {"id", "value", "rule", "channel", "proposed", "typed", "names"}


def with_prose(facts: F, text: str) -> F:
    """Return the facts with every text that somebody could have written replaced by this one."""
    changed = {
        it.name: _prose(getattr(facts, it.name), text)
        for it in fields(facts)  # type: ignore[arg-type]
        if it.name not in _NO_PROSE
    }
    return replace(facts, **changed)  # type: ignore[type-var]


def _prose(value: Any, text: str) -> Any:
    if isinstance(value, str) and type(value) is str:
        return text
    if isinstance(value, tuple):
        return tuple(_prose(it, text) for it in value)
    if isinstance(value, dict):
        return {key: _prose(it, text) for key, it in value.items()}
    return with_prose(value, text) if is_dataclass(value) else value


def long_prompt(word: str = "refund") -> str:
    """Return a prompt of 150,000 characters."""
    return "".join(f"Rule {index}: never {word} without the order number. " for index in range(3_200))[
        :150_000
    ]


def crowded(**changed: Any) -> ChangeFacts:
    """Return a change with the longest texts allowed and forty approvers."""
    people = crowd(40)
    voted = tuple(DecisionFacts(who, Decision.APPROVE, after(1), LONGEST, spot_marks(5)) for who in people)
    texts = revision(
        before_text=long_prompt(),
        after_text=long_prompt("pay"),
        **dict.fromkeys(
            ("what_changed", "why", "good", "rollback_trigger", "rollback_plan", "stop_conditions"), LONGEST
        ),
    )
    made = change(
        revision=texts,
        decisions=voted,
        asked=people,
        eligible=people,
        deployers=people,
        may_also_deploy=people,
        touched_by=people,
        reasons=tuple(Reason(f"impact.x{index}", LONGEST) for index in range(20)),
        signals=tuple(Signal(Impact.MONEY, ("refund",) * 500) for _ in range(9)),
        gate_reasons=tuple(Reason("gate.x", LONGEST) for _ in range(5)),
        gates=tuple(GateFacts(LONGEST, met=False, text=LONGEST) for _ in range(5)),
        evidence=tuple(evidence(suite=LONGEST) for _ in range(30)),
        lane_changed_by=BEN,
        lane_change_reason=LONGEST,
        not_customer_visible_because=LONGEST,
    )
    return replace(made, **changed)
