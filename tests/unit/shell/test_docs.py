"""What the documents name is there."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.policy.load import parse_policy, policy_json_schema

ROOT = Path(__file__).parents[3]


def test_every_promise_names_tests_that_exist() -> None:
    """A promise whose test was moved or taken out is a promise that nothing holds."""
    named = re.findall(r"`(tests/[^`]+)`", (ROOT / "docs" / "promises.md").read_text(encoding="utf-8"))
    assert len(named) > 20
    assert [each for each in named if not (ROOT / each).exists()] == []


TARGETS = (ROOT / "docs" / "targets.md").read_text(encoding="utf-8")
EXAMPLES: list[dict[str, Any]] = [
    yaml.safe_load(each)["target"] for each in re.findall(r"```yaml\n(.*?)```", TARGETS, re.DOTALL)
]


@pytest.mark.parametrize("target", EXAMPLES, ids=[each["kind"] for each in EXAMPLES])
def test_an_example_of_a_target_is_a_valid_policy(target: dict[str, Any]) -> None:
    """Whoever copies it from the page has something that loads."""
    text = yaml.safe_dump({"workflows": {"refunds": {"target": target}}})
    assert parse_policy(text, name="targets.md", attributes_only=True)


def test_the_page_of_targets_names_every_kind_and_every_setting() -> None:
    """A setting that is added to the policy is told there."""
    shapes = policy_json_schema()["$defs"]
    kinds = "Agenta Braintrust Git Github Langfuse Langsmith Manual Mlflow Opik Phoenix Promptlayer Webhook"
    for kind in kinds.split():
        for name in shapes[f"{kind}Target"]["properties"]:
            assert f"{name}:" in TARGETS or f"`{name}`" in TARGETS, f"{kind}: {name}"
