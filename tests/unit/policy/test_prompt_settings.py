"""Settings that change with a text: found by name, and never in a lower lane than their kind has."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.policy.classify import classify
from bot.policy.load import default_policy
from bot.policy.model import Workflow
from bot.policy.settings import ChangedSetting, changed_settings
from storage.vocabulary import Impact, Kind, Lane

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
SETTINGS = st.dictionaries(st.text(min_size=1, max_size=5), JSON, max_size=4)
POLICY, MILD = default_policy(), Workflow()
TOOL = {"type": "function", "function": {"name": "look_up_order", "parameters": {"type": "object"}}}
REFUND = {"type": "function", "function": {"name": "pay_refund", "parameters": {"type": "object"}}}


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"model": "a"}, {"model": "a"}, []),
        ({"model": "a"}, {"model": "b"}, [("model", '"a"', '"b"')]),
        ({}, {"seed": 1}, [("seed", None, "1")]),
        ({"seed": 1}, {"seed": "1"}, [("seed", "1", '"1"')]),
        ({"a": {"b": {"c": 1}}}, {"a": {"b": {"c": 2}}}, [("a.b.c", "1", "2")]),
        ({"stop": ["x"]}, {"stop": ["x", "y"]}, [("stop", '["x"]', '["x", "y"]')]),
        ({"config": {}}, {"config": {"a": 1}}, [("config", "{}", None), ("config.a", None, "1")]),
    ],
)
def test_each_value_is_found_by_the_way_to_it(
    before: dict[str, Any], after: dict[str, Any], found: list[tuple[str, str | None, str | None]]
) -> None:
    """What is the same is not told, and a figure is not the text of it."""
    assert [(each.name, each.before, each.after) for each in changed_settings(before, after)] == found


def test_one_more_tool_is_one_more_and_moves_no_other() -> None:
    """By its name, wherever it stands in the list."""
    changed = changed_settings({"tools": [TOOL]}, {"tools": [REFUND, TOOL]})
    assert {each.name.split(".")[1] for each in changed} == {"pay_refund"}
    assert all(each.before is None for each in changed)


@given(SETTINGS, SETTINGS)
@example({"a.b": 1}, {"a": {"b": 1}})
@example({"tools": [TOOL, REFUND]}, {"tools": [REFUND, TOOL]})
@example({"a": [{"x": 1}]}, {"a": {"1": {"x": 1}}})
@example({"on": True}, {"on": 1})
def test_settings_that_differ_are_never_told_to_be_the_same(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    """And the same ones never to differ."""
    written = [json.dumps(each, sort_keys=True) for each in (one, other)]
    assert changed_settings(one, one) == ()
    assert bool(changed_settings(one, other)) == (written[0] != written[1])
    names = {each.name for each in changed_settings(one, other)}
    assert names == {each.name for each in changed_settings(other, one)}


@pytest.mark.parametrize(
    ("name", "names", "lane"),
    [
        ("tools.pay_refund.type", Kind.TOOL_PERMISSIONS, Lane.HIGH),
        ("tool_choice", Kind.TOOL_PERMISSIONS, Lane.HIGH),
        ("functions", Kind.TOOL_PERMISSIONS, Lane.HIGH),
        ("llm_config.model", Kind.MODEL_ROUTING, Lane.MEDIUM),
        ("model_provider", Kind.MODEL_ROUTING, Lane.MEDIUM),
        ("retriever.k", Kind.RETRIEVAL_WEIGHTING, Lane.MEDIUM),
        ("temperature", Impact.ANSWER_BEHAVIOR, Lane.MEDIUM),
        ("invocation_parameters.openai.temperature", Impact.ANSWER_BEHAVIOR, Lane.MEDIUM),
        ("invocation_parameters", Impact.ANSWER_BEHAVIOR, Lane.MEDIUM),
        ("whatever", Impact.ANSWER_BEHAVIOR, Lane.MEDIUM),
    ],
)
def test_a_setting_is_a_signal_by_its_name(name: str, names: Kind | Impact, lane: Lane) -> None:
    """On the mildest workflow, with the mildest kind ticked and not a word of the text changed."""
    found = classify(
        POLICY,
        MILD,
        kinds=[Kind.SYSTEM_PROMPT],
        before="Answer.",
        after="Answer.",
        settings=[ChangedSetting(name, "1", "2")],
    )
    assert found.lane is lane
    assert name in next(each for each in found.signals if each.names is names).words
    assert any(name in each.text for each in found.reasons)


def test_the_words_in_a_setting_count_like_those_of_a_text() -> None:
    """A description of a tool that speaks of money is money."""
    changed = changed_settings({}, {"tools": [{"name": "x", "description": "Pays a refund to the customer"}]})
    found = classify(POLICY, MILD, kinds=[Kind.SYSTEM_PROMPT], before="A.", after="A.", settings=changed)
    assert Impact.MONEY in {each.names for each in found.signals}


def test_without_a_setting_that_changes_nothing_is_different() -> None:
    """The lane of a text stays what it was."""
    plain = classify(POLICY, MILD, kinds=[Kind.SYSTEM_PROMPT], before="Answer.", after="Reply.")
    assert plain == classify(
        POLICY, MILD, kinds=[Kind.SYSTEM_PROMPT], before="Answer.", after="Reply.", settings=()
    )
