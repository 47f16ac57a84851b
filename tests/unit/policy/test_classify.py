"""What holds for every classification, whatever the text."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.policy.classify import Classification, ClassificationError, History, classify
from bot.policy.load import default_policy, parse_policy
from bot.policy.model import UnknownWorkflowError, Workflow
from storage.vocabulary import Impact, Kind, Lane, Touch

POLICY = default_policy()
kinds = st.sets(st.sampled_from(Kind), min_size=1)
impacts = st.sets(st.sampled_from(Impact))
workflows = st.builds(
    Workflow,
    customer_visible=st.booleans(),
    touches=st.sets(st.sampled_from(Touch)).map(tuple),
    tools=st.just(("issue_refund",)),
)
words = st.sampled_from(
    [
        "refund",
        "never",
        "may",
        "$5",
        "50",
        "escalate",
        "be",
        "kind",
        "law.",
        "-",
        "\n",
        "wiki,",
        "Use",
        "if",
        ":",
    ]
)
texts = st.one_of(st.lists(words, max_size=25).map(" ".join), st.text(max_size=60))
few = settings(max_examples=150, deadline=None)


def _rules(found: Classification) -> set[str]:
    return {reason.rule for reason in found.reasons}


@few
@given(workflows, kinds, kinds, impacts, impacts, texts, texts)
def test_ticking_more_never_lowers(
    workflow: Workflow,
    some: set[Kind],
    more: set[Kind],
    few_i: set[Impact],
    more_i: set[Impact],
    before: str,
    after: str,
) -> None:
    """A further kind or impact never lowers the lane and never removes the gate."""
    less = classify(POLICY, workflow, kinds=some, impacts=few_i, before=before, after=after)
    full = classify(POLICY, workflow, kinds=some | more, impacts=few_i | more_i, before=before, after=after)
    assert less.lane.rank <= full.lane.rank
    assert less.regression_gate <= full.regression_gate
    assert _rules(less) <= _rules(full)


@few
@given(workflows, kinds, impacts, texts, texts)
def test_signals_never_lower(
    workflow: Workflow, ticked: set[Kind], said: set[Impact], before: str, after: str
) -> None:
    """What the diff says can only raise what the form says."""
    silent = classify(POLICY, workflow, kinds=ticked, impacts=said)
    spoken = classify(POLICY, workflow, kinds=ticked, impacts=said, before=before, after=after)
    assert silent.lane.rank <= spoken.lane.rank


@few
@given(workflows, st.permutations(list(Kind)), impacts)
def test_the_order_of_kinds_is_irrelevant(workflow: Workflow, order: list[Kind], said: set[Impact]) -> None:
    """The same kinds in another order give the same classification."""
    there = classify(POLICY, workflow, kinds=order, impacts=list(said))
    back = classify(POLICY, workflow, kinds=order[::-1], impacts=sorted(said))
    assert there == back


@few
@given(texts)
def test_an_unchanged_text_gives_no_signal(text: str) -> None:
    """Where nothing differs nothing is found."""
    found = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], before=text, after=text)
    assert found.signals == ()


@few
@given(texts, texts)
@example("refund refund refund refund be", "refund refund refund be refund")
def test_the_direction_of_a_change_is_irrelevant_to_its_lane(one: str, other: str) -> None:
    """Removing a word is as telling as adding it, so both directions land in one lane."""
    there = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], before=one, after=other)
    back = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], before=other, after=one)
    assert there.lane == back.lane


def test_a_change_without_a_kind_is_an_error() -> None:
    """No kind is bad input and no low lane."""
    with pytest.raises(ClassificationError):
        classify(POLICY, Workflow(), kinds=[])


def test_an_unknown_workflow_is_an_error() -> None:
    """A name that the policy does not hold is refused with the names that it holds."""
    with pytest.raises(UnknownWorkflowError, match="release-policy"):
        classify(POLICY, "nowhere", kinds=[Kind.SYSTEM_PROMPT])


def test_the_release_policy_is_always_high() -> None:
    """A change of the policy is high, and nobody can lower it."""
    found = classify(POLICY, "release-policy", kinds=[Kind.SYSTEM_PROMPT], lowered_to=Lane.LOW)
    assert found.lane is Lane.HIGH
    assert "workflow.release-policy" in _rules(found)


@pytest.mark.parametrize("rule", ["kind.eval_threshold", "touches.money"])
def test_each_rule_that_fired_is_shown(rule: str) -> None:
    """Both the kind's own rule and the stronger one of the workflow are among the reasons."""
    workflow = Workflow(touches=(Touch.MONEY,))
    found = classify(POLICY, workflow, kinds=[Kind.EVAL_THRESHOLD])
    assert rule in _rules(found)
    assert found.reasons[0].rule == "touches.money"


@pytest.mark.parametrize(
    ("workflow", "kind", "impact", "history", "rule"),
    [
        (Workflow(), Kind.POLICY_INSTRUCTIONS, None, History(), "gate.policy_instructions"),
        (Workflow(), Kind.SYSTEM_PROMPT, Impact.POLICY_MEANING, History(), "gate.policy_meaning"),
        (Workflow(), Kind.RETRIEVAL_WEIGHTING, None, History(), "gate.retrieval_weighting"),
        (Workflow(), Kind.SYSTEM_PROMPT, Impact.SOURCE_AUTHORITY, History(), "gate.source_authority"),
        (Workflow(), Kind.MODEL_ROUTING, None, History(), "gate.model_routing"),
        (Workflow(), Kind.SYSTEM_PROMPT, Impact.ANSWER_BEHAVIOR, History(), "gate.answer_behavior"),
        (Workflow(touches=(Touch.MONEY,)), Kind.SYSTEM_PROMPT, None, History(), "gate.money"),
        (Workflow(touches=(Touch.LEGAL,)), Kind.SYSTEM_PROMPT, None, History(), "gate.legal"),
        (Workflow(customer_visible=True), Kind.SYSTEM_PROMPT, None, History(), "gate.customer_visible"),
        (Workflow(), Kind.SYSTEM_PROMPT, None, History(1, 1), "gate.history"),
        (Workflow(), Kind.EVAL_THRESHOLD, None, History(), "gate.medium"),
        (Workflow(), Kind.TOOL_PERMISSIONS, None, History(), "gate.high"),
    ],
)
def test_each_criterion_requires_a_gate_by_itself(
    workflow: Workflow, kind: Kind, impact: Impact | None, history: History, rule: str
) -> None:
    """Each of the five criteria, and each lane that always has a gate, is named when it holds."""
    said = [impact] if impact else []
    found = classify(POLICY, workflow, kinds=[kind], impacts=said, history=history)
    assert found.regression_gate
    assert rule in {reason.rule for reason in found.gate_reasons}


def test_a_low_change_on_a_quiet_internal_workflow_needs_no_gate() -> None:
    """Without any criterion there is no gate and no reason for one."""
    found = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], history=History(1, 0))
    assert (found.regression_gate, found.gate_reasons) == (False, ())


def test_a_raise_is_shown_and_brings_the_demands_of_its_lane() -> None:
    """A raised change has the approvals and the gate of the higher lane."""
    found = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], raised_to=Lane.HIGH)
    assert (found.lane, found.rules_lane, found.approvals) == (Lane.HIGH, Lane.LOW, 2)
    assert found.reasons[0].rule == "lane.raised"
    assert found.regression_gate


def test_raising_to_a_lower_lane_does_nothing() -> None:
    """A raise cannot lower."""
    found = classify(POLICY, Workflow(), kinds=[Kind.TOOL_PERMISSIONS], raised_to=Lane.LOW)
    assert found.lane is Lane.HIGH


def test_lowering_is_shown_and_a_raise_is_stronger() -> None:
    """A lowered lane holds and says so; raised as well, the raise decides."""
    lowered = classify(POLICY, Workflow(), kinds=[Kind.TOOL_PERMISSIONS], lowered_to=Lane.LOW)
    assert (lowered.lane, lowered.reasons[0].rule) == (Lane.LOW, "lane.lowered")
    both = classify(
        POLICY, Workflow(), kinds=[Kind.TOOL_PERMISSIONS], lowered_to=Lane.LOW, raised_to=Lane.MEDIUM
    )
    assert both.lane is Lane.MEDIUM


def test_a_dismissed_signal_stays_on_record_and_no_longer_counts() -> None:
    """Dismissing takes the impact away and leaves the signal to be shown."""
    found = classify(
        POLICY,
        Workflow(),
        kinds=[Kind.SYSTEM_PROMPT],
        after="Mention the refund.",
        dismissed_signals=[Impact.MONEY],
    )
    assert found.lane is Lane.LOW
    assert [(signal.names, signal.dismissed) for signal in found.signals] == [(Impact.MONEY, True)]


def test_dismissing_does_not_untick() -> None:
    """What the submitter said holds although the signal for it was dismissed."""
    found = classify(
        POLICY,
        Workflow(),
        kinds=[Kind.SYSTEM_PROMPT],
        impacts=[Impact.MONEY],
        after="Mention the refund.",
        dismissed_signals=[Impact.MONEY],
    )
    assert found.lane is Lane.HIGH


def test_a_reason_from_the_diff_quotes_the_words() -> None:
    """A reason that nobody ticked says which words of the diff it came from."""
    found = classify(POLICY, Workflow(), kinds=[Kind.SYSTEM_PROMPT], after="Up to $500.")
    assert "$500" in next(reason.text for reason in found.reasons if reason.rule == "impact.money")


def test_the_table_is_data() -> None:
    """Another lane for one kind in the file changes that kind's lane and no other."""
    policy = parse_policy("workflows: {}\nrules: {kinds: {system_prompt: {lane: medium}}}", name="p.yml")
    assert classify(policy, Workflow(), kinds=[Kind.SYSTEM_PROMPT]).lane is Lane.MEDIUM
    assert classify(policy, Workflow(), kinds=[Kind.TOOL_PERMISSIONS]).lane is Lane.HIGH


def test_a_quorum_set_to_one_is_what_is_asked() -> None:
    """Two people can run it with the high quorum at one."""
    policy = parse_policy("workflows: {}\nlanes: {high: {approvals: 1}}", name="p.yml")
    assert classify(policy, Workflow(), kinds=[Kind.TOOL_PERMISSIONS]).approvals == 1


def test_own_words_stand_beside_the_default_ones() -> None:
    """Words under `more` are found, and the default ones still are."""
    policy = parse_policy("workflows: {}\nsignals: {impacts: {money: {more: [kulanz]}}}", name="p.yml")
    for word in ("Kulanz", "refund"):
        found = classify(policy, Workflow(), kinds=[Kind.SYSTEM_PROMPT], after=f"Mention {word}.")
        assert found.lane is Lane.HIGH
